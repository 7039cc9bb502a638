"""How to cite: a line of text on each page, and of a result what was search for, found, and when."""

import re

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.test import Client, RequestFactory

from practices import models as kb
from practices.catalog import current
from practices.exports import OF_PAGES, OF_PRACTICES, citation, suffixed
from practices.exports.citation import CitationContext
from practices.search.request import SearchRequest
from tests import factories, sitemap

pytestmark = pytest.mark.django_db


@pytest.fixture
def context() -> CitationContext:
    """Return the knowledge base as of now."""
    return CitationContext("https://kb.example.org", current())


def test_a_practice_is_cited_with_ref_data_version_and_address(context: CitationContext) -> None:
    practice, version = factories.make_practice(title="Night school", slug="night-school"), context.version
    day = f"{version.date.day} {version.date:%B %Y}"
    assert citation.text(practice, context) == (
        f"Integration Practices ({version.date.year}). Night school (practice {practice.ref}). "
        f"Data version {version.number}, {day}. https://kb.example.org/practices/night-school/"
    )


def test_a_country_or_term_has_no_ref_to_cite(context: CitationContext) -> None:
    assert ". Portugal (country). Data version" in citation.text(kb.Country.objects.get(alpha2="PT"), context)
    assert ". Language (topic). Data version" in citation.text(kb.Topic.objects.get(code="language"), context)


@pytest.mark.parametrize("name", sitemap.SHOWN)
def test_every_page_of_a_record_says_how_to_cite_it_and_links_to_its_exports(client: Client, name: str) -> None:
    record = sitemap.busiest(name)
    html = client.get(record.get_absolute_url()).content.decode()
    assert html.count("Cite this page") == 1
    text = re.search(r'<p class="cite-text">(.*?)</p>', html)
    assert text
    assert f"://kb.example.org{record.get_absolute_url()}" in text[1].replace("testserver", "kb.example.org")
    for suffix in OF_PRACTICES if name == "practice" else OF_PAGES:
        assert f'href="{suffixed(record.get_absolute_url(), suffix)}"' in html


def test_a_result_is_cited_with_its_conditions_and_how_many_practices_meet_them(context: CitationContext) -> None:
    search = SearchRequest(QueryDict("q=women&country=PT&country=ES&page=3&view=table&sort=title&facet_order=name"))
    text = citation.search_text(search, 12, context)
    assert "Practices with Search words: women; Country: Portugal or Spain: 12 practices. Data version" in text
    assert text.endswith("https://kb.example.org/practices/?q=women&country=PT&country=ES")


def test_the_whole_collection_can_be_cited_too(context: CitationContext) -> None:
    text = citation.search_text(SearchRequest(QueryDict("")), 1, context)
    assert "). All practices: 1 practice. Data version" in text
    assert text.endswith("https://kb.example.org/practices/")


def test_the_result_page_can_show_how_to_cite_a_search_with_all_its_formats() -> None:
    request = RequestFactory(SERVER_NAME="kb.example.org").get("/practices/", {"q": "a&b"})
    search = SearchRequest(request.GET)
    template = Template("{% load results %}{% cite_search search 3 %}")
    html = template.render(Context({"request": request, "search": search}))
    assert "Cite this search" in html
    for suffix in (*OF_PRACTICES, "json"):
        assert f'href="/practices.{suffix}?q=a%26b"' in html


@pytest.mark.parametrize("model", kb.VOCABULARIES)
def test_keys_are_safe_names_of_files(model: type[kb.Term]) -> None:
    for record in [*model._default_manager.all(), *kb.Country.objects.all()[:5], *kb.Source.objects.published()]:
        assert re.fullmatch(r"[A-Za-z0-9-]+", citation.key_of(record))
