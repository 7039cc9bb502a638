"""Nothing but what is published reaches a reader (docs/quality.md, group L), proven over every URL pattern.

The leak set: for every curated model one record in each state, every text of it a canary, tied to public records in
every way that the model allows. No canary may stand in any answer to someone who is not logged in.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from pytest_django import DjangoDbBlocker

from practices import models as kb
from practices.catalog.counts import by_value, country_counts, term_counts
from practices.curation.changes import workflow
from practices.exports import OF_PRACTICES, suffixed
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests import factories, sitemap
from tests.leaks import CANARY, HIDDEN, LeakSet, make_leak_set, neighbours, unfiltered

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def leak_set(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[LeakSet]:
    """Return hidden records by model name, tied to public ones in every way, which are there for all tests below."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_leak_set()
        transaction.set_rollback(True)


def test_l1_no_kind_of_answer_holds_or_reads_what_is_not_published(client: Client, leak_set: LeakSet) -> None:
    """`test_site` says the same of every page that links lead to."""
    hidden = [reverse(name, args=[leak_set[name][4].slug]) for name in ("practice", "stakeholder", "finding")]
    searched = ["/practices/?q=a&country=PT&role=ngo&function=lead&source=unitar-2007&stakeholder=iom&topic=work"]
    searched += [suffixed(searched[0], suffix) for suffix in OF_PRACTICES]
    for url in [*sitemap.one_of_each(), *sitemap.exports(), *neighbours(leak_set), *hidden, *searched]:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
            body = sitemap.body(response)
        assert response.status_code < 500, url
        assert CANARY not in f"{body} {response.headers}".lower(), url
        for query in queries:
            assert not unfiltered(query["sql"]), f"{url}: {query['sql']}"


def test_l1_every_url_pattern_is_visited() -> None:
    names = {pattern.name for pattern in sitemap.patterns()}
    with_argument = {p.name for p in sitemap.patterns() if "<" in str(p.pattern) and not sitemap.is_export(p)}
    assert with_argument == set(sitemap.SHOWN)
    visited = [*sitemap.one_of_each(), *sitemap.exports()]
    assert {resolve(urlsplit(url).path).url_name for url in visited} == names


def test_l1_searches_and_filters_find_nothing_hidden(client: Client, leak_set: LeakSet) -> None:
    queries = ["country=PT", "role=ngo", "function=lead", "dimension=social", "topic=language", "sort=newest"]
    for query in [*queries, "q=language", "q=summary&view=table", "facet_order=name&year_from=1900"]:
        for address in ("/practices/", "/practices.json"):
            assert CANARY not in client.get(f"{address}?{query}").content.decode(), query


def test_l3_no_search_or_suggestion_finds_or_guesses_a_hidden_word(client: Client, leak_set: LeakSet) -> None:
    marks = [f"{CANARY}{members[0].pk}" for members in leak_set.values()]
    for query in (CANARY, f"{CANARY}*", CANARY[:6], f"{CANARY[:3]}x{CANARY[3:]}", f'"{CANARY} section"', *marks):
        found = client.get("/practices.json", {"q": query}).json()
        assert (found["count"], found["results"], found["corrections"]) == (0, [], {}), query
        assert client.get("/suggestions.json", {"q": query}).json() == {"suggestions": []}, query


def test_l3_the_index_holds_nothing_hidden(leak_set: LeakSet) -> None:
    for document in kb.SearchDocument.objects.all():
        assert (
            CANARY not in f"{document.text_a} {document.text_b} {document.text_c} {document.facets} {document.passages}"
        )
    words = kb.SearchWord.objects.values_list("surface", flat=True)
    assert not [word for word in words if word.startswith(CANARY)]


def test_l3_every_count_of_a_filter_is_of_published_practices(leak_set: LeakSet) -> None:
    published = set(kb.Practice.objects.published().values_list("pk", flat=True))
    for facet in Results(SearchRequest()).facets:
        for option in facet.values:
            found = set(Results(SearchRequest(QueryDict(f"{facet.name}={option.value}"))).practices)
            assert found <= published
            assert len(found) == option.count, (facet.name, option.value)


def test_l5_a_word_of_what_was_withdrawn_is_neither_found_nor_offered_as_a_spelling(client: Client) -> None:
    practice = factories.make_practice(title="Zorblefnips", summary=factories.SUMMARY.format(1))
    assert client.get("/practices.json?q=zorbelfnips").json()["corrections"] == {"zorbelfnips": ["zorblefnips"]}
    workflow.withdraw([practice])
    for query in ("zorblefnips", "zorbelfnips", "zorblefn", "zorblef*"):
        answer = client.get("/practices.json", {"q": query}).json()
        assert (answer["count"], answer["corrections"]) == (0, {}), query
        assert "zorblefnips" not in client.get("/suggestions.json", {"q": query}).content.decode()


@pytest.mark.parametrize("name", [name for name, model in sitemap.SHOWN.items() if model in kb.CURATED])
def test_l2_what_was_never_public_is_answered_like_what_never_was(client: Client, leak_set: LeakSet, name: str) -> None:
    hidden = next(record for record in leak_set[name] if record.state == kb.State.IN_REVIEW)
    with CaptureQueriesContext(connection) as first:
        never_public = client.get(reverse(name, args=[hidden.slug]))
    with CaptureQueriesContext(connection) as second:
        never_was = client.get(reverse(name, args=["never-was-at-all"]))
    assert never_public.status_code == never_was.status_code == 404
    assert never_public.content == never_was.content
    assert len(first) == len(second)


def test_l3_every_count_is_of_published_records_only(leak_set: LeakSet) -> None:
    published = kb.Practice.objects.published()
    for row in country_counts():
        assert row.total == published.filter(country_links__country=row.country).distinct().count()
    for top in term_counts(kb.StakeholderRole):
        for counted in (top, *top.children):
            role = counted.item
            expected = published.filter(
                models.Q(involvements__role=role) | models.Q(involvements__role__parent=role)
            ).distinct()
            assert counted.count == expected.count()
    for counted in term_counts(kb.Dimension):
        assert counted.count == published.filter(dimensions=counted.item).count()
    for stakeholder in kb.Stakeholder.objects.published():
        expected = published.filter(involvements__stakeholder=stakeholder).distinct()
        assert len(by_value("stakeholder").get(stakeholder.slug, ())) == expected.count()
    for source in kb.Source.objects.published():
        expected = published.filter(citation_links__citation__section__source=source).distinct()
        assert len(by_value("source").get(source.slug, ())) == expected.count()


FORBIDDEN = sorted(
    {field.name for model in kb.CURATED for field in model._meta.get_fields()}
    - {"kind", "level", "q", "source", "country", "role"}
)


@pytest.mark.parametrize("page", ["practice_list", "stakeholder_list", "finding_list", "source_list", "event_list"])
def test_l4_fields_that_are_no_filters_have_no_effect(client: Client, leak_set: LeakSet, page: str) -> None:
    query = "&".join(
        f"{field}=draft&{field}__icontains=q&ordering={field}&order_by=-{field}&sort=-{field}" for field in FORBIDDEN
    )
    plain, asked = (client.get(f"{reverse(page)}{end}").content.decode() for end in ("", f"?{query}"))
    assert without_query(asked) == without_query(plain)


def without_query(html: str) -> str:
    """Return a page's links to other pages, which say what it shows."""
    return "\n".join(re.findall(r'href="(/[^"?]*)"', html))


@pytest.mark.parametrize("name", [name for name, model in sitemap.SHOWN.items() if model in kb.CURATED])
def test_l5_what_was_withdrawn_is_answered_410_with_its_ref(client: Client, leak_set: LeakSet, name: str) -> None:
    withdrawn = leak_set[name][HIDDEN.index("withdrawn")]
    response = client.get(reverse(name, args=[withdrawn.slug]))
    assert response.status_code == 410
    assert withdrawn.ref in response.content.decode()
    assert CANARY not in response.content.decode()


def test_l6_a_pending_edit_shows_nowhere_until_it_is_published(client: Client) -> None:
    practice = factories.make_practice(title="As it was published", slug="as-published")
    edit = kb.Practice.objects.get(pk=practice.pk)
    edit.pk, edit.draft_of, edit.state, edit.title = None, practice, kb.State.DRAFT, f"{CANARY} not yet"
    edit.save()
    for url in (practice.get_absolute_url(), "/practices/", "/practices/?q=qcanary", "/"):
        assert f"{CANARY} not" not in client.get(url).content.decode()
    assert "As it was published" in client.get(practice.get_absolute_url()).content.decode()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_l8_no_public_page_takes_anything_but_reading(client: Client, method: str) -> None:
    for url in [*sitemap.one_of_each(), *sitemap.HEALTH]:
        if method == "post" and sitemap.has_form(url):
            continue
        assert getattr(client, method)(url).status_code in (403, 405), url


def test_l9_no_answer_names_an_editor(client: Client) -> None:
    user = User.objects.create_superuser("qcanaryuser", "qcanary@example.org", "a-long-pass-phrase")
    practice = factories.make_practice()
    practice._history_user = user
    practice._change_reason = "qcanary reason"
    practice.save()
    for url in (practice.get_absolute_url(), "/practices/", "/", "/about/"):
        assert "qcanary" not in client.get(url).content.decode()


def test_the_watch_over_sql_sees_what_it_should() -> None:
    assert unfiltered('SELECT 1 FROM "practices_practice" WHERE "practices_practice"."slug" = 1')
    assert unfiltered('SELECT 1 FROM "a" INNER JOIN "practices_source" ON ("a"."id" = "practices_source"."id")')
    assert unfiltered('SELECT 1 FROM "practices_practice" U0 WHERE U0."slug" = 1')
    assert not unfiltered('SELECT 1 FROM "practices_practice" WHERE "practices_practice"."state" = 1')
    assert not unfiltered('SELECT 1 FROM "practices_practice_topics" WHERE 1 = 1')
