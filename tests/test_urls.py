"""Addresses are linked and bookmarked: those of commit a17f4a7 lead where they did, one of each kind and parameter."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from practices.index.schema import FACETS
from practices.models import Practice
from tests.conftest import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FORMER = (ROOT / "tests" / "data" / "addresses.txt").read_text(encoding="utf-8").split()
#: the parameters of those addresses that choose practices
CHOOSING = {*FACETS, "q", "year_from", "year_to"}


def chooses(url: str) -> bool:
    """Whether an address leads to some of the practices."""
    parts = urlsplit(url)
    return parts.path == "/practices/" and bool(CHOOSING & dict(parse_qsl(parts.query)).keys())


def test_former_addresses_lead_to_pages() -> None:
    for url in FORMER:
        resolve(urlsplit(url).path)  # raises Resolver404 with the path; that pages answer is for tests/test_site.py


def test_former_addresses_of_some_practices_lead_to_some_of_them(client: Client) -> None:
    urls, every = [url for url in FORMER if chooses(url)], Practice.objects.published().count()
    counts = {url: client.get(url.replace("/?", ".json?")).json()["count"] for url in urls}
    assert len(counts) > 12
    assert {url: count for url, count in counts.items() if not 0 < count < every} == {}
