"""Every kind of page and every error page is HTML in which a parser of the HTML standard finds no error (A3)."""

import html5lib
import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests import sitemap
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db

PATTERNS = {pattern.name: pattern for pattern in sitemap.patterns() if not sitemap.is_export(pattern)}
ERRORS = sorted(path.name for path in (ROOT / "templates/errors").glob("[45]*.html"))


def faults(html: str) -> list[str]:
    """Return what is wrong with a page and in which line, in the words of the standard."""
    parser = html5lib.HTMLParser()
    parser.parse(html)
    return [f"line {line}: {code}" for (line, _), code, _ in parser.errors]


def test_the_parser_finds_faults() -> None:
    assert faults("<!DOCTYPE html><title>One</title><p>Two") == []
    wrong = "<!DOCTYPE html><title>One</title><p id=a id=b><div></p></div>&nosuch;"
    assert faults(wrong) == [
        "line 1: duplicate-attribute",
        "line 1: unexpected-end-tag",
        "line 1: expected-named-entity",
    ]


@pytest.mark.parametrize("name", PATTERNS)
def test_a3_a_page_has_no_parse_error(client: Client, name: str) -> None:
    response = client.get(sitemap.longest(PATTERNS[name])[0])
    if "text/html" in response.headers["Content-Type"]:
        assert faults(sitemap.body(response)) == []


@pytest.mark.parametrize("query", ["q=zzzz", "q=language&view=table", "view=map"], ids=["nothing", "table", "map"])
def test_a3_no_state_of_the_search_has_a_parse_error(client: Client, query: str) -> None:
    assert faults(sitemap.body(client.get(f"/practices/?{query}"))) == []


@pytest.mark.parametrize("template", ERRORS)
def test_a3_an_error_page_has_no_parse_error(template: str) -> None:
    assert faults(render_to_string(f"errors/{template}")) == []
