"""The values of every filter with exact counts: OR within a filter, AND between them, each without its own choice.

A count is a number of practices: what the page would show with this value alone in its filter, all else as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import cached_property
from pyroaring import BitMap

from practices.catalog.faceting import FacetedResult
from practices.catalog.snapshot import Snapshot
from practices.search.filters import PracticeFilter, TermFilter
from practices.search.request import SearchRequest


@dataclass(slots=True)
class FacetValue:
    """A value of a filter as a page shows it: selected or not, with its number of practices."""

    value: str
    label: str
    depth: int
    selected: bool
    count: int


class Facet:
    """A filter as a page shows it: counts by value, and the values made of them when they are asked for."""

    def __init__(self, name: str, filter: TermFilter, result: FacetedResult, search: SearchRequest) -> None:
        self.name, self.filter, self.result, self.search = name, filter, result, search

    @cached_property
    def counts(self) -> dict[str, int]:
        """The number of practices of each value that has any."""
        return self.result.counts(self.name)

    @property
    def label(self) -> str:
        """What the filter is called."""
        return str(self.filter.label)

    @cached_property
    def values(self) -> list[FacetValue]:
        """What would find something, and what is selected, in the order asked for; a tree keeps its own."""
        selected, counts = self.search.filterset.values[self.name], self.counts
        shown = {*counts, *selected}
        values = [
            FacetValue(choice.value, choice.label, choice.depth, choice.value in selected, counts.get(choice.value, 0))
            for choice in self.filter.choices.values()
            if choice.value in shown
        ]
        if self.search.display.facet_order == "count" and not any(value.depth for value in values):
            values.sort(key=lambda value: -value.count)  # stable: by name among equals
        return values

    @property
    def selected(self) -> list[FacetValue]:
        """The values that are selected."""
        return [value for value in self.values if value.selected]


def faceted_result(
    filterset: PracticeFilter,
    snapshot: Snapshot,
    matching: BitMap | None = None,
    values: Mapping[str, Sequence[str]] | None = None,
    *,
    years: bool = True,
) -> FacetedResult:
    """Return what the filters leave of the collection, and of what the search words match.

    `values` are asked for instead of the filters' own, by parameter; the range of years may be left out.
    """
    conditions = {"q": matching} if matching is not None else {}
    for name, filter in filterset.year_filters.items() if years else ():
        if year := filterset.cleaned_data[name]:
            conditions[name] = filter.practices(snapshot, year)
    return FacetedResult(snapshot, {**filterset.values, **(values or {})}, conditions)
