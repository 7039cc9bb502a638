"""A page asks few queries, and as many of a large collection as of a small one (quality.md, P1)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from practices.curation import synthetic
from tests import pages

pytestmark = pytest.mark.django_db

MOST = 12
PATTERNS = {pattern.name: pattern for pattern in pages.patterns()}
each_page = pytest.mark.parametrize("name", PATTERNS)


def longest(name: str) -> str:
    """Return the address of a page type's longest page."""
    return pages.longest(PATTERNS[name])[0]


def queries(client: Client, url: str) -> int:
    """Return how many queries an address asks once the process is warm; pytest shows them where a test fails."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        pages.body(client.get(url))
    print(url, *(query["sql"] for query in captured), sep="\n  ")  # noqa: T201
    return len(captured)


@each_page
def test_p1_a_page_asks_few_queries(client: Client, name: str) -> None:
    assert queries(client, longest(name)) <= MOST


@each_page
def test_p1_a_page_asks_no_more_queries_of_a_larger_collection(client: Client, name: str) -> None:
    url = longest(name)
    before = queries(client, url)
    synthetic.make(60)
    assert queries(client, url) == before
    assert queries(client, longest(name)) == before, "the longest page is another one now"
