"""What a query may mean: each term with the ways in which it can be matched, and what each match is worth."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyroaring import BitMap
from rapidfuzz import process
from rapidfuzz.distance import OSA

from practices.catalog.snapshot import Snapshot
from practices.index import text
from practices.index.backends.base import Phrase, Postings
from practices.search.query import Clue, Query

#: what a match is worth by the field in which it stands
WEIGHTS = (4.0, 2.0, 1.0)
#: what it is worth by the way in which it was found
STRENGTHS = {"exact": 1.0, "begun": 0.8, "corrected": 0.8, "synonym": 0.5}
#: how many words a beginning may stand for, and the fewest letters of a beginning
MOST_BEGUN, LEAST_BEGUN = 100, 3
#: how many words in a row are looked up in the rings of synonyms
LONGEST_RUN = 5
#: how many spellings are tried for one word
MOST_CORRECTIONS = 3


@dataclass(frozen=True)
class Way:
    """One way to match a clue: the phrase in the index, how it answers for the clue, and how it is written."""

    phrase: Phrase
    how: str
    written: str


@dataclass
class Evidence:
    """A clue with the ways in which it can be matched, and the practices that do, by what the match is worth."""

    clue: Clue
    ways: list[Way]
    parts: list["Evidence"] = field(default_factory=list)
    levels: list[tuple[float, BitMap]] = field(default_factory=list)
    practices: BitMap = field(default_factory=BitMap)

    @property
    def corrections(self) -> list[str]:
        """The spellings that were searched for instead of a word that nothing holds."""
        return [way.written for way in self.ways if way.how == "corrected"]

    def and_parts(self) -> Iterator["Evidence"]:
        """Yield it and its parts."""
        yield self
        for part in self.parts:
            yield from part.and_parts()


class Understanding:
    """Turns the clues of one query into evidence, asking the index twice at most."""

    def __init__(self, query: Query, collection: Snapshot) -> None:
        self.query, self.collection = query, collection
        self.postings: dict[Phrase, Postings] = {}

    def read(self) -> tuple[list[Evidence], list[Evidence]]:
        """Return the evidence for the clues, and for what is excluded."""
        clues = list(self._joined(list(self.query.clues)))
        made = [self._start(clue, synonyms=True) for clue in clues]
        excluded = [self._start(clue, synonyms=False) for clue in self.query.excluded]
        self._ask([*made, *excluded])
        unknown = [one for whole in made for one in self._in_doubt(whole)]
        for one in unknown:
            one.ways += list(self._other_words(one))
        self._ask(unknown)
        for one in unknown:
            self._keep_best_corrections(one)
        for one in [*made, *excluded]:
            self._weigh(one)
        return made, excluded

    def _joined(self, clues: list[Clue]) -> Iterator[Clue]:
        """Yield the clues; words that stand in a ring together, or are also written in one, become one clue."""
        start = 0
        while start < len(clues):
            for stop in range(min(len(clues), start + LONGEST_RUN), start + 1, -1):
                if together := self._together(clues[start:stop]):
                    yield together
                    start = stop
                    break
            else:
                if not self.query.is_stopword(clues[start]):
                    yield clues[start]
                start += 1

    def _together(self, clues: list[Clue]) -> Clue | None:
        if any(clue.quoted or clue.parts for clue in clues):
            return None
        phrase = tuple(word for clue in clues for word in clue.phrase)
        joined = text.fold("".join(clue.surface for clue in clues))
        written = " ".join(clue.text for clue in clues)
        if phrase in self.collection.rings:
            return Clue(written, phrase, parts=tuple(clue for clue in clues if not self.query.is_stopword(clue)))
        if len(clues) == 2 and joined in self.collection.words:
            return Clue(written, (text.stem(joined),), joined, tuple(clues))
        return None

    def _start(self, clue: Clue, *, synonyms: bool) -> Evidence:
        parts = [self._start(part, synonyms=synonyms and len(clue.parts) < 2) for part in clue.parts]
        ways = [Way(clue.phrase, "exact", clue.text)]
        if synonyms and not clue.quoted:
            ways += self._synonyms(clue.phrase)
        return Evidence(clue, ways, parts)

    def _synonyms(self, phrase: Phrase) -> list[Way]:
        return [Way(other, "synonym", written) for other, written in self.collection.rings.get(phrase, {}).items()]

    def _ask(self, evidence: Iterable[Evidence]) -> None:
        phrases = {way.phrase for whole in evidence for one in whole.and_parts() for way in one.ways}
        self.postings |= self.collection.postings(phrases - self.postings.keys())

    def _in_doubt(self, whole: Evidence) -> Iterator[Evidence]:
        """Yield what may be misspelt or stands for all that begins so: a clue, or parts of a compound not found."""
        if whole.clue.quoted:
            return
        sure = self._is_found(whole)
        for one in whole.parts or [whole]:
            if not (sure or self._is_found(one)) or one.clue.open or (self.query.typing and one.clue.begun):
                yield one

    def _is_found(self, one: Evidence) -> bool:
        """Tell whether practices hold a clue or a synonym of it: a word that curators put into a ring is no slip."""
        return any(field for way in one.ways for field in self.postings[way.phrase])

    # Other words than the reader's

    def _other_words(self, one: Evidence) -> Iterator[Way]:
        """Yield the words that begin so; where there are none, and nothing holds the word, other spellings of it."""
        begun = list(self._begun(one.clue))
        yield from begun
        if begun or self._is_found(one):
            return
        for surface in self._similar(one.clue.surface):
            word = (text.stem(surface),)
            yield Way(word, "corrected", surface)
            yield from self._synonyms(word)
        yield from self._split(one.clue.surface)

    def _begun(self, clue: Clue) -> Iterator[Way]:
        if clue.begun and len(clue.surface) >= LEAST_BEGUN:
            for surface in self.collection.beginning_with(clue.surface, MOST_BEGUN):
                yield Way((self.collection.words[surface],), "begun", surface)

    def _similar(self, surface: str) -> list[str]:
        """Return the known words that differ from one by a slip or two, the nearest first."""
        slips = 0 if len(surface) < 4 else 1 if len(surface) < 8 else 2
        if not slips:
            return []
        near = process.extract(
            surface, self.collection.spellings, scorer=OSA.distance, score_cutoff=slips, limit=20, processor=None
        )
        return [
            word
            for word, _distance, _place in sorted(near, key=lambda one: (one[1], one[0][:1] != surface[:1], one[0]))
        ]

    def _split(self, surface: str) -> Iterator[Way]:
        """Yield two known words that were written in one."""
        words = self.collection.words
        for place in range(3, len(surface) - 2):
            first, second = surface[:place], surface[place:]
            if first in words and second in words:
                both = words[first], words[second]
                yield Way(both, "corrected", f"{first} {second}")
                yield from self._synonyms(both)

    def _keep_best_corrections(self, one: Evidence) -> None:
        """Keep the nearest spellings that lead to public practices, the most frequent, and their synonyms."""
        tried = [way for way in one.ways if way.how == "corrected" and self._reach(way)]
        nearest = min((OSA.distance(way.written, one.clue.surface) for way in tried), default=0)
        best = [way for way in tried if OSA.distance(way.written, one.clue.surface) <= nearest]
        best = sorted(best, key=lambda way: -self._reach(way))[:MOST_CORRECTIONS]
        asked = [one.clue.phrase, *(way.phrase for way in best)]
        synonyms = {other for phrase in asked for other in self.collection.rings.get(phrase, {})}
        one.ways = [
            way
            for way in one.ways
            if way.how in ("exact", "begun") or way in best or (way.how == "synonym" and way.phrase in synonyms)
        ]

    def _reach(self, way: Way) -> int:
        """Return in how many fields of how many practices a way or a synonym of it stands."""
        phrases = (way.phrase, *self.collection.rings.get(way.phrase, ()))
        return sum(len(field) for phrase in phrases for field in self.postings[phrase])

    # What a match is worth

    def _weigh(self, one: Evidence) -> None:
        """Set the levels of a clue: each practice at the best match that it has."""
        for part in one.parts:
            self._weigh(part)
        worth = [
            (STRENGTHS[way.how] * weight, matching)
            for way in one.ways
            for weight, matching in zip(WEIGHTS, self.postings[way.phrase], strict=True)
        ]
        worth += self._all_parts(one)
        for _value, matching in worth:
            one.practices |= matching
        rarity = self._rarity(len(one.practices))
        left, levels = one.practices, dict[float, BitMap]()
        for value, matching in sorted(worth, key=lambda pair: -pair[0]):
            if both := left & matching:
                levels[value * rarity] = levels.get(value * rarity, BitMap()) | both  # two ways may be worth the same
                left = left - both
        one.levels = list(levels.items())

    def _all_parts(self, one: Evidence) -> Iterator[tuple[float, BitMap]]:
        """Yield the practices that match all parts of a compound, by the weakest field among them."""
        for weight, most in zip(WEIGHTS, range(len(WEIGHTS)), strict=True):
            together: BitMap | None = None
            for part in one.parts:
                within = BitMap()
                for way in part.ways:
                    for matching in self.postings[way.phrase][: most + 1]:
                        within |= matching
                together = within if together is None else together & within
            if together:
                yield weight, together

    def _rarity(self, number: int) -> float:
        """Return what a clue is worth that so many practices match: BM25's inverse document frequency."""
        total = len(self.collection.everything)
        return math.log(1 + (total - number + 0.5) / (number + 0.5))
