"""The public collection in memory, as of one data version: bitmaps of practices for facets and for words.

Loaded once per process and data version. Facets and orders are read whole; where a word stands is read from the text
index when it is first asked for, and kept. Everything here is replaced, never changed, so threads may share it.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import takewhile

from django.utils.functional import cached_property
from pyroaring import BitMap

from practices.catalog.cache import LRUCache
from practices.catalog.rings import by_phrase, ring_words
from practices.index import text
from practices.index.backends import backend
from practices.index.backends.base import Phrase, Postings
from practices.index.documents import Facets
from practices.index.embeddings import Embeddings, available
from practices.index.schema import FACETS
from practices.models import SearchDocument, SearchWord
from practices.models.dates import known_year
from practices.querysets import is_published

#: how many phrases are kept, at 100,000 practices some 20 MB
PHRASES_KEPT = 3000
#: the orders that a result can stand in, relevance being that of equals
ORDERS = ("relevance", "title", "country", "newest")


class Rows:
    """The rows of one kind of all practices, such as involvements, numbered, with what stands in their columns.

    So that conditions on several columns hold on one row: `rows` are bitmaps of rows, `practices` of practices.
    """

    def __init__(self) -> None:
        self.owners = array("I")
        self.rows: dict[str, dict[str, BitMap]] = {}
        self.practices: dict[str, dict[str, BitMap]] = {}

    def parents_of(self, rows: BitMap) -> BitMap:
        """Return the practices that own some rows."""
        return BitMap(map(self.owners.__getitem__, rows))


class Snapshot:
    """The public collection as of one data version.

    `all_ids` are all practices; `values[key][code]` those with a term; `rows[name]` their rows of one kind;
    `sorted_ids[order]` all of them in an order; `rank[order]` where each stands in it; `years` are (first known year,
    last known year, practice).
    """

    def __init__(self) -> None:
        self.all_ids = BitMap()
        self.values: dict[str, dict[str, BitMap]] = {}
        self.rows: dict[str, Rows] = {}
        self.sorted_ids: dict[str, array[int]] = {}
        self.rank: dict[str, array[int]] = {}
        self.years: list[tuple[int, int, int]] = []
        self._postings: LRUCache[Phrase, Postings] = LRUCache(PHRASES_KEPT)
        self._load()

    def _load(self) -> None:
        columns = ("practice_id", "facets", "sort_key", "country_key", "first_year", "last_year")
        public = SearchDocument.objects.filter(is_published("practice")).order_by()
        loader = SnapshotLoader(self)
        with backend().consistent_read():
            for row in public.values_list(*columns).iterator(chunk_size=2000):
                loader.add(*row)
        loader.finish()

    def set_order(self, name: str, keys: list[tuple[str | int, ...]]) -> None:
        """Set an order; the last part of each key is the practice."""
        self.sorted_ids[name] = array("I", [int(key[-1]) for key in sorted(keys)])
        rank = array("I", bytes(4 * (max(self.sorted_ids[name], default=0) + 1)))
        for place, practice in enumerate(self.sorted_ids[name]):
            rank[practice] = place
        self.rank[name] = rank

    def by_value(self, parameter: str) -> dict[str, BitMap]:
        """Return the practices with each value of a filter, those of narrower terms included."""
        field = FACETS[parameter]
        if not field.row:
            return self.values.get(field.facet_key, {})
        rows = self.rows.get(field.row)
        return rows.practices.get(field.facet_key, {}) if rows else {}

    def rows_by_value(self, parameter: str) -> dict[str, BitMap]:
        """Return the rows with each value of a filter on rows."""
        field = FACETS[parameter]
        rows = self.rows.get(field.row)
        return rows.rows.get(field.facet_key, {}) if rows else {}

    def parents_of(self, row: str, rows: BitMap) -> BitMap:
        """Return the practices that own some rows of a kind."""
        return self.rows[row].parents_of(rows) if rows else BitMap()

    def postings(self, phrases: Iterable[Phrase]) -> dict[Phrase, Postings]:
        """Return where each phrase stands among what is public; what is not yet known is asked for in one statement."""
        return self._postings.get(phrases, self._read_postings)

    def _read_postings(self, phrases: list[Phrase]) -> dict[Phrase, Postings]:
        postings = zip(phrases, backend().postings(phrases), strict=True)
        return {phrase: tuple(practices & self.all_ids for practices in parts) for phrase, parts in postings}

    @cached_property
    def words(self) -> dict[str, str]:
        """The stem of each word that occurs, by the word as it is typed, in alphabetical order."""
        return dict(sorted(SearchWord.objects.values_list("surface", "stem")))

    @cached_property
    def surfaces(self) -> list[str]:
        """The words that occur, in alphabetical order."""
        return list(self.words)

    @cached_property
    def spellings(self) -> list[str]:
        """What a misspelt word may have been meant for: the words that occur and those in rings, alphabetically."""
        tokenized = (list(text.tokens(word)) for words in self._ring_words for word in words)
        return sorted(self.words.keys() | {tokens[0].surface for tokens in tokenized if len(tokens) == 1})

    def beginning_with(self, prefix: str, limit: int) -> list[str]:
        """Return words that begin so, in alphabetical order, at most `limit`."""
        first = bisect_left(self.surfaces, prefix)
        return list(takewhile(lambda word: word.startswith(prefix), self.surfaces[first : first + limit]))

    @cached_property
    def embeddings(self) -> Embeddings | None:
        """Where the meanings of all practices lie; None where the extra is not installed."""
        return Embeddings() if available() else None

    @cached_property
    def _ring_words(self) -> list[list[str]]:
        return ring_words()

    @cached_property
    def rings(self) -> dict[Phrase, dict[Phrase, str]]:
        """For each word or phrase in a ring of synonyms the others, each as it is written."""
        return by_phrase(self._ring_words)


class SnapshotLoader:
    """Collects what documents say, and makes bitmaps of it in the end."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.practices: list[int] = []
        self.values: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.rows: dict[str, dict[str, dict[str, list[int]]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(list))
        )
        self.owners: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self.keys: dict[str, list[tuple[str | int, ...]]] = defaultdict(list)
        self.years: list[tuple[int, int, int]] = []

    def add(
        self,
        practice: int,
        facets: Facets,
        sort_key: str,
        country_key: str,
        first_year: int | None,
        last_year: int | None,
    ) -> None:
        """Take in one document; a year that there can be none of counts as unknown, whatever wrote it down."""
        first_year, last_year = known_year(first_year), known_year(last_year)
        self.practices.append(practice)
        for name, values in facets.items():
            for value in values:
                if isinstance(value, str):
                    self.values[name][value].append(practice)
                else:
                    self._add_row(name, practice, value)
        self.keys["relevance"].append((len(sort_key.split()), sort_key, practice))
        self.keys["title"].append((sort_key, practice))
        self.keys["country"].append((country_key, sort_key, practice))
        self.keys["newest"].append((-(first_year or 0), sort_key, practice))
        if first_year and last_year:
            self.years.append((first_year, last_year, practice))

    def _add_row(self, name: str, practice: int, row: dict[str, list[str]]) -> None:
        owners = self.owners[name]
        for column, codes in row.items():
            for code in codes:
                self.rows[name][column][code].append(len(owners))
        owners.append(practice)

    def finish(self) -> None:
        """Hand everything to the snapshot."""
        snapshot = self.snapshot
        snapshot.all_ids = BitMap(self.practices)
        snapshot.values = {
            name: {code: BitMap(practices) for code, practices in codes.items()} for name, codes in self.values.items()
        }
        for name, columns in self.rows.items():
            rows = snapshot.rows[name] = Rows()
            rows.owners = self.owners[name]
            rows.rows = {
                column: {code: BitMap(numbers) for code, numbers in codes.items()} for column, codes in columns.items()
            }
            rows.practices = {
                column: {code: rows.parents_of(numbers) for code, numbers in codes.items()}
                for column, codes in rows.rows.items()
            }
        snapshot.years = self.years
        for name in ORDERS:
            snapshot.set_order(name, self.keys[name])
