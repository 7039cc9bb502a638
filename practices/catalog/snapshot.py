"""The public collection in memory, as of one data version: bitmaps of practices for facets and for words.

Loaded once per process and data version. Facets and orders are read whole; where a word stands is read from the text
index when it is first asked for, and kept. Everything here is replaced, never changed, so threads may share it.
"""

from array import array
from bisect import bisect_left
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from itertools import takewhile
from threading import Lock
from typing import Any, Generic, TypeVar

from django.utils.functional import cached_property
from pyroaring import BitMap

from practices.index import text
from practices.index.backends import backend
from practices.index.backends.base import Phrase, Postings
from practices.index.embeddings import Meanings, available
from practices.models import DataVersion, SearchDocument, SearchWord, SynonymRing
from practices.querysets import is_published

#: how many phrases are kept, at 100,000 practices some 20 MB, and how many practices as results show them, some 30 MB
MOST_PHRASES, MOST_SHOWN = 3000, 3000

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Kept(Generic[Asked, Answer]):
    """Answers that were asked for lately, at most `most`. Threads may share it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._answers: OrderedDict[Asked, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, asked: Iterable[Asked], load: Callable[[list[Asked]], dict[Asked, Answer]]) -> dict[Asked, Answer]:
        """Return the answers that there are; `load` is asked once for those that are not at hand."""
        wanted = dict.fromkeys(asked)
        with self._lock:
            found = {one: self._answers[one] for one in wanted if one in self._answers}
            for one in found:
                self._answers.move_to_end(one)
        if missing := [one for one in wanted if one not in found]:
            loaded = load(missing)
            found |= loaded
            with self._lock:
                self._answers |= loaded
                while len(self._answers) > self.most:
                    self._answers.popitem(last=False)
        return found


class Rows:
    """The rows of one kind of all practices, such as involvements, numbered, with what stands in their columns.

    So that conditions on several columns hold on one row: `rows` are bitmaps of rows, `practices` of practices.
    """

    def __init__(self) -> None:
        self.owners = array("I")
        self.rows: dict[str, dict[str, BitMap]] = {}
        self.practices: dict[str, dict[str, BitMap]] = {}

    def owning(self, rows: BitMap) -> BitMap:
        """Return the practices that own some rows."""
        return BitMap(map(self.owners.__getitem__, rows))


class Snapshot:
    """The public collection as of one data version.

    `everything` are all practices; `values[field][code]` those with a term; `rows[name]` their rows of one kind;
    `orders[name]` all of them in an order; `places[name]` where each stands in it.
    """

    def __init__(self, version: DataVersion) -> None:
        self.version = version
        self.everything = BitMap()
        self.values: dict[str, dict[str, BitMap]] = {}
        self.rows: dict[str, Rows] = {}
        self.orders: dict[str, array[int]] = {}
        self.places: dict[str, array[int]] = {}
        self.years: list[tuple[int, int, int]] = []
        self._postings: Kept[Phrase, Postings] = Kept(MOST_PHRASES)
        #: practices as results show them, filled by whoever shows them
        self.shown: Kept[int, Any] = Kept(MOST_SHOWN)
        self._load()

    def _load(self) -> None:
        columns = ("practice_id", "facets", "sort_key", "country_key", "first_year", "last_year")
        public = SearchDocument.objects.filter(is_published("practice")).order_by()
        loader = Loader(self)
        with backend().reading():
            for row in public.values_list(*columns).iterator(chunk_size=2000):
                loader.add(*row)
        loader.finish()

    def order(self, name: str, keys: list[tuple[Any, ...]]) -> None:
        """Set an order; the last part of each key is the practice."""
        self.orders[name] = array("I", [key[-1] for key in sorted(keys)])
        places = array("I", bytes(4 * (max(self.orders[name], default=0) + 1)))
        for place, practice in enumerate(self.orders[name]):
            places[practice] = place
        self.places[name] = places

    def postings(self, phrases: Iterable[Phrase]) -> dict[Phrase, Postings]:
        """Return where each phrase stands among what is public; what is not yet known is asked for in one statement."""
        return self._postings.get(phrases, self._read)

    def _read(self, phrases: list[Phrase]) -> dict[Phrase, Postings]:
        found = zip(phrases, backend().postings(phrases), strict=True)
        return {phrase: tuple(one & self.everything for one in fields) for phrase, fields in found}

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
        found = (list(text.tokens(word)) for words in self._rings for word in words)
        return sorted(self.words.keys() | {tokens[0].surface for tokens in found if len(tokens) == 1})

    def beginning_with(self, start: str, most: int) -> list[str]:
        """Return words that begin so, in alphabetical order, at most `most`."""
        first = bisect_left(self.surfaces, start)
        return list(takewhile(lambda word: word.startswith(start), self.surfaces[first : first + most]))

    @cached_property
    def meanings(self) -> Meanings | None:
        """Where the meanings of all practices lie; None where the extra is not installed."""
        return Meanings() if available() else None

    @cached_property
    def _rings(self) -> list[list[str]]:
        return list(SynonymRing.objects.values_list("words", flat=True))

    @cached_property
    def rings(self) -> dict[Phrase, dict[Phrase, str]]:
        """For each word or phrase in a ring of synonyms the others, each as it is written."""
        found: dict[Phrase, dict[Phrase, str]] = defaultdict(dict)
        for written in self._rings:
            members = {tuple(text.stems(word)): word for word in written}
            for phrase in members:
                found[phrase] |= {other: word for other, word in members.items() if other and other != phrase}
        return dict(found)


class Loader:
    """Collects what documents say, and makes bitmaps of it in the end."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.practices: list[int] = []
        self.values: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.rows: dict[str, dict[str, dict[str, list[int]]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(list))
        )
        self.owners: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self.keys: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self.years: list[tuple[int, int, int]] = []

    def add(
        self,
        practice: int,
        facets: dict[str, list[Any]],
        sort_key: str,
        country_key: str,
        first_year: int | None,
        last_year: int | None,
    ) -> None:
        """Take in one document."""
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
        snapshot.everything = BitMap(self.practices)
        snapshot.values = {
            name: {code: BitMap(found) for code, found in codes.items()} for name, codes in self.values.items()
        }
        for name, columns in self.rows.items():
            rows = snapshot.rows[name] = Rows()
            rows.owners = self.owners[name]
            rows.rows = {
                column: {code: BitMap(found) for code, found in codes.items()} for column, codes in columns.items()
            }
            rows.practices = {
                column: {code: rows.owning(found) for code, found in codes.items()}
                for column, codes in rows.rows.items()
            }
        snapshot.years = self.years
        for name in ORDERS:
            snapshot.order(name, self.keys[name])


ORDERS = ("relevance", "title", "country", "newest")
_held: Snapshot | None = None


def snapshot(version: DataVersion) -> Snapshot:
    """Return the collection in memory as of a data version."""
    global _held
    held = _held
    if held is None or (held.version.number, held.version.date) != (version.number, version.date):
        _held = held = Snapshot(version)
    return held
