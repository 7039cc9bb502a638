"""The pages of countries: the list of them, and one with its practices, places, actors, events and findings."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.catalog import current
from practices.catalog.counts import (
    CountryCount,
    by_value,
    country_counts,
    most_specific,
    practices_with,
    search_url,
    top_values,
)
from practices.catalog.crosstab import Axis, CountTable, cross
from practices.catalog.link import Link
from practices.models import Country, CountryRole, Dimension, Event, Place, Practice, Stakeholder, StakeholderRole
from practices.pages.finding import KindOfFinding, findings_about
from practices.pages.locator import Locator, locator
from practices.pages.map import World, of_countries
from practices.pages.prev_next import PreviousNext, in_countries
from practices.pages.similar import SimilarCountry, similar_countries
from practices.querysets import is_published
from practices.search.cards import Card, cards_of

#: how many practices are listed under each dimension before a link leads to the others
LISTED = 8
#: what a country is to some practices
PHRASES = {
    CountryRole.DESTINATION.value: gettext_lazy("%(country)s as a destination"),
    CountryRole.ORIGIN.value: gettext_lazy("%(country)s as a country of origin"),
    CountryRole.PARTNER.value: gettext_lazy("%(country)s as a partner"),
}


@dataclass(frozen=True)
class CountryListPage:
    """The countries that practices name, as a table and as a map; `roles` are the (code, label) of its columns."""

    countries: list[CountryCount]
    roles: list[tuple[str, str]]
    world: World


@dataclass(frozen=True)
class DimensionList:
    """The practices of a country under one dimension: the first few, how many there are, the search for all.

    Each card comes with whether it stands here for the first time, and thus with its summary.
    """

    dimension: Dimension
    cards: list[tuple[Card, bool]]
    count: int
    url: str


@dataclass(frozen=True)
class CountryRoleGroup:
    """The practices to which a country is one thing (`code`, in words `phrase`): destination, origin or partner."""

    code: str
    label: str
    phrase: str
    count: int
    dimensions: list[DimensionList]


@dataclass(frozen=True)
class PlaceEntry:
    """A place of a country with the practices there; `anchor` is its id on the page."""

    place: Place
    anchor: str
    practices: list[Practice] = field(default_factory=list)


@dataclass(frozen=True)
class CountryPage:
    """Everything that the page of a country shows; `missing` are the dimensions without a practice."""

    locator: Locator | None
    total: int
    groups: list[CountryRoleGroup]
    tables: list[CountTable]
    topics: list[Link]
    missing: list[Dimension]
    stakeholders: list[Link]
    events: list[Event]
    findings: list[KindOfFinding]
    places: list[PlaceEntry]
    similar: list[SimilarCountry]
    prev_next: PreviousNext


def country_list_page() -> CountryListPage:
    """Return the list of the countries that practices name. No query."""
    countries = country_counts()
    roles = [(code, str(label)) for code, label in CountryRole.choices]
    return CountryListPage(countries, roles, of_countries(countries))


def country_page(country: Country) -> CountryPage:
    """Return the page of a country. Five queries: cards, stakeholders, events, findings, and places if it has any."""
    values = {"country": country.alpha2}
    practices = practices_with(**values)
    dimensions = current().vocabularies.vocabulary(Dimension)
    return CountryPage(
        locator=locator(country),
        total=len(practices),
        groups=groups(country),
        tables=tables(country),
        topics=top_values("topic", practices, **values),
        missing=[dimension for dimension in dimensions if not practices_with(**values, dimension=dimension.code)],
        stakeholders=_stakeholders(country),
        events=list(Event.objects.published().concerning(country=country)),
        findings=findings_about("countries", [country]),
        places=places(country),
        similar=similar_countries(country),
        prev_next=in_countries(country),
    )


def _stakeholders(country: Country) -> list[Link]:
    """Return the organisations from a country, each with its number of practices. One query."""
    practices = by_value("stakeholder")
    return [
        Link(stakeholder.name, page=stakeholder.get_absolute_url(), count=len(practices.get(stakeholder.slug, ())))
        for stakeholder in Stakeholder.objects.published().filter(country=country).by_title().only("slug", "name")
    ]


def groups(country: Country) -> list[CountryRoleGroup]:
    """Return a country's practices by what it is to them and by dimension. One query."""
    practices = {
        (role, dimension): practices_with(country=country.alpha2, country_role=role, dimension=dimension.code)
        for role in CountryRole.values
        for dimension in current().vocabularies.vocabulary(Dimension)
    }
    keys = {cell: most_specific("dimension", within, LISTED) for cell, within in practices.items()}
    cards = {card.practice.pk: card for card in cards_of({key for listed in keys.values() for key in listed})}

    def dimension_lists(role: str) -> Iterator[DimensionList]:
        seen: set[int] = set()
        for (of_role, dimension), within in practices.items():
            if of_role == role and within:
                listed = [key for key in keys[role, dimension] if key in cards]
                url = search_url(country=country.alpha2, country_role=role, dimension=dimension.code)
                yield DimensionList(dimension, [(cards[key], key not in seen) for key in listed], len(within), url)
                seen.update(listed)

    counts = {role: len(practices_with(country=country.alpha2, country_role=role)) for role in CountryRole.values}
    return [
        CountryRoleGroup(
            role, str(label), PHRASES[role] % {"country": country}, counts[role], list(dimension_lists(role))
        )
        for role, label in CountryRole.choices
        if counts[role]
    ]


def tables(country: Country) -> list[CountTable]:
    """Return a country's practices crossed by dimension with what it is to them, and with who acts in them."""
    vocabularies, values = current().vocabularies, {"country": country.alpha2}
    dimensions = Axis.of_terms(vocabularies.vocabulary(Dimension))
    roles = Axis.of_terms(role for role in vocabularies.vocabulary(StakeholderRole) if role.parent_id is None)
    as_what = _("Practices by role of the country and by dimension; a number leads to its practices")
    who = _("Practices by who takes part and by dimension")
    return [
        _without_empty_rows(cross(_("The country as"), as_what, Axis.of_choices("country_role"), dimensions, **values)),
        _without_empty_rows(cross(_("Stakeholder role"), who, roles, dimensions, **values)),
    ]


def _without_empty_rows(table: CountTable) -> CountTable:
    return replace(table, rows=[row for row in table.rows if any(cell.count for cell in row.cells)])


def places(country: Country) -> list[PlaceEntry]:
    """Return the places of a country where there are public practices. One query, none where it has no places."""
    entries = {
        place.pk: PlaceEntry(place, place_anchor(place))
        for place in current().vocabularies.places.values()
        if place.country_id == country.pk
    }
    if not entries:
        return []
    links = Practice.places.through.objects.filter(is_published("practice"), place__in=entries)
    columns = ("place_id", "practice_id", "practice__title", "practice__slug")
    for place, pk, title, slug in links.order_by("practice__sort_key").values_list(*columns):
        entries[place].practices.append(Practice(pk=pk, title=title, slug=slug))
    return [entry for entry in entries.values() if entry.practices]


def place_anchor(place: Place) -> str:
    """Return the id of a place on the page of its country."""
    return f"place-{slugify(place.name)}"
