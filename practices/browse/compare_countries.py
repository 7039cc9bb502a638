"""Two to four countries side by side: their practices counted by every kind of term, and what sets each apart.

To add a group of counts: a line in `COUNTED`.
"""

from dataclasses import dataclass, field

from django.http import QueryDict

from practices.browse.counting import telling
from practices.browse.filters import PracticeFilter
from practices.browse.results import Results
from practices.models import Country, Outcome
from practices.querysets import is_published

#: what countries are counted by: the filter, and whether the values that stand below others are left out of the table
COUNTED = {"country_role": False, "dimension": False, "role": True, "topic": True, "group": False, "level": False}
#: filters by which a country can stand alone, or have nothing
TOLD_APART = ("dimension", "role", "topic", "group")
#: how many organisations are named for a country
MOST_ACTORS = 8


@dataclass(frozen=True)
class Count:
    """How many practices of one country have a value, and the address where they are listed."""

    count: int
    url: str


@dataclass(frozen=True)
class CountRow:
    """A value with its counts, country by country; `only` and `lacking` name countries where that tells them apart."""

    label: str
    cells: list[tuple[Country, Count]]
    only: str = ""
    lacking: str = ""


@dataclass(frozen=True)
class Named:
    """Something with a name and an address."""

    name: str
    url: str
    count: int = 0


@dataclass
class CountrySide:
    """One country: its practices, what it alone does, who acts most often, what the sources do not say."""

    country: Country
    total: int
    url: str
    alone: list[tuple[str, list[Named]]] = field(default_factory=list)
    actors: list[Named] = field(default_factory=list)
    more_actors: int = 0
    without_dimension: list[str] = field(default_factory=list)
    without_outcome: int = 0
    without_years: int = 0


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
        self.asked = PracticeFilter(QueryDict(f"country={country.alpha2}"))
        self.results = Results(self.asked)
        self.counts = {facet.name: facet.counts for facet in self.results.facets}

    def count(self, name: str, value: str) -> Count:
        """Return how many practices have a value, with their address."""
        return Count(self.counts[name].get(value, 0), self.asked.url_with(name, value))


def compare_countries(countries: list[Country]) -> CountriesCompared:
    """Return some countries side by side, counted in memory. One query."""
    counted = [_Counted(country) for country in countries]
    groups, nowhere = [], []
    for name, tops_only in COUNTED.items():
        codes = counted[0].asked.lists[name]
        choices = [one for one in codes.choices.values() if not (tops_only and one.depth)]
        found = [one for one in choices if any(side.counts[name].get(one.value) for side in counted)]
        groups.append((str(codes.label), [_count_row(one.label, name, one.value, counted) for one in found]))
        if name in TOLD_APART:
            nowhere.append((str(codes.label), [one.label for one in choices if one not in found]))
    sides = [_side(side, counted) for side in counted]
    _add_silence(sides, counted)
    return CountriesCompared(sides, [one for one in groups if one[1]], [one for one in nowhere if one[1]])


def _count_row(label: str, name: str, value: str, counted: list[_Counted]) -> CountRow:
    cells = [(side.country, side.count(name, value)) for side in counted]
    having = [country.name for country, cell in cells if cell.count]
    lacking = [country.name for country, cell in cells if not cell.count]
    if len(having) == 1:
        return CountRow(label, cells, only=having[0])
    return CountRow(label, cells, lacking=", ".join(lacking))


def _side(side: _Counted, counted: list[_Counted]) -> CountrySide:
    made = CountrySide(side.country, side.results.count, f"?country={side.country.alpha2}")
    others = [other for other in counted if other is not side]
    for name in TOLD_APART:
        codes = side.asked.lists[name]
        alone = [
            Named(choice.label, side.asked.url_with(name, choice.value), side.counts[name][choice.value])
            for choice in telling(codes.choices, side.counts[name])
            if not any(other.counts[name].get(choice.value) for other in others)
        ]
        if alone:
            made.alone.append((str(codes.label), alone))
    names, counts = side.asked.lists["stakeholder"].choices, side.counts["stakeholder"]
    by_name = [(slug, counts[slug]) for slug in names if slug in counts]
    actors = sorted(by_name, key=lambda pair: -pair[1])
    made.actors = [
        Named(names[slug].label, side.asked.url_with("stakeholder", slug), count)
        for slug, count in actors[:MOST_ACTORS]
    ]
    made.more_actors = max(0, len(actors) - MOST_ACTORS)
    return made


def _add_silence(sides: list[CountrySide], counted: list[_Counted]) -> None:
    """Add what the sources do not say of the practices of each country."""
    wanted = {practice for side in counted for practice in side.results.practices}
    outcomes = Outcome.objects.filter(is_published("practice"), practice__in=wanted)
    told = set(outcomes.values_list("practice_id", flat=True))
    dated = {practice for _first, _last, practice in counted[0].results.collection.years}
    for made, side in zip(sides, counted, strict=True):
        practices = set(side.results.practices)
        made.without_outcome = len(practices - told)
        made.without_years = len(practices - dated)
        made.without_dimension = [
            one.label
            for one in side.asked.lists["dimension"].choices.values()
            if not side.counts["dimension"].get(one.value)
        ]
