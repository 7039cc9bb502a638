"""Practices, and the rows that a practice owns: countries, involvements, outcomes, relations, citations."""

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from practices.models.curated import ORIGINALS, Curated, Row, position_unique, validate_names
from practices.models.dates import YEAR_VALIDATORS, possible_year
from practices.models.hierarchy import leads_to
from practices.models.languages import validate_language
from practices.models.place import Country, Place
from practices.models.source import Citation
from practices.models.stakeholder import Stakeholder
from practices.models.vocabulary import (
    CountryRole,
    Dimension,
    Evidence,
    Function,
    Kind,
    Level,
    OutcomeKind,
    PartnershipType,
    Qualifier,
    RelationKind,
    ReportedStatus,
    Stage,
    StakeholderRole,
    Supports,
    TargetGroup,
    Topic,
    known_codes,
)

SAME_ACTOR = _("The same actor stands there twice, in the same role and function.")


class Practice(Curated):
    """Something concrete that an identifiable actor did, runs, adopted or planned."""

    prefix, page = "IPK", "practice"

    title = models.CharField(_("title"), max_length=200)
    title_original = models.CharField(_("title in its own language"), max_length=200, blank=True)
    title_original_lang = models.CharField(
        _("language of that title"),
        max_length=8,
        blank=True,
        validators=[validate_language],
        help_text=_("Its code, such as fr or fil."),
    )
    other_names = models.JSONField(_("other names"), default=list, blank=True, validators=[validate_names])
    summary = models.TextField(_("summary"), help_text=_("One or two sentences: what it is, who runs it, for whom."))
    description = models.TextField(_("description"), blank=True)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="practices", verbose_name=_("kind"))
    level = models.ForeignKey(Level, models.PROTECT, related_name="practices", verbose_name=_("level"))
    year_start = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True, validators=YEAR_VALIDATORS)
    year_end = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True, validators=YEAR_VALIDATORS)
    reported_status = models.CharField(
        _("status as reported"), max_length=10, choices=ReportedStatus, default=ReportedStatus.NOT_STATED
    )
    status_year = models.PositiveSmallIntegerField(
        _("year of the report that says so"), null=True, blank=True, validators=YEAR_VALIDATORS
    )
    evidence = models.CharField(_("evidence"), max_length=10, choices=Evidence, default=Evidence.DESCRIBED)
    dimensions = models.ManyToManyField(Dimension, related_name="practices", verbose_name=_("dimensions"))
    topics = models.ManyToManyField(Topic, related_name="practices", verbose_name=_("topics"))
    target_groups = models.ManyToManyField(
        TargetGroup, related_name="practices", blank=True, verbose_name=_("target groups")
    )
    stages = models.ManyToManyField(Stage, related_name="practices", blank=True, verbose_name=_("stages"))
    partnership_types = models.ManyToManyField(
        PartnershipType, related_name="practices", blank=True, verbose_name=_("types of partnership")
    )
    places = models.ManyToManyField(Place, related_name="practices", blank=True, verbose_name=_("places"))

    _history_m2m_fields = ["dimensions", "topics", "target_groups", "stages", "partnership_types", "places"]

    class Meta(Curated.Meta):
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        constraints = [
            *Curated.Meta.constraints,
            *map(possible_year, ("year_start", "year_end", "status_year")),
            models.CheckConstraint(
                condition=Q(year_start=None) | Q(year_end=None) | Q(year_end__gte=F("year_start")),
                name="practice_years_in_order",
                violation_error_message=_("The last year is before the first."),
            ),
            known_codes("reported_status", ReportedStatus),
            known_codes("evidence", Evidence),
        ]

    def __str__(self) -> str:
        return self.title


class PracticeRowManager(models.Manager[Any]):
    """Rows of a practice are known by the practice and their position."""

    def get_by_natural_key(self, practice: str, position: int) -> models.Model:
        return self.get(practice__slug=practice, practice__draft_of=None, position=position)


class PracticeRow(Row):
    """A row that a practice owns."""

    objects = PracticeRowManager()

    class Meta(Row.Meta):
        abstract = True

    def natural_key(self) -> tuple[str, int]:
        return (self.practice.slug, self.position)  # type: ignore[attr-defined]

    natural_key.dependencies = ["practices.practice"]  # type: ignore[attr-defined]


class CountryLink(PracticeRow):
    """A country of a practice, and what it is to it."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="country_links")
    country = models.ForeignKey(Country, models.PROTECT, related_name="links", verbose_name=_("country"))
    role = models.CharField(_("role"), max_length=12, choices=CountryRole, default=CountryRole.DESTINATION)

    class Meta(PracticeRow.Meta):
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        constraints = [
            position_unique("practice", "country_link_position_unique"),
            models.UniqueConstraint(
                fields=["practice", "country", "role"],
                name="country_link_unique",
                violation_error_message=_("The same country stands there twice, in the same role."),
            ),
            known_codes("role", CountryRole),
        ]

    def __str__(self) -> str:
        return f"{self.country} ({self.get_role_display()})"


class Involvement(PracticeRow):
    """An actor in a practice: its role, its function, and who it is where the source says so."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="involvements")
    role = models.ForeignKey(StakeholderRole, models.PROTECT, related_name="involvements", verbose_name=_("role"))
    function = models.CharField(_("function"), max_length=12, choices=Function)
    stakeholder = models.ForeignKey(
        Stakeholder,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to=ORIGINALS,
        related_name="involvements",
        verbose_name=_("stakeholder"),
        help_text=_("Empty where the source leaves the actor unnamed."),
    )
    note = models.CharField(_("note"), max_length=250, blank=True)
    citations = models.ManyToManyField(Citation, blank=True, related_name="involvements", verbose_name=_("citations"))

    _history_m2m_fields = ["citations"]

    class Meta(PracticeRow.Meta):
        verbose_name = _("involvement")
        verbose_name_plural = _("involvements")
        constraints = [
            position_unique("practice", "involvement_position_unique"),
            models.UniqueConstraint(
                fields=["practice", "role", "function", "stakeholder"],
                condition=Q(stakeholder__isnull=False),
                name="involvement_named_unique",
                violation_error_message=SAME_ACTOR,
            ),
            models.UniqueConstraint(
                fields=["practice", "role", "function", "note"],
                condition=Q(stakeholder=None),
                name="involvement_unnamed_unique",
                violation_error_message=SAME_ACTOR,
            ),
            known_codes("function", Function),
        ]

    def __str__(self) -> str:
        return f"{self.stakeholder or self.note or self.role}: {self.get_function_display()}"


class Outcome(PracticeRow):
    """A result, limit or controversy that a source reports, with its figure where there is one."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="outcomes")
    kind = models.CharField(_("kind"), max_length=12, choices=OutcomeKind, default=OutcomeKind.RESULT)
    statement = models.TextField(_("statement"))
    value = models.DecimalField(_("figure"), max_digits=16, decimal_places=2, null=True, blank=True)
    qualifier = models.CharField(_("how exact"), max_length=10, choices=Qualifier, blank=True)
    unit = models.CharField(_("of what"), max_length=80, blank=True)
    as_of = models.PositiveSmallIntegerField(_("as of (year)"), null=True, blank=True, validators=YEAR_VALIDATORS)
    citations = models.ManyToManyField(Citation, blank=True, related_name="outcomes", verbose_name=_("citations"))

    _history_m2m_fields = ["citations"]

    class Meta(PracticeRow.Meta):
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [
            position_unique("practice", "outcome_position_unique"),
            possible_year("as_of"),
            models.CheckConstraint(
                condition=Q(value=None, qualifier="", unit="") | (Q(value__isnull=False) & ~Q(qualifier="")),
                name="outcome_figure_complete",
                violation_error_message=_(
                    "A figure needs how exact it is; without a figure, leave that and its unit empty."
                ),
            ),
            known_codes("kind", OutcomeKind),
            known_codes("qualifier", Qualifier, blank=True),
        ]

    def __str__(self) -> str:
        return self.statement


RELATED_TO_ITSELF = _("A practice is not related to itself.")
#: the kinds of relation that lead one way: going on, nobody comes back to where they started
ONE_WAY = (RelationKind.PART_OF, RelationKind.CONTINUES)


class Relation(PracticeRow):
    """How a practice stands to another."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="relations")
    other = models.ForeignKey(
        Practice,
        models.CASCADE,
        limit_choices_to=ORIGINALS,
        related_name="relations_from_others",
        verbose_name=_("other practice"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RelationKind)
    citations = models.ManyToManyField(Citation, blank=True, related_name="relations", verbose_name=_("citations"))

    _history_m2m_fields = ["citations"]

    class Meta(PracticeRow.Meta):
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            position_unique("practice", "relation_position_unique"),
            models.UniqueConstraint(
                fields=["practice", "other", "kind"],
                name="relation_unique",
                violation_error_message=_("The same relation stands there twice."),
            ),
            models.CheckConstraint(
                condition=~Q(practice=F("other")),
                name="relation_to_another",
                violation_error_message=RELATED_TO_ITSELF,
            ),
            known_codes("kind", RelationKind),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.other}"

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude)
        if "other" not in (exclude or ()) and self.practice_id:
            self._clean_other()

    def _clean_other(self) -> None:
        """Raise ValidationError where the practice would be related to itself, be it by way of others."""
        itself = self.practice.draft_of_id or self.practice_id
        if self.other_id == itself:
            raise ValidationError({"other": RELATED_TO_ITSELF})

        def above(keys: Collection[int]) -> Iterable[int]:
            return Relation.objects.filter(practice__in=keys, kind=self.kind).values_list("other_id", flat=True)

        if self.kind in ONE_WAY and leads_to(self.other_id, itself, above):
            message = _("“%(other)s” has this relation to this practice already, directly or by way of others.")
            raise ValidationError({"other": ValidationError(message, params={"other": self.other})})


class PracticeCitation(PracticeRow):
    """A passage that supports a practice's record, or one part of it."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="citation_links")
    citation = models.ForeignKey(Citation, models.PROTECT, related_name="practice_links", verbose_name=_("citation"))
    supports = models.CharField(_("supports"), max_length=12, choices=Supports, default=Supports.RECORD)

    class Meta(PracticeRow.Meta):
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        constraints = [
            position_unique("practice", "practice_citation_position_unique"),
            models.UniqueConstraint(
                fields=["practice", "citation", "supports"],
                name="practice_citation_unique",
                violation_error_message=_("The same passage stands there twice, for the same part of the record."),
            ),
            known_codes("supports", Supports),
        ]

    def __str__(self) -> str:
        return f"{self.citation} ({self.get_supports_display()})"


#: the rows that a practice owns, in the order in which they are shown and loaded
PRACTICE_ROWS: list[type[PracticeRow]] = [CountryLink, Involvement, Outcome, Relation, PracticeCitation]
