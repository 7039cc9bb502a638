"""Whatever a text holds, it can be no formula, field or record of an export, and comes back as it was (I4, I5)."""

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices import models as kb
from practices.catalog import current
from practices.exports import OF_PAGES, OF_PRACTICES, Format, citation, export
from practices.exports.citation import CitationContext, one_line, web_address
from practices.exports.csv import neutral, restored
from practices.exports.table import COLUMNS, SPECIAL, items, listed
from practices.index.schema import BY_NAME
from tests import factories
from tests.conftest import ROOT
from tests.exports.reading import READERS, read_csv

pytestmark = pytest.mark.django_db

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FORMULAS = [
    "  =1+1", "'=1+1", "''=1", '"=1+1"', "\u200b=1", "\xa0=1", "a;=1+1", 'a;"=1+1', "a\n=1+1", "a\r\n\t+1",
    '=cmd|" /C calc"!A0', "a | b || c |", "|", " | ",
]  # fmt: skip
FIELDS = [
    "a\nER  - \nTY  - BOOK\nTI  - forged", "ER  - ", "a\r\nER  -", "a\u2028ER  - \u2028TY  - BOOK", "a\x85ER  - ",
    "a\x0bTY  - X", "}", "{", "}}\n\n@book{forged, title = {x}}", "\\", "\\}", "a\\{b", '"', ",\n}\n@misc{forged,\n}",
    "@book{x,", "@comment{", "%", "a % b", "# $ & _ ~ ^", "\\input{/etc/passwd}", "$\\write18{x}$", "]]>", "</script>",
    "&amp;", "“quoted” – é ø ł", "a -- b ``c''", "\u202e\u0645\u0631", "\U0001f30d", "\x1b[31m",
]  # fmt: skip
BLANK = ' "\xa0\u200b'
HOSTILE = [*(f"{start}1+1" for start in DANGEROUS), *FORMULAS, *FIELDS]
each_format = pytest.mark.parametrize("to", OF_PRACTICES.values(), ids=OF_PRACTICES)


def context() -> CitationContext:
    return CitationContext("https://kb.example.org", current())


def written(suffix: str, practices: list[kb.Practice]) -> str:
    return "".join(export(OF_PRACTICES[suffix], [practice.pk for practice in practices], context()))


@pytest.fixture
def practice() -> kb.Practice:
    """Return a public practice with a row of each kind."""
    actor, citation = factories.make_stakeholder(), factories.make_citation()
    practice = factories.make_practice(involvements=(("ngo", "lead", actor),), citation=citation, year_start=1999)
    practice.outcomes.create(statement="It grew.", value=7, qualifier="about", unit="schools")
    practice.places.add(kb.Place.objects.create(name="A town", country=kb.Country.objects.get(alpha2="PT")))
    factories.make_finding(slug="a-finding", citation=citation)
    return practice


def poison(practice: kb.Practice, text: str) -> None:
    """Put a text into every field of a practice and of all that an export names with it."""
    names = [{"text": text, "lang": "en", "kind": "name"}]
    kb.Practice.objects.filter(pk=practice.pk).update(
        title=text, title_original=text, other_names=names, summary=text, description=text
    )
    practice.involvements.update(note=text)
    practice.outcomes.update(statement=text, unit=text[:80])
    practice.places.update(name=text)
    kb.Stakeholder.objects.filter(involvements__practice=practice).update(name=text, other_names=names)
    source = kb.Source.objects.filter(sections__citations__practice_links__practice=practice)
    source.update(
        title=text, subtitle=text, series=text, number=text[:20], publisher=text, place=text[:80], issn=text[:9],
        isbn=text[:17], url=f"https://example.org/{text}", description=text,
    )  # fmt: skip
    kb.Section.objects.filter(source__in=source).update(title=text, number=text[:20])
    kb.Finding.objects.filter(slug="a-finding").update(title=text[:120], statement=text)


def name_everything(text: str) -> None:
    """Name a country, a dimension and a role like this."""
    kb.Country.objects.filter(alpha2="PT").update(label=text)
    kb.Dimension.objects.filter(code="social").update(label=text)
    kb.StakeholderRole.objects.filter(code="ngo").update(label=text)
    kb.DataVersion.raise_number()


@each_format
def test_i4_i5_as_many_records_are_read_back_as_were_exported(to: Format, practice: kb.Practice) -> None:
    other = factories.make_practice(citation=practice.citation_links.get().citation)
    report = other.citation_links.get().citation.section.source.ref
    for text in HOSTILE:
        poison(practice, text)
        name_everything(text)
        found = [one["ref"] for one in READERS[to.suffix](written(to.suffix, [practice, other]))]
        assert found == ([practice.ref, report, other.ref] if to.works else [practice.ref, other.ref]), text


def test_i5_what_a_page_cites_is_as_many_works_as_were_written(practice: kb.Practice) -> None:
    for text in HOSTILE:
        poison(practice, text)
        name_everything(text)
        finding = kb.Finding.objects.get(slug="a-finding")
        source = finding.citations.get().section.source
        for record in (source, finding, kb.Dimension.objects.get(code="social")):
            works = list(citation.of_page(record, context()))
            for suffix, to in OF_PAGES.items():
                found = READERS[suffix]("".join(to.works(works)))  # type: ignore[misc]
                assert [one["ref"] for one in found] == [work.key for work in works], text


def test_i4_no_cell_of_a_table_is_a_formula(practice: kb.Practice) -> None:
    for text in HOSTILE:
        poison(practice, text)
        name_everything(text)
        for row in csv.reader(io.StringIO(written("csv", [practice]).removeprefix("\ufeff"), newline="")):
            assert [cell for cell in row if cell.lstrip(BLANK).startswith(DANGEROUS)] == [], text


def test_i4_none_is_a_formula_where_the_semicolon_is_the_separator_either(practice: kb.Practice) -> None:
    for text in HOSTILE:
        poison(practice, text)
        name_everything(text)
        table = written("csv", [practice]).removeprefix("\ufeff")
        for row in csv.reader(io.StringIO(table, newline=""), delimiter=";"):
            assert [cell for cell in row if cell.lstrip(f"{BLANK}\t\r\n").startswith(DANGEROUS)] == [], text


def test_i4_every_text_comes_back_from_a_table(practice: kb.Practice) -> None:
    for text in HOSTILE:
        poison(practice, text)
        row = read_csv(written("csv", [practice]))[0]
        assert row["title"] == row["summary"] == row["description"] == text
        assert items(row["other_names"]) == [text, text]
        assert items(row["actors"]) == [f"Non-governmental organisation: Lead: {text} ({text})"]
        assert items(row["outcomes"]) == [f"Result: {text} (about 7 {text})"]
        assert row["first_year"] == "1999"


def test_i5_a_text_of_one_line_comes_back_from_bibtex_and_ris(practice: kb.Practice) -> None:
    for text in (text for text in HOSTILE if text == one_line(text)):
        poison(practice, text)
        for suffix in OF_PAGES:
            record = READERS[suffix](written(suffix, [practice]))[0]
            assert plain(record["title"]) == plain(record["abstract"]) == plain(text), suffix


def plain(text: str) -> str:
    """Return a text as readers of BibTeX give it: braces are lost or left, a circumflex is another sign."""
    return "".join(text.translate(str.maketrans("ˆ", "^", "{}")).split())


TEXTS = st.text(alphabet=st.one_of(st.sampled_from("=+-@\t\r\n＝;'\" a|\u200b"), st.characters(codec="utf-8")))


@given(TEXTS)
def test_i4_every_text_is_restored(text: str) -> None:
    assert restored(neutral(text)) == text


@given(st.lists(TEXTS.filter(bool), min_size=1))
def test_every_list_can_be_taken_apart_again(values: list[str]) -> None:
    assert items(listed(values)) == values


@pytest.mark.parametrize("text", ["\n", ";", " ", "; ", "'", ";'", "\n ", "\t'", "|"], ids=ascii)
def test_p9_long_texts_are_made_harmless_in_no_time(text: str) -> None:
    start = time.process_time()
    assert restored(neutral(text * 50_000)) == text * 50_000
    assert time.process_time() - start < 0.5


def test_an_ordinary_text_is_left_alone() -> None:
    for text in ("Night school – for adults; and more", "First paragraph.\n\nSecond one.", "1999", "a=b", "don't"):
        assert neutral(text) == text


def test_i3_only_web_addresses_are_addresses_of_reports() -> None:
    assert web_address("javascript:alert(1)") == web_address("") == web_address(" https://x") == ""
    assert web_address("https://example.org/a?b=c%20d#e") == "https://example.org/a?b=c%20d#e"
    assert web_address('https://example.org/}{\n"\\') == "https://example.org/%7D%7B%0A%22%5C"


def test_a_table_starts_with_a_mark_for_spreadsheets_and_the_names_of_its_columns() -> None:
    assert written("csv", []) == "\ufeff" + ",".join(COLUMNS) + "\r\n"


def test_a_row_can_be_cited_by_itself() -> None:
    source = factories.make_source(title="A report on towns", year=1999)
    citations = [factories.make_citation(source, paragraph=number) for number in (3, 1)]
    practice = factories.make_practice(citation=citations[0])
    practice.outcomes.create(statement="Forty came").citations.add(citations[1])
    row = read_csv(written("csv", [practice]))[0]
    assert row["ref"] == practice.ref
    assert row["address"] == f"https://kb.example.org/practices/{practice.slug}/"
    assert row["sources"] == "A report on towns (1999): First section, paragraphs 1, 3"
    assert row["source_refs"] == source.ref
    assert row["data_version"] == str(current().version.number)
    assert row["outcomes"] == "Result: Forty came"


#: the columns that hold one field of a practice under its name
PLAIN = {name for name, field in BY_NAME.items() if name in field.columns} - SPECIAL.keys()


@pytest.mark.parametrize("name", sorted(COLUMNS.keys() - PLAIN))
def test_the_guide_names_every_column_that_is_more_than_a_plain_field(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", OF_PRACTICES)
def test_the_guide_names_every_format(suffix: str) -> None:
    assert f"`.{suffix}`" in (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
