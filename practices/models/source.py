"""Sources, their sections, and citations: where a passage stands and how to recognise it, never the passage itself."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from practices.models.curated import ORIGINALS, Curated, Row, position_unique
from practices.models.dates import YEAR_VALIDATORS, possible_year
from practices.models.hierarchy import Nested

#: what further passages of a paragraph are called, in the order in which they were first cited
ORDINALS = (_("second"), _("third"), _("fourth"), _("fifth"), _("sixth"), _("seventh"), _("eighth"), _("ninth"))
#: the condition that a section is one of a record, not of a pending edit of one
OF_ORIGINALS = {"source__draft_of": None}
HEX64 = RegexValidator(r"^[0-9a-f]{64}$")


class Source(Curated):
    """A report from which records were taken, with what a reference list needs."""

    prefix, page = "IPR", "source"

    title = models.CharField(_("title"), max_length=250)
    subtitle = models.CharField(_("subtitle"), max_length=250, blank=True)
    series = models.CharField(_("series"), max_length=200, blank=True)
    number = models.CharField(_("number in the series"), max_length=20, blank=True)
    publisher = models.CharField(_("publisher"), max_length=200)
    place = models.CharField(_("place of publication"), max_length=80, blank=True)
    year = models.PositiveSmallIntegerField(_("year of publication"), validators=YEAR_VALIDATORS)
    reported_year = models.PositiveSmallIntegerField(
        _("reports as of"),
        validators=YEAR_VALIDATORS,
        help_text=_("The year whose state of affairs it describes, such as that of its meeting."),
    )
    issn = models.CharField(_("ISSN"), max_length=9, blank=True)
    isbn = models.CharField(_("ISBN"), max_length=17, blank=True)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True)
    url = models.URLField(_("address of the full text"), max_length=300, blank=True)
    languages = models.JSONField(_("languages"), default=list, help_text=_("Language codes, such as en."))
    rights = models.CharField(_("rights"), max_length=250, blank=True)
    description = models.TextField(_("description"), blank=True)
    event = models.ForeignKey(
        "practices.Event",
        models.SET_NULL,
        null=True,
        blank=True,
        limit_choices_to=ORIGINALS,
        related_name="sources",
        verbose_name=_("event"),
    )

    class Meta(Curated.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [*Curated.Meta.constraints, *map(possible_year, ("year", "reported_year"))]

    def __str__(self) -> str:
        return self.title

    @property
    def short_name(self) -> str:
        """Its slug as people say it, which no other source has: "IDM 2010" of idm-2010."""
        return self.slug.replace("-", " ").upper()


class SectionManager(models.Manager["Section"]):
    """Sections are known by source and position."""

    def get_by_natural_key(self, source: str, position: int) -> "Section":
        return self.get(source__slug=source, source__draft_of=None, position=position)


class Section(Nested, Row):
    """A section of a source, in the order of its text. Titles over seven words are given in our words."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="sections", verbose_name=_("source"))
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("within")
    )
    number = models.CharField(_("the report's own number"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=200)
    heading_fingerprint = models.CharField(
        _("fingerprint of the heading"), max_length=64, blank=True, validators=[HEX64]
    )
    heading_words = models.PositiveSmallIntegerField(_("words of the heading"), default=0)
    paragraphs = models.PositiveSmallIntegerField(_("number of paragraphs"), default=0)
    page = models.PositiveSmallIntegerField(_("page"), null=True, blank=True)

    objects = SectionManager()

    class Meta(Row.Meta):
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["source", "position"]
        constraints = [position_unique("source", "section_position_unique")]

    def __str__(self) -> str:
        names = {"source": self.source.short_name, "position": self.position, "title": self.numbered_title}
        return _("%(source)s, section %(position)d (%(title)s)") % names

    @property
    def numbered_title(self) -> str:
        """Its title with its number, as its own report has them; other sections may be called the same."""
        return f"{self.number} {self.title}".strip()

    def clean_parent(self) -> None:
        """Raise ValidationError where it would stand under itself, or under a section of another source."""
        super().clean_parent()
        if self.parent and self.parent.source_id != self.source_id:
            message = _("“%(section)s” is a section of another source.")
            raise ValidationError({"parent": ValidationError(message, params={"section": self.parent})})
        if self.pk and self.children.exclude(source=self.source_id).exists():
            raise ValidationError({"parent": _("Sections of another source stand under this one.")})

    def last_named_paragraph(self) -> int:
        """Return the highest number of a paragraph that a citation or note names, 0 for none. Two queries."""
        rows = (self.citations, self.paragraph_notes)
        return max(named.aggregate(last=models.Max("paragraph"))["last"] or 0 for named in rows)

    def natural_key(self) -> tuple[str, int]:
        return (self.source.slug, self.position)

    natural_key.dependencies = ["practices.source"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return f"{self.source.get_absolute_url()}#section-{self.position}"


class InSection(models.Model):
    """What stands at a paragraph of a section, by its number within it."""

    section: "models.ForeignKey[Section, Section]"
    paragraph: "models.PositiveSmallIntegerField[int, int]"

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude)
        if not {"section", "paragraph"} & set(exclude or ()):
            self._clean_paragraph()

    def _clean_paragraph(self) -> None:
        """Raise ValidationError unless the section has so many paragraphs, where their number is known."""
        if not self.paragraph:
            raise ValidationError({"paragraph": _("Paragraphs are counted from 1.")})
        last = self.section.paragraphs
        if last and self.paragraph > last:
            message = _("This section has %(last)s paragraphs.")
            raise ValidationError({"paragraph": ValidationError(message, params={"last": last})})


class CitationQuerySet(models.QuerySet["Citation"]):
    """Reads of citations."""

    def named(self) -> "CitationQuerySet":
        """Return citations with all that they are called after, so that no two have the same name."""
        earlier = Citation.objects.filter(
            section=models.OuterRef("section"), paragraph=models.OuterRef("paragraph"), pk__lt=models.OuterRef("pk")
        )
        counted = earlier.order_by().values("section", "paragraph").annotate(number=models.Count("pk"))
        return self.select_related("section__source").annotate(
            earlier=Coalesce(models.Subquery(counted.values("number")), 0)
        )


class CitationManager(models.Manager.from_queryset(CitationQuerySet)):  # type: ignore[misc]
    """Citations are known by where their passage stands and its fingerprint."""

    def get_by_natural_key(self, source: str, section: int, paragraph: int, fingerprint: str, words: int) -> "Citation":
        return self.get(
            section__source__slug=source,
            section__source__draft_of=None,
            section__position=section,
            paragraph=paragraph,
            fingerprint=fingerprint,
            words=words,
        )


class Citation(InSection):
    """One passage: section, paragraph and the SHA-256 of the words at which the cited sentence starts."""

    section = models.ForeignKey(
        Section, models.PROTECT, limit_choices_to=OF_ORIGINALS, related_name="citations", verbose_name=_("section")
    )
    paragraph = models.PositiveSmallIntegerField(_("paragraph"), help_text=_("Its number within the section."))
    fingerprint = models.CharField(_("fingerprint"), max_length=64, validators=[HEX64])
    words = models.PositiveSmallIntegerField(_("number of words"), default=10)
    history = HistoricalRecords()

    objects = CitationManager()

    #: how many passages of its paragraph were cited before it, as `named` reads it
    earlier: int = 0

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["section", "paragraph", "fingerprint"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "paragraph", "fingerprint", "words"],
                name="citation_passage_unique",
                violation_error_message=_("This passage is there already: cite that one."),
            ),
            models.CheckConstraint(
                condition=models.Q(words__gte=1, words__lte=10, paragraph__gte=1),
                name="citation_numbers_valid",
                violation_error_message=_("Paragraphs are counted from 1, and a passage has one to ten words."),
            ),
        ]

    def __str__(self) -> str:
        place = _("%(section)s, paragraph %(paragraph)s") % {"section": self.section, "paragraph": self.paragraph}
        if not self.earlier:
            return place
        number = ORDINALS[self.earlier - 1] if self.earlier <= len(ORDINALS) else f"{self.earlier + 1}."
        return _("%(place)s · %(number)s passage") % {"place": place, "number": number}

    def natural_key(self) -> tuple[str | int, ...]:
        return (*self.section.natural_key(), self.paragraph, self.fingerprint, self.words)

    natural_key.dependencies = ["practices.section"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return f"{self.section.get_absolute_url()}-paragraph-{self.paragraph}"


class ParagraphNoteManager(models.Manager["ParagraphNote"]):
    """Notes are known by section and paragraph."""

    def get_by_natural_key(self, source: str, section: int, paragraph: int) -> "ParagraphNote":
        of_section = {"section__source__slug": source, "section__source__draft_of": None, "section__position": section}
        return self.get(**of_section, paragraph=paragraph)


class ParagraphNote(InSection):
    """Why nothing was taken from a paragraph."""

    section = models.ForeignKey(
        Section,
        models.CASCADE,
        limit_choices_to=OF_ORIGINALS,
        related_name="paragraph_notes",
        verbose_name=_("section"),
    )
    paragraph = models.PositiveSmallIntegerField(_("paragraph"))
    reason = models.CharField(_("reason"), max_length=200)
    history = HistoricalRecords()

    objects = ParagraphNoteManager()

    class Meta:
        verbose_name = _("paragraph note")
        verbose_name_plural = _("paragraph notes")
        ordering = ["section", "paragraph"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "paragraph"],
                name="paragraph_note_unique",
                violation_error_message=_("There is a note on this paragraph already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.section} §{self.paragraph}: {self.reason}"

    def natural_key(self) -> tuple[str | int, ...]:
        return (*self.section.natural_key(), self.paragraph)

    natural_key.dependencies = ["practices.section"]  # type: ignore[attr-defined]
