"""The numbered notes of a page: which citations support which row of a practice, one note for each paragraph."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, groupby

from practices.models import Citation, Involvement, Outcome
from practices.models.practice import PracticeRow
from practices.provenance.citing import practice_citations, public_citations, reading_order


@dataclass(frozen=True)
class Note:
    """A cited paragraph with its number on the page; several sentences of it may be cited."""

    number: int
    citations: tuple[Citation, ...]

    @property
    def citation(self) -> Citation:
        """One of its citations: they share source, section and paragraph."""
        return self.citations[0]

    @property
    def anchor(self) -> str:
        """The id of the note on the page."""
        return f"citation-{self.number}"


class Passages:
    """The citations of some practices and of their `rows`, as far as their sources are public. Two queries."""

    def __init__(self, practices: Iterable[int], rows: tuple[type[PracticeRow], ...] = (Involvement, Outcome)) -> None:
        self._links: dict[tuple[str, str, int], set[int]] = defaultdict(set)
        for kind, owner, practice, citation in practice_citations(practices, "citation_id", rows=rows):
            self._links[kind, str(owner), practice].add(citation)
        self.citations = public_citations(chain.from_iterable(self._links.values()))

    def of(self, kind: str, owner: object, practice: int) -> list[Citation]:
        """Return the citations of one row, in the order of the sources."""
        keys = self._links.get((kind, str(owner), practice), ())
        return sorted((self.citations[key] for key in keys if key in self.citations), key=reading_order)

    def supported(self, practice: int) -> set[str]:
        """Return which parts of a practice's record have citations of their own: the record, its years, its status …"""
        return {owner for kind, owner, of in self._links if kind == "practice" and of == practice}


class Notes:
    """The notes of a page that shows some citations, numbered in the order of the sources."""

    def __init__(self, passages: Passages, citations: Iterable[Citation]) -> None:
        self.passages = passages
        unique = {citation.pk: citation for citation in citations}
        ordered = sorted(unique.values(), key=reading_order)
        paragraphs = groupby(ordered, key=lambda citation: (citation.section_id, citation.paragraph))
        self.all = [Note(number, tuple(group)) for number, (_, group) in enumerate(paragraphs, start=1)]
        self._by_citation = {citation.pk: note for note in self.all for citation in note.citations}

    def of(self, kind: str, owner: object, practice: int) -> list[Note]:
        """Return the notes of one row, in their order, as far as the page shows them."""
        citations = self.passages.of(kind, owner, practice)
        return in_order(note for citation in citations if (note := self._by_citation.get(citation.pk)))

    def of_parts(self, practice: int) -> dict[str, list[Note]]:
        """Return the notes that support the record of a practice, by part."""
        return {part: self.of("practice", part, practice) for part in self.passages.supported(practice)}


def in_order(notes: Iterable[Note]) -> list[Note]:
    """Return notes by number, each once."""
    by_number = {note.number: note for note in notes}
    return [by_number[number] for number in sorted(by_number)]
