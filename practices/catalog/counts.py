"""The public collection as sets of practices in memory: who has what, counted, ranked and crossed without a query.

Values are named as in the address of a search (`country=PT`, `role=ngo`), so that every count here is what the search
with the same parameters finds, and every count can be a link to it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any
from weakref import WeakKeyDictionary

from django.urls import reverse
from pyroaring import BitMap

from practices.catalog.query_string import query_string
from practices.catalog.snapshot import Rows, Snapshot, snapshot
from practices.catalog.vocabularies import Reference, reference
from practices.models import VOCABULARIES, CountryRole, Function
from practices.search.facets import counted
from practices.search.filters import CodesFilter, PracticeFilter, RowFilter

#: the vocabulary behind each parameter
MODELS = {model.parameter: model for model in VOCABULARIES}
CLOSED: dict[str, Any] = {"country_role": CountryRole, "function": Function}
#: how many values a sentence names, up to twice as many where the last of them are equals
STANDING_OUT = 4
#: for each snapshot and parameter, how many values each practice has
_spreads: WeakKeyDictionary[Snapshot, dict[str, Counter[int]]] = WeakKeyDictionary()


def collection() -> Snapshot:
    """Return the collection as of the page's data version."""
    return snapshot(reference().version)


def values(name: str) -> dict[str, BitMap]:
    """Return the practices with each value of a parameter, those of narrower terms included."""
    codes: CodesFilter = PracticeFilter.base_filters[name]
    return codes.values(collection())


def practices_with(**chosen: str) -> BitMap:
    """Return what a search with one value of each of these parameters finds, conditions on a row held by one row."""
    held = collection()
    left, rows = held.everything, dict[str, list[BitMap]]()
    for name, code in chosen.items():
        codes = PracticeFilter.base_filters[name]
        left = left & codes.values(held).get(code, BitMap())
        if isinstance(codes, RowFilter):
            found = held.rows.get(codes.row, Rows()).rows.get(codes.column, {}).get(code, BitMap())
            rows.setdefault(codes.row, []).append(found)
    for row, conditions in rows.items():
        if len(conditions) > 1:
            left = left & held.rows[row].owning(BitMap.intersection(*conditions)) if left else left
    return left


def search_url(**chosen: str) -> str:
    """Return the address of that search."""
    return reverse("practice_list") + query_string(chosen.items())


@dataclass(frozen=True)
class Ranked:
    """A value of a parameter with its number of practices, and the address of a search for them."""

    item: Any
    count: int
    url: str

    @property
    def page(self) -> str:
        """The address of the value's own page, "" where it has none."""
        return self.item.get_absolute_url() if hasattr(self.item, "get_absolute_url") else ""


@dataclass(frozen=True)
class Organisation:
    """A public organisation by name, without a query."""

    slug: str
    name: str

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("stakeholder", args=[self.slug])


def item(name: str, code: str) -> Any:
    """Return what a value of a parameter stands for: term, country, organisation, or a label; None if unknown."""
    known = reference()
    if name in MODELS:
        return known.term(MODELS[name], code)
    if name == "country":
        return known.country(code)
    if name == "stakeholder":
        called = _organisations(known).get(code)
        return Organisation(code, called) if called else None
    return CLOSED[name](code).label


def _organisations(known: Reference) -> dict[str, str]:
    if ("organisations", "") not in known.choices:
        known.choices["organisations", ""] = dict(known.stakeholders)
    found: dict[str, str] = known.choices["organisations", ""]
    return found


def ranked(name: str, among: BitMap, most: int | None = None, **chosen: str) -> list[Ranked]:
    """Return the most frequent values of a parameter among some practices, which the parameters `chosen` find.

    Of a tree its leaves only: a broader term has at least as many practices as any below it.
    """
    counts = counts_of(name, among, chosen)
    codes = [code for code in counts if name not in MODELS or _is_leaf(name, code)]
    found = nsmallest(most or len(codes), codes, key=lambda code: (-counts[code], code))
    made = [(item(name, code), counts[code], search_url(**chosen, **{name: code})) for code in found]
    return [Ranked(*one) for one in made if one[0]]


def foremost_named(name: str, among: BitMap, **chosen: str) -> list[Ranked]:
    """Return what a sentence names of a parameter: the values of more than one practice, about STANDING_OUT of them.

    Equals are named together or not at all, unless there is nothing else to name.
    """
    found = [one for one in ranked(name, among, None, **chosen) if one.count > 1]
    if len(found) <= STANDING_OUT:
        return found
    last = found[STANDING_OUT - 1].count
    equal = [one for one in found if one.count >= last]
    above = [one for one in found if one.count > last]
    return equal if len(equal) <= 2 * STANDING_OUT else above or found[: 2 * STANDING_OUT]


def _is_leaf(name: str, code: str) -> bool:
    known = reference()
    term = known.term(MODELS[name], code)
    return term is not None and not known.children(term)


def counts_of(name: str, among: BitMap, chosen: dict[str, str]) -> dict[str, int]:
    """Return how many of the practices that `chosen` finds have each value of one more parameter, none left out.

    Conditions on the same kind of row, such as role and function, must hold on one row.
    """
    counts = counted(values(name), among)
    if _shares_a_row(name, chosen):
        counts = {code: len(practices_with(**chosen, **{name: code})) for code in counts}
    return {code: count for code, count in counts.items() if count}


def _shares_a_row(name: str, chosen: Iterable[str]) -> bool:
    row = getattr(PracticeFilter.base_filters[name], "row", None)
    return row is not None and row in {getattr(PracticeFilter.base_filters[one], "row", "") for one in chosen}


def foremost(name: str, among: BitMap, most: int = 12, *, first: BitMap | None = None, start: int = 0) -> list[int]:
    """Return the practices that are most about a value of a parameter: those that have the fewest other values of it.

    Those in `first` come before the others; what is equal goes by title.
    """
    spread, places = _spread(name), collection().places["title"]
    before = first if first is not None else among
    return nsmallest(start + most, among, key=lambda one: (one not in before, spread[one], places[one]))[start:]


def _spread(name: str) -> Counter[int]:
    """Return how many values of a parameter each practice has."""
    spreads = _spreads.setdefault(collection(), {})
    if name not in spreads:
        spread: Counter[int] = Counter()
        for practices in values(name).values():
            spread.update(practices)
        spreads[name] = spread
    return spreads[name]
