"""The pages of sources: the list of them, and one by section with the records that cite each paragraph."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from practices.catalog import current
from practices.catalog.counts import by_value
from practices.models import Event, Section, Source
from practices.pages.prev_next import PreviousNext, in_names
from practices.provenance.citing import citing_records
from practices.provenance.coverage import Covered, coverage

LABELS = {
    "practice": gettext_lazy("Practice"),
    "finding": gettext_lazy("Finding"),
    "event": gettext_lazy("Event"),
    "concept": gettext_lazy("Term"),
}
#: how many records of one kind a paragraph may name, and how many a page may name
NAMED_LIMITS, MAX_NAMED = (12, 6, 3, 1), 1200


class RecordLink(NamedTuple):
    """A public record that cites a passage: its kind as the name of its model, its slug and its name."""

    kind: str
    slug: str
    name: str

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('glossary')}#{self.slug}" if self.kind == "concept" else reverse(self.kind, args=[self.slug])


@dataclass
class CitedParagraph:
    """A paragraph and the records that cite it, by kind; of each kind a page names `limit`."""

    number: int
    records: dict[str, list[RecordLink]] = field(default_factory=dict)
    limit: int = NAMED_LIMITS[0]

    @property
    def named(self) -> list[tuple[str, list[RecordLink], int]]:
        """Return (label, records, how many more) of each kind, in the order of kinds."""
        kinds = [(str(label), self.records.get(kind, [])) for kind, label in LABELS.items()]
        return [
            (label, records[: self.limit], max(0, len(records) - self.limit)) for label, records in kinds if records
        ]


@dataclass
class SectionEntry:
    """A section, how deep it stands, and its cited paragraphs, in their order."""

    section: Section
    depth: int
    paragraphs: dict[int, CitedParagraph] = field(default_factory=dict)

    @cached_property
    def count(self) -> int:
        """How many records cite it."""
        kinds = (records for paragraph in self.paragraphs.values() for records in paragraph.records.values())
        return len({record for records in kinds for record in records})


#: the sections under one at the top, and itself, each with its coverage
Part = list[tuple[SectionEntry, Covered]]


@dataclass(frozen=True)
class SourceRow:
    """A report with its number of practices."""

    source: Source
    count: int


@dataclass(frozen=True)
class SourceListPage:
    """The reports by year."""

    rows: list[SourceRow]


@dataclass(frozen=True)
class SourcePage:
    """Everything that the page of a report shows; `count` is its number of practices."""

    event: Event | None
    parts: list[Part]
    count: int
    prev_next: PreviousNext


def source_list_page() -> SourceListPage:
    """Return the list of the reports. One query."""
    sources = Source.objects.published().order_by("year", "sort_key")
    return SourceListPage([SourceRow(source, _practice_count(source)) for source in sources])


def source_page(source: Source) -> SourcePage:
    """Return the page of a report. Six queries."""
    return SourcePage(
        event=Event.objects.published().filter(pk=source.event_id).first(),
        parts=by_part(zip(sections(source), coverage(source), strict=True)),  # both in the order of the text
        count=_practice_count(source),
        prev_next=in_names("source", current().vocabularies.sources, source.slug),
    )


def _practice_count(source: Source) -> int:
    return len(by_value("source").get(source.slug, ()))


def sections(source: Source) -> list[SectionEntry]:
    """Return a source's sections in the order of its text, each with what cites it. Two queries."""
    entries: dict[int, SectionEntry] = {}
    for section in Section.objects.filter(source=source).order_by("position"):
        section.source = source
        parent = entries.get(section.parent_id or 0)
        entries[section.pk] = SectionEntry(section, parent.depth + 1 if parent else 0)
    for section_id, number, _key, kind, name, slug in citing_records(source):
        paragraph = entries[section_id].paragraphs.setdefault(number, CitedParagraph(number))
        paragraph.records.setdefault(kind, []).append(RecordLink(kind, slug, name))
    _limit_named([paragraph for entry in entries.values() for paragraph in entry.paragraphs.values()])
    return list(entries.values())


def by_part(sections: Iterable[tuple[SectionEntry, Covered]]) -> list[Part]:
    """Return sections, each with its coverage, by the section at the top that they stand under."""
    parts: list[Part] = []
    for section, covered in sections:
        if not section.depth:
            parts.append([])
        parts[-1].append((section, covered))
    return parts


def _limit_named(paragraphs: list[CitedParagraph]) -> None:
    """Let the paragraphs of a source that is cited very often name fewer records, so that its page stays readable."""
    counts = [len(records) for paragraph in paragraphs for records in paragraph.records.values()]
    fitting = (limit for limit in NAMED_LIMITS if sum(min(limit, count) for count in counts) <= MAX_NAMED)
    limit = next(fitting, NAMED_LIMITS[-1])
    for paragraph in paragraphs:
        paragraph.limit = limit
