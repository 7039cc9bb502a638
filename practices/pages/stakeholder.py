"""One organisation as its page shows it: its practices by what it does in them, where, on what, and with whom."""

from dataclasses import dataclass

from practices.catalog import current
from practices.catalog.counts import most_specific, practices_with, ranked_values, search_url, top_values
from practices.catalog.link import Link
from practices.models import Function, Involvement, Stakeholder
from practices.pages.prev_next import Neighbours, of_listed
from practices.search.cards import Card, cards_of

#: how many practices are listed under each function before a link leads to the others
LISTED = 12
#: how many countries and partners are named
NAMED = 6


@dataclass(frozen=True)
class ByFunction:
    """The practices in which an organisation has one function: the first few, how many there are, a search for all."""

    label: str
    members: list[tuple[Card, Involvement]]
    count: int
    url: str


@dataclass(frozen=True)
class StakeholderPage:
    """Everything that an organisation's page shows beside its own row and its meetings."""

    total: int
    url: str
    groups: list[ByFunction]
    countries: list[Link]
    topics: list[Link]
    partners: list[Link]
    neighbours: Neighbours


def page_of_stakeholder(stakeholder: Stakeholder) -> StakeholderPage:
    """Return the page of an organisation. Two queries."""
    asked = {"stakeholder": stakeholder.slug}
    among = practices_with(**asked)
    partners = [one for one in ranked_values("stakeholder", among, NAMED + 1) if one.code != stakeholder.slug]
    return StakeholderPage(
        total=len(among),
        url=search_url(**asked),
        groups=_by_function(stakeholder),
        countries=ranked_values("country", among, NAMED, **asked),
        topics=top_values("topic", among, **asked),
        partners=partners[:NAMED],
        neighbours=of_listed("stakeholder", current().vocabularies.stakeholders, stakeholder.slug),
    )


def _by_function(stakeholder: Stakeholder) -> list[ByFunction]:
    asked = {"stakeholder": stakeholder.slug}
    found = {code: practices_with(**asked, function=code) for code in Function.values}
    shown = {code: most_specific("stakeholder", among, LISTED) for code, among in found.items()}
    made = {card.practice.pk: card for card in cards_of({key for keys in shown.values() for key in keys})}
    rows = Involvement.objects.filter(stakeholder=stakeholder, practice__in=made).select_related("role")
    involved = {(row.practice_id, row.function): row for row in rows}
    return [
        ByFunction(
            str(label),
            [(made[key], involved[key, code]) for key in shown[code] if (key, code) in involved],
            len(found[code]),
            search_url(**asked, function=code),
        )
        for code, label in Function.choices
        if found[code]
    ]
