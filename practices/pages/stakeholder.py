"""The pages of organisations: the list of them, and one with what it does in which practice, where, and with whom."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from practices.catalog import current
from practices.catalog.counts import by_value, most_specific, practices_with, ranked_values, search_url, top_values
from practices.catalog.link import Link
from practices.models import Country, Event, Function, Involvement, Stakeholder, StakeholderRole
from practices.pages.prev_next import PreviousNext, in_names
from practices.search.cards import Card, cards_of

#: how many organisations a page of the list has
PAGE_SIZE = 50
#: how many practices are listed under each function before a link leads to the others
LISTED = 12
#: how many countries and partners are named
NAMED = 6


@dataclass(frozen=True)
class StakeholderRow:
    """An organisation with its usual role, its country and its number of practices."""

    stakeholder: Stakeholder
    role: StakeholderRole
    country: Country | None
    count: int


@dataclass(frozen=True)
class StakeholderListPage:
    """A page of the list of organisations."""

    pagination: Page[Stakeholder]
    rows: list[StakeholderRow]


@dataclass(frozen=True)
class FunctionGroup:
    """The practices in which an organisation has one function: the first few, how many there are, a search for all."""

    label: str
    members: list[tuple[Card, Involvement]]
    count: int
    url: str


@dataclass(frozen=True)
class StakeholderPage:
    """Everything that the page of an organisation shows; `url` leads to its practices."""

    role: StakeholderRole
    country: Country | None
    total: int
    url: str
    groups: list[FunctionGroup]
    countries: list[Link]
    topics: list[Link]
    partners: list[Link]
    events: list[Event]
    prev_next: PreviousNext


def stakeholder_list_page(number: str | None) -> StakeholderListPage:
    """Return a page of the list of organisations, the first or last where there is no such page. Two queries."""
    page = Paginator(Stakeholder.objects.published().by_title(), PAGE_SIZE).get_page(number)
    return StakeholderListPage(page, [_row(stakeholder) for stakeholder in page])


def _row(stakeholder: Stakeholder) -> StakeholderRow:
    count = len(by_value("stakeholder").get(stakeholder.slug, ()))
    return StakeholderRow(stakeholder, _role(stakeholder), _country(stakeholder), count)


def stakeholder_page(stakeholder: Stakeholder) -> StakeholderPage:
    """Return the page of an organisation. Three queries."""
    values = {"stakeholder": stakeholder.slug}
    practices = practices_with(**values)
    together = ranked_values("stakeholder", practices, NAMED + 1)
    return StakeholderPage(
        role=_role(stakeholder),
        country=_country(stakeholder),
        total=len(practices),
        url=search_url(**values),
        groups=_groups(stakeholder),
        countries=ranked_values("country", practices, NAMED, **values),
        topics=top_values("topic", practices, **values),
        partners=[partner for partner in together if partner.code != stakeholder.slug][:NAMED],
        events=list(Event.objects.published().joined_by(stakeholder)),
        prev_next=in_names("stakeholder", current().vocabularies.stakeholders, stakeholder.slug),
    )


def _role(stakeholder: Stakeholder) -> StakeholderRole:
    role: StakeholderRole = current().vocabularies.terms[StakeholderRole][stakeholder.role_id]
    return role


def _country(stakeholder: Stakeholder) -> Country | None:
    return current().vocabularies.countries.get(stakeholder.country_id or 0)


def _groups(stakeholder: Stakeholder) -> list[FunctionGroup]:
    """Return an organisation's practices by what it does in them. Two queries."""
    values = {"stakeholder": stakeholder.slug}
    practices = {code: practices_with(**values, function=code) for code in Function.values}
    keys = {code: most_specific("stakeholder", within, LISTED) for code, within in practices.items()}
    cards = {card.practice.pk: card for card in cards_of({key for listed in keys.values() for key in listed})}
    rows = Involvement.objects.filter(stakeholder=stakeholder, practice__in=cards).select_related("role")
    involvements = {(row.practice_id, row.function): row for row in rows}
    return [
        FunctionGroup(
            str(label),
            [(cards[key], involvements[key, code]) for key in keys[code] if (key, code) in involvements],
            len(practices[code]),
            search_url(**values, function=code),
        )
        for code, label in Function.choices
        if practices[code]
    ]
