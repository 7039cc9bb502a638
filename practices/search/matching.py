"""Finding: which practices a query matches, fully or in part, and in what order. The same on every database.

The database says where each phrase stands (`backends`); everything else happens on bitmaps in memory. A practice
matches a clue by the word itself, by a word that it begins, by a corrected spelling or by a synonym; the rarer the clue
and the weightier the field, the more it counts. Practices with the same evidence stand together, short titles first.
"""

import heapq
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from pyroaring import BitMap

from practices.catalog.snapshot import Snapshot
from practices.index import embeddings
from practices.search.expansion import Evidence, Understanding
from practices.search.query import Query

#: with fewer full matches than this, practices that match half of the words follow, or the most that any matches
FEW = 5


def find(query: Query, collection: Snapshot) -> "Found":
    """Return what a query finds in the collection."""
    evidence, excluded = Understanding(query, collection).read()
    matched = BitMap(collection.everything)
    for one in evidence:
        matched &= one.practices
    for one in excluded:
        matched -= one.practices
    partial = BitMap()
    if len(matched) < FEW and query.size > 1:
        partial = _half_matched(evidence) - matched
        for one in excluded:
            partial -= one.practices
    return Found(query, collection, evidence, matched, partial)


def _half_matched(evidence: list[Evidence]) -> BitMap:
    """Return the practices that match at least half of the words; where none does, those that match the most.

    Words that nothing holds are not counted.
    """
    enough = math.ceil(sum(one.clue.size for one in evidence if one.practices) / 2)
    reached = [BitMap() for _ in range(enough + 1)]  # reached[n]: matches n words or more
    for one in evidence:
        for words in range(enough, 0, -1):
            before = words - one.clue.size
            reached[words] |= one.practices & reached[before] if before > 0 else one.practices
    return next(filter(None, reached[:0:-1]), BitMap())


@dataclass
class Found:
    """What a query finds: practices that match every clue, and, where these are few, those that match in part."""

    query: Query
    collection: Snapshot
    evidence: list[Evidence]
    full: BitMap
    partial: BitMap

    @cached_property
    def practices(self) -> BitMap:
        """All that is found."""
        return self.full | self.partial

    @property
    def corrections(self) -> dict[str, list[str]]:
        """For each word that nothing holds, the spellings that were searched for instead."""
        doubted = (one for whole in self.evidence for one in whole.and_parts() if one.corrections)
        return {one.clue.text: one.corrections for one in doubted}

    def in_field(self, field: int) -> BitMap:
        """Return the full matches with a word of the query in one field, 0 being the weightiest."""
        ways = {way.phrase for whole in self.evidence for one in whole.and_parts() for way in one.ways}
        postings = self.collection.postings(ways).values()
        return self.full & BitMap.union(*(fields[field] for fields in postings)) if postings else BitMap()

    def score(self, practice: int) -> float:
        """Return what the evidence for one practice is worth."""
        best = (next((value for value, matching in one.levels if practice in matching), 0.0) for one in self.evidence)
        return sum(best)

    def ranked(self, within: BitMap, start: int, stop: int) -> list[int]:
        """Return the practices of one page in the order of relevance, full matches first."""
        full, partial = self.full & within, self.partial & within
        ranked = chain(self._best(full, stop), self._best_in_part(partial, stop - len(full)))
        return list(islice(ranked, start, stop))

    @cached_property
    def closeness(self) -> dict[int, float]:
        """How close in meaning each practice is to the query; empty without the extra, or without words."""
        meanings = self.collection.meanings if self.query.clues else None
        return meanings.closeness(self.query.text) if meanings else {}

    def similar(self, within: BitMap) -> list[int]:
        """Return practices that do not match the words but are close in meaning, the closest first."""
        if not self.closeness or any(one.practices for one in self.evidence if one.clue.quoted):
            return []
        return embeddings.close(self.closeness, within - self.practices)

    def _best_in_part(self, practices: BitMap, number: int) -> Iterable[int]:
        """Return the best of those that match in part: with the help of their meaning, where it is known."""
        if number <= 0 or not practices or not self.closeness:
            return self._best(practices, number)
        scores = {practice: score for score, same in self._classes(practices) for practice in same}
        return embeddings.reordered(list(self._best(practices, len(practices))), scores, self.closeness)

    def _best(self, practices: BitMap, number: int) -> Iterator[int]:
        """Yield the best of some practices, at most `number`."""
        places, left = self.collection.places["relevance"], number
        for _, same in sorted(self._classes(practices), key=lambda one: -one[0]):
            if left <= 0:
                return
            yield from heapq.nsmallest(left, same, key=places.__getitem__)
            left -= len(same)

    def _classes(self, practices: BitMap) -> list[tuple[float, BitMap]]:
        """Split practices into groups with the same evidence, each with its score."""
        classes = [(0.0, practices)] if practices else []
        for one in self.evidence:
            split = []
            for score, group in classes:
                rest = group
                for value, matching in one.levels:
                    if both := rest & matching:
                        split.append((score + value, both))
                        rest = rest - both
                        if not rest:
                            break
                if rest:
                    split.append((score, rest))
            classes = split
        return classes
