"""Matching: which practices a query matches, fully or in part, and in what order. The same on every database.

The database says where each phrase stands (`index.backends`); everything else happens on bitmaps in memory. A practice
matches a term by the word itself, by a word that it begins, by a corrected spelling or by a synonym; the rarer the term
and the weightier the part of the index, the more it counts. Practices of one score stand together, short titles first.
"""

import heapq
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from django.utils.functional import cached_property
from pyroaring import BitMap

from practices.catalog.snapshot import Snapshot
from practices.index import embeddings
from practices.search.expansion import QueryExpander, TermMatch
from practices.search.query import Query

#: with fewer full matches than this, practices that match half of the words follow, or as many words as any matches
FEW = 5


def match(query: Query, snapshot: Snapshot) -> "QueryMatch":
    """Return what a query matches in the collection. At most two statements."""
    terms, excluded = QueryExpander(query, snapshot).expand()
    full = BitMap(snapshot.all_ids)
    for term in terms:
        full &= term.practices
    for term in excluded:
        full -= term.practices
    partial = BitMap()
    if len(full) < FEW and query.size > 1:
        partial = _half_matched(terms) - full
        for term in excluded:
            partial -= term.practices
    return QueryMatch(query, snapshot, terms, full, partial)


def _half_matched(terms: list[TermMatch]) -> BitMap:
    """Return the practices that match at least half of the words; where none does, those that match as many as any.

    Words that nothing holds are not counted.
    """
    enough = math.ceil(sum(term.term.size for term in terms if term.practices) / 2)
    reached = [BitMap() for _ in range(enough + 1)]  # reached[n]: matches n words or more
    for term in terms:
        for words in range(enough, 0, -1):
            before = words - term.term.size
            reached[words] |= term.practices & reached[before] if before > 0 else term.practices
    return next(filter(None, reached[:0:-1]), BitMap())


@dataclass
class QueryMatch:
    """What a query matches: practices that match every term, and, where these are few, those that match in part."""

    query: Query
    snapshot: Snapshot
    terms: list[TermMatch]
    full: BitMap
    partial: BitMap

    @cached_property
    def practices(self) -> BitMap:
        """All that is matched."""
        return self.full | self.partial

    @property
    def corrections(self) -> dict[str, list[str]]:
        """For each word that nothing holds, the spellings that were searched for instead."""
        corrected = (term for whole in self.terms for term in whole.with_parts() if term.corrections)
        return {term.term.text: term.corrections for term in corrected}

    def in_part(self, part: int) -> BitMap:
        """Return the full matches with a word of the query in one part of the index, 0 being the weightiest."""
        phrases = {
            expansion.phrase for whole in self.terms for term in whole.with_parts() for expansion in term.expansions
        }
        postings = self.snapshot.postings(phrases).values()
        return self.full & BitMap.union(*(parts[part] for parts in postings)) if postings else BitMap()

    def score(self, practice: int) -> float:
        """Return what the matches of one practice are worth."""
        best = (next((value for value, practices in term.levels if practice in practices), 0.0) for term in self.terms)
        return sum(best)

    def ranked(self, within: BitMap, start: int, stop: int) -> list[int]:
        """Return the practices of one page in the order of relevance, full matches first."""
        full, partial = self.full & within, self.partial & within
        ranked = chain(self._best(full, stop), self._best_partial(partial, stop - len(full)))
        return list(islice(ranked, start, stop))

    @cached_property
    def closeness(self) -> dict[int, float]:
        """How close in meaning each practice is to the query; empty without the extra, or without words."""
        vectors = self.snapshot.embeddings if self.query.terms else None
        return vectors.closeness(self.query.text) if vectors else {}

    def similar(self, within: BitMap) -> list[int]:
        """Return practices that do not match the words but are close in meaning, the closest first."""
        if not self.closeness or any(term.practices for term in self.terms if term.term.quoted):
            return []
        return embeddings.close(self.closeness, within - self.practices)

    def _best_partial(self, practices: BitMap, number: int) -> Iterable[int]:
        """Return the best of those that match in part: with the help of their meaning, where it is known."""
        if number <= 0 or not practices or not self.closeness:
            return self._best(practices, number)
        scores = {practice: score for score, group in self._groups(practices) for practice in group}
        return embeddings.reordered(list(self._best(practices, len(practices))), scores, self.closeness)

    def _best(self, practices: BitMap, number: int) -> Iterator[int]:
        """Yield the best of some practices, at most `number`."""
        rank, left = self.snapshot.rank["relevance"], number
        for _score, group in sorted(self._groups(practices), key=lambda pair: -pair[0]):
            if left <= 0:
                return
            yield from heapq.nsmallest(left, group, key=rank.__getitem__)
            left -= len(group)

    def _groups(self, practices: BitMap) -> list[tuple[float, BitMap]]:
        """Split practices into groups that match alike, each with its score."""
        groups = [(0.0, practices)] if practices else []
        for term in self.terms:
            split = []
            for score, group in groups:
                rest = group
                for value, matching in term.levels:
                    if both := rest & matching:
                        split.append((score + value, both))
                        rest = rest - both
                        if not rest:
                            break
                if rest:
                    split.append((score, rest))
            groups = split
        return groups
