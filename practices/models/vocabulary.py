"""Vocabularies: what editors own as tables (`Term`), and the closed lists that code depends on (`TextChoices`).

To add a vocabulary: a `Term` subclass here, its name in `VOCABULARIES`, a relation where it is used, a migration and
a fixture. Pages, filters, admin and tests loop over `VOCABULARIES`.
"""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from practices.models.hierarchy import Nested
from practices.models.retiring import Retirable
from practices.models.urls import address_of

#: how many levels a vocabulary has at most
LEVELS = 2


class TermManager(models.Manager[Any]):
    """Terms are known by their code."""

    def get_by_natural_key(self, code: str) -> "Term":
        return self.get(code=code)


class Term(Nested, Retirable):
    """One entry of a vocabulary. Codes are permanent; labels and definitions are ours, in up to three languages.

    A vocabulary has at most two levels (`LEVELS`): a filter on a broader term includes its narrower ones.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    label = models.CharField(_("label"), max_length=120)
    label_fr = models.CharField(_("label in French"), max_length=120, blank=True)
    label_es = models.CharField(_("label in Spanish"), max_length=120, blank=True)
    definition = models.TextField(_("definition"), blank=True)
    definition_fr = models.TextField(_("definition in French"), blank=True)
    definition_es = models.TextField(_("definition in Spanish"), blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("broader term")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    history = HistoricalRecords(inherit=True)

    objects = TermManager()

    #: the query parameter by which practices are filtered (`index.schema`), and the name of the term's page; or ""
    parameter: ClassVar[str] = ""
    page: ClassVar[str] = ""

    class Meta:
        abstract = True
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    def clean_parent(self) -> None:
        """Raise ValidationError where it would stand under itself, or on a third level."""
        super().clean_parent()
        if self.parent is None:
            return
        if self.parent.parent_id:
            message = _("A vocabulary has two levels, and “%(term)s” stands under another term itself.")
            raise ValidationError({"parent": ValidationError(message, params={"term": self.parent})})
        if self.pk and type(self)._default_manager.filter(parent=self.pk).exists():
            raise ValidationError({"parent": _("A vocabulary has two levels, and other terms stand under this one.")})

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    def get_absolute_url(self) -> str:
        """Return the term's page, else the practices with it, else its vocabulary in the glossary."""
        if self.page:
            return address_of(self.page, self.code)
        if self.parameter:
            return f"{reverse('practice_list')}?{self.parameter}={self.code}"
        return f"{reverse('glossary')}#vocabulary-{self._meta.model_name}"

    @property
    def name(self) -> str:
        """The label in the reader's language, in English where it is not translated."""
        return getattr(self, f"label_{get_language()}", "") or self.label

    @property
    def meaning(self) -> str:
        """The definition in the reader's language, in English where it is not translated."""
        return getattr(self, f"definition_{get_language()}", "") or self.definition


class Dimension(Term):
    """The side of life in which a practice works: economic, social, cultural and religious, legal, political."""

    parameter = page = "dimension"

    class Meta(Term.Meta):
        verbose_name = _("dimension")
        verbose_name_plural = _("dimensions")


class StakeholderRole(Term):
    """In what capacity an actor takes part."""

    parameter = page = "role"

    class Meta(Term.Meta):
        verbose_name = _("stakeholder role")
        verbose_name_plural = _("stakeholder roles")


class Kind(Term):
    """What sort of thing a practice is: a programme, a law, a centre …"""

    parameter = "kind"

    class Meta(Term.Meta):
        verbose_name = _("kind of practice")
        verbose_name_plural = _("kinds of practice")


class Level(Term):
    """At which level a practice works, from local to international."""

    parameter = "level"

    class Meta(Term.Meta):
        verbose_name = _("level")
        verbose_name_plural = _("levels")


class Stage(Term):
    """The stage of migration that a practice serves."""

    parameter = "stage"

    class Meta(Term.Meta):
        verbose_name = _("stage of migration")
        verbose_name_plural = _("stages of migration")


class PartnershipType(Term):
    """Between whom a practice builds a partnership."""

    parameter = "partnership"

    class Meta(Term.Meta):
        verbose_name = _("type of partnership")
        verbose_name_plural = _("types of partnership")


class TargetGroup(Term):
    """For whom a practice is."""

    parameter = page = "group"

    class Meta(Term.Meta):
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")


class Topic(Term):
    """What a practice is about."""

    parameter = page = "topic"

    class Meta(Term.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


VOCABULARIES: list[type[Term]] = [
    Dimension,
    StakeholderRole,
    Topic,
    TargetGroup,
    Kind,
    Level,
    Stage,
    PartnershipType,
]


class Function(models.TextChoices):
    """What an actor does in one practice."""

    LEAD = "lead", _("Lead")
    PARTNER = "partner", _("Partner")
    FUNDER = "funder", _("Funder")
    ADVISER = "adviser", _("Adviser")
    BENEFICIARY = "beneficiary", _("Beneficiary")


class CountryRole(models.TextChoices):
    """What a country is to one practice."""

    DESTINATION = "destination", _("Destination")
    ORIGIN = "origin", _("Origin")
    PARTNER = "partner", _("Partner")


class ReportedStatus(models.TextChoices):
    """What the source says of the practice's own state."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    NOT_STATED = "not-stated", _("Not stated in the source")


class Evidence(models.TextChoices):
    """How much the sources know of what came of a practice."""

    DESCRIBED = "described", _("Described")
    QUANTIFIED = "quantified", _("Quantified")
    RECOGNISED = "recognised", _("Recognised")
    EVALUATED = "evaluated", _("Evaluated")


class OutcomeKind(models.TextChoices):
    """What sort of statement about a practice an outcome is."""

    RESULT = "result", _("Result")
    LIMIT = "limit", _("Limit")
    CONTROVERSY = "controversy", _("Controversy")


class Qualifier(models.TextChoices):
    """How exact a reported figure is."""

    EXACT = "exact", _("exactly")
    ABOUT = "about", _("about")
    AT_LEAST = "at-least", _("at least")
    AT_MOST = "at-most", _("at most")


class RelationKind(models.TextChoices):
    """How one practice stands to another."""

    PART_OF = "part-of", _("Part of")
    CONTINUES = "continues", _("Continues")
    SEE_ALSO = "see-also", _("See also")


class FindingKind(models.TextChoices):
    """What sort of conclusion a finding is."""

    LESSON = "lesson", _("Lesson")
    APPROACH = "approach", _("Approach")
    PRINCIPLE = "principle", _("Principle")
    DEFINITION = "definition", _("Definition")
    MODEL = "model", _("Model of integration")
    RECOMMENDATION = "recommendation", _("Recommendation")
    CHALLENGE = "challenge", _("Challenge")
    ROLE_STATEMENT = "role-statement", _("Role of a stakeholder")
    STATISTIC = "statistic", _("Statistic")
    OPEN_QUESTION = "open-question", _("Open question")


class ConceptKind(models.TextChoices):
    """What sort of entry of the glossary a concept is."""

    ACRONYM = "acronym", _("Acronym")
    NOTION = "notion", _("Notion")


class Part(models.TextChoices):
    """How a country or organisation took part in an event."""

    ORGANISER = "organiser", _("Organiser")
    PRESENTER = "presenter", _("Presenter")
    REPRESENTED = "represented", _("Represented")


class Supports(models.TextChoices):
    """Which part of a practice's record a citation supports."""

    RECORD = "record", _("the practice")
    TITLE = "title", _("its name")
    DESCRIPTION = "description", _("the description")
    YEARS = "years", _("the years")
    STATUS = "status", _("the status")
    COUNTRIES = "countries", _("the countries")
    LEVEL = "level", _("the level")


def known_codes(field: str, choices: type[models.TextChoices], *, blank: bool = False) -> models.CheckConstraint:
    """Return the constraint that `field` holds a code of `choices` (or "" where `blank`), kept by the database."""
    values = [*choices.values, ""] if blank else choices.values
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": values}),
        name=f"%(class)s_{field}_known",
        violation_error_message=_("This value is none of those in the list."),
    )
