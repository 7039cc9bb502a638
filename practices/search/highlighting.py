"""Why a practice was found: the words that match, marked where they stand, and by what way they match.

Marks are put into escaped text, so that nothing of a record or a query is ever markup.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from practices.index import text
from practices.index.backends.base import Phrase
from practices.search.expansion import Evidence
from practices.search.matching import Found

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

    def describe(self) -> str:
        """Return "synonym of “job”" or "spelling of “moroco”": how the passage answers for what the reader typed."""
        wording = _("synonym of “%(word)s”") if self.how == "synonym" else _("spelling of “%(word)s”")
        return wording % {"word": self.instead_of}


@dataclass
class Explanation:
    """A practice as a result shows it: title and summary with marks, and why else it matches."""

    title: SafeString
    summary: SafeString
    reasons: list[Reason] = field(default_factory=list)


class Match(NamedTuple):
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

    def matches(self, told: "Told") -> list[Match]:
        """Return what is found in a text, none over another."""
        found, free = list[Match](), 0
        known = () if self.looked_for.keys().isdisjoint(told.stems) else enumerate(told.stems)
        for place in [place for place, stem in known if stem in self.looked_for]:
            for phrase, clue, how in self.looked_for[told.stems[place]] if place >= free else ():
                after = place + len(phrase)
                if told.stems[place:after] == phrase:
                    found.append(Match(told.bounds[2 * place], told.bounds[2 * after - 1], clue, how))
                    free = after
                    break
        if told.compounds:
            found = sorted([*found, *self._compounds(told, {match.start for match in found})], key=itemgetter(0))
        return found

    def _compounds(self, told: "Told", taken: set[int]) -> Iterator[Match]:
        for stem, starts, end in told.compounds:
            for phrase, clue, how in self.looked_for.get(stem, ()) if taken.isdisjoint(starts) else ():
                if len(phrase) == 1:
                    yield Match(starts[0], end, clue, how)
                    break

    def explain(self, practice: int, passages: Iterable["Passage"]) -> Explanation:
        """Return how a practice matches, from the passages of its document."""
        made, others = Explanation(SafeString(), SafeString()), list[Passage]()
        unseen = {number for number, clue in enumerate(self.clues) if practice in clue.practices}
        for passage in passages:
            if passage.kind in ("title", "summary"):
                matches = self.matches(passage.told) if self.looked_for else []
                unseen.difference_update(match.clue for match in matches)
                setattr(made, passage.kind, marked(passage.told.written, matches))
            else:
                others.append(passage)
        made.reasons = list(islice(self._reasons(others, unseen), MOST_REASONS))
        return made

    def _reasons(self, passages: Iterable["Passage"], unseen: set[int]) -> Iterator[Reason]:
        """Yield the first passage for each clue that neither title nor summary holds."""
        for passage in passages:
            if not unseen:
                return
            for told in (passage.told, *passage.also):
                if matches := self.matches(told):
                    first = next((match for match in matches if match.clue in unseen), None)
                    unseen.difference_update(match.clue for match in matches)
                    if first:
                        instead = self.clues[first.clue].clue.text if first.how in ("synonym", "corrected") else ""
                        yield Reason(passage.kind, excerpt(told.written, matches, first), first.how, instead)
                    break


class Told(NamedTuple):
    """A text, read once: its words as the index knows them, and where each begins and ends, one after the other.

    `compounds` are its hyphenated words as one: the stem, where its parts start, and where it ends.
    """

    written: str
    stems: tuple[str, ...]
    bounds: "array[int]"
    compounds: tuple[tuple[str, tuple[int, ...], int], ...]


class Passage(NamedTuple):
    """A passage of a document, read once: what it is, its text, and other names for it."""

    kind: str
    told: Told
    also: tuple[Told, ...]


def read(passages: Iterable[Sequence[Any]]) -> list[Passage]:
    """Return the passages of a document, read."""
    return [Passage(kind, tell(written), tuple(map(tell, also))) for kind, written, also in passages]


def tell(written: str) -> Told:
    """Return a text with its words."""
    found = list(text.TOKEN.finditer(written))
    stems = tuple(text.word(one.group())[1] for one in found)
    compounds = (
        (text.stem(joined), tuple(part.start for part in parts), parts[-1].end)
        for joined, parts in text.compounds(written)
    )
    return Told(written, stems, array("I", (bound for one in found for bound in one.span())), tuple(compounds))


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
    return SafeString("".join([*pieces, escape(written[place:stop])]))  # every piece is escaped


def excerpt(written: str, matches: Sequence[Match], first: Match) -> SafeString:
    """Return the words around a match, with an ellipsis where something is left out."""
    start = 0 if first.start <= AROUND else written.find(" ", first.start - AROUND) + 1
    end = len(written) if len(written) <= first.end + AROUND else written.rfind(" ", 0, first.end + AROUND)
    start, end = min(start, first.start), max(end, first.end)
    shown = marked(written, matches, start, end)
    return SafeString(f"{'… ' if start else ''}{shown}{' …' if end < len(written) else ''}")
