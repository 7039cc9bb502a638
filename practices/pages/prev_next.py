"""What stands before and after a record: in its list, or in the search from which a reader came to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.http import QueryDict
from django.urls import reverse

from practices.catalog import current
from practices.catalog.link import Link
from practices.catalog.query_string import address
from practices.models import Country, Practice, Term
from practices.search.request import SearchRequest
from practices.search.results import Results

#: the parameter of a practice's address that holds the search from which a reader came
ORIGIN = "from"
#: the characters that are read of it: no search is longer
MAX_ORIGIN = 4000


class Record(Protocol):
    """What has a page."""

    pk: int

    def get_absolute_url(self) -> str: ...


@dataclass(frozen=True)
class PreviousNext:
    """What stands before and after a record, None at the ends; `position` of `total`, 0 where it does not stand there.

    `back` is the address of the whole list; in_search tells whether the list is what a search found.
    """

    previous: Link | None
    next: Link | None
    position: int
    total: int
    back: str
    in_search: bool = False


def in_list(records: Sequence[Record], record: Record, back: str) -> PreviousNext:
    """Return what stands before and after a record in a list of records."""

    def link(index: int) -> Link:
        return Link(str(records[index]), records[index].get_absolute_url())

    index = next((index for index, listed in enumerate(records) if listed.pk == record.pk), -1)
    return _around(index, len(records), link, back)


def in_vocabulary(term: Term) -> PreviousNext:
    """Return what stands before and after a term, narrower terms straight after their broader one."""
    return in_list(current().vocabularies.vocabulary(type(term)), term, reverse(f"{term.page}_list"))


def in_countries(country: Country) -> PreviousNext:
    """Return what stands before and after a country among those that practices name; nothing if none names it."""
    return in_list(current().vocabularies.named_countries, country, reverse("country_list"))


def in_names(page: str, names: Sequence[tuple[str, str]], slug: str) -> PreviousNext:
    """Return what stands before and after a record in a list of (slug, name), all of them shown by one page."""

    def link(index: int) -> Link:
        listed, name = names[index]
        return Link(name, reverse(page, args=[listed]))

    index = next((index for index, (listed, _name) in enumerate(names) if listed == slug), -1)
    return _around(index, len(names), link, reverse(f"{page}_list"))


def in_search(practice: Practice, query: str) -> PreviousNext | None:
    """Return what stands before and after a practice in the search that its address carries; None without a search.

    One query for the two titles, and those of the search where it has words.
    """
    search = SearchRequest(QueryDict(query[:MAX_ORIGIN]))
    if not search.links.parameters:
        return None
    results = Results(search)
    keys = results.ordered(0, results.count)
    index = keys.index(practice.pk) if practice.pk in results.practices else -1
    beside = [*keys[max(index - 1, 0) : index], *keys[index + 1 : index + 2]] if index >= 0 else []
    public = {other.pk: other for other in Practice.objects.published().filter(pk__in=beside).only("slug", "title")}

    def link(index: int) -> Link | None:
        other = public.get(keys[index])
        return Link(other.title, other.get_absolute_url() + origin(search)) if other else None

    back = reverse("practice_list") + address(search.links.parameters)
    return _around(index, len(keys), link, back, in_search=True)


def origin(search: SearchRequest) -> str:
    """Return what an address of a practice carries to lead back to a search: "?from=q%3Dwomen", or ""."""
    return address([(ORIGIN, address(search.links.parameters)[1:])]) if search.links.parameters else ""


def _around(
    index: int, total: int, link: Callable[[int], Link | None], back: str, *, in_search: bool = False
) -> PreviousNext:
    """Return what stands before and after an index of a list, -1 for none; `link` leads to what stands at an index."""
    before = link(index - 1) if index > 0 else None
    after = link(index + 1) if 0 <= index < total - 1 else None
    return PreviousNext(before, after, index + 1, total, back, in_search)
