"""Vocabularies, countries and places in memory: small, always public, needed by every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.functional import cached_property

from practices.models import (
    VOCABULARIES,
    Country,
    CountryLink,
    Curated,
    FormerSlug,
    Place,
    Region,
    Source,
    Stakeholder,
    Term,
)
from practices.models.hierarchy import tree
from practices.models.vocabulary import LEVELS
from practices.querysets import is_published

T = TypeVar("T", bound=Term)


@dataclass(frozen=True)
class Vocabularies:
    """All terms, countries and places as of one data version, by primary key, in their order.

    `named` are the countries that a public practice names; `stakeholders` and `sources` what is public of them, as
    (slug, name) in their order.
    """

    terms: dict[type[Term], dict[int, Any]]
    countries: dict[int, Country]
    places: dict[int, Place]
    named: frozenset[int]
    stakeholders: list[tuple[str, str]]
    sources: list[tuple[str, str]]
    #: by kind of record, the slug of today by each former one
    former: dict[str, dict[str, str]]

    def vocabulary(self, model: type[T]) -> list[T]:
        """Return the terms of a vocabulary in their order, children straight after their parent, none replaced."""
        terms = [term for term in self.terms[model].values() if term.replaced_by_id is None]
        return [term for top in terms if top.parent_id is None for term in (top, *self.children(top))]

    def children(self, term: T) -> list[T]:
        """Return the narrower terms of `term`, none that is replaced."""
        others = self.terms[type(term)].values()
        return [other for other in others if other.parent_id == term.pk and other.replaced_by_id is None]

    def parent(self, term: T) -> T | None:
        """Return the broader term of `term`."""
        return self.terms[type(term)].get(term.parent_id) if term.parent_id else None

    def term(self, model: type[T], code: str) -> T | None:
        """Return the term with this code, or None; the one that stands for it where it is replaced."""
        match = next((term for term in self.terms[model].values() if term.code == code), None)
        return self.in_place_of(match) if match else None

    def in_place_of(self, term: T) -> T:
        """Return the term that stands for one that is replaced, directly or by way of others; of others itself."""
        passed = {term.pk}
        while term.replaced_by_id and term.replaced_by_id not in passed:
            passed.add(term.replaced_by_id)
            term = self.terms[type(term)][term.replaced_by_id]
        return term

    def replaced(self, model: type[T]) -> dict[str, str]:
        """Return the code that answers for each code of a term that is replaced."""
        return {term.code: self.in_place_of(term).code for term in self.terms[model].values() if term.replaced_by_id}

    def country(self, alpha2: str) -> Country | None:
        """Return the country with this code, or None."""
        return self._by_alpha2.get(alpha2)

    @cached_property
    def named_countries(self) -> list[Country]:
        """The countries that a public practice names, in the order of their names."""
        return [country for pk, country in self.countries.items() if pk in self.named]

    @cached_property
    def _by_alpha2(self) -> dict[str, Country]:
        return {country.alpha2: country for country in self.countries.values()}

    def with_narrower(self, terms: Iterable[T]) -> set[int]:
        """Return the primary keys of `terms` and of all terms below them."""
        return {pk for term in terms for pk in (term.pk, *(child.pk for child in self.children(term)))}


def load_terms(model: type[T]) -> dict[int, T]:
    """Return the terms of a vocabulary as of now, in two levels whatever the data says."""
    terms = {term.pk: term for term in model.objects.all()}
    parents = tree({pk: term.parent_id for pk, term in terms.items()}, LEVELS)
    for pk, term in terms.items():
        term.parent_id = parents[pk]
    return terms


def former_slugs(model: type[Curated]) -> dict[str, str]:
    """Return the slug of today of each public record that has former ones, by these."""
    former = dict(FormerSlug.objects.filter(model=model._meta.model_name).values_list("slug", "ref"))
    slugs = dict(model.objects.published().filter(ref__in=former.values()).values_list("ref", "slug")) if former else {}
    return {slug: slugs[ref] for slug, ref in former.items() if ref in slugs}


def load_vocabularies() -> Vocabularies:
    """Return the vocabularies as of now. A query for each vocabulary, and eight more."""
    regions = Region.objects.in_bulk()
    countries = {country.pk: country for country in Country.objects.order_by("sort_key")}
    for country in countries.values():
        country.region = regions.get(country.region_id)
        country.subregion = regions.get(country.subregion_id)
    places = {place.pk: place for place in Place.objects.order_by("sort_key")}
    for place in places.values():
        place.country = countries[place.country_id]
    return Vocabularies(
        terms={model: load_terms(model) for model in VOCABULARIES},
        countries=countries,
        places=places,
        named=frozenset(CountryLink.objects.filter(is_published("practice")).values_list("country_id", flat=True)),
        stakeholders=list(Stakeholder.objects.published().by_title().values_list("slug", "name")),
        sources=[
            (slug, f"{title} ({year})")
            for slug, title, year in Source.objects.published()
            .order_by("year", "sort_key")
            .values_list("slug", "title", "year")
        ],
        former={str(model._meta.model_name): former_slugs(model) for model in (Stakeholder, Source)},
    )
