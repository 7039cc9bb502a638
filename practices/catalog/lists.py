"""Countries and terms with the number of their practices, for index pages; counted in memory, without a query."""

from dataclasses import dataclass
from typing import Any

from pyroaring import BitMap

from practices.catalog.counts import practices_with, values
from practices.catalog.vocabularies import reference
from practices.models import Country, CountryRole, Term


@dataclass(frozen=True)
class Counted:
    """Something with the number of public practices it has; narrower ones are counted in."""

    item: Any
    count: int
    children: tuple["Counted", ...] = ()


def counted_terms(model: type[Term]) -> list[Counted]:
    """Return the tree of a vocabulary with the number of practices of each term, its narrower ones included."""
    known, found = reference(), values(model.parameter)

    def counted(term: Term) -> Counted:
        below = tuple(counted(child) for child in known.children(term))
        return Counted(term, len(found.get(term.code, BitMap())), below)

    return [counted(term) for term in known.vocabulary(model) if term.parent_id is None]


@dataclass(frozen=True)
class CountryRow:
    """A country with its practices counted by what it is to them."""

    country: Country
    total: int
    by_role: dict[str, int]


def counted_countries() -> list[CountryRow]:
    """Return the countries that a public practice names, in the order of their names."""
    found = values("country")
    named = [country for country in reference().countries.values() if country.alpha2 in found]
    return [CountryRow(country, len(found[country.alpha2]), _by_role(country)) for country in named]


def _by_role(country: Country) -> dict[str, int]:
    return {role: len(practices_with(country=country.alpha2, country_role=role)) for role in CountryRole.values}
