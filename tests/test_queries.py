"""A page asks few queries, and as many of a large collection as of a small one (docs/quality.md, P1)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import synthetic
from tests import sitemap

pytestmark = pytest.mark.django_db

MOST, MOST_OF_RESULTS = 12, 8
PATTERNS = {pattern.name: pattern for pattern in sitemap.patterns()}
each_page = pytest.mark.parametrize("name", PATTERNS)


def longest(name: str) -> str:
    """Return the address of a page type's longest page."""
    return sitemap.longest(PATTERNS[name])[0]


def queries(client: Client, url: str) -> list[str]:
    """Return the queries that an address asks once the process is warm."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        sitemap.body(client.get(url))
    return [query["sql"] for query in captured]


@each_page
def test_p1_a_page_asks_few_queries(client: Client, name: str) -> None:
    asked = queries(client, longest(name))
    assert len(asked) <= MOST, "\n".join(asked)


@pytest.mark.parametrize("view", ["list", "table", "map"])
def test_p1_a_search_asks_few_queries_for_words_that_nobody_has_asked_for(client: Client, view: str) -> None:
    queries(client, f"/practices/?view={view}")
    for asked in ('q=langauge+"vocational training" -women', "q=elderly+clases&country=PT&role=ngo&sort=newest"):
        with CaptureQueriesContext(connection) as captured:
            sitemap.body(client.get(f"/practices/?{asked}&view={view}"))
        assert len(captured) <= MOST_OF_RESULTS


def test_p1_a_page_asks_no_more_queries_of_a_larger_collection(client: Client) -> None:
    before = {name: (url, queries(client, url)) for name in PATTERNS for url in [longest(name)]}
    synthetic.make(60)
    for name, (url, asked) in before.items():
        for larger in {url, longest(name)}:  # the longest page may be another one now
            now = queries(client, larger)
            assert len(now) == len(asked), "\n".join([larger, *asked, "now:", *now])
