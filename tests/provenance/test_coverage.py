"""Coverage: which paragraphs of a source a public record cites, which have a note, and which were left."""

from collections.abc import Callable

import pytest
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from practices import models as kb
from practices.provenance.coverage import coverage, ranges
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> kb.Source:
    """Return a source with one section of three paragraphs, and another of none."""
    source = factories.make_source()
    kb.Section.objects.create(source=source, position=2, title="Second section")
    return source


def cite(source: kb.Source, paragraph: int = 1) -> kb.Citation:
    return factories.make_citation(source, paragraph=paragraph)


def test_a_source_that_nobody_read_is_left_whole(source: kb.Source) -> None:
    first, second = coverage(source)
    assert (first.section.position, first.paragraphs, first.cited, first.noted, first.left) == (1, 3, [], {}, [1, 2, 3])
    assert (second.section.position, second.paragraphs, second.left) == (2, 0, [])


def test_a_paragraph_is_cited_noted_or_left(source: kb.Source) -> None:
    factories.make_finding(citation=cite(source, 3))
    kb.ParagraphNote.objects.create(section=source.sections.first(), paragraph=1, reason="contents")
    first, _ = coverage(source)
    assert (first.cited, first.noted, first.left) == ([3], {1: "contents"}, [2])


def test_a_paragraph_may_be_cited_and_noted(source: kb.Source) -> None:
    factories.make_finding(citation=cite(source, 1))
    kb.ParagraphNote.objects.create(section=source.sections.first(), paragraph=1, reason="repeated below")
    first, _ = coverage(source)
    assert (first.cited, first.noted, first.left) == ([1], {1: "repeated below"}, [2, 3])


def test_two_citations_of_a_paragraph_count_once(source: kb.Source) -> None:
    factories.make_finding(citation=cite(source))
    factories.make_practice(citation=cite(source))
    assert coverage(source)[0].cited == [1]


@pytest.mark.parametrize("row", ["involvements", "outcomes", "relations"])
def test_rows_of_practices_count(source: kb.Source, row: str) -> None:
    practice = factories.make_practice()
    kb.Outcome.objects.create(practice=practice, statement="It grew.")
    kb.Relation.objects.create(practice=practice, other=factories.make_practice(), kind="see-also")
    getattr(practice, row).first().citations.add(cite(source))
    assert coverage(source)[0].cited == [1]


@pytest.mark.parametrize("make", [factories.make_finding, factories.make_concept, factories.make_event])
def test_findings_concepts_and_events_count_while_they_are_public(
    source: kb.Source, make: Callable[[], kb.Finding | kb.Concept | kb.Event]
) -> None:
    record = make()
    record.citations.add(cite(source, 2))
    assert coverage(source)[0].cited == [2]
    type(record).objects.filter(pk=record.pk).update(state=kb.State.DRAFT)
    assert coverage(source)[0].cited == []


def test_a_passage_that_no_record_uses_does_not_count(source: kb.Source) -> None:
    cite(source)
    assert coverage(source)[0].cited == []


def test_what_is_cited_from_another_source_does_not_count(source: kb.Source) -> None:
    factories.make_finding()
    assert coverage(source)[0].cited == []


def test_coverage_takes_three_queries_however_much_there_is(
    source: kb.Source, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for paragraph in (1, 2, 3):
        factories.make_practice(citation=cite(source, paragraph))
        factories.make_finding(citation=cite(source, paragraph))
    captured: CaptureQueriesContext
    with django_assert_num_queries(3) as captured:
        coverage(source)
    assert any("UNION" in query["sql"] for query in captured.captured_queries)


@pytest.mark.parametrize(
    ("numbers", "written"),
    [([], ""), ([4], "4"), ([1, 2, 3], "1–3"), ([1, 2, 3, 7, 9, 10], "1–3, 7, 9–10")],
)
def test_numbers_in_a_row_are_written_as_a_range(numbers: list[int], written: str) -> None:
    assert ranges(numbers) == written
