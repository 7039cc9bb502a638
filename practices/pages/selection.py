"""Practices and countries that an address names, in its order: what compare, selection and brief are made of.

Names that are unknown or not public are left out and counted, all alike.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from practices.catalog import current
from practices.catalog.query_string import query_string
from practices.models import Country, FormerSlug, Practice

#: as many as a selection holds
MOST = 100
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,120}")


@dataclass(frozen=True)
class Selection:
    """Practices in the order in which they were chosen, and how many names were left out, unknown or beyond `most`."""

    practices: list[Practice]
    most: int = MOST
    unknown: int = 0
    beyond: int = 0

    @property
    def slugs(self) -> list[str]:
        """The names of the practices, for an address."""
        return [one.slug for one in self.practices]

    @property
    def query(self) -> str:
        """The selection as the query string of an address."""
        return of_practices(self.slugs)

    def without(self, practice: Practice) -> str:
        """Return the query string of the selection without one practice."""
        return of_practices(slug for slug in self.slugs if slug != practice.slug)


def of_practices(slugs: Iterable[str]) -> str:
    """Return the query string that names some practices."""
    return query_string(("practice", slug) for slug in slugs)


def selected(names: Iterable[str], *, most: int = MOST) -> Selection:
    """Return the public practices that an address names, each once, at most `most` of them."""
    asked = list(dict.fromkeys(names))
    wanted = [name for name in asked[: 2 * MOST] if SLUG.fullmatch(name)]
    found = {one.slug: one for one in Practice.objects.published().filter(slug__in=wanted)}
    found |= _moved([name for name in wanted if name not in found])
    named = list(dict.fromkeys(found[name] for name in wanted if name in found))
    unknown = sum(name not in found for name in asked)
    return Selection(named[:most], most, unknown, beyond=max(0, len(named) - most))


def _moved(names: list[str]) -> dict[str, Practice]:
    """Return the public practices that had one of these names before. No query where there is none."""
    if not names:
        return {}
    former = dict(FormerSlug.objects.filter(model="practice", slug__in=names).values_list("slug", "ref"))
    now = {one.ref: one for one in Practice.objects.published().filter(ref__in=former.values())} if former else {}
    return {slug: now[ref] for slug, ref in former.items() if ref in now}


@dataclass(frozen=True)
class Countries:
    """Countries in the order in which they were chosen, and how many names were left out, unknown or beyond `most`."""

    countries: list[Country]
    most: int
    unknown: int = 0
    beyond: int = 0


def selected_countries(codes: Iterable[str], *, most: int) -> Countries:
    """Return the countries that an address names by their alpha-2 codes in any case, each once."""
    known = current().vocabularies
    asked = list(dict.fromkeys(code.upper() for code in codes if code))
    found = [country for code in asked if (country := known.country(code))]
    return Countries(found[:most], most, unknown=len(asked) - len(found), beyond=max(0, len(found) - most))
