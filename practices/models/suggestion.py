"""What readers send: a correction of a record, or a practice to add. Curators answer; nothing of it is public."""

import secrets
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practices.models.curated import Curated
from practices.models.event import Event
from practices.models.finding import Concept, Finding
from practices.models.place import Country
from practices.models.practice import Practice
from practices.models.source import Source
from practices.models.stakeholder import Stakeholder
from practices.models.vocabulary import Dimension, StakeholderRole, TargetGroup, Term, Topic, known_codes

#: the kinds of record that a suggestion can be about, each with the texts of it that a reader may rewrite
REWRITABLE: dict[type[models.Model], tuple[str, ...]] = {
    Practice: ("title", "summary", "description"),
    Finding: ("title", "statement"),
    Event: ("name", "description"),
    Stakeholder: ("name", "description"),
    Source: ("title", "subtitle", "description"),
    Concept: ("term", "definition"),
    Country: (),
    **dict.fromkeys((Dimension, StakeholderRole, Topic, TargetGroup), ("label", "definition")),
}
KINDS: dict[str, type[models.Model]] = {str(model._meta.model_name): model for model in REWRITABLE}
#: letters of the longest text that a reader may send
LONGEST = 4000


class SuggestionState(models.TextChoices):
    """What has become of a suggestion."""

    NEW = "new", _("New")
    ASSIGNED = "assigned", _("Being looked at")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn by the reader")


class SuggestionKind(models.TextChoices):
    """What is the matter with a record."""

    WRONG = "wrong", _("Something is wrong")
    MISSING = "missing", _("Something is missing")
    OUTDATED = "outdated", _("Something is out of date")
    OTHER = "other", _("Something else")


class RecordPart(models.TextChoices):
    """What of a record a suggestion can be about that is no single text of it."""

    YEARS = "years", _("years or dates")
    COUNTRIES = "countries", _("countries or places")
    ACTORS = "actors", _("who takes part")
    OUTCOMES = "outcomes", _("what came of it")
    OTHER = "other", _("something else")


#: which of them a kind of record has, besides "something else"
PARTS: dict[type[models.Model], tuple[RecordPart, ...]] = {
    Practice: (RecordPart.YEARS, RecordPart.COUNTRIES, RecordPart.ACTORS, RecordPart.OUTCOMES),
    Finding: (RecordPart.COUNTRIES,),
    Event: (RecordPart.YEARS, RecordPart.COUNTRIES, RecordPart.ACTORS),
    Stakeholder: (RecordPart.COUNTRIES,),
    Source: (RecordPart.YEARS,),
}


def parts_of(model: type[models.Model]) -> dict[str, str]:
    """Return what a suggestion about a kind of record can be about: its texts, then other parts, with their labels."""
    labels = {field.name: str(field.verbose_name) for field in model._meta.fields}
    texts = {name: labels[name] for name in REWRITABLE[model]}
    others = {part.value: str(part.label) for part in (*PARTS.get(model, ()), RecordPart.OTHER)}
    return {**texts, **others}


def key_of_record(record: models.Model) -> tuple[str, str]:
    """Return (kind, ref) by which a suggestion knows its record: the ref, of a country or term its code."""
    return str(record._meta.model_name), str(getattr(record, _key_field(type(record))))


def _key_field(model: type[models.Model]) -> str:
    if issubclass(model, Curated):
        return "ref"
    return "code" if issubclass(model, Term) else "alpha2"


def curator_field(label: Any) -> models.ForeignKey:
    """Return a field that names a curator, as long as there is an account of theirs."""
    user = settings.AUTH_USER_MODEL
    return models.ForeignKey(user, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=label)


class ReaderSuggestionQuerySet(models.QuerySet["ReaderSuggestion"]):
    """Reads of suggestions."""

    def waiting(self) -> Self:
        """Return those that no curator has answered yet."""
        return self.filter(state__in=(SuggestionState.NEW, SuggestionState.ASSIGNED))

    def credited(self) -> Self:
        """Return those whose change readers see by now and whose sender wishes to be named, by name."""
        return self.exclude(credit="").filter(published_at__isnull=False).order_by("credit", "pk")


class ReaderSuggestion(models.Model):
    """A correction of a record that a reader proposes, or a practice to add, and what a curator answered.

    It names its record by kind and ref, not by a relation, so that nothing that follows relations from public records
    can reach it. It has no history: what is erased is gone.
    """

    #: the secret of the private address at which the reader follows it
    token = models.CharField(max_length=64, unique=True, default=secrets.token_urlsafe, editable=False)
    record_kind = models.CharField(_("kind of record"), max_length=40, blank=True)
    record_ref = models.CharField(_("record"), max_length=60, blank=True)
    part = models.CharField(_("about"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=SuggestionKind, default=SuggestionKind.WRONG)
    title = models.CharField(_("practice"), max_length=200, blank=True)
    problem = models.TextField(_("what the reader says"), max_length=LONGEST, blank=True)
    proposal = models.TextField(_("what it should say"), max_length=LONGEST, blank=True)
    #: the text that the reader rewrote, as it was then
    present = models.TextField(_("what it said then"), blank=True)
    where = models.CharField(_("where it stands"), max_length=500, blank=True)
    credit = models.CharField(_("name for credit"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail for the answer"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SuggestionState, default=SuggestionState.NEW)
    created = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    assigned_to = curator_field(_("assigned to"))
    answer = models.TextField(_("answer"), max_length=LONGEST, blank=True)
    answered_by = curator_field(_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    #: the key of the pending edit or draft in which it was taken up
    edit_id = models.BigIntegerField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects = ReaderSuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader's suggestion")
        verbose_name_plural = _("readers' suggestions")
        ordering = ["-created", "-pk"]
        constraints = [
            known_codes("kind", SuggestionKind),
            known_codes("state", SuggestionState),
            models.CheckConstraint(
                condition=Q(record_kind="", record_ref="") | (~Q(record_kind="") & ~Q(record_ref="")),
                name="readersuggestion_record_named",
                violation_error_message=_("A record is named by its kind and its ref."),
            ),
        ]

    def __str__(self) -> str:
        """Name it without a word of the reader's: what curators did to it is logged under this name."""
        about = self.record_ref or _("a practice to add")
        return f"{self.pk}: {about}, {self.part_label}" if self.part else f"{self.pk}: {about}"

    @property
    def model(self) -> type[models.Model]:
        """The kind of record that it is about; a practice where it is one to add."""
        return KINDS.get(self.record_kind, Practice)

    @property
    def part_label(self) -> str:
        """What of the record it is about, in words."""
        return parts_of(self.model).get(self.part, self.part)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in (SuggestionState.NEW, SuggestionState.ASSIGNED)

    @property
    def can_be_reopened(self) -> bool:
        """Whether it can wait again: it was answered, and nothing of it is public."""
        return self.state in (SuggestionState.ACCEPTED, SuggestionState.DECLINED) and self.published_at is None

    @property
    def rewrites(self) -> bool:
        """Whether it proposes another text for a field of the record."""
        return bool(self.proposal) and self.part in REWRITABLE[self.model]

    @property
    def record(self) -> models.Model | None:
        """The record that it is about, public or not; None where it is a practice to add, or is gone. One query."""
        if not self.record_ref:
            return None
        records = self.model._default_manager.filter(**{_key_field(self.model): self.record_ref})
        return (records.filter(draft_of=None) if hasattr(self.model, "draft_of") else records).first()

    @property
    def edit(self) -> models.Model | None:
        """The pending edit or draft in which it was taken up; None where there is none, or is none any more."""
        return self.model._default_manager.filter(pk=self.edit_id).first() if self.edit_id else None
