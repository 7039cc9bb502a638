"""Practices as lists show them: each with its countries and dimensions, as its search document has them. One query."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from practices.catalog import current
from practices.catalog.vocabularies import Vocabularies
from practices.models import Country, Dimension, Kind, Practice
from practices.querysets import CuratedQuerySet

#: what a card needs of a practice, and of its document
COLUMNS = (
    *("ref", "slug", "title", "summary", "kind_id", "year_start", "year_end", "reported_status"),
    "search_document__facets",
)


@dataclass(frozen=True)
class Card:
    """One practice in a list."""

    practice: Practice
    kind: Kind
    countries: list[tuple[Country, str]] = field(default_factory=list)
    dimensions: list[Dimension] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.practice.title

    @property
    def summary(self) -> str:
        return self.practice.summary

    @property
    def url(self) -> str:
        return self.practice.get_absolute_url()


def cards_of(keys: Iterable[int]) -> list[Card]:
    """Return the public practices with these primary keys as cards, in this order. One query, whatever they are."""
    keys, vocabularies = list(keys), current().vocabularies
    public = with_document(Practice.objects.published().filter(pk__in=keys)) if keys else ()
    practices = {practice.pk: practice for practice in public}
    return [card(practices[key], vocabularies) for key in keys if key in practices]


def with_document(practices: CuratedQuerySet, *more: str) -> CuratedQuerySet:
    """Read practices with what a card needs, and `more` columns; those that the search does not know are left out."""
    documented = practices.filter(search_document__isnull=False).select_related("search_document")
    return documented.only(*COLUMNS, *more)


def card(practice: Practice, vocabularies: Vocabularies) -> Card:
    """Return the card of a practice that was read with its document, without a query."""
    facets: dict[str, list[Any]] = practice.search_document.facets
    links = [(link["country"][0], link["role"][0]) for link in facets.get("country_links", ())]
    return Card(
        practice,
        vocabularies.terms[Kind][practice.kind_id],
        [(country, role) for code, role in links if (country := vocabularies.country(code))],
        [term for code in facets.get("dimensions", ()) if (term := vocabularies.term(Dimension, code))],
    )
