"""Where each country lies on the world map: the shapes are in static/map/world.svg, which browsers keep."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

#: what ISO 3166-1 lists and the map does not show, and why
WITHOUT_SHAPE = {
    "AQ": "nobody lives there but crews, and it would take a fifth of the map",
    "BV": "nobody lives there, and Natural Earth leaves it out at this scale",
    "UM": "islands oceans apart, where nobody lives but crews",
}
#: countries smaller than this, in square units of about 74 km², have a dot as well
SMALL = 250

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
