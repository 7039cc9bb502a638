"""Any two filters crossed: how many practices of a result have both a value of the one and a value of the other.

Every filter with a list of values can be an axis. A row of the matrix is what the facet of the columns counts once the
row's value is chosen, so that a number is exactly what its address finds, on one row of a practice where both axes are
conditions on the same kind of row. There are three kinds of cell: practices on record, none on record, and none because
no public record names the country at all, which is not the same as nothing done.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nlargest
from math import ceil
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from pyroaring import BitMap

from practices.catalog import current
from practices.catalog.choices import Choice
from practices.catalog.counts import item, page_of
from practices.catalog.link import Link
from practices.catalog.query_string import address, param, url_prefix
from practices.models import Event, Finding, Practice, Representation, Stakeholder
from practices.querysets import is_published
from practices.search.filters import TermFilter
from practices.search.links import conditions
from practices.search.request import SearchRequest
from practices.search.results import Results

#: the axes where none, or none that exists, is asked for
AXES = ("country", "dimension")
#: the ways to show a matrix, the first unless another is asked for
MATRIX_VIEWS = {"table": gettext_lazy("Table"), "picture": gettext_lazy("Picture")}
#: how many characters the cells of a page take at most, and one cell besides the address that it shares with others
MOST_TEXT, CELL = 600_000, 120
#: how many columns a page shows of a longer list, and in how many shades
MOST_COLUMNS, SHADES = 40, 5


@dataclass(frozen=True)
class Head:
    """A row or a column: its value, its number of practices with their address, whether any record names it."""

    name: str
    choice: Choice
    total: int
    query: str
    named: bool = True

    @property
    def page(self) -> str:
        """The address of the value's own page, "" where it has none."""
        if self.name == "source":
            return reverse("source", args=[self.choice.value])
        return page_of(item(self.name, self.choice.value))


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of practices with their address; None where no record names the country. `shade` from 1 to 5, or 0."""

    count: int | None
    query: str = ""
    shade: int = 0


class Matrix:
    """A result crossed by two filters: `rows` and `columns` with their totals, and the cells of some rows."""

    def __init__(self, asked: SearchRequest) -> None:
        self.asked = asked
        self.results = Results(asked)
        self.row_name, self.column_name = axes(asked)
        self.shows_all = asked.data.get("all") == "1"
        asked_view = asked.data.get("view", "")
        self.view = asked_view if asked_view in MATRIX_VIEWS else next(iter(MATRIX_VIEWS))
        self.classes: list[tuple[int, int]] = []

    # What is crossed

    @property
    def row_label(self) -> str:
        """What the rows are."""
        return str(self.asked.filterset.facet_filters[self.row_name].label)

    @property
    def column_label(self) -> str:
        """What the columns are."""
        return str(self.asked.filterset.facet_filters[self.column_name].label)

    @cached_property
    def rows(self) -> list[Head]:
        """The rows, without those that have nothing unless they are asked for."""
        return [one for one in self._row_heads if self._is_shown(one, self.row_name)]

    @cached_property
    def all_columns(self) -> list[Head]:
        """The columns, without those that have nothing unless they are asked for."""
        return [one for one in self._column_heads if self._is_shown(one, self.column_name)]

    @cached_property
    def columns(self) -> list[Head]:
        """The columns that a page shows: of a long list those with the most practices, in the list's order."""
        columns = self.all_columns
        if len(columns) <= MOST_COLUMNS:
            return columns
        most = set(nlargest(MOST_COLUMNS, range(len(columns)), key=lambda place: (columns[place].total, -place)))
        return [one for place, one in enumerate(columns) if place in most]

    @cached_property
    def _row_heads(self) -> list[Head]:
        return self._heads(self.row_name)

    @cached_property
    def _column_heads(self) -> list[Head]:
        return self._heads(self.column_name)

    def _heads(self, name: str) -> list[Head]:
        codes, counts = self.asked.filterset.facet_filters[name], self.results.faceted.counts(name)
        base = self._without(name)
        return [
            Head(name, choice, counts.get(value, 0), base + param(name, value), self._is_named(name, value, counts))
            for value, choice in self._values(name, codes)
        ]

    def _values(self, name: str, codes: TermFilter) -> Iterator[tuple[str, Choice]]:
        """Yield the values of an axis; where some are chosen, these and what stands below them."""
        chosen, under_chosen = self.asked.filterset.cleaned_data[name], False
        for value, choice in codes.choices.items():
            if not choice.depth:
                under_chosen = value in chosen
            if under_chosen or value in chosen or not chosen:
                yield value, choice

    def _is_shown(self, head: Head, name: str) -> bool:
        return self.shows_all or head.total > 0 or head.choice.value in self.asked.filterset.cleaned_data[name]

    def _is_named(self, name: str, value: str, counts: dict[str, int]) -> bool:
        if name != "country" or value in counts:
            return True
        shown = self.shows_all or value in self.asked.filterset.cleaned_data[name]
        return not shown or value in self._named

    @cached_property
    def _named(self) -> set[str]:
        return countries_on_record()

    # What stands in the cells

    def page(self, number: Any) -> Page[Head]:
        """Return a page of the rows; the first or last one where there is no such page."""
        cells = MOST_TEXT // (len(self._base) + CELL)
        return Paginator(self.rows, max(1, cells // (len(self.columns) + 2))).get_page(number)

    def lines(self, rows: Iterable[Head]) -> list[tuple[Head, list[Cell]]]:
        """Return rows with the cells that a page shows, shaded."""
        counted = [(row, self.counts(row)) for row in rows]
        numbers = (counts.get(column.choice.value, 0) for _row, counts in counted for column in self.columns)
        self.classes = classes(number for number in numbers if number)
        return [(row, [self._cell(row, column, counts) for column in self.columns]) for row, counts in counted]

    def counts(self, row: Head) -> dict[str, int]:
        """Return the number of practices of a row by column; those with 0 left out."""
        if not row.total:
            return {}
        return self.results.faceted_with({self.row_name: [row.choice.value]}).counts(self.column_name)

    def _cell(self, row: Head, column: Head, counts: dict[str, int]) -> Cell:
        count = counts.get(column.choice.value, 0)
        if not count:
            return Cell(0 if row.named and column.named else None)
        at = f"{param(self.row_name, row.choice.value)}&{param(self.column_name, column.choice.value)}"
        return Cell(count, self._base + at, self._shade(count))

    @property
    def shades(self) -> list[tuple[int, int, int]]:
        """The lowest and the highest number of each shade, and the shade."""
        return [(low, high, self._shade(high)) for low, high in self.classes]

    def _shade(self, count: int) -> int:
        """Return the shade of a number: the darkest for the highest class, spread over all shades where few occur."""
        place, number = bisect_left([high for _low, high in self.classes], count), len(self.classes)
        return (2 * place + 1) * SHADES // (2 * number) + 1

    def unplaced(self, name: str) -> int:
        """Return how many practices have no value of an axis, and so stand in no cell."""
        values = self.results.snapshot.by_value(name).values()
        return len(self.results.practices - BitMap.union(BitMap(), *values))

    @property
    def without_row(self) -> int:
        """How many practices stand in no row."""
        return self.unplaced(self.row_name)

    @property
    def without_column(self) -> int:
        """How many practices stand in no column."""
        return self.unplaced(self.column_name)

    @property
    def has_countries(self) -> bool:
        """Whether rows or columns are countries, so that some cells may be of countries that no record names."""
        return "country" in (self.row_name, self.column_name)

    # Folded away

    @cached_property
    def empty_rows(self) -> int:
        """How many rows have nothing, and are not chosen."""
        return self._empty(self._row_heads, self.row_name)

    @cached_property
    def empty_columns(self) -> int:
        """How many columns have nothing, and are not chosen."""
        return self._empty(self._column_heads, self.column_name)

    def _empty(self, heads: list[Head], name: str) -> int:
        return sum(
            not head.total and head.choice.value not in self.asked.filterset.cleaned_data[name] for head in heads
        )

    @property
    def left_columns(self) -> int:
        """How many columns a page leaves out because the list is long."""
        return len(self.all_columns) - len(self.columns)

    # Addresses

    @cached_property
    def _base(self) -> str:
        """The address of a cell but for its row and column."""
        return self._without(self.row_name, self.column_name)

    def _without(self, *names: str) -> str:
        """Return the beginning of an address with all that narrows the result but for some filters."""
        return url_prefix(pair for pair in self.asked.filterset.active_filters if pair[0] not in names)

    @cached_property
    def own(self) -> list[tuple[str, str]]:
        """The parameters of the matrix itself, as they are understood."""
        return self._own()

    def _own(self, **changes: Any) -> list[tuple[str, str]]:
        own = {"rows": self.row_name, "columns": self.column_name, "view": self.view, "all": self.shows_all, **changes}
        shown = {"view": own["view"] if own["view"] != "table" else "", "all": "1" if own["all"] else ""}
        return [(name, value) for name, value in (own | shown).items() if value]

    def _url(self, **changes: Any) -> str:
        return address([*self._own(**changes), *self.asked.filterset.active_filters])

    @property
    def url(self) -> str:
        """The address of this matrix."""
        return self._url()

    @property
    def swapped_url(self) -> str:
        """The address with rows and columns swapped."""
        return self._url(rows=self.column_name, columns=self.row_name)

    @property
    def all_url(self) -> str:
        """The address with rows and columns that have nothing shown, or folded away again."""
        return self._url(all=not self.shows_all)

    @property
    def views(self) -> list[Link]:
        """The ways to show it."""
        return [
            Link(str(label), self._url(view=view), selected=view == self.view, code=view)
            for view, label in MATRIX_VIEWS.items()
        ]

    @property
    def page_base(self) -> str:
        """The address up to the number of a page."""
        return address([*self.own, *self.asked.filterset.active_filters, ("page", "")])

    @property
    def conditions(self) -> list[Link]:
        """What narrows the result that is crossed."""
        return conditions(self.asked.filterset, self.own)


def axes(asked: SearchRequest) -> tuple[str, str]:
    """Return the filters on rows and columns: what is asked for where it makes sense, never the same twice."""
    rows, columns = (
        name if (name := asked.data.get(axis, "")) in asked.filterset.facet_filters else ""
        for axis in ("rows", "columns")
    )
    columns = columns if columns != rows else ""
    rows = rows or next(name for name in AXES if name != columns)
    return rows, columns or next(name for name in reversed(AXES) if name != rows)


def classes(counts: Iterable[int]) -> list[tuple[int, int]]:
    """Return up to five ranges of numbers that hold about as many cells each; no number is in two ranges."""
    ordered = sorted(counts)
    if not ordered:
        return []
    highs = sorted({ordered[ceil(len(ordered) * part / SHADES) - 1] for part in range(1, SHADES + 1)})
    return [(ordered[bisect_right(ordered, below)], high) for below, high in zip([0, *highs], highs, strict=False)]


def countries_on_record() -> set[str]:
    """Return the codes of the countries that a public record names: a practice, an actor, a meeting or a finding."""
    practices = Practice.places.through.objects.filter(is_published("practice")).values_list("place__country")
    others: list[Any] = [
        Stakeholder.objects.published().order_by().values_list("country"),
        Event.objects.published().order_by().values_list("country"),
        Representation.objects.filter(is_published("event")).order_by().values_list("country"),
        Finding.countries.through.objects.filter(is_published("finding")).values_list("country"),
    ]
    known = current().vocabularies
    named = known.named.union(pk for (pk,) in practices.order_by().union(*others) if pk)
    return {known.countries[pk].alpha2 for pk in named}
