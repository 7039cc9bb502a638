"""Practices and countries that an address names, in its order, for compare, selection and brief.

Names that are unknown or not public are left out and counted, all alike.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from practices.catalog import current
from practices.catalog.query_string import query_string
from practices.models import Country, FormerSlug, Practice

#: how many practices a selection holds
MAX_SELECTED = 100
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,120}")


@dataclass(frozen=True)
class PracticeSelection:
    """Practices in the order of the address; of its other names, how many are `unknown` and how many above `limit`."""

    practices: list[Practice]
    limit: int = MAX_SELECTED
    unknown: int = 0
    above_limit: int = 0

    @property
    def slugs(self) -> list[str]:
        """The names of the practices, for an address."""
        return [practice.slug for practice in self.practices]

    @property
    def query(self) -> str:
        """The selection as the query string of an address."""
        return _query(self.slugs)

    def without(self, practice: Practice) -> str:
        """Return the query string of the selection without one practice."""
        return _query(slug for slug in self.slugs if slug != practice.slug)


def _query(slugs: Iterable[str]) -> str:
    return query_string(("practice", slug) for slug in slugs)


def select_practices(slugs: Iterable[str], *, limit: int = MAX_SELECTED) -> PracticeSelection:
    """Return the public practices with these names, each once, at most `limit`. One query, three for former names."""
    names = list(dict.fromkeys(slugs))
    valid = [name for name in names[: 2 * MAX_SELECTED] if SLUG.fullmatch(name)]
    by_name = {practice.slug: practice for practice in Practice.objects.published().filter(slug__in=valid)}
    by_name |= _by_former_name([name for name in valid if name not in by_name])
    practices = list(dict.fromkeys(by_name[name] for name in valid if name in by_name))
    unknown = sum(name not in by_name for name in names)
    return PracticeSelection(practices[:limit], limit, unknown, above_limit=max(0, len(practices) - limit))


def _by_former_name(slugs: list[str]) -> dict[str, Practice]:
    """Return the public practices that had these names before. No query for no name, one where no name is former."""
    if not slugs:
        return {}
    former = dict(FormerSlug.objects.filter(model="practice", slug__in=slugs).values_list("slug", "ref"))
    public = Practice.objects.published().filter(ref__in=former.values())
    by_ref = {practice.ref: practice for practice in public} if former else {}
    return {slug: by_ref[ref] for slug, ref in former.items() if ref in by_ref}


@dataclass(frozen=True)
class CountrySelection:
    """Countries in the order of the address; of its other codes, how many are `unknown` and how many above `limit`."""

    countries: list[Country]
    limit: int
    unknown: int = 0
    above_limit: int = 0


def select_countries(codes: Iterable[str], *, limit: int) -> CountrySelection:
    """Return the countries with these alpha-2 codes, in any case, each once, at most `limit`. No query of its own."""
    vocabularies = current().vocabularies
    names = list(dict.fromkeys(code.upper() for code in codes if code))
    countries = [country for code in names if (country := vocabularies.country(code))]
    unknown = len(names) - len(countries)
    return CountrySelection(countries[:limit], limit, unknown, above_limit=max(0, len(countries) - limit))
