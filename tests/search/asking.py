"""Asking as a reader does, for tests of search: by query string, with slugs for answers."""

from collections.abc import Iterable

from django.http import QueryDict

from practices import models as kb
from practices.search.request import SearchRequest
from practices.search.results import Hit, Results


def results(query: str = "", **filters: str | list[str]) -> Results:
    """Return what a query finds, with values of filters, or lists of them."""
    data = QueryDict(mutable=True)
    data["q"] = query
    for name, values in filters.items():
        data.setlist(name, values if isinstance(values, list) else [values])
    return Results(SearchRequest(data))


def slugs(keys: Iterable[int]) -> list[str]:
    """Return the slugs of some practices, in their order."""
    found = dict(kb.Practice.objects.filter(pk__in=list(keys)).values_list("pk", "slug"))
    return [found[key] for key in keys]


def ordered(query: str = "", **filters: str | list[str]) -> list[str]:
    """Return the slugs of all that a query finds, in their order."""
    found = results(query, **filters)
    return slugs(found.ordered(0, found.count))


def first(query: str, number: int) -> list[str]:
    """Return the slugs that a reader meets first: what is found, then what is close in meaning."""
    found = results(query)
    return [*slugs(found.ordered(0, number)), *(hit.card.practice.slug for hit in found.similar)][:number]


def full(query: str) -> set[str]:
    """Return the slugs of what matches every word of a query."""
    found = results(query).query_match
    return set(slugs(found.full)) if found else set()


def partial(query: str) -> set[str]:
    """Return the slugs of what matches a query only in part."""
    found = results(query).query_match
    return set(slugs(found.partial)) if found else set()


def hit(query: str, slug: str) -> Hit:
    """Return how one practice is shown in a result."""
    found = results(query)
    [one] = found.hits(kb.Practice.objects.filter(slug=slug).values_list("pk", flat=True))
    return one
