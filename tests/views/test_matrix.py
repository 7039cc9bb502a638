"""The matrix as readers get it: a page, a picture and a CSV, whatever they ask for."""

import csv
import io
import re
from html import unescape

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from bench import synthetic
from practices.search.request import SearchRequest
from tests import factories
from tests.test_injection import HOSTILE, PAYLOADS

pytestmark = pytest.mark.django_db


def html(client: Client, query: str = "") -> str:
    response = client.get(f"/matrix/{query}")
    assert response.status_code == 200
    return response.content.decode()


def linked(page: str) -> list[tuple[str, int]]:
    """Return the address and the number of each cell of the table that leads somewhere."""
    found = re.findall(r'<td class="number[^"]*"[^>]*>\s*<a href="([^"]*)">(\d+)</a>', page)
    return [(unescape(address), int(number)) for address, number in found]


@pytest.mark.parametrize(
    "query", ["", "?rows=role&columns=function&q=women", "?rows=topic&columns=source&view=picture"]
)
def test_every_number_leads_to_as_many_practices(client: Client, query: str) -> None:
    numbers = linked(html(client, query))
    assert len(numbers) > 10
    for address, number in numbers[:: len(numbers) // 25 + 1]:
        assert client.get(address).status_code == 200
        data = client.get(address.replace("/practices/", "/practices.json")).json()
        assert data["count"] == number, address


def test_the_table_can_be_scrolled_by_keyboard_and_has_heads(client: Client) -> None:
    page = html(client, "?rows=role&columns=country")
    assert re.search(r'<div class="table matrix"[^>]*role="region"[^>]*aria-label="[^"]+"[^>]*tabindex="0"', page)
    assert page.count('scope="col"') > 5
    assert page.count('scope="row"') > 5
    assert page.count("<caption") == 1


def test_the_three_kinds_of_cell_are_told_apart_and_explained(client: Client) -> None:
    page = html(client, "?all=1")
    for kind in ("none", "unnamed"):
        assert f'<td class="number {kind}"' in page
        assert f'<span class="swatch {kind}"' in page
    assert "not the same as nothing done" in page
    assert '<td class="number unnamed"' not in html(client)


def test_the_form_holds_what_is_asked_for(client: Client) -> None:
    page = html(client, "?rows=role&columns=topic&q=women&country=CA&view=picture&all=1&nonsense=1")
    form = page.partition('<form class="axes"')[2].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    assert hidden == [("q", "women"), ("country", "CA"), ("view", "picture"), ("all", "1")]
    assert re.findall(r'<option value="(\w+)"\s+selected>', form) == ["role", "topic"]


def test_nothing_to_cross_is_said(client: Client) -> None:
    page = html(client, "?q=xyzzy%20plugh")
    assert "No practice has both" in page
    assert "<table" not in page


PARAMETERS = ["rows", "columns", "view", "all", "page", "year", "country", "year_from", "sort"]


@pytest.mark.parametrize("path", ["/matrix/", "/matrix.csv", "/timeline/"])
@pytest.mark.parametrize("parameters", [["q"], PARAMETERS], ids="+".join)
def test_i1_no_value_of_any_parameter_is_an_error(client: Client, path: str, parameters: list[str]) -> None:
    for payload in PAYLOADS:  # of few practices: small pages, asked for fast
        query = urlencode([("topic", "housing"), *((parameter, payload) for parameter in parameters)])
        assert client.get(f"{path}?{query}").status_code == 200, payload


@pytest.mark.parametrize(
    "path", ["/matrix/?rows=country&columns=topic", "/matrix/?rows=role&columns=level", "/timeline/?"]
)
def test_p2_however_much_is_asked_for_a_page_has_a_size(client: Client, path: str) -> None:
    asked = "&".join(f"{name}={value}" for name in ("stakeholder", "group") for value in choices(name))
    page = client.get(f"{path}&{asked}").content
    assert len(page) < 1_500_000
    assert b"more conditions" in page


def choices(name: str) -> list[str]:
    return list(SearchRequest(QueryDict()).filterset.facet_filters[name].choices)


@pytest.mark.parametrize("path", ["/matrix/", "/matrix.csv", "/timeline/"])
def test_it_takes_nothing_but_reading(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_hostile_names_are_shown_as_text(client: Client) -> None:
    actor = factories.make_stakeholder(name=HOSTILE)
    practice = factories.make_practice(title=HOSTILE, year_start=1930, involvements=(("ngo", "lead", actor),))
    factories.publish_all()
    for url in (
        f"/matrix/?rows=stakeholder&columns=dimension&stakeholder={actor.slug}",
        f"/matrix/?rows=dimension&columns=stakeholder&stakeholder={actor.slug}&q={urlencode({'': HOSTILE})[1:]}",
        "/timeline/",
        "/timeline/?year=1930",
    ):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page, practice
        assert "<svg onload" not in page
        assert 'href="javascript:' not in page


def test_the_csv_is_a_file_with_a_name(client: Client) -> None:
    response = client.get("/matrix.csv?rows=role&columns=%22;x")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="matrix-role-dimension.csv"'
    assert "public" in response.headers["Cache-Control"]
    head, *rows = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert head[1] == "Stakeholder role"
    assert all(len(row) == len(head) for row in rows)


URLS = [
    "/matrix/",
    "/matrix/?all=1&q=women",
    "/matrix.csv?all=1",
    "/timeline/",
    "/timeline/?q=women",
    "/timeline/?year=unknown",
]


@pytest.mark.parametrize("url", URLS)
def test_p1_it_asks_few_queries_and_no_more_of_a_larger_collection(client: Client, url: str) -> None:
    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    before = queries()
    assert before <= 5
    synthetic.make(60)
    assert queries() == before
