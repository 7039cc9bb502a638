"""The world map: countries shaded by their number of practices, and where one country lies.

The shapes are in static/map/world.svg, which pages refer to and browsers keep; here is only where each of them lies.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import dist
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.catalog import current
from practices.catalog.counts import CountryCount
from practices.catalog.faceting import union
from practices.catalog.query_string import address
from practices.models import Country
from practices.search.results import Results

#: what ISO 3166-1 lists and the map does not show, and why
WITHOUT_SHAPE = {
    "AQ": "nobody lives there but crews, and it would take a fifth of the map",
    "BV": "nobody lives there, and Natural Earth leaves it out at this scale",
    "UM": "islands oceans apart, where nobody lives but crews",
}
#: where each shade begins: the first scale in which no count is beyond the fifth step of 1, 2, 5 …
SCALES = ((50, (1, 2, 5, 10, 20)), (2500, (1, 5, 20, 100, 500)), (0, (1, 10, 100, 1000, 10000)))
SHADES = 5
#: countries smaller than this, in square units of about 74 km², have a dot as well
SMALL = 250
#: half of what a dot and the space in which it can be hit measure: 24 pixels on a screen 768 pixels wide
DOT, HIT = 22, 68
#: what is drawn once more, larger: west, north, east, south
EUROPE = (1815, 86, 2395, 480)
#: the least width of a map that shows where a country lies, and how much wider than the country it is
AROUND, ROOM = 640, 1.5

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shape:
    """Where a country lies, in units: the middle of its largest part, the box of its main parts, its size."""

    x: float
    y: float
    box: Box
    size: float

    @property
    def small(self) -> bool:
        """Whether it would be hard to find or to hit."""
        return self.size < SMALL


@dataclass(frozen=True)
class Atlas:
    """How large the map is, and every shape by alpha-2 code."""

    width: int
    height: int
    shapes: dict[str, Shape]

    @property
    def box(self) -> str:
        """The whole map, as a view box."""
        return f"0 0 {self.width} {self.height}"


@cache
def atlas() -> Atlas:
    """Return the shapes, read once per process."""
    raw = json.loads(Path(str(finders.find("map/world.json"))).read_text(encoding="utf-8"))
    shapes = {code: described(**shape) for code, shape in raw["shapes"].items()}
    return Atlas(raw["width"], raw["height"], shapes)


def described(at: list[float], box: list[float], size: float) -> Shape:
    """Return a shape as the index describes it."""
    west, north, east, south = box
    return Shape(at[0], at[1], (west, north, east, south), size)


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


def within(shape: Shape, box: Box) -> bool:
    """Return whether the middle of a country lies in a box."""
    west, north, east, south = box
    return west <= shape.x <= east and north <= shape.y <= south


def overlap(box: Box, other: Box) -> bool:
    """Return whether two boxes have some of the map in common."""
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def view_box(box: Box) -> str:
    """Return west, north, width and height as SVG wants them."""
    return " ".join(f"{round(side, 1):g}" for side in box)


# The maps of pages


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


# Where a country lies


@dataclass(frozen=True)
class Locator:
    """A country and the part of the world around it; `near` are the shapes of its subregion."""

    country: Country
    shape: Shape
    near: list[str]

    @property
    def place(self) -> Box:
        """West, north, width and height of that part: the country with some room, in the middle if it can be."""
        world, (west, north, east, south) = atlas(), self.shape.box
        width = min(world.width, max(AROUND, ROOM * (east - west), ROOM * (south - north) * 3 / 2))
        height = min(world.height, width * 2 / 3)
        left = min(max((west + east - width) / 2, 0), world.width - width)
        top = min(max((north + south - height) / 2, 0), world.height - height)
        return left, top, width, height

    @property
    def box(self) -> str:
        """The view box."""
        return view_box(self.place)

    @property
    def dot(self) -> int:
        """Half of what the dot measures that marks a small country, in units; 0 for others."""
        return round(self.place[2] / 60) if self.shape.small else 0

    @property
    def label(self) -> str:
        """What the drawing shows: "Portugal, in Southern Europe"."""
        region = self.country.subregion or self.country.region
        if not region:
            return self.country.name
        return _("%(country)s, in %(region)s") % {"country": self.country.name, "region": region.name}


def locator(country: Country) -> Locator | None:
    """Return where a country lies, or None where the map does not show it."""
    shapes, countries = atlas().shapes, current().vocabularies.countries
    near = [
        other.alpha2
        for other in countries.values()
        if other.pk != country.pk and other.subregion_id == country.subregion_id and other.alpha2 in shapes
    ]
    shape = shapes.get(country.alpha2)
    return Locator(countries[country.pk], shape, near if country.subregion_id else []) if shape else None
