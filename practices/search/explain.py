"""Why a practice was found: the words that match, marked where they stand, and by what way they match.

Marks are put into escaped text, so that nothing of a record or a query is ever markup.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from practices.search import text
from practices.search.backends import Phrase
from practices.search.find import Evidence, Found

#: how many reasons a result gives, and how many characters it shows around a match
MOST_REASONS, AROUND = 3, 70


@dataclass(frozen=True)
class Reason:
    """Where else a practice matches: the kind of passage, the passage with its marks, and what it answers for.

    `instead_of` is what the reader typed, where the match is a synonym or another spelling of it, else "".
    """

    kind: str
    passage: SafeString
    how: str
    instead_of: str


@dataclass
class Explanation:
    """A practice as a result shows it: title and summary with marks, and why else it matches."""

    title: SafeString
    summary: SafeString
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True)
class Match:
    """A clue found in a text, from one character to another."""

    start: int
    end: int
    clue: int
    how: str


class Marker:
    """Finds and marks what a query looks for."""

    def __init__(self, found: Found | None) -> None:
        self.clues: list[Evidence] = []
        self.looked_for: dict[str, list[tuple[Phrase, int, str]]] = defaultdict(list)
        for evidence in found.evidence if found else ():
            self._add(evidence)
        for ways in self.looked_for.values():
            ways.sort(key=lambda way: (-len(way[0]), way[2] != "exact"))  # the longest first

    def _add(self, evidence: Evidence) -> None:
        if not evidence.clue.parts:
            self.clues.append(evidence)
        for part in evidence.parts:
            self._add(part)
        if evidence.clue.parts:
            self.clues.append(evidence)
        for way in evidence.ways:
            if way.phrase:
                self.looked_for[way.phrase[0]].append((way.phrase, len(self.clues) - 1, way.how))

    def matches(self, written: str, stems: tuple[str, ...] | None = None) -> list[Match]:
        """Return what is found in a text, none over another. `stems` are its words, where they are at hand."""
        stems = read(written) if stems is None else stems
        if self.looked_for.keys().isdisjoint(stems) and text.HYPHENS.isdisjoint(written):
            return []
        spans = [one.span() for one in text.TOKEN.finditer(written)]
        found, free = [], 0
        for place in [place for place, stem in enumerate(stems) if stem in self.looked_for]:
            for phrase, clue, how in self.looked_for[stems[place]] if place >= free else ():
                last = place + len(phrase) - 1
                if stems[place : last + 1] == phrase:
                    found.append(Match(spans[place][0], spans[last][1], clue, how))
                    free = last + 1
                    break
        return sorted([*found, *self._compounds(written, found)], key=lambda match: match.start)

    def _compounds(self, written: str, found: Sequence[Match]) -> Iterator[Match]:
        taken = {match.start for match in found}
        for joined, parts in text.compounds(written) if any(hyphen in written for hyphen in text.HYPHENS) else ():
            if parts[0].start not in taken and not taken & {part.start for part in parts}:
                for phrase, clue, how in self.looked_for.get(text.stem(joined), ()):
                    if len(phrase) == 1:
                        yield Match(parts[0].start, parts[-1].end, clue, how)
                        break

    def explain(self, passages: Iterable["Told"]) -> Explanation:
        """Return how a practice matches, from what its document tells."""
        made, seen, others = Explanation(mark_safe(""), mark_safe("")), set[int](), list[Told]()
        for told in passages:
            if told.kind in ("title", "summary"):
                matches = self.matches(told.written, told.stems) if self.looked_for else []
                seen.update(match.clue for match in matches)
                setattr(made, told.kind, marked(told.written, matches))
            else:
                others.append(told)
        if self.looked_for:
            made.reasons = list(self._reasons(others, seen))[:MOST_REASONS]
        return made

    def _reasons(self, passages: Iterable["Told"], seen: set[int]) -> Iterator[Reason]:
        """Yield the first passage for each clue that neither title nor summary holds."""
        for told in passages:
            if len(seen) == len(self.clues):
                return
            written, matches = told.written, self.matches(told.written, told.stems)
            for other, stems in told.also if not matches else ():
                if matches := self.matches(other, stems):
                    written = other
                    break
            new = [match for match in matches if match.clue not in seen]
            if new:
                seen.update(match.clue for match in new)
                first = new[0]
                instead = self.clues[first.clue].clue.text if first.how in ("synonym", "corrected") else ""
                yield Reason(told.kind, excerpt(written, matches, first), first.how, instead)


class Told(NamedTuple):
    """A passage of a document, read once: its kind, its text and the words of it, and the same of its other names."""

    kind: str
    written: str
    stems: tuple[str, ...]
    also: tuple[tuple[str, tuple[str, ...]], ...]


def told(passages: Iterable[Sequence[Any]]) -> list[Told]:
    """Return the passages of a document, read."""
    return [
        Told(kind, written, read(written), tuple((other, read(other)) for other in also))
        for kind, written, also in passages
    ]


def read(written: str) -> tuple[str, ...]:
    """Return the words of a text as the index knows them, one for each match of `text.TOKEN`."""
    return tuple(text.word(one)[1] for one in text.TOKEN.findall(written))


def marked(written: str, matches: Sequence[Match], start: int = 0, end: int | None = None) -> SafeString:
    """Return a text, or a part of it, escaped, with what was found in <mark>."""
    pieces, place, stop = [], start, len(written) if end is None else end
    for match in matches:
        if match.start >= place and match.end <= stop:
            pieces += [
                escape(written[place : match.start]),
                "<mark>",
                escape(written[match.start : match.end]),
                "</mark>",
            ]
            place = match.end
    return mark_safe("".join([*pieces, escape(written[place:stop])]))  # noqa: S308 (every piece is escaped)


def excerpt(written: str, matches: Sequence[Match], first: Match) -> SafeString:
    """Return the words around a match, with an ellipsis where something is left out."""
    start = 0 if first.start <= AROUND else written.find(" ", first.start - AROUND) + 1
    end = len(written) if len(written) <= first.end + AROUND else written.rfind(" ", 0, first.end + AROUND)
    start, end = min(start, first.start), max(end, first.end)
    shown = marked(written, matches, start, end)
    return mark_safe(f"{'… ' if start else ''}{shown}{' …' if end < len(written) else ''}")  # noqa: S308
