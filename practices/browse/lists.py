"""Practices counted by country, term or organisation, for index pages; and grouped, for the pages of one of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from practices.browse.cards import Card
from practices.browse.reference import Reference, reference
from practices.models import (
    Country,
    CountryLink,
    CountryRole,
    Dimension,
    Function,
    Involvement,
    Practice,
    StakeholderRole,
    Term,
)
from practices.querysets import is_published

PUBLIC_PRACTICE = is_published("practice")


@dataclass(frozen=True)
class Counted:
    """Something with the number of public practices it has; narrower ones are counted in."""

    item: Any
    count: int
    children: tuple["Counted", ...] = ()


def counted_terms(model: type[Term], field: str) -> list[Counted]:
    """Return the tree of a vocabulary with the number of practices of each term, its narrower ones included."""
    through = Practice._meta.get_field(field).remote_field.through  # type: ignore[union-attr]
    target = Practice._meta.get_field(field).m2m_reverse_field_name()  # type: ignore[union-attr]
    links = through.objects.filter(PUBLIC_PRACTICE).values_list(f"{target}_id", "practice_id")
    return _tree(reference(), model, links)


def counted_roles() -> list[Counted]:
    """Return the tree of stakeholder roles with the number of practices in which each acts."""
    links = Involvement.objects.filter(PUBLIC_PRACTICE).order_by().values_list("role_id", "practice_id").distinct()
    return _tree(reference(), StakeholderRole, links)


def _tree(known: Reference, model: type[Term], links: Iterable[tuple[int, int]]) -> list[Counted]:
    practices: dict[int, set[int]] = defaultdict(set)
    for term, practice in links:
        practices[term].add(practice)
    tree = []
    for top in (term for term in known.vocabulary(model) if term.parent_id is None):
        children = known.children(top)
        together = set().union(practices[top.pk], *(practices[child.pk] for child in children))
        below = tuple(Counted(child, len(practices[child.pk])) for child in children)
        tree.append(Counted(top, len(together), below))
    return tree


@dataclass(frozen=True)
class CountryRow:
    """A country with its practices counted by what it is to them."""

    country: Country
    total: int
    by_role: dict[str, int]


def counted_countries() -> list[CountryRow]:
    """Return the countries that a public practice names, in the order of their names."""
    practices: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    links = CountryLink.objects.filter(PUBLIC_PRACTICE).order_by().values_list("country_id", "role", "practice_id")
    for country, role, practice in links:
        practices[country][role].add(practice)
    return [
        CountryRow(
            country,
            len(set().union(*practices[pk].values())),
            {role: len(practices[pk][role]) for role in CountryRole.values},
        )
        for pk, country in reference().countries.items()
        if pk in practices
    ]


@dataclass(frozen=True)
class Cross:
    """A table of counts: one row per label, one cell per column, each cell with the address of its practices."""

    columns: list[str]
    rows: list[tuple[str, list[tuple[int, str]]]]


def functions_by_dimension(role: StakeholderRole) -> Cross:
    """Cross functions and dimensions over the practices in which a role (or one below it) acts."""
    known = reference()
    dimensions = known.vocabulary(Dimension)
    counts: Counter[tuple[str, int]] = Counter()
    rows = Involvement.objects.filter(PUBLIC_PRACTICE, role__in=known.with_narrower([role])).order_by()
    counted = rows.values_list("function", "practice__dimensions").annotate(n=Count("practice", distinct=True))
    for function, dimension, number in counted:
        counts[function, dimension] = number
    return Cross(
        [dimension.name for dimension in dimensions],
        [
            (
                str(label),
                [(counts[code, d.pk], _query(role=role.code, function=code, dimension=d.code)) for d in dimensions],
            )
            for code, label in Function.choices
        ],
    )


def _query(**params: str) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in params.items())


def by_dimension(cards: Iterable[Card]) -> list[tuple[Dimension | None, list[Card]]]:
    """Group cards under each of their dimensions; a card of two dimensions stands under both."""
    cards = list(cards)
    groups: list[tuple[Dimension | None, list[Card]]] = [
        (dimension, [card for card in cards if dimension in card.dimensions])
        for dimension in reference().vocabulary(Dimension)
    ]
    return [(dimension, members) for dimension, members in groups if members]


def practices_by_country_role(country: Country) -> dict[str, list[int]]:
    """Return the primary keys of a country's public practices by what it is to them."""
    links = CountryLink.objects.filter(PUBLIC_PRACTICE, country=country).order_by("practice__sort_key")
    found: dict[str, list[int]] = {role: [] for role in CountryRole.values}
    for practice, role in links.values_list("practice_id", "role"):
        found[role].append(practice)
    return found
