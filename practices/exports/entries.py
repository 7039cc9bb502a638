"""Practices as exports need them: all that is public of each, read `CHUNK` at a time, eight queries for each chunk."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from practices.catalog.vocabularies import Vocabularies
from practices.models import Practice, Section, Source
from practices.pages.practice import PracticeDetail, read_details
from practices.provenance.citing import practice_citations
from practices.querysets import PUBLISHED

#: how many practices are in memory at once
CHUNK = 500


@dataclass(frozen=True)
class CitedSection:
    """A section of a public source, and which of its paragraphs are cited."""

    section: Section
    paragraphs: list[int]


@dataclass
class ExportEntry:
    """A public practice with its terms, actors and outcomes, and the sections that it cites, by source."""

    detail: PracticeDetail
    passages: list[CitedSection] = field(default_factory=list)

    @property
    def practice(self) -> Practice:
        """The practice itself."""
        return self.detail.practice

    @property
    def sources(self) -> list[Source]:
        """The reports that are cited, each once."""
        return list(dict.fromkeys(passage.section.source for passage in self.passages))


def entries_of(practices: Sequence[int], vocabularies: Vocabularies) -> Iterator[ExportEntry]:
    """Yield the public ones of the practices with these primary keys, in this order."""
    for start in range(0, len(practices), CHUNK):
        yield from _read(practices[start : start + CHUNK], vocabularies)


def _read(keys: Sequence[int], vocabularies: Vocabularies) -> list[ExportEntry]:
    public = Practice.objects.published().filter(pk__in=keys).order_by()
    entries = {detail.practice.pk: ExportEntry(detail) for detail in read_details(public, vocabularies)}
    _add_passages(entries)
    return [entries[key] for key in keys if key in entries]


def _add_passages(entries: dict[int, ExportEntry]) -> None:
    links = practice_citations(entries, "citation__section_id", "citation__paragraph")
    cited: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for _kind, _owner, practice, section, paragraph in links:
        cited[section][practice].add(paragraph)
    for section in _sections(cited):
        for practice, paragraphs in cited[section.pk].items():
            entries[practice].passages.append(CitedSection(section, sorted(paragraphs)))


def _sections(keys: Iterable[int]) -> list[Section]:
    """Return those sections that belong to public sources, with these, in the order of years and texts."""
    sections = list(Section.objects.filter(pk__in=list(keys), source__state=PUBLISHED).order_by())
    sources = Source.objects.published().in_bulk({section.source_id for section in sections})
    public = [section for section in sections if section.source_id in sources]
    for section in public:
        section.source = sources[section.source_id]
    return sorted(public, key=lambda section: (section.source.year, section.source.slug, section.position))
