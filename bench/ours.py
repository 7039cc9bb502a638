"""Our side of `bench.search`: a process with Django that searches, indexes and exports its database.

`python -m bench.ours` answers commands, one JSON line each, as `bench.rivals.Worker` sends them. What is being compared
is reached through `search`, `reindex` and `reindex_one` alone.
"""

import sys
import time
from typing import Any

import django
from django.http import QueryDict

django.setup()

from bench.export import export  # noqa: E402 (its models need Django)
from bench.queries import FACETS  # noqa: E402
from bench.rivals import answer, timed  # noqa: E402
from practices.curation import publishing  # noqa: E402
from practices.models import Practice  # noqa: E402
from practices.search.request import SearchRequest  # noqa: E402
from practices.search.results import Results  # noqa: E402

Found = tuple[int, list[str]]
#: how many single records are indexed anew
SINGLES = 40


# The seam: what a search of ours is, and how its index is written


def search(query_string: str) -> Found:
    """Return how many practices a query string of /practices/ finds and the slugs of the first page, in order.

    Does what the page does but for its template, and counts the facets that every engine counts.
    """
    results = Results(SearchRequest(QueryDict(query_string)))
    hits = results.hits(results.page(None))
    assert [facet.counts for facet in results.facets if facet.name in FACETS]  # noqa: S101 (counted when asked for)
    return results.count, [hit.card.practice.slug for hit in hits]


def reindex() -> None:
    """Write the whole index anew."""
    publishing.reindexed(rebuild=True)


def reindex_one(practice: int) -> None:
    """Write one practice's part of the index, as the last step of saving it."""
    publishing.refresh_public_data([practice])


# Commands


def searched(queries: list[str]) -> dict[str, Any]:
    """Return milliseconds and totals of some query strings."""
    return timed(search, queries)


def indexed() -> dict[str, Any]:
    """Return the seconds that the whole index takes, and the milliseconds of single records whose text has changed."""
    start = time.perf_counter()
    reindex()
    whole, singles = time.perf_counter() - start, []
    for practice in Practice.objects.published().order_by("pk")[:SINGLES]:
        for summary in (f"{practice.summary} Renewed.", practice.summary):
            Practice.objects.filter(pk=practice.pk).update(summary=summary)
            start = time.perf_counter()
            reindex_one(practice.pk)
            singles.append((time.perf_counter() - start) * 1000)
    return {"seconds": whole, "one": singles}


if __name__ == "__main__":
    sys.exit(answer({"search": searched, "index": indexed, "export": export}))
