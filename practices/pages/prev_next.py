"""What stands before and after a record: in its list, or in the search from which a reader came to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.urls import reverse

from practices.catalog import current
from practices.catalog.query_string import address
from practices.models import Country, Practice, Term
from practices.search.request import SearchRequest
from practices.search.results import Results

#: the parameter of a practice's address that holds the search from which a reader came
ORIGIN = "from"


@dataclass(frozen=True)
class Neighbour:
    """The record before or after another."""

    label: str
    url: str


@dataclass(frozen=True)
class Neighbours:
    """What stands before and after a record, None at the ends; `position` of `total`, 0 where it does not stand there.

    `back` is the address of the whole list; in_search tells whether the list is what a search found.
    """

    previous: Neighbour | None
    next: Neighbour | None
    position: int
    total: int
    back: str
    in_search: bool = False


def among(records: Sequence[Any], record: Any, back: str) -> Neighbours:
    """Return the neighbours of a record in a list of records that have a name and an address."""
    place = next((number for number, one in enumerate(records) if one.pk == record.pk), -1)
    before = records[place - 1] if place > 0 else None
    after = records[place + 1] if -1 < place < len(records) - 1 else None
    return Neighbours(_named(before), _named(after), place + 1, len(records), back)


def _named(record: Any) -> Neighbour | None:
    return Neighbour(str(record), record.get_absolute_url()) if record else None


def of_term(term: Term) -> Neighbours:
    """Return the neighbours of a term in its vocabulary, narrower terms straight after their broader one."""
    return among(current().vocabularies.vocabulary(type(term)), term, reverse(f"{term.page}_list"))


def of_country(country: Country) -> Neighbours:
    """Return the neighbours of a country among those that practices name; of another, none."""
    return among(current().vocabularies.named_countries, country, reverse("country_list"))


def of_listed(page: str, listed: Sequence[tuple[str, str]], slug: str) -> Neighbours:
    """Return the neighbours of a record in a list of (slug, name) that is held in memory."""
    place = next((number for number, (one, _) in enumerate(listed) if one == slug), -1)

    def at(number: int) -> Neighbour | None:
        there = place >= 0 and 0 <= number < len(listed)
        return Neighbour(listed[number][1], reverse(page, args=[listed[number][0]])) if there else None

    return Neighbours(at(place - 1), at(place + 1), place + 1, len(listed), reverse(f"{page}_list"))


def origin(asked: SearchRequest) -> str:
    """Return what an address of a practice carries to lead back to a search: "?from=q%3Dwomen", or ""."""
    return address([(ORIGIN, address(asked.links.parameters)[1:])]) if asked.links.parameters else ""


def in_search(practice: Practice, carried: str) -> Neighbours | None:
    """Return the neighbours of a practice in the search that its address carries; None where it carries none.

    One query for the two titles, and those of the search where it has words.
    """
    asked = SearchRequest(_query(carried))
    if not asked.links.parameters:
        return None
    found = Results(asked)
    keys = found.ordered(0, found.count)
    place = keys.index(practice.pk) if practice.pk in found.practices else -1
    around = {number: keys[number] for number in (place - 1, place + 1) if place >= 0 and 0 <= number < len(keys)}
    public = {one.pk: one for one in Practice.objects.published().filter(pk__in=around.values()).only("slug", "title")}
    carry = origin(asked)

    def at(number: int) -> Neighbour | None:
        there = public.get(around.get(number, 0))
        return Neighbour(there.title, there.get_absolute_url() + carry) if there else None

    back = reverse("practice_list") + address(asked.links.parameters)
    return Neighbours(at(place - 1), at(place + 1), place + 1, len(keys), back, in_search=True)


def _query(carried: str) -> QueryDict:
    """Return a query string as Django reads that of a request; nothing where it is longer than any search."""
    try:
        return QueryDict(carried[:4000])
    except SuspiciousOperation:
        return QueryDict()
