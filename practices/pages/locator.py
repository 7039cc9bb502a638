"""Where one country lies: the part of the world around it, which its page shows."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from practices.catalog import current
from practices.models import Country
from practices.pages.atlas import Box, Shape, atlas, view_box

#: the least width of a map that shows where a country lies, and how much wider than the country it is
AROUND, ROOM = 640, 1.5


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
