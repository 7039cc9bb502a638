"""Briefs: two pages from the data, every statement numbered, the same in HTML, DOCX and Markdown."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.http import QueryDict
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token

from practices import models as kb
from practices.catalog.link import Link
from practices.exports import docx, markdown
from practices.pages.brief.builder import PageBudget, build_brief
from practices.pages.brief.content import Brief, Fact
from practices.pages.formatting import sentence, short
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests import factories
from tests.pages.test_compare import published
from tests.test_injection import HOSTILE

pytestmark = pytest.mark.django_db

SITE = "https://kb.example.org"
QUERIES = ["", "country=AU", "role=ngo", "q=language", "country=CA&dimension=economic", "practice=success-canada"]


def brief(query: str) -> Brief:
    return build_brief(QueryDict(query), SITE)


def hostile() -> kb.Practice:
    """Return a public practice with hostile text wherever a brief shows text."""
    nasty = f"{HOSTILE} &amp; # | * _x_ www.evil.example https://evil.example \x0b\x1b[31m ]]> </w:t>"
    citation = factories.make_citation(factories.make_source(title=nasty[:250], subtitle=nasty, series=nasty))
    kb.Section.objects.filter(pk=citation.section_id).update(title=nasty[:200])
    actor = factories.make_stakeholder(name=nasty[:200])
    practice = factories.make_practice(
        title=nasty[:200], summary=nasty, involvements=(("ngo", "lead", actor),), citation=citation
    )
    practice.outcomes.create(statement=nasty).citations.add(citation)
    published(practice)
    return practice


def test_it_says_what_the_collection_says() -> None:
    content = brief("country=AU")
    assert content.subject == "Australia"
    assert content.facts[0].values[0].label == str(Results(SearchRequest(QueryDict("country=AU"))).count)
    assert content.address == "https://kb.example.org/brief/?country=AU"
    assert str(content.version.number) in content.provenance


@pytest.mark.parametrize("query", QUERIES)
def test_every_note_leads_to_a_source_and_every_source_is_referred_to(query: str) -> None:
    content = brief(query)
    entries = [entry for group in (*content.practices, *content.outcomes) for entry in group.entries]
    used = {number for entry in entries for number in entry.notes}
    listed = [note.number for source in content.sources for note in source.endnotes]
    assert used == set(listed)
    assert listed == list(range(1, len(listed) + 1))
    assert all(entry.notes for entry in entries)


@pytest.mark.parametrize("query", [query for query in QUERIES if "practice=" not in query])
def test_every_count_is_what_its_address_finds(query: str) -> None:
    content = brief(query)
    for fact in (*content.facts, *content.actors):
        for value in fact.values:
            if value.count is not None and value.url:
                results = Results(SearchRequest(QueryDict(value.url.partition("?")[2])))
                assert results.count == value.count, (fact.label, value)


def test_no_practice_stands_twice_and_what_does_not_fit_is_counted() -> None:
    content = brief("")
    urls = [entry.url for group in content.practices for entry in group.entries]
    assert len(urls) == len(set(urls))
    assert content.more == kb.Practice.objects.published().count() - len(urls)
    assert str(content.more) in content.more_note


def test_what_is_shown_keeps_within_the_room_of_two_pages() -> None:
    for number in range(40):
        practice = factories.make_practice(
            countries=(("AD", "destination"),), title=f"{number} " + "long title " * 17, summary="word " * 300
        )
        practice.outcomes.create(statement="word " * 300)
    published(*kb.Practice.objects.filter(country_links__country__alpha2="AD"))
    content = brief("country=AD")
    entries = [entry for group in (*content.practices, *content.outcomes) for entry in group.entries]
    lines = sum((len(entry.title) + len(entry.text)) / PageBudget.WIDTH for entry in entries)
    assert 0 < lines <= PageBudget.LINES
    assert content.more > 0


def test_the_brief_of_a_search_says_how_many_practices_match_every_word() -> None:
    published(factories.make_practice(title="Quokka school"), factories.make_practice(title="Numbat school"))
    assert brief("q=quokka").answer.startswith("The reports describe 1 practice.")
    assert brief("q=quokka numbat").answer.startswith("No practice matches every word; 2 match part of them.")
    published(factories.make_practice(title="Quokka and numbat school"))
    answer = "3 practices match; 1 of them matches every word, the others part of them."
    assert brief("q=quokka numbat").answer.startswith(answer)
    for text in (docx_text("q=quokka numbat"), markdown.brief(brief("q=quokka numbat"))):
        assert answer in text


def docx_text(query: str) -> str:
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(docx.brief(brief(query)))).paragraphs)


def test_a_brief_says_that_a_practice_of_several_dimensions_stands_once() -> None:
    content = brief("country=AU")
    assert content.dimension_note in docx_text("country=AU")
    assert markdown.escape(content.dimension_note) in markdown.brief(content)


def test_a_selection_is_briefed_in_the_reader_s_order() -> None:
    one, two = factories.make_practice(title="First chosen"), factories.make_practice(title="Chosen second")
    published(one, two)
    content = brief(f"practice={two.slug}&practice={one.slug}&practice=never-was")
    assert [entry.title for group in content.practices for entry in group.entries] == ["Chosen second", "First chosen"]
    assert content.selection is not None
    assert content.selection.unknown == 1
    assert content.query == f"?practice={two.slug}&practice={one.slug}"


def test_a_fact_reads_as_one_line() -> None:
    values = (Link("Social", count=3), Link("Legal", count=1), Link("none"))
    assert str(Fact("Dimensions", values)) == "Social 3, Legal 1, none"


def test_what_no_source_reports_is_a_gap() -> None:
    practice = factories.make_practice(countries=(("AD", "destination"),), dimensions=("legal",))
    published(practice)
    gaps = " ".join(brief("country=AD").gaps)
    assert "Economic" in gaps
    assert "No result or limit is reported for 1 of 1." in gaps


def test_results_keep_their_year() -> None:
    practice = factories.make_practice(countries=(("AD", "destination"),))
    outcome = practice.outcomes.create(statement="Forty people found work.", as_of=2007, kind="limit")
    outcome.citations.add(factories.make_citation())
    published(practice)
    [group] = brief("country=AD").outcomes
    assert group.label == "Limits"
    assert group.entries[0].text == "Forty people found work. (as of 2007)"


def test_a_sentence_ends_at_its_full_stop_and_long_ones_are_cut_between_words() -> None:
    first = "A school for newcomers, e.g. Children, run by the city of Aveiro."
    assert sentence(f"{first} It opened in 2001.") == first
    assert short("word " * 100, 20) == "word word word word…"
    assert short("x" * 300, 20) == "x" * 19 + "…"


# DOCX


@pytest.mark.parametrize("query", QUERIES)
def test_a_docx_is_read_back_with_its_headings_tables_and_sources(query: str) -> None:
    content = brief(query)
    document = Document(BytesIO(docx.brief(content)))
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert by_style["Title"] == [content.subject]
    assert set(by_style["Heading 1"]) <= set(content.headings().values())
    assert by_style["Heading 1"][0] == "Key facts"
    assert by_style["Heading 1"][-1] == "Sources"
    assert by_style["Heading 2"] == [group.label for group in (*content.practices, *content.outcomes)]
    assert [row.cells[0].text for row in document.tables[0].rows] == [fact.label for fact in content.facts]
    assert document.core_properties.title == content.title
    assert content.address in document.core_properties.comments or len(content.provenance) > 255
    assert content.address in document.paragraphs[-1].text


def test_every_number_in_a_docx_leads_to_a_bookmark() -> None:
    body = Document(BytesIO(docx.brief(brief("country=AU")))).element.body
    anchors = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))} - {None}
    bookmarks = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert anchors == set(bookmarks)
    assert len(bookmarks) == len(set(bookmarks))


def test_hostile_text_in_a_docx_is_text() -> None:
    content = docx.brief(brief(f"practice={hostile().slug}"))
    document = Document(BytesIO(content))
    assert "<script>alert(1)</script>" in "\n".join(paragraph.text for paragraph in document.paragraphs)
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
        targets = [
            element.get("Target")
            for element in etree.fromstring(archive.read("word/_rels/document.xml.rels"))
            if element.get("TargetMode") == "External"
        ]
    assert targets
    assert all(target.startswith(f"{SITE}/practices/") for target in targets)


def test_the_same_brief_is_the_same_document() -> None:
    assert docx.brief(brief("country=AU")) == docx.brief(brief("country=AU"))


# Markdown


def rendered(query: str) -> tuple[str, list[Token]]:
    text = markdown.brief(brief(query))
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    return text, parser.parse(text)


@pytest.mark.parametrize("query", QUERIES)
def test_markdown_has_the_headings_and_entries_of_the_brief(query: str) -> None:
    content = brief(query)
    _text, tokens = rendered(query)
    headings = [tokens[place + 1].content for place, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[0] == markdown.escape(content.title)
    assert [heading for heading in headings if heading in content.headings().values()][-1] == "Sources"
    entries = sum(len(group.entries) for group in (*content.practices, *content.outcomes))
    links = [child for token in tokens for child in token.children or () if child.type == "link_open"]
    assert len(links) == entries + 1 + bool(content.more_note)


def test_hostile_text_in_markdown_is_text() -> None:
    practice = hostile()
    _text, tokens = rendered(f"practice={practice.slug}")
    inline = [child for token in tokens for child in token.children or ()]
    assert not [
        token for token in [*tokens, *inline] if token.type in ("html_inline", "html_block", "image", "em_open")
    ]
    targets = {child.attrGet("href") for child in inline if child.type == "link_open"}
    assert targets == {f"{SITE}{practice.get_absolute_url()}", f"{SITE}/brief/?practice={practice.slug}"}
    shown = "".join(child.content for child in inline if child.type in ("text", "text_special"))
    assert "<script>alert(1)</script>" in shown
    assert "[x](javascript:alert(1))" in shown


@pytest.mark.parametrize("address", ["https://evil.example", "www.evil.example", "WWW.evil.example", "a@evil.example"])
def test_an_address_in_a_record_is_no_link_in_markdown(address: str) -> None:
    linking = MarkdownIt("commonmark", {"linkify": False})
    assert "\\" in markdown.escape(address)
    assert linking.renderInline(markdown.escape(address)) == address
