"""One country as its page shows it: its practices crossed and listed, its places, and who does similar things."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.catalog.counts import collection, foremost, item, practices_with, search_url, values
from practices.catalog.crosstab import Axis, Cross, cross
from practices.catalog.snapshot import Snapshot
from practices.catalog.vocabularies import reference
from practices.models import Country, CountryRole, Dimension, Place, Practice, StakeholderRole
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
#: for each snapshot, what every country does
_doings: WeakKeyDictionary[Snapshot, dict[str, Counter[tuple[str, str]]]] = WeakKeyDictionary()


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
        for dimension in reference().vocabulary(Dimension)
    }
    shown = {place: foremost("dimension", among, LISTED) for place, among in found.items()}
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
            [listed(role, one) for one in reference().vocabulary(Dimension) if found[role, one.code]],
        )
        for role, label in CountryRole.choices
    ]
    return [group for group in made_groups if group.count]


def tables(country: Country) -> list[Cross]:
    """Return a country's practices crossed by dimension with what it is to them, and with who acts in them."""
    known = reference()
    dimensions = Axis.of_terms(known.vocabulary(Dimension))
    roles = [role for role in known.vocabulary(StakeholderRole) if role.parent_id is None]
    asked = {"country": country.alpha2}
    as_what = _("Practices by role of the country and by dimension; a number leads to its practices")
    who = _("Practices by who takes part and by dimension")
    return [
        _without_empty_rows(cross(_("The country as"), as_what, Axis.of_choices("country_role"), dimensions, **asked)),
        _without_empty_rows(cross(_("Stakeholder role"), who, Axis.of_terms(roles), dimensions, **asked)),
    ]


def _without_empty_rows(table: Cross) -> Cross:
    return replace(table, rows=[row for row in table.rows if any(count for count, _url, _label in row.cells)])


def places(country: Country) -> list[Located]:
    """Return the places of a country where there are public practices. One query, none where it has no places."""
    own = [place for place in reference().places.values() if place.country_id == country.pk]
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
    doings = _all_doings()
    own = doings.get(country.alpha2, Counter())
    found = []
    for alpha2, other in doings.items():
        shared = own & other
        if alpha2 != country.alpha2 and len(shared) >= LEAST_SHARED:
            found.append((shared.total() / (own | other).total(), alpha2, shared))
    best = sorted(found, key=lambda one: (-one[0], one[1]))[:MOST_SIMILAR]
    return [_similar(alpha2, shared) for _likeness, alpha2, shared in best]


def _similar(alpha2: str, shared: Counter[tuple[str, str]]) -> Similar:
    frequent = sorted(shared, key=lambda one: (-shared[one] / len(values(one[0])[one[1]]), one))
    most = sorted(frequent, key=lambda one: -shared[one])[:NAMED]
    country = reference().country(alpha2)
    return Similar(country, [item(*one) for one in most], len(values("country")[alpha2]))  # type: ignore[arg-type]


def _all_doings() -> dict[str, Counter[tuple[str, str]]]:
    """Return how many practices each country has on each topic and for each group; broader topics are left out."""
    held = collection()
    if held not in _doings:
        known = reference()
        kinds = [(name, code, among) for name in ("topic", "group") for code, among in values(name).items()]
        leaves = [one for one in kinds if (term := item(*one[:2])) and not known.children(term)]
        _doings[held] = {
            alpha2: Counter({(name, code): n for name, code, one in leaves if (n := one.intersection_cardinality(own))})
            for alpha2, own in values("country").items()
        }
    return _doings[held]
