"""Which practices have these values: the one engine behind searches, facets, counts and tables.

Values of one parameter are alternatives, parameters are conditions that must all hold, and conditions on the same kind
of row, such as role and function of an involvement, must hold on one row.
"""

from collections.abc import Mapping, Sequence

from pyroaring import BitMap

from practices.catalog.snapshot import Snapshot
from practices.index.schema import FACETS


class FacetedResult:
    """What conditions leave of the collection, and how many practices each value of each parameter would leave.

    `values` are the chosen ones by parameter; `matching` are the practices that meet other conditions, by name: those
    that match the words of a search, or ran in some years.
    """

    def __init__(
        self, snapshot: Snapshot, values: Mapping[str, Sequence[str]], matching: Mapping[str, BitMap] | None = None
    ) -> None:
        self.snapshot = snapshot
        self.values = {parameter: codes for parameter, codes in values.items() if codes}
        #: the practices that meet each condition: a search, a parameter, or all parameters on one kind of row
        self.conditions = dict(matching or {})
        for parameter in self.values:
            if row := FACETS[parameter].row:
                self.conditions[row] = snapshot.parents_of(row, self._rows(row) or BitMap())
            else:
                self.conditions[parameter] = union(snapshot.by_value(parameter), self.values[parameter])

    def practices(self, *, without: str = "") -> BitMap:
        """Return the practices that meet every condition, but for one."""
        left = self.snapshot.all_ids
        for condition, matching in self.conditions.items():
            if condition != without:
                left = left & matching
        return left

    def count_without(self, name: str) -> int:
        """Return how many practices would be left without one parameter, or without the condition of this name."""
        row = FACETS[name].row if name in FACETS else ""
        if not row:
            return len(self.practices(without=name))
        others, rows = self.practices(without=row), self._rows(row, without=name)
        return len(others if rows is None else others & self.snapshot.parents_of(row, rows))

    def counts(self, parameter: str) -> dict[str, int]:
        """Return the number of practices of each value of a parameter without its own choice; those with 0 left out."""
        row, by_value = FACETS[parameter].row, self.snapshot.by_value(parameter)
        if not row:
            return counts(by_value, self.practices(without=parameter))
        within, others = self.practices(without=row), self._rows(row, without=parameter)
        if others is None:
            return counts(by_value, within)
        rows = self.snapshot.rows_by_value(parameter).items()
        meeting = {code: both for code, numbers in rows if (both := numbers & others)}
        return counts({code: self.snapshot.parents_of(row, both) for code, both in meeting.items()}, within)

    def _rows(self, row: str, *, without: str = "") -> BitMap | None:
        """Return the rows that meet all conditions on this kind of row but one; None where there is none."""
        meeting: BitMap | None = None
        for parameter, codes in self.values.items():
            if FACETS[parameter].row == row and parameter != without:
                rows = union(self.snapshot.rows_by_value(parameter), codes)
                meeting = rows if meeting is None else meeting & rows
        return meeting


def union(by_value: Mapping[str, BitMap], values: Sequence[str]) -> BitMap:
    """Return the members of any of some values."""
    return BitMap.union(BitMap(), *(by_value[value] for value in values if value in by_value))


def counts(by_value: Mapping[str, BitMap], within: BitMap) -> dict[str, int]:
    """Return how many of some practices have each value; values that none has are left out."""
    sizes = ((value, members.intersection_cardinality(within)) for value, members in by_value.items())
    return {value: size for value, size in sizes if size}
