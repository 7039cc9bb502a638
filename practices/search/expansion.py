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
from practices.search.query import Query, QueryTerm

#: what a match is worth by the part of the text index in which it stands
WEIGHTS = (4.0, 2.0, 1.0)
#: what it is worth by the way in which it was found
STRENGTHS = {"exact": 1.0, "begun": 0.8, "corrected": 0.8, "synonym": 0.5}
#: how many words a beginning may stand for, and the fewest letters of a beginning
MAX_COMPLETIONS, MIN_PREFIX = 100, 3
#: how many words in a row are looked up in the rings of synonyms
LONGEST_RUN = 5
#: how many spellings are tried for one word
MAX_CORRECTIONS = 3


@dataclass(frozen=True)
class Expansion:
    """One way to match a term: the phrase in the index, how it answers for the term, and how it is written.

    `how` is one of STRENGTHS: "exact", "begun" (a word that it begins), "corrected" or "synonym".
    """

    phrase: Phrase
    how: str
    written: str


@dataclass
class TermMatch:
    """A term with its expansions, and the practices that match it, by what the match is worth."""

    term: QueryTerm
    expansions: list[Expansion]
    parts: list["TermMatch"] = field(default_factory=list)
    levels: list[tuple[float, BitMap]] = field(default_factory=list)
    practices: BitMap = field(default_factory=BitMap)

    @property
    def corrections(self) -> list[str]:
        """The spellings that were searched for instead of a word that nothing holds."""
        return [expansion.written for expansion in self.expansions if expansion.how == "corrected"]

    def with_parts(self) -> Iterator["TermMatch"]:
        """Yield it and its parts."""
        yield self
        for part in self.parts:
            yield from part.with_parts()


class QueryExpander:
    """Matches the terms of one query, asking the index twice at most."""

    def __init__(self, query: Query, snapshot: Snapshot) -> None:
        self.query, self.snapshot = query, snapshot
        self.postings: dict[Phrase, Postings] = {}

    def expand(self) -> tuple[list[TermMatch], list[TermMatch]]:
        """Return the matches of the terms, and of what is excluded."""
        terms = list(self._joined(list(self.query.terms)))
        matches = [self._start(term, synonyms=True) for term in terms]
        excluded = [self._start(term, synonyms=False) for term in self.query.excluded]
        self._load_postings([*matches, *excluded])
        doubtful = [match for whole in matches for match in self._doubtful(whole)]
        for match in doubtful:
            match.expansions += list(self._other_words(match))
        self._load_postings(doubtful)
        for match in doubtful:
            self._keep_best_corrections(match)
        for match in [*matches, *excluded]:
            self._weigh(match)
        return matches, excluded

    def _joined(self, terms: list[QueryTerm]) -> Iterator[QueryTerm]:
        """Yield the terms; words that stand in a ring together, or are also written in one, become one term."""
        start = 0
        while start < len(terms):
            for stop in range(min(len(terms), start + LONGEST_RUN), start + 1, -1):
                if compound := self._compound(terms[start:stop]):
                    yield compound
                    start = stop
                    break
            else:
                if not self.query.is_stopword(terms[start]):
                    yield terms[start]
                start += 1

    def _compound(self, terms: list[QueryTerm]) -> QueryTerm | None:
        if any(term.quoted or term.parts for term in terms):
            return None
        phrase = tuple(word for term in terms for word in term.phrase)
        joined = text.fold("".join(term.surface for term in terms))
        written = " ".join(term.text for term in terms)
        if phrase in self.snapshot.rings:
            return QueryTerm(written, phrase, parts=tuple(term for term in terms if not self.query.is_stopword(term)))
        if len(terms) == 2 and joined in self.snapshot.words:
            return QueryTerm(written, (text.stem(joined),), joined, tuple(terms))
        return None

    def _start(self, term: QueryTerm, *, synonyms: bool) -> TermMatch:
        parts = [self._start(part, synonyms=synonyms and len(term.parts) < 2) for part in term.parts]
        expansions = [Expansion(term.phrase, "exact", term.text)]
        if synonyms and not term.quoted:
            expansions += self._synonyms(term.phrase)
        return TermMatch(term, expansions, parts)

    def _synonyms(self, phrase: Phrase) -> list[Expansion]:
        ring = self.snapshot.rings.get(phrase, {})
        return [Expansion(other, "synonym", written) for other, written in ring.items()]

    def _load_postings(self, matches: Iterable[TermMatch]) -> None:
        phrases = {
            expansion.phrase for whole in matches for match in whole.with_parts() for expansion in match.expansions
        }
        self.postings |= self.snapshot.postings(phrases - self.postings.keys())

    def _doubtful(self, whole: TermMatch) -> Iterator[TermMatch]:
        """Yield what may be misspelt or stands for all that begins so: a term, or parts of a compound not found."""
        if whole.term.quoted:
            return
        sure = self._is_found(whole)
        for match in whole.parts or [whole]:
            term = match.term
            if not (sure or self._is_found(match)) or term.starred or (self.query.typing and term.is_prefix):
                yield match

    def _is_found(self, match: TermMatch) -> bool:
        """Tell whether practices hold a term or a synonym of it: a word that curators put into a ring is no slip."""
        return any(practices for expansion in match.expansions for practices in self.postings[expansion.phrase])

    # Other words than the reader's

    def _other_words(self, match: TermMatch) -> Iterator[Expansion]:
        """Yield the words that begin so; where there are none, and nothing holds the word, other spellings of it."""
        completions = list(self._completions(match.term))
        yield from completions
        if completions or self._is_found(match):
            return
        for surface in self._similar(match.term.surface):
            word = (text.stem(surface),)
            yield Expansion(word, "corrected", surface)
            yield from self._synonyms(word)
        yield from self._split(match.term.surface)

    def _completions(self, term: QueryTerm) -> Iterator[Expansion]:
        if term.is_prefix and len(term.surface) >= MIN_PREFIX:
            for surface in self.snapshot.beginning_with(term.surface, MAX_COMPLETIONS):
                yield Expansion((self.snapshot.words[surface],), "begun", surface)

    def _similar(self, surface: str) -> list[str]:
        """Return the known words that differ from this one by a slip or two, the nearest first."""
        slips = 0 if len(surface) < 4 else 1 if len(surface) < 8 else 2
        if not slips:
            return []
        near = process.extract(
            surface, self.snapshot.spellings, scorer=OSA.distance, score_cutoff=slips, limit=20, processor=None
        )
        nearest = sorted((distance, word[:1] != surface[:1], word) for word, distance, _place in near)
        return [word for _distance, _other_letter, word in nearest]

    def _split(self, surface: str) -> Iterator[Expansion]:
        """Yield two known words that were written in one."""
        words = self.snapshot.words
        for place in range(3, len(surface) - 2):
            first, second = surface[:place], surface[place:]
            if first in words and second in words:
                both = words[first], words[second]
                yield Expansion(both, "corrected", f"{first} {second}")
                yield from self._synonyms(both)

    def _keep_best_corrections(self, match: TermMatch) -> None:
        """Keep the nearest spellings that lead to public practices, the most frequent, and their synonyms."""
        tried = [expansion for expansion in match.expansions if expansion.how == "corrected" and self._reach(expansion)]
        distances = {expansion: OSA.distance(expansion.written, match.term.surface) for expansion in tried}
        nearest = min(distances.values(), default=0)
        best = [expansion for expansion in tried if distances[expansion] <= nearest]
        best = sorted(best, key=lambda expansion: -self._reach(expansion))[:MAX_CORRECTIONS]
        phrases = [match.term.phrase, *(expansion.phrase for expansion in best)]
        synonyms = {other for phrase in phrases for other in self.snapshot.rings.get(phrase, {})}
        match.expansions = [
            expansion
            for expansion in match.expansions
            if expansion.how in ("exact", "begun")
            or expansion in best
            or (expansion.how == "synonym" and expansion.phrase in synonyms)
        ]

    def _reach(self, expansion: Expansion) -> int:
        """Return in how many parts of how many practices an expansion or a synonym of it stands."""
        phrases = (expansion.phrase, *self.snapshot.rings.get(expansion.phrase, ()))
        return sum(len(practices) for phrase in phrases for practices in self.postings[phrase])

    # What a match is worth

    def _weigh(self, match: TermMatch) -> None:
        """Set the levels of a term: each practice at the best match that it has."""
        for part in match.parts:
            self._weigh(part)
        worth = [
            (STRENGTHS[expansion.how] * weight, practices)
            for expansion in match.expansions
            for weight, practices in zip(WEIGHTS, self.postings[expansion.phrase], strict=True)
        ]
        worth += self._all_parts(match)
        for _value, practices in worth:
            match.practices |= practices
        rarity = self._rarity(len(match.practices))
        left, levels = match.practices, dict[float, BitMap]()
        for value, practices in sorted(worth, key=lambda pair: -pair[0]):
            if both := left & practices:
                levels[value * rarity] = levels.get(value * rarity, BitMap()) | both  # two may be worth the same
                left = left - both
        match.levels = list(levels.items())

    def _all_parts(self, match: TermMatch) -> Iterator[tuple[float, BitMap]]:
        """Yield the practices that match all parts of a compound, by the weakest part of the index among them."""
        for weight, last in zip(WEIGHTS, range(len(WEIGHTS)), strict=True):
            together: BitMap | None = None
            for part in match.parts:
                within = BitMap()
                for expansion in part.expansions:
                    for practices in self.postings[expansion.phrase][: last + 1]:
                        within |= practices
                together = within if together is None else together & within
            if together:
                yield weight, together

    def _rarity(self, number: int) -> float:
        """Return what a term is worth that so many practices match: BM25's inverse document frequency."""
        total = len(self.snapshot.all_ids)
        return math.log(1 + (total - number + 0.5) / (number + 0.5))
