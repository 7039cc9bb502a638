"""Exports: every format of `FORMATS`, of results and of records: what is in them, in which order, at which address."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import synthetic
from practices import models as kb
from practices.catalog import current
from practices.exports import FORMATS, OF_PAGES, OF_PRACTICES, OF_RESULTS, Format, downloads, export, suffixed
from practices.exports.citation import CitationContext
from tests import factories, sitemap
from tests.exports.reading import READERS, refs

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
each_format = pytest.mark.parametrize("to", OF_PRACTICES.values(), ids=OF_PRACTICES)
each_citation = pytest.mark.parametrize("to", OF_PAGES.values(), ids=OF_PAGES)


def ask(client: Client, url: str) -> str:
    """Return what an address answers, read to its end."""
    response = client.get(url)
    assert response.status_code == 200, url
    return sitemap.body(response)


def written(to: Format, practices: list[kb.Practice]) -> str:
    """Return an export of some practices."""
    context = CitationContext("https://kb.example.org", current())
    return "".join(export(to, [practice.pk for practice in practices], context))


def test_every_format_has_a_reader_here() -> None:
    assert set(READERS) == set(OF_PRACTICES)


def test_no_two_formats_share_a_suffix() -> None:
    assert len({to.suffix for to in FORMATS}) == len(FORMATS)


# What is in them


@each_format
def test_a_result_is_exported_whole_not_one_page_of_it(client: Client, to: Format) -> None:
    assert len(refs(to.suffix, ask(client, f"/practices.{to.suffix}"))) == kb.Practice.objects.published().count() > 100


@each_format
@pytest.mark.parametrize("query", ["country=CA", "q=women", "role=ngo&function=lead", "q=language&sort=newest"])
def test_an_export_has_the_practices_of_the_page_in_its_order(client: Client, to: Format, query: str) -> None:
    shown, number = [], 1
    while True:
        answer = client.get(f"/practices.json?{query}&page={number}").json()
        shown += [one["ref"] for one in answer["results"]]
        number += 1
        if number > answer["pages"]:
            break
    assert len(shown) == answer["count"] > 5
    assert refs(to.suffix, ask(client, f"/practices.{to.suffix}?{query}")) == shown


@each_format
def test_the_number_of_the_page_changes_nothing(client: Client, to: Format) -> None:
    assert ask(client, f"/practices.{to.suffix}?q=women&page=2") == ask(client, f"/practices.{to.suffix}?q=women")


@each_format
def test_a_result_without_practices_exports_none_rather_than_all(client: Client, to: Format) -> None:
    assert READERS[to.suffix](ask(client, f"/practices.{to.suffix}?q=zzzzqqqq&country=AQ")) == []


@each_format
def test_a_practice_is_exported_alone(client: Client, to: Format) -> None:
    practice = factories.make_practice()
    assert refs(to.suffix, ask(client, suffixed(practice.get_absolute_url(), to.suffix))) == [practice.ref]


@each_format
def test_a_selection_keeps_its_order_and_loses_what_is_not_public(to: Format) -> None:
    first, second, draft = (factories.make_practice(state=state) for state in ("published", "published", "draft"))
    assert refs(to.suffix, written(to, [second, draft, first])) == [second.ref, first.ref]


@each_format
def test_an_actor_or_source_that_is_not_public_is_not_named(to: Format) -> None:
    actor = factories.make_stakeholder(name="Qhidden office", state="draft")
    source = factories.make_source(title="Qhidden report", publisher="Qhidden press", state="in_review")
    citation = factories.make_citation(source)
    practice = factories.make_practice(involvements=(("ngo", "lead", actor),), citation=citation)
    text = written(to, [practice])
    assert practice.ref in text
    assert "Qhidden" not in text
    assert source.ref not in text


@pytest.mark.parametrize("suffix", ["bib", "ris"])
def test_each_report_that_practices_cite_is_named_once(suffix: str) -> None:
    source = factories.make_source(title="A report on towns", subtitle="With annexes", year=1999)
    both = [factories.make_practice(citation=factories.make_citation(source)) for _ in range(2)]
    found = READERS[suffix](written(OF_PRACTICES[suffix], both))
    assert [one["ref"] for one in found] == [both[0].ref, source.ref, both[1].ref]
    assert "A report on towns: With annexes" in str(found[1])
    assert "1999" in str(found[1])


@pytest.mark.parametrize("suffix", ["bib", "ris"])
def test_a_record_to_cite_says_where_in_the_report_it_stands(suffix: str) -> None:
    source = factories.make_source(title="A report on towns", year=1999)
    practice = factories.make_practice(citation=factories.make_citation(source, paragraph=3), title="Night school")
    record = READERS[suffix](written(OF_PRACTICES[suffix], [practice]))[0]
    text = str(record)
    for part in ("Night school", "A report on towns (1999): First section, paragraph 3", practice.get_absolute_url()):
        assert part in text
    assert f"ata version {current().version.number}," in text


# Addresses


def test_an_export_has_the_address_of_its_page_with_a_suffix() -> None:
    assert suffixed("/practices/", "csv") == "/practices.csv"
    assert suffixed("/practices/?q=a/b&sort=title", "csv") == "/practices.csv?q=a/b&sort=title"
    assert suffixed("/fr/practices/night-school/", "bib") == "/fr/practices/night-school.bib"


def test_every_format_of_a_result_has_an_address_that_answers(client: Client) -> None:
    links = downloads("/practices/?q=women", OF_RESULTS.values())
    assert [link.url for link in links] == [f"/practices.{suffix}?q=women" for suffix in ("csv", "bib", "ris", "json")]
    for link in links:
        assert ask(client, link.url)


@each_citation
@pytest.mark.parametrize("name", [name for name in sitemap.SHOWN if name != "practice"])
def test_every_page_has_a_citation_in_every_format_of_works(client: Client, to: Format, name: str) -> None:
    record = sitemap.busiest(name)
    found = READERS[to.suffix](ask(client, suffixed(record.get_absolute_url(), to.suffix)))
    assert sum(f"://testserver{record.get_absolute_url()}" in str(one) for one in found) == 1


@each_citation
def test_the_citation_of_a_source_names_the_report_first(client: Client, to: Format) -> None:
    source = factories.make_source(title="A report on towns", publisher="Town press")
    report, page = READERS[to.suffix](ask(client, suffixed(source.get_absolute_url(), to.suffix)))
    assert "Town press" in str(report)
    assert source.get_absolute_url() in str(page)


@pytest.mark.parametrize("suffix", ["foo", "CSV", "csv.bak", "csv/", "json", "csvx", "%63sv%00"])
def test_an_unknown_suffix_is_no_address(client: Client, suffix: str) -> None:
    practice = factories.make_practice()
    assert client.get(f"{practice.get_absolute_url().rstrip('/')}.{suffix}").status_code == 404


@each_format
def test_what_was_never_public_is_answered_like_what_never_was(client: Client, to: Format) -> None:
    draft = factories.make_practice(state="draft")
    first, second = (client.get(f"/practices/{slug}.{to.suffix}") for slug in (draft.slug, "never-was-at-all"))
    assert first.status_code == second.status_code == 404
    assert first.content == second.content


@each_format
def test_what_was_withdrawn_is_gone_with_its_ref(client: Client, to: Format) -> None:
    practice = factories.make_practice()
    kb.Practice.objects.filter(pk=practice.pk).update(state="archived")
    response = client.get(suffixed(practice.get_absolute_url(), to.suffix))
    assert response.status_code == 410
    assert practice.ref in response.content.decode()


@each_format
def test_a_former_address_leads_to_the_same_format_at_the_new_one(client: Client, to: Format) -> None:
    practice = factories.make_practice()
    kb.FormerSlug.objects.create(model="practice", slug="as-it-was", ref=practice.ref)
    response = client.get(f"/practices/as-it-was.{to.suffix}")
    assert response.status_code == 301
    assert response.headers["Location"] == suffixed(practice.get_absolute_url(), to.suffix)


# Answers


@each_format
def test_the_file_of_a_result_is_named_after_what_was_asked_for(client: Client, to: Format) -> None:
    version, long = current().version.number, "a-word" * 30
    for query, name in (
        ("", "practices"),
        ("country=PT&view=table", "practices-portugal"),
        ("country=CI&topic=work", "practices-cote-divoire-"),
        ("q=%D9%85%D8%AF%D8%B1%D8%B3%D8%A9", "practices"),
        (f"q={long}", f"practices-{long[:60]}"),
    ):
        sent = client.get(f"/practices.{to.suffix}?{query}").headers["Content-Disposition"]
        assert sent.startswith(f'attachment; filename="{name}')
        assert sent.endswith(f'-v{version}.{to.suffix}"')


@each_format
def test_h1_an_export_is_a_file_with_a_safe_name_that_anyone_may_cache(client: Client, to: Format) -> None:
    practice, version = factories.make_practice(), current().version.number
    of_result, of_record = f'/practices.{to.suffix}?q=%0d%0a"../x', suffixed(practice.get_absolute_url(), to.suffix)
    for url, name in ((of_result, "practices-x"), (of_record, practice.ref)):
        response = client.get(url)
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}-v{version}.{to.suffix}"'
        assert response.headers["Content-Type"] == to.content_type
        assert "charset=utf-8" in to.content_type
        assert response.headers["Cache-Control"] == "public, max-age=60"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies


@each_format
def test_an_export_is_sent_while_it_is_written(client: Client, to: Format) -> None:
    response = client.get(f"/practices.{to.suffix}")
    assert response.streaming
    assert len(list(response.streaming_content)) > 1


@each_format
def test_p1_an_export_asks_few_queries_and_no_more_for_hundreds_of_practices(client: Client, to: Format) -> None:
    synthetic.make(200)
    counts = {}
    for query in ("country=PT", ""):
        ask(client, f"/practices.{to.suffix}?{query}")
        with CaptureQueriesContext(connection) as captured:
            counts[query] = len(ask(client, f"/practices.{to.suffix}?{query}")) and len(captured)
    assert counts[""] == counts["country=PT"] <= MOST_QUERIES


@each_format
def test_p1_each_part_of_a_large_export_asks_as_many_queries(to: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = list(kb.Practice.objects.published().by_title().values_list("pk", flat=True)[:60])
    context = CitationContext("https://kb.example.org", current())
    list(export(to, keys[:1], context))  # loads the vocabularies
    counts: dict[int, tuple[int, str]] = {}
    for chunk in (60, 20):
        monkeypatch.setattr("practices.exports.entries.CHUNK", chunk)
        with CaptureQueriesContext(connection) as captured:
            text = "".join(export(to, keys, context))
        counts[chunk] = (len(captured), text)
    assert counts[20][0] == 3 * counts[60][0]
    assert counts[20][1] == counts[60][1]
