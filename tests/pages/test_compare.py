"""Compare and selection: what is shared is said once, what differs is marked, what is not public is not there."""

from typing import Any

import pytest
from django.http import QueryDict

from practices import models as kb
from practices.index import writer
from practices.pages.compare import MAX_COMPARED, heading
from practices.pages.compare.countries import compare_countries
from practices.pages.compare.practices import ComparedRow, PracticesCompared, compare_practices
from practices.pages.selection import MAX_SELECTED, select_countries, select_practices
from practices.pages.summaries import without_redundant_parents
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests import factories

pytestmark = pytest.mark.django_db


def published(*practices: kb.Practice) -> None:
    """Make what a test has written known to what is kept in memory, as publishing does."""
    writer.update(practice.pk for practice in practices)
    kb.DataVersion.raise_number()


def row(compared: PracticesCompared, label: str) -> ComparedRow:
    return next(row for row in compared.rows if row.label == label)


def texts(items: list[Any]) -> list[str]:
    return [str(item.shown) for item in items]


# Practices


def test_what_all_share_is_said_once_and_the_rest_under_each() -> None:
    one = factories.make_practice(dimensions=("social", "legal"), topics=("language",))
    two = factories.make_practice(dimensions=("social", "political"), topics=("language",))
    compared = compare_practices([one, two])
    dimensions = row(compared, "Dimensions")
    assert texts(dimensions.shared) == ["Social"]
    assert [texts(items) for _practice, items in dimensions.cells] == [["Legal"], ["Political"]]
    assert not dimensions.same
    topics = row(compared, "Topics")
    assert topics.same
    assert texts(topics.shared) == ["Language"]


def test_among_three_what_one_alone_has_is_known() -> None:
    practices = [
        factories.make_practice(dimensions=codes)
        for codes in (("social",), ("social", "legal"), ("political", "legal"))
    ]
    dimensions = row(compare_practices(practices), "Dimensions")
    political = kb.Dimension.objects.get(code="political").pk
    assert dimensions.shared == []
    assert dimensions.single == {political}


def test_a_country_in_another_role_is_a_difference() -> None:
    one = factories.make_practice(countries=(("PT", "destination"),))
    two = factories.make_practice(countries=(("PT", "origin"),))
    countries = row(compare_practices([one, two]), "Countries")
    assert countries.shared == []
    assert [[item.aside for item in items] for _practice, items in countries.cells] == [["Destination"], ["Origin"]]


def test_citations_are_kept_and_numbered_through_all_practices() -> None:
    source = factories.make_source()
    same = factories.make_citation(source)
    practices = [factories.make_practice(citation=same), factories.make_practice(citation=same)]
    other = factories.make_citation(source, paragraph=2)
    practices[0].outcomes.create(statement="It grew.").citations.add(other)
    compared = compare_practices(practices)
    assert [(note.number, note.citation.paragraph) for note in compared.notes] == [(1, 1), (2, 2)]
    [(_, first), (_, second)] = row(compared, "What it is").cells
    assert first[0].notes == second[0].notes == (compared.notes[0],)
    [(_, [result]), (_, nothing)] = row(compared, "Results").cells
    assert [note.number for note in result.shown.notes] == [2]
    assert nothing == []


def test_an_organisation_that_does_the_same_in_both_is_said_once() -> None:
    actor = factories.make_stakeholder()
    one = factories.make_practice(involvements=(("ngo", "lead", actor),))
    two = factories.make_practice(involvements=(("ngo", "lead", actor), ("ngo", "funder", None)))
    actors = row(compare_practices([one, two]), "Who does what")
    assert [item.shown.stakeholder for item in actors.shared] == [actor]
    assert [len(items) for _practice, items in actors.cells] == [0, 1]


def test_what_no_source_says_of_any_of_them_makes_no_row() -> None:
    compared = compare_practices([factories.make_practice(), factories.make_practice()])
    assert "Limits" not in [row.label for row in compared.rows]


def test_a_heading_names_all() -> None:
    assert heading(["A", "B", "C"]) == "A, B and C"
    assert heading(["A"]) == "A"


# Countries


def test_every_count_of_countries_is_what_its_address_finds() -> None:
    countries = select_countries(["AU", "CA", "ES", "MA"], limit=MAX_COMPARED).countries
    seen = 0
    for group in compare_countries(countries).groups:
        for count_row in group.rows:
            for country, cell in count_row.cells:
                results = Results(SearchRequest(QueryDict(cell.url.partition("?")[2])))
                assert results.count == cell.count, (country, count_row.label)
                seen += 1
    assert seen > 100


def test_what_only_one_country_has_is_what_no_other_has() -> None:
    one = factories.make_practice(countries=(("AD", "destination"),), dimensions=("legal",), topics=("housing",))
    two = factories.make_practice(countries=(("MC", "destination"),), dimensions=("legal",), topics=("health",))
    published(one, two)
    andorra, monaco = compare_countries(select_countries(["AD", "MC"], limit=MAX_COMPARED).countries).sides
    alone = {group.label: [link.label for link in group.values] for group in andorra.alone}
    assert alone["Topic"] == ["Housing"]
    assert "Dimension" not in alone
    assert monaco.total == 1
    assert any("Economic" in sentence for sentence in monaco.gaps)
    assert "No result or limit is reported for 1 of 1." in andorra.gaps
    assert "No year is stated for 1 of 1." in andorra.gaps


def test_a_broader_value_that_says_no_more_than_a_narrower_one_is_not_told() -> None:
    choices = SearchRequest().filterset.facet_filters["topic"].choices
    broad, narrow, other = [choices[code] for code in ("services", "housing", "health")]
    few = {choice.value: choice for choice in (broad, narrow, other)}
    assert without_redundant_parents(few, {"services": 2, "housing": 2}) == [narrow]
    assert without_redundant_parents(few, {"services": 3, "housing": 2, "health": 1}) == [broad, narrow, other]


# Selection


def test_a_selection_keeps_its_order_and_each_name_once() -> None:
    one, two = factories.make_practice(), factories.make_practice()
    selection = select_practices([two.slug, one.slug, two.slug, "never-was", "\0", "ü"])
    assert selection.practices == [two, one]
    assert (selection.unknown, selection.above_limit) == (3, 0)
    assert selection.query == f"?practice={two.slug}&practice={one.slug}"
    assert selection.without(two) == f"?practice={one.slug}"


def test_a_practice_that_moved_is_found_by_its_former_name() -> None:
    practice = factories.make_practice()
    kb.FormerSlug.objects.create(model="practice", slug="as-it-was-called", ref=practice.ref)
    assert select_practices(["as-it-was-called"]).practices == [practice]
    assert select_practices(["as-it-was-called", practice.slug]).practices == [practice]


def test_a_selection_holds_a_hundred() -> None:
    slugs = [practice.slug for practice in kb.Practice.objects.published()[: MAX_SELECTED + 3]]
    selection = select_practices(slugs)
    assert (len(selection.practices), selection.above_limit) == (MAX_SELECTED, 3)
