"""The world map: countries shaded by their number of practices, small ones with a dot that can be hit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import dist

from django.utils.formats import number_format
from django.utils.translation import ngettext

from practices.catalog import current
from practices.catalog.counts import CountryCount
from practices.catalog.faceting import union
from practices.catalog.query_string import address
from practices.models import Country
from practices.pages.atlas import Shape, atlas, overlap, view_box, within
from practices.search.results import Results

#: where each shade begins: the first scale in which no count is beyond the fifth step of 1, 2, 5 …
SCALES = ((50, (1, 2, 5, 10, 20)), (2500, (1, 5, 20, 100, 500)), (0, (1, 10, 100, 1000, 10000)))
SHADES = 5
#: half of what a dot and the space in which it can be hit measure: 24 pixels on a screen 768 pixels wide
DOT, HIT = 22, 68
#: what is drawn once more, larger: west, north, east, south
EUROPE = (1815, 86, 2395, 480)


@dataclass(frozen=True)
class LegendStep:
    """One shade of the legend and the counts that have it."""

    shade: int
    first: int
    last: int

    @property
    def label(self) -> str:
        """The range: "2–4"."""
        numbers = [number_format(number, force_grouping=True) for number in dict.fromkeys((self.first, self.last))]
        return "–".join(numbers)


@dataclass(frozen=True)
class CountryOnMap:
    """A country with practices as the map shows it; without a shape it is named below the map."""

    country: Country
    count: int
    url: str
    shade: int
    shape: Shape | None
    hit: int = 0

    @property
    def code(self) -> str:
        """The id of its shape."""
        return self.country.alpha2

    @property
    def label(self) -> str:
        """Its name and count: "Portugal: 12 practices"."""
        text = ngettext("%(country)s: %(n)s practice", "%(country)s: %(n)s practices", self.count)
        return text % {"country": self.country.name, "n": number_format(self.count, force_grouping=True)}


@dataclass(frozen=True)
class World:
    """The countries that have practices, in the order of their names, and what their shades mean.

    `unplaced` are practices that name no country, so that no map can show them.
    """

    countries: list[CountryOnMap]
    steps: list[LegendStep]
    unplaced: int = 0

    @property
    def box(self) -> str:
        """The view box of the map."""
        return atlas().box

    @property
    def dot(self) -> int:
        """Half of what a dot measures."""
        return DOT

    @property
    def drawn(self) -> list[CountryOnMap]:
        """Those that the map shows."""
        return [country for country in self.countries if country.shape]

    @property
    def elsewhere(self) -> list[CountryOnMap]:
        """Those that it does not show."""
        return [country for country in self.countries if not country.shape]

    @property
    def europe(self) -> list[CountryOnMap]:
        """Those that are drawn once more, larger: all that reach there, if one lies there."""
        europe = [country for country in self.drawn if country.shape and overlap(country.shape.box, EUROPE)]
        return europe if any(country.shape and within(country.shape, EUROPE) for country in europe) else []

    @property
    def europe_box(self) -> str:
        """The view box of what is drawn once more."""
        west, north, east, south = EUROPE
        return view_box((west, north, east - west, south - north))


def world(counts: Mapping[str, int], url_of: Callable[[Country], str]) -> World:
    """Return the map of some counts by alpha-2 code; what is no country or has no practice is left out."""
    countries = [(country, counts.get(country.alpha2, 0)) for country in current().vocabularies.countries.values()]
    counted = [(country, count) for country, count in countries if count > 0]
    legend = steps(max((count for _, count in counted), default=0))
    shapes = [atlas().shapes.get(country.alpha2) for country, _ in counted]
    middles = [(shape.x, shape.y) for shape in shapes if shape]
    drawn = [
        CountryOnMap(country, count, url_of(country), shade(count, legend), shape, reach(shape, middles))
        for (country, count), shape in zip(counted, shapes, strict=True)
    ]
    return World(drawn, legend)


def steps(highest: int) -> list[LegendStep]:
    """Return the legend of counts up to `highest`; the highest step has the darkest shade."""
    scale = next(starts for limit, starts in SCALES if highest < limit or not limit)
    starts = [start for start in scale if start <= highest]
    ends = [*(start - 1 for start in starts[1:]), highest]
    first = SHADES - len(starts) + 1
    return [LegendStep(first + i, *ends) for i, ends in enumerate(zip(starts, ends, strict=True))] if starts else []


def shade(count: int, legend: list[LegendStep]) -> int:
    """Return the shade of a count."""
    return max(step.shade for step in legend if step.first <= count)


def reach(shape: Shape | None, middles: list[tuple[float, float]]) -> int:
    """Return how far from its middle a small country can be hit: at most half of the way to the next one."""
    if not shape or not shape.small:
        return 0
    here = (shape.x, shape.y)
    near = min((dist(here, other) for other in middles if other != here), default=2 * HIT)
    return round(min(HIT, max(DOT, near / 2)))


def of_countries(rows: Iterable[CountryCount]) -> World:
    """Return the map of the whole collection: each country leads to its page."""
    return world({row.country.alpha2: row.total for row in rows}, Country.get_absolute_url)


def of_results(results: Results) -> World:
    """Return the map of a result: each country leads to its practices in it, with as many as the map says.

    Where countries are selected, the map shows these; a selected role of the country holds for each country on it.
    """
    counts, selected = results.faceted.counts("country"), set(results.filterset.cleaned_data["country"])
    parameters = [pair for pair in results.search.links.parameters if pair[0] not in ("country", "view")]
    of_selected = world(
        {code: count for code, count in counts.items() if not selected or code in selected},
        lambda country: address([*parameters, ("country", country.alpha2)]),
    )
    by_country = results.snapshot.by_value("country")
    return replace(of_selected, unplaced=len(results.practices - union(by_country, list(by_country))))
