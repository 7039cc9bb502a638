"""Practices as exports need them: all that is public of each, read some hundreds at a time, eight queries each time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from practices.catalog.vocabularies import Vocabularies
from practices.models import Practice, Section, Source
from practices.pages.practice import Detail, read
from practices.provenance.citing import practice_citations
from practices.querysets import PUBLISHED

#: how many practices are in memory at once
CHUNK = 500


@dataclass(frozen=True)
class Passage:
    """A section of a public source, and which of its paragraphs are cited."""

    section: Section
    paragraphs: list[int]


@dataclass
class Entry:
    """A public practice with all that is told of it, and the passages that are cited, in the order of sources."""

    detail: Detail
    passages: list[Passage] = field(default_factory=list)

    @property
    def practice(self) -> Practice:
        """The practice itself."""
        return self.detail.practice

    @property
    def sources(self) -> list[Source]:
        """The reports that are cited, each once."""
        return list(dict.fromkeys(passage.section.source for passage in self.passages))


def entries_of(practices: Sequence[int], known: Vocabularies) -> Iterator[Entry]:
    """Yield the public ones of the practices with these primary keys, in this order."""
    for start in range(0, len(practices), CHUNK):
        yield from _read(practices[start : start + CHUNK], known)


def _read(keys: Sequence[int], known: Vocabularies) -> list[Entry]:
    public = Practice.objects.published().filter(pk__in=keys).order_by()
    made = {one.practice.pk: Entry(one) for one in read(public, known)}
    _add_passages(made)
    return [made[key] for key in keys if key in made]


def _add_passages(made: dict[int, Entry]) -> None:
    links = practice_citations(made, "citation__section_id", "citation__paragraph")
    cited: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for _kind, _owner, practice, section, paragraph in links:
        cited[section][practice].add(paragraph)
    for section in _sections(cited):
        for practice, paragraphs in cited[section.pk].items():
            made[practice].passages.append(Passage(section, sorted(paragraphs)))


def _sections(keys: Iterable[int]) -> list[Section]:
    """Return those sections that belong to public sources, with these, in the order of years and texts."""
    sections = list(Section.objects.filter(pk__in=list(keys), source__state=PUBLISHED).order_by())
    public = {
        one.pk: one for one in Source.objects.published().filter(pk__in={section.source_id for section in sections})
    }
    found = [section for section in sections if section.source_id in public]
    for section in found:
        section.source = public[section.source_id]
    return sorted(found, key=lambda one: (one.source.year, one.source.slug, one.position))
