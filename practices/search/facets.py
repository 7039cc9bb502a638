"""The values of every filter with exact counts: OR within a filter, AND between them, each without its own choice.

A count is a number of practices: what the page would show with this value alone in its filter, all else as it is.
"""

from dataclasses import dataclass

from django.utils.functional import cached_property
from pyroaring import BitMap

from practices.catalog.snapshot import Rows, Snapshot
from practices.search.filters import Choice, CodesFilter, PracticeFilter, RowFilter


@dataclass(slots=True)
class Option:
    """A choice as a page shows it: chosen or not, with its number of practices."""

    choice: Choice
    selected: bool
    count: int
    name: str
    asked: PracticeFilter

    @property
    def toggle_url(self) -> str:
        """The address of this result with the choice added, or taken away where it is chosen."""
        change = self.asked.url_without if self.selected else self.asked.url_with
        return change(self.name, value=self.choice.value)


class Facet:
    """A filter as a page shows it: counts by value, and the options made of them, each when it is asked for."""

    def __init__(self, name: str, codes: CodesFilter, narrowing: "Narrowing") -> None:
        self.name, self.codes, self.narrowing, self.asked = name, codes, narrowing, narrowing.asked

    @cached_property
    def counts(self) -> dict[str, int]:
        """The number of practices of each value that has any."""
        return self.narrowing.counts(self.name, self.codes)

    @property
    def label(self) -> str:
        """What the filter is called."""
        return str(self.codes.label)

    @cached_property
    def options(self) -> list[Option]:
        """What would find something, and what is chosen, in the order asked for; a tree keeps its own."""
        chosen, counts, asked = self.asked.chosen[self.name], self.counts, self.asked
        wanted = {*counts, *chosen}
        options = [
            Option(choice, value in chosen, counts.get(value, 0), self.name, asked)
            for value, choice in self.codes.choices.items()
            if value in wanted
        ]
        if asked.facet_order == "count" and not any(option.choice.depth for option in options):
            options.sort(key=lambda option: -option.count)  # stable: by name among equals
        return options

    @property
    def selected(self) -> list[Option]:
        """The options that are chosen."""
        return [option for option in self.options if option.selected]


class Narrowing:
    """What each filter of a request leaves of the collection, and what they leave together."""

    def __init__(self, asked: PracticeFilter, collection: Snapshot, found: BitMap | None) -> None:
        self.asked, self.collection = asked, collection
        #: what meets each condition: the search, a filter of its own, or all filters on one kind of row
        self.conditions: dict[str, BitMap] = {"q": found} if found is not None else {}
        for name, year in asked.years.items():
            if asked.chosen[name]:
                self.conditions[name] = year.practices(collection, asked.chosen[name])
        for name, codes in asked.lists.items():
            if asked.chosen[name]:
                self._add(name, codes)

    def _add(self, name: str, codes: CodesFilter) -> None:
        if isinstance(codes, RowFilter):
            self.conditions[codes.row] = self._owning(codes.row, self._rows(codes.row))
        else:
            values = codes.values(self.collection)
            self.conditions[name] = union(values, self.asked.chosen[name])

    def _rows(self, row: str, *, without: str = "") -> BitMap | None:
        """Return the rows that meet all conditions on this kind of row but one; None where there is none."""
        rows, together = self.collection.rows.get(row) or Rows(), None
        for name, codes in self.asked.lists.items():
            if isinstance(codes, RowFilter) and codes.row == row and name != without and self.asked.chosen[name]:
                meeting = union(rows.rows.get(codes.column, {}), self.asked.chosen[name])
                together = meeting if together is None else together & meeting
        return together

    def _owning(self, row: str, rows: BitMap | None) -> BitMap:
        return self.collection.rows[row].owning(rows) if rows else BitMap()

    def practices(self, *, without: str = "") -> BitMap:
        """Return what meets every condition, but for one."""
        left = self.collection.everything
        for name, meeting in self.conditions.items():
            if name != without:
                left = left & meeting
        return left

    def without(self, name: str) -> int:
        """Return how many practices would be left without one parameter."""
        codes = self.asked.lists.get(name)
        if not isinstance(codes, RowFilter):
            return len(self.practices(without=name))
        others = self.practices(without=codes.row)
        rows = self._rows(codes.row, without=name)
        return len(others) if rows is None else len(others & self._owning(codes.row, rows))

    def counts(self, name: str, codes: CodesFilter) -> dict[str, int]:
        """Return the number of practices of each value of a filter without its own choice; those with 0 left out."""
        if not isinstance(codes, RowFilter):
            return counted(codes.values(self.collection), self.practices(without=name))
        among = self.practices(without=codes.row)
        others = self._rows(codes.row, without=name)
        if others is None:
            return counted(codes.values(self.collection), among)
        rows = self.collection.rows.get(codes.row) or Rows()
        meeting = {code: both for code, one in rows.rows.get(codes.column, {}).items() if (both := one & others)}
        return counted({code: rows.owning(both) for code, both in meeting.items()}, among)


def union(values: dict[str, BitMap], chosen: list[str]) -> BitMap:
    """Return the members of any of the chosen values."""
    return BitMap.union(BitMap(), *(values[value] for value in chosen if value in values))


def counted(values: dict[str, BitMap], among: BitMap) -> dict[str, int]:
    """Return how many of some practices have each value, values that none has left out."""
    return {code: number for code, one in values.items() if (number := one.intersection_cardinality(among))}


def facets(narrowing: Narrowing) -> list[Facet]:
    """Return every filter with its values."""
    return [Facet(name, codes, narrowing) for name, codes in narrowing.asked.lists.items()]
