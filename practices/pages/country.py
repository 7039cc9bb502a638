"""One country as its page shows it: its practices crossed and listed, its places, and who does similar things."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.catalog import current
from practices.catalog.counts import by_value, item, most_specific, practices_with, search_url
from practices.catalog.crosstab import Axis, CountTable, cross
from practices.models import Country, CountryRole, Dimension, Place, Practice, StakeholderRole, Term
from practices.querysets import is_published
from practices.search.cards import Card, cards_of

#: how many practices are listed under each dimension before a link leads to the others
LISTED = 8
#: countries shown as similar, the least that they must have in common, and how much of it is named
MOST_SIMILAR, LEAST_SHARED, NAMED = 5, 3, 4
#: what a country is to some practices
PHRASES = {
    CountryRole.DESTINATION.value: gettext_lazy("%(country)s as a destination"),
    CountryRole.ORIGIN.value: gettext_lazy("%(country)s as a country of origin"),
    CountryRole.PARTNER.value: gettext_lazy("%(country)s as a partner"),
}


@dataclass(frozen=True)
class Listed:
    """The practices of a country under one dimension: the first few, how many there are, the search for all.

    Each card comes with whether it stands here for the first time, and thus with its summary.
    """

    dimension: Dimension
    cards: list[tuple[Card, bool]]
    count: int
    url: str


@dataclass(frozen=True)
class Group:
    """The practices to which a country is one thing (`code`, in words `phrase`): destination, origin or partner."""

    code: str
    label: str
    phrase: str
    count: int
    listed: list[Listed]


@dataclass(frozen=True)
class Located:
    """A place of a country with the practices there."""

    place: Place
    anchor: str
    practices: list[Practice] = field(default_factory=list)


@dataclass(frozen=True)
class Similar:
    """A country that does similar things: the topics and groups that both have most practices on."""

    country: Country
    shared: list[Any]
    count: int


def groups(country: Country) -> list[Group]:
    """Return a country's practices by what it is to them and by dimension. One query."""
    found = {
        (role, dimension.code): practices_with(country=country.alpha2, country_role=role, dimension=dimension.code)
        for role in CountryRole.values
        for dimension in current().vocabularies.vocabulary(Dimension)
    }
    shown = {place: most_specific("dimension", among, LISTED) for place, among in found.items()}
    made = {card.practice.pk: card for card in cards_of({key for keys in shown.values() for key in keys})}
    met: set[tuple[str, int]] = set()

    def listed(role: str, dimension: Dimension) -> Listed:
        place = (role, dimension.code)
        keys = [key for key in shown[place] if key in made]
        cards = [(made[key], (role, key) not in met) for key in keys]
        met.update((role, key) for key in keys)
        url = search_url(country=country.alpha2, country_role=role, dimension=dimension.code)
        return Listed(dimension, cards, len(found[place]), url)

    made_groups = [
        Group(
            role,
            str(label),
            PHRASES[role] % {"country": country},
            len(practices_with(country=country.alpha2, country_role=role)),
            [listed(role, one) for one in current().vocabularies.vocabulary(Dimension) if found[role, one.code]],
        )
        for role, label in CountryRole.choices
    ]
    return [group for group in made_groups if group.count]


def tables(country: Country) -> list[CountTable]:
    """Return a country's practices crossed by dimension with what it is to them, and with who acts in them."""
    known = current().vocabularies
    dimensions = Axis.of_terms(known.vocabulary(Dimension))
    roles = [role for role in known.vocabulary(StakeholderRole) if role.parent_id is None]
    asked = {"country": country.alpha2}
    as_what = _("Practices by role of the country and by dimension; a number leads to its practices")
    who = _("Practices by who takes part and by dimension")
    return [
        _without_empty_rows(cross(_("The country as"), as_what, Axis.of_choices("country_role"), dimensions, **asked)),
        _without_empty_rows(cross(_("Stakeholder role"), who, Axis.of_terms(roles), dimensions, **asked)),
    ]


def _without_empty_rows(table: CountTable) -> CountTable:
    return replace(table, rows=[row for row in table.rows if any(cell.count for cell in row.cells)])


def places(country: Country) -> list[Located]:
    """Return the places of a country where there are public practices. One query, none where it has no places."""
    own = [place for place in current().vocabularies.places.values() if place.country_id == country.pk]
    if not own:
        return []
    rows = Practice.places.through.objects.filter(is_published("practice"), place__in=[place.pk for place in own])
    found = {place.pk: Located(place, place_anchor(place)) for place in own}
    columns = ("place_id", "practice_id", "practice__title", "practice__slug")
    for place, pk, title, slug in rows.order_by("practice__sort_key").values_list(*columns):
        found[place].practices.append(Practice(pk=pk, title=title, slug=slug))
    return [located for located in found.values() if located.practices]


def place_anchor(place: Place) -> str:
    """Return the id of a place on the page of its country."""
    return f"place-{slugify(place.name)}"


def similar(country: Country) -> list[Similar]:
    """Return the countries whose practices are most alike in topics and target groups, the most alike first.

    Alike is what the two have in common over what they have together (Jaccard), each topic and group weighing as many
    practices as there are on it: a country with a few practices is not like one with many.
    """
    doings = country_profiles()
    own = doings.get(country.alpha2, Counter())
    found = []
    for alpha2, other in doings.items():
        shared = own & other
        if alpha2 != country.alpha2 and len(shared) >= LEAST_SHARED:
            found.append((shared.total() / (own | other).total(), alpha2, shared))
    best = sorted(found, key=lambda one: (-one[0], one[1]))[:MOST_SIMILAR]
    return [_similar(alpha2, shared) for _likeness, alpha2, shared in best]


def _similar(alpha2: str, shared: Counter[tuple[str, str]]) -> Similar:
    frequent = sorted(shared, key=lambda one: (-shared[one] / len(by_value(one[0])[one[1]]), one))
    most = sorted(frequent, key=lambda one: -shared[one])[:NAMED]
    country = current().vocabularies.country(alpha2)
    return Similar(country, [item(*one) for one in most], len(by_value("country")[alpha2]))  # type: ignore[arg-type]


def country_profiles() -> dict[str, Counter[tuple[str, str]]]:
    """Return how many practices each country has on each topic and for each group; broader topics are left out."""
    return current().derived("country profiles", _country_profiles)


def _country_profiles() -> dict[str, Counter[tuple[str, str]]]:
    vocabularies = current().vocabularies
    leaves = [
        (parameter, code, practices)
        for parameter in ("topic", "group")
        for code, practices in by_value(parameter).items()
        if isinstance(term := item(parameter, code), Term) and not vocabularies.children(term)
    ]
    return {
        alpha2: Counter(
            {
                (parameter, code): number
                for parameter, code, practices in leaves
                if (number := practices.intersection_cardinality(own))
            }
        )
        for alpha2, own in by_value("country").items()
    }
