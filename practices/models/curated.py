"""What all records that editors own have in common: permanent ref, slug, state, version, history."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from practices.models.languages import validate_language
from practices.models.urls import address_of
from practices.models.vocabulary import known_codes
from practices.querysets import PUBLISHED, CuratedQuerySet

NAME_KINDS = ("name", "acronym", "translation")
NOT_FOLDED = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "œ": "oe", "ł": "l", "Ł": "l", "đ": "d"}
)


def sort_key(text: str) -> str:
    """Return `text` folded to lower-case ASCII letters, digits and spaces, so that order never depends on collation."""
    folded = unicodedata.normalize("NFKD", text.translate(NOT_FOLDED)).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", " ", folded).strip()[:200]


def validate_names(names: object) -> None:
    """Raise ValidationError unless `names` is a list of {"text", "lang", "kind"}.

    `lang` is the code of a language or empty, `kind` one of NAME_KINDS.
    """
    shape = {"text", "lang", "kind"}
    if not isinstance(names, list) or any(not isinstance(name, dict) or set(name) != shape for name in names):
        raise ValidationError(_("Give a list of names, each with text, lang and kind."))
    for name in names:
        if not name["text"] or name["kind"] not in NAME_KINDS:
            raise ValidationError(_("A name needs a text, and its kind is one of: %s.") % ", ".join(NAME_KINDS))
        if name["lang"]:
            validate_language(name["lang"])


class State(models.TextChoices):
    """Where a record stands on its way to readers."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    PUBLISHED = PUBLISHED, _("Published")
    ARCHIVED = "archived", _("Archived")


class RefSequence(models.Model):
    """The last number given to each kind of ref, so that no ref is ever given twice."""

    prefix = models.CharField(max_length=3, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last:04}"


#: the condition that a relation leads to a record, not to a pending edit of one
ORIGINALS = {"draft_of": None}


class Curated(models.Model):
    """A record that editors own. Readers see it only while its state is published.

    A pending edit is a row of its own with the ref and slug of the record that it will replace, its `draft_of`.
    """

    draft_of_id: int | None

    ref = models.CharField(_("ref"), max_length=12, editable=False, help_text=_("Permanent, such as IPK-0042."))
    slug = models.SlugField(_("slug"), max_length=120, help_text=_("Its address; permanent once published."))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT, db_index=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    modified = models.DateTimeField(_("modified"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("first published"), null=True, blank=True, editable=False)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    sort_key = models.CharField(max_length=200, editable=False, db_index=True)
    draft_of = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, editable=False, related_name="pending_edits"
    )
    #: of a pending edit, what it was begun from: see `curation.pending.Basis`
    basis = models.JSONField(null=True, blank=True, editable=False)
    history = HistoricalRecords(inherit=True)

    objects = CuratedQuerySet.as_manager()

    prefix: ClassVar[str]
    page: ClassVar[str]
    #: the field that holds its name, by which records are sorted
    name_field: ClassVar[str] = "title"

    class Meta:
        abstract = True
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(draft_of=None),
                name="%(class)s_slug_unique",
                violation_error_code="unique",
                violation_error_message=_("Another record of this kind has this slug."),
            ),
            models.UniqueConstraint(
                fields=["ref"],
                condition=models.Q(draft_of=None),
                name="%(class)s_ref_unique",
                violation_error_message=_("Another record of this kind has this ref."),
            ),
            models.UniqueConstraint(
                fields=["draft_of"],
                condition=models.Q(draft_of__isnull=False),
                name="%(class)s_one_pending_edit",
                violation_error_message=_("This record has a pending edit already."),
            ),
            models.CheckConstraint(
                condition=models.Q(draft_of=None) | ~models.Q(state=State.PUBLISHED),
                name="%(class)s_pending_edit_not_public",
                violation_error_message=_("A pending edit is not public itself: it replaces its original."),
            ),
            known_codes("state", State),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give a new record its ref, keep the sort key in step with the name, and note the time."""
        self.ref = self.ref or self._next_ref()
        self.sort_key = sort_key(getattr(self, self.name_field))
        self.modified = timezone.now()
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "sort_key", "modified"}
        super().save(*args, **kwargs)

    def natural_key(self) -> tuple[str, ...]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return address_of(self.page, self.slug)

    @property
    def is_published(self) -> bool:
        """Whether readers can see it now."""
        return self.state == State.PUBLISHED

    def was_anothers(self, slug: str) -> bool:
        """Whether a slug was once the address of another record of this kind, so that links to that one have it."""
        former = FormerSlug.objects.filter(model=self._meta.model_name, slug=slug)
        history: Any = type(self).history
        public = history.filter(slug=slug, published_at__isnull=False)
        return former.exclude(ref=self.ref).exists() or public.exclude(ref=self.ref).exists()

    @classmethod
    def _next_ref(cls) -> str:
        with transaction.atomic():
            RefSequence.objects.get_or_create(prefix=cls.prefix)
            sequence = RefSequence.objects.select_for_update().get(prefix=cls.prefix)
            highest = cls._default_manager.aggregate(ref=models.Max("ref"))["ref"]
            sequence.last = max(sequence.last, int(highest.partition("-")[2]) if highest else 0) + 1
            sequence.save()
        return f"{cls.prefix}-{sequence.last:04}"


class Row(models.Model):
    """A row that another record owns, in an order of its own. Its history is part of the owner's."""

    position = models.PositiveSmallIntegerField(_("position"), default=1)
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True
        ordering = ["position"]


def position_unique(owner: str, name: str) -> models.UniqueConstraint:
    """Return the constraint that no two rows of an owner stand at the same position, kept by the database."""
    return models.UniqueConstraint(
        fields=[owner, "position"],
        name=name,
        violation_error_message=_("Another row stands at this position."),
    )


def kinds_with_addresses() -> list[tuple[str, str | Promise | None]]:
    """Return the kinds of curated records that have pages, which are named like them: (name, in words)."""
    kinds = (model._meta for model in Curated.__subclasses__() if model.page == model._meta.model_name)
    return sorted((str(kind.model_name), kind.verbose_name) for kind in kinds)


class FormerSlug(models.Model):
    """An address that a record once had; readers are sent on to where it is now."""

    model = models.CharField(_("kind of record"), max_length=40, choices=kinds_with_addresses)
    slug = models.SlugField(_("former slug"), max_length=120)
    ref = models.CharField(_("ref"), max_length=12)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["model", "slug"],
                name="former_slug_unique",
                violation_error_message=_("This former address leads somewhere already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.model}/{self.slug} → {self.ref}"

    def clean(self) -> None:
        """Raise ValidationError unless it leads from where no record is to one that there is."""
        model = next((model for model in Curated.__subclasses__() if model._meta.model_name == self.model), None)
        if model is None:
            return
        if not model.objects.filter(ref=self.ref).exists():
            raise ValidationError({"ref": _("There is no record of this kind with this ref.")})
        if model.objects.filter(slug=self.slug).exists():
            raise ValidationError({"slug": _("This is the address of a record now.")})


class DataVersion(models.Model):
    """One row: the number of the public data as a whole, raised by every transaction that changes it."""

    number = models.PositiveIntegerField(_("number"), default=0)
    date = models.DateTimeField(_("date"), default=timezone.now)

    class Meta:
        verbose_name = _("data version")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="data_version_single",
                violation_error_message=_("There is one version of the data only."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.date:%Y-%m-%d})"

    @classmethod
    def current(cls) -> "DataVersion":
        """Return the version now; number 0 where nothing was ever published."""
        # written out: every page asks, and Django would take longer to put the question than the database to answer
        row = cls.objects.raw("SELECT id, number, date FROM practices_dataversion WHERE id = 1")
        return next(iter(row), None) or cls(pk=1, number=0)

    @classmethod
    def raise_number(cls) -> None:
        """Raise the number by one, in a transaction that changes public data; others who do wait until it ends.

        They wait for as long as every writer does on SQLite: an act on many records takes longer than the limits of
        PostgreSQL's other statements.
        """
        with _patience(f"{settings.WRITERS_WAIT}s"):
            if not cls.objects.filter(pk=1).update(number=models.F("number") + 1, date=timezone.now()):
                cls.objects.create(pk=1, number=1)


@contextmanager
def _patience(limit: str) -> Iterator[None]:
    """Let PostgreSQL wait so long for a lock, within a transaction."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = %s; SET LOCAL statement_timeout = %s", [limit, limit])
        yield
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT; SET LOCAL statement_timeout TO DEFAULT")
