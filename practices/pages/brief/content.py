"""What a brief says: the model from which its page, DOCX and Markdown are written."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from practices.catalog.link import Link
from practices.models import DataVersion, Source
from practices.pages.selection import PracticeSelection


@dataclass(frozen=True)
class Fact:
    """A line of the key facts, or of who acts."""

    label: str
    values: tuple[Link, ...]

    def __str__(self) -> str:
        return ", ".join(str(value) for value in self.values)


@dataclass(frozen=True)
class BriefEntry:
    """A practice, or an outcome of it, in one sentence; `notes` are numbers of endnotes."""

    title: str
    url: str
    aside: str
    text: str
    notes: tuple[int, ...]


@dataclass(frozen=True)
class BriefGroup:
    """Entries under one heading; `code` is that of their dimension, or the kind of outcome."""

    code: str
    label: str
    entries: tuple[BriefEntry, ...]


@dataclass(frozen=True)
class Endnote:
    """Where a statement stands: section and paragraph of the source above it."""

    number: int
    section: str
    paragraph: int
    url: str

    @property
    def where(self) -> str:
        """Section and paragraph in words."""
        return _("%(section)s, paragraph %(paragraph)s") % {"section": self.section, "paragraph": self.paragraph}


@dataclass(frozen=True)
class CitedSource:
    """A source with the endnotes that point into it."""

    source: Source
    endnotes: tuple[Endnote, ...]

    @property
    def reference(self) -> str:
        """The source as a reference list gives it."""
        source = self.source
        title = f"{source.title}: {source.subtitle}" if source.subtitle else source.title
        number = _("No. %(number)s") % {"number": source.number} if source.number else ""
        series = ", ".join(part for part in (source.series, number) if part)
        return " ".join(f"{part}." for part in (f"{source.publisher}, {source.year}", title, series) if part)


@dataclass(frozen=True)
class Brief:
    """Everything that a brief says, in its order. Addresses are relative to `site`.

    `more` is how many practices did not fit; `selection` is set where the address names the practices.
    """

    subject: str
    answer: str
    facts: list[Fact]
    practices: list[BriefGroup]
    more: int
    outcomes: list[BriefGroup]
    actors: list[Fact]
    gaps: list[str]
    sources: list[CitedSource]
    version: DataVersion
    query: str
    list_url: str
    selection: PracticeSelection | None = None
    site: str = ""

    @property
    def title(self) -> str:
        """What the brief is called where it stands alone."""
        return _("%(subject)s: a brief") % {"subject": self.subject}

    @property
    def kicker(self) -> str:
        """What kind of text it is."""
        return _("Practices of migrant integration: a brief")

    @property
    def address(self) -> str:
        """The absolute address of the brief."""
        return f"{self.site}{reverse('brief')}{self.query}"

    @property
    def provenance(self) -> str:
        """The data version from which it was made, and its address."""
        values = {"number": self.version.number, "date": f"{self.version.date:%Y-%m-%d}", "address": self.address}
        return _("Made from data version %(number)s of %(date)s: %(address)s") % values

    @property
    def reading_note(self) -> str:
        """How to read it."""
        return _("What the reports say, in our words. Numbers in brackets lead to the sources at the end.")

    @property
    def dimension_note(self) -> str:
        """Why fewer practices may stand under a dimension than the key facts count."""
        return _("Each practice stands once, under one of its dimensions; the key facts count it under all of them.")

    @property
    def more_note(self) -> str:
        """How many practices did not fit; "" where all did."""
        if not self.more:
            return ""
        values = {"n": self.more, "address": self.site + self.list_url}
        return _("Left out to keep the page short: %(n)s more. The whole list: %(address)s") % values

    def headings(self) -> dict[str, str]:
        """Return the headings of its parts, by part."""
        return {
            "facts": _("Key facts"),
            "practices": _("Practices by dimension"),
            "outcomes": _("What is reported to have come of them"),
            "actors": _("Who acts"),
            "gaps": _("What the sources do not say"),
            "sources": _("Sources"),
        }
