"""One axis of a matrix: the values of a filter as rows or columns, each with its total."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from pyroaring import BitMap

from practices.catalog import current
from practices.catalog.choices import Choice
from practices.catalog.counts import item, page_of
from practices.catalog.query_string import param, url_prefix
from practices.models import Event, Finding, Practice, Representation, Stakeholder
from practices.querysets import is_published
from practices.search.results import Results


@dataclass(frozen=True)
class AxisHeading:
    """A row or a column: a value of a filter with the number of its practices and their address.

    `named` is False of a country that no public record names.
    """

    name: str
    choice: Choice
    total: int
    query: str
    named: bool = True

    @property
    def value(self) -> str:
        """The value as it stands in an address."""
        return self.choice.value

    @property
    def label(self) -> str:
        """What the value is called."""
        return self.choice.label

    @property
    def page(self) -> str:
        """The address of the value's own page, "" where it has none."""
        if self.name == "source":
            return reverse("source", args=[self.value])
        return page_of(item(self.name, self.value))


class MatrixAxis:
    """The values of one filter as the rows or columns of a matrix, `shows_all` of them or those with practices."""

    def __init__(self, name: str, results: Results, *, shows_all: bool) -> None:
        self.name, self.results, self.shows_all = name, results, shows_all
        self.filter = results.filterset.facet_filters[name]
        self._selected: list[str] = results.filterset.cleaned_data[name]

    @property
    def label(self) -> str:
        """What the filter is called."""
        return str(self.filter.label)

    @cached_property
    def headings(self) -> list[AxisHeading]:
        """The values that are shown: with practices or selected, or all of them."""
        return [heading for heading in self._all if self.shows_all or not self._is_empty(heading)]

    @cached_property
    def empty(self) -> int:
        """How many values have no practices and are not selected."""
        return sum(self._is_empty(heading) for heading in self._all)

    @cached_property
    def without_value(self) -> int:
        """How many practices of the result have no value of the filter, and so stand in no row or column."""
        values = self.results.snapshot.by_value(self.name).values()
        return len(self.results.practices - BitMap.union(BitMap(), *values))

    @cached_property
    def _all(self) -> list[AxisHeading]:
        counts = self.results.faceted.counts(self.name)
        prefix = url_prefix(pair for pair in self.results.filterset.active_filters if pair[0] != self.name)
        return [
            AxisHeading(
                self.name, choice, counts.get(value, 0), prefix + param(self.name, value), self._is_named(value, counts)
            )
            for value, choice in self._choices()
        ]

    def _choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield the values of the filter; where some are selected, these and those below them."""
        below_selected = False
        for value, choice in self.filter.choices.items():
            if not choice.depth:
                below_selected = value in self._selected
            if below_selected or value in self._selected or not self._selected:
                yield value, choice

    def _is_empty(self, heading: AxisHeading) -> bool:
        return not heading.total and heading.value not in self._selected

    def _is_named(self, value: str, counts: dict[str, int]) -> bool:
        """Whether a public record names a value. Countries are asked for only where one without practices is shown."""
        if self.name != "country" or value in counts:
            return True
        is_shown = self.shows_all or value in self._selected
        return not is_shown or value in self._named_countries

    @cached_property
    def _named_countries(self) -> set[str]:
        return named_countries()


def named_countries() -> set[str]:
    """Return the codes of the countries that a public practice, actor, meeting or finding names. One query."""
    practices = Practice.places.through.objects.filter(is_published("practice")).values_list("place__country")
    others: list[QuerySet] = [
        Stakeholder.objects.published().order_by().values_list("country"),
        Event.objects.published().order_by().values_list("country"),
        Representation.objects.filter(is_published("event")).order_by().values_list("country"),
        Finding.countries.through.objects.filter(is_published("finding")).values_list("country"),
    ]
    vocabularies = current().vocabularies
    named = vocabularies.named.union(pk for (pk,) in practices.order_by().union(*others) if pk)
    return {vocabularies.countries[pk].alpha2 for pk in named}
