"""Two to four countries side by side: their practices counted by every kind of term, and what sets each apart.

To add a group of counts: a line in `COUNTED`.
"""

from dataclasses import dataclass, field

from django.http import QueryDict
from django.urls import reverse

from practices.catalog.choices import Choice
from practices.models import Country
from practices.pages.summaries import Value, outcomes_told, telling, unsaid
from practices.search.request import SearchRequest
from practices.search.results import Results

#: what countries are counted by: the filter, and whether the values that stand below others are left out of the table
COUNTED = {"country_role": False, "dimension": False, "role": True, "topic": True, "group": False, "level": False}
#: filters by which a country can stand alone, or have nothing
TOLD_APART = ("dimension", "role", "topic", "group")
#: how many organisations are named for a country
MOST_ACTORS = 8


@dataclass(frozen=True)
class CountRow:
    """A value with its counts, country by country; `only` and `lacking` name countries where that tells them apart."""

    label: str
    cells: list[tuple[Country, Value]]
    only: str = ""
    lacking: str = ""


@dataclass
class CountrySide:
    """One country: its practices, what it alone does, who acts most often, what the sources do not say."""

    country: Country
    total: int
    url: str
    alone: list[tuple[str, list[Value]]] = field(default_factory=list)
    actors: list[Value] = field(default_factory=list)
    more_actors: int = 0
    unsaid: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CountriesCompared:
    """Countries side by side: groups of rows with counts, and what is told of each."""

    sides: list[CountrySide]
    groups: list[tuple[str, list[CountRow]]]
    #: values that none of the countries has, by filter
    nowhere: list[tuple[str, list[str]]]


class _Counted:
    """The practices of one country, counted by the values of every filter."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.asked = SearchRequest(QueryDict(f"country={country.alpha2}"))
        self.results = Results(self.asked)
        self.counts = {facet.name: facet.counts for facet in self.results.facets}

    def value(self, name: str, choice: Choice) -> Value:
        """Return a value with the number and the address of its practices."""
        url = reverse("practice_list") + self.asked.links.adding(name, choice.value)
        return Value(choice.label, self.counts[name].get(choice.value, 0), url)


def compare_countries(countries: list[Country]) -> CountriesCompared:
    """Return some countries side by side, counted in memory. One query."""
    counted = [_Counted(country) for country in countries]
    groups, nowhere = [], []
    for name, tops_only in COUNTED.items():
        codes = counted[0].asked.filterset.facet_filters[name]
        choices = [one for one in codes.choices.values() if not (tops_only and one.depth)]
        found = [one for one in choices if any(side.counts[name].get(one.value) for side in counted)]
        groups.append((str(codes.label), [_count_row(name, one, counted) for one in found]))
        if name in TOLD_APART:
            nowhere.append((str(codes.label), [one.label for one in choices if one not in found]))
    sides = [_side(side, counted) for side in counted]
    _add_unsaid(sides, counted)
    return CountriesCompared(sides, [one for one in groups if one[1]], [one for one in nowhere if one[1]])


def _count_row(name: str, choice: Choice, counted: list[_Counted]) -> CountRow:
    cells = [(side.country, side.value(name, choice)) for side in counted]
    having = [country.name for country, cell in cells if cell.count]
    lacking = [country.name for country, cell in cells if not cell.count]
    if len(having) == 1:
        return CountRow(choice.label, cells, only=having[0])
    return CountRow(choice.label, cells, lacking=", ".join(lacking))


def _side(side: _Counted, counted: list[_Counted]) -> CountrySide:
    made = CountrySide(side.country, side.results.count, reverse("practice_list") + side.asked.links.query)
    others = [other for other in counted if other is not side]
    for name in TOLD_APART:
        codes = side.asked.filterset.facet_filters[name]
        alone = [
            side.value(name, choice)
            for choice in telling(codes.choices, side.counts[name])
            if not any(other.counts[name].get(choice.value) for other in others)
        ]
        if alone:
            made.alone.append((str(codes.label), alone))
    counts = side.counts["stakeholder"]
    actors = [one for one in side.asked.filterset.facet_filters["stakeholder"].choices.values() if one.value in counts]
    actors.sort(key=lambda one: -counts[one.value])  # stable: by name among equals
    made.actors = [side.value("stakeholder", one) for one in actors[:MOST_ACTORS]]
    made.more_actors = max(0, len(actors) - MOST_ACTORS)
    return made


def _add_unsaid(sides: list[CountrySide], counted: list[_Counted]) -> None:
    """Add what the sources do not say of the practices of each country."""
    with_outcomes = outcomes_told({practice for side in counted for practice in side.results.practices})
    for made, side in zip(sides, counted, strict=True):
        dimensions, counts = side.asked.filterset.facet_filters["dimension"].choices.values(), side.counts["dimension"]
        missing = [one.label for one in dimensions if not counts.get(one.value)]
        made.unsaid = unsaid(side.results.practices, side.results.snapshot, with_outcomes, missing)
