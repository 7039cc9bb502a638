"""Two to four countries side by side: their practices counted by every kind of term, and what sets each apart.

To add a group of counts: a line in `COUNTED`.
"""

from dataclasses import dataclass, field

from django.http import QueryDict
from django.urls import reverse

from practices.catalog.choices import Choice
from practices.catalog.link import Link
from practices.models import Country
from practices.pages.summaries import gaps, outcome_counts, without_redundant_parents
from practices.search.filters import TermFilter
from practices.search.request import SearchRequest
from practices.search.results import Results

#: the filters by which countries are counted, and whether values below others are left out of the table
COUNTED = {"country_role": False, "dimension": False, "role": True, "topic": True, "group": False, "level": False}
#: filters of which a country can have a value alone, or that no country may have
DISTINCTIVE = ("dimension", "role", "topic", "group")
#: how many organisations are named for a country
MAX_ACTORS = 8


@dataclass(frozen=True)
class CountRow:
    """A value with its counts by country; `only` names the one country that has it, `lacking` those without it."""

    label: str
    cells: list[tuple[Country, Link]]
    only: str = ""
    lacking: str = ""


@dataclass(frozen=True)
class ValueGroup:
    """Values of one filter, under its label."""

    label: str
    values: list[Link]


@dataclass(frozen=True)
class CountGroup:
    """The counts of one filter, under its label."""

    label: str
    rows: list[CountRow]


@dataclass
class CountrySide:
    """One country: its practices, the values that it alone has, who acts most often, what the sources do not say."""

    country: Country
    total: int
    url: str
    alone: list[ValueGroup] = field(default_factory=list)
    actors: list[Link] = field(default_factory=list)
    more_actors: int = 0
    gaps: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CountryComparison:
    """Countries side by side; `nowhere` are the values that none of them has."""

    sides: list[CountrySide]
    groups: list[CountGroup]
    nowhere: list[ValueGroup]


class _CountryCounts:
    """The practices of one country, counted by the values of every filter. No query."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.search = SearchRequest(QueryDict(f"country={country.alpha2}"))
        self.results = Results(self.search)
        self.counts = {name: self.results.faceted.counts(name) for name in self.filters}

    @property
    def filters(self) -> dict[str, TermFilter]:
        return self.search.filterset.facet_filters

    def link(self, name: str, choice: Choice) -> Link:
        """Return a value with the number and the address of its practices."""
        url = reverse("practice_list") + self.search.links.adding(name, choice.value)
        return Link(choice.label, url, self.counts[name].get(choice.value, 0))


def compare_countries(countries: list[Country]) -> CountryComparison:
    """Return some countries side by side, counted in memory. One query."""
    counted = [_CountryCounts(country) for country in countries]
    groups, nowhere = [], []
    for name, tops_only in COUNTED.items():
        filter = counted[0].filters[name]
        choices = [choice for choice in filter.choices.values() if not (tops_only and choice.depth)]
        present = [choice for choice in choices if any(side.counts[name].get(choice.value) for side in counted)]
        groups.append(CountGroup(str(filter.label), [_count_row(name, choice, counted) for choice in present]))
        if name in DISTINCTIVE:
            absent = [Link(choice.label) for choice in choices if choice not in present]
            nowhere.append(ValueGroup(str(filter.label), absent))
    return CountryComparison(
        _sides(counted), [group for group in groups if group.rows], [group for group in nowhere if group.values]
    )


def _count_row(name: str, choice: Choice, counted: list[_CountryCounts]) -> CountRow:
    cells = [(side.country, side.link(name, choice)) for side in counted]
    having = [country.name for country, cell in cells if cell.count]
    lacking = [country.name for country, cell in cells if not cell.count]
    if len(having) == 1:
        return CountRow(choice.label, cells, only=having[0])
    return CountRow(choice.label, cells, lacking=", ".join(lacking))


def _sides(counted: list[_CountryCounts]) -> list[CountrySide]:
    with_outcomes = outcome_counts({practice for side in counted for practice in side.results.practices})
    sides = []
    for side in counted:
        actors = _actors(side)
        sides.append(
            CountrySide(
                side.country,
                side.results.count,
                reverse("practice_list") + side.search.links.query,
                _alone(side, [other for other in counted if other is not side]),
                [side.link("stakeholder", choice) for choice in actors[:MAX_ACTORS]],
                max(0, len(actors) - MAX_ACTORS),
                gaps(side.results.practices, side.results.snapshot, with_outcomes, _missing_dimensions(side)),
            )
        )
    return sides


def _alone(side: _CountryCounts, others: list[_CountryCounts]) -> list[ValueGroup]:
    """Return the values that a country has and none of the others."""
    groups = []
    for name in DISTINCTIVE:
        filter = side.filters[name]
        values = [
            side.link(name, choice)
            for choice in without_redundant_parents(filter.choices, side.counts[name])
            if not any(other.counts[name].get(choice.value) for other in others)
        ]
        groups.append(ValueGroup(str(filter.label), values))
    return [group for group in groups if group.values]


def _actors(side: _CountryCounts) -> list[Choice]:
    """Return the organisations of a country, the most frequent first."""
    counts = side.counts["stakeholder"]
    actors = [choice for choice in side.filters["stakeholder"].choices.values() if choice.value in counts]
    actors.sort(key=lambda choice: -counts[choice.value])  # stable: by name among equals
    return actors


def _missing_dimensions(side: _CountryCounts) -> list[str]:
    counts = side.counts["dimension"]
    return [choice.label for choice in side.filters["dimension"].choices.values() if not counts.get(choice.value)]
