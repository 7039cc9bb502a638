"""Facets: exact counts, each filter without its own choice; what is chosen stays, what finds nothing is left out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from practices import models as kb
from practices.search.facets import Facet
from practices.search.results import Results
from tests import factories
from tests.search.test_filters import LISTS, asked, found

pytestmark = pytest.mark.django_db

QUERIES = [
    "",
    "q=language",
    "country=PT",
    "country=PT&country_role=destination",
    "role=ngo&function=funder",
    "q=training&topic=work&year_from=2000",
    "q=women+xyzzy+police&dimension=social",
]


def facets(query: str) -> dict[str, Facet]:
    return {facet.name: facet for facet in Results(asked(query)).facets}


def counts(query: str, name: str) -> dict[str, int]:
    return {option.value: option.count for option in facets(query)[name].values}


def test_there_is_a_facet_for_every_filter_with_values() -> None:
    assert list(facets("")) == LISTS
    assert all(facet.values for facet in facets("").values())


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", QUERIES)
def test_a_count_is_what_choosing_the_value_then_shows(name: str, query: str) -> None:
    facet = facets(query)[name]
    for option in [*facet.values[:6], *facet.values[-2:]]:
        alone = asked(query).links.setting(name, option.value)
        assert Results(asked(alone[1:])).count == option.count, alone


@pytest.mark.parametrize("name", LISTS)
def test_a_filter_is_counted_as_if_nothing_were_chosen_in_it(name: str) -> None:
    value = facets("")[name].values[0].value
    assert counts(f"{name}={value}", name) == counts("", name)


@pytest.mark.parametrize("name", LISTS)
def test_what_is_chosen_stays_with_its_count_of_nought(name: str) -> None:
    value = facets("")[name].values[0].value
    [option] = facets(f"q=%22xyzzy%22&{name}={value}")[name].values
    assert (option.selected, option.count) == (True, 0)


@pytest.mark.parametrize("name", LISTS)
def test_what_would_find_nothing_is_left_out(name: str) -> None:
    assert all(option.count for option in facets("q=language")[name].values)


@pytest.mark.parametrize("name", LISTS)
def test_every_value_that_a_practice_has_is_there_none_cut_off(name: str) -> None:
    for value in asked("").filterset.facet_filters[name].choices:
        assert (value in counts("", name)) == bool(found(f"{name}={value}")), value


def test_a_row_s_values_are_counted_where_the_other_conditions_hold_on_that_row() -> None:
    fund = factories.make_stakeholder(slug="the-fund")
    factories.make_practice(involvements=(("ngo", "lead", None), ("employer", "funder", fund)))
    assert counts("stakeholder=the-fund", "role") == {
        code: 1 for code in counts("stakeholder=the-fund", "role") if code in ("employer", "private-sector")
    }
    assert "ngo" not in counts("stakeholder=the-fund", "role")
    assert "lead" not in counts("stakeholder=the-fund", "function")
    assert "the-fund" not in counts("role=ngo", "stakeholder")
    assert counts("role=employer&function=funder", "stakeholder")["the-fund"] == 1


def test_a_practice_with_a_value_on_two_rows_counts_once() -> None:
    before = counts("", "role").get("ngo", 0)
    factories.make_practice(involvements=(("ngo", "lead", None), ("ngo", "funder", None)))
    assert counts("", "role")["ngo"] == before + 1


def test_values_stand_by_their_number_or_by_name_and_trees_as_they_are() -> None:
    for facet in facets("").values():
        numbers = [option.count for option in facet.values]
        names = [option.value for option in facets("facet_order=name")[facet.name].values]
        order = [value for value in asked("").filterset.facet_filters[facet.name].choices if value in names]
        assert names == order
        if any(option.depth for option in facet.values):
            assert [option.value for option in facet.values] == order
        else:
            assert numbers == sorted(numbers, reverse=True)


def test_a_broader_term_counts_what_its_narrower_ones_do() -> None:
    factories.make_practice(topics=("housing",), slug="housing")
    tree = counts("", "topic")
    for term in kb.Topic.objects.filter(parent=None):
        narrower = [tree.get(code, 0) for code in term.children.values_list("code", flat=True)]
        assert tree.get(term.code, 0) >= max(narrower, default=0)
    assert "housing" in found("topic=services")


def test_hidden_records_are_never_counted() -> None:
    before = {name: counts("", name) for name in LISTS}
    actor = factories.make_stakeholder(slug="hidden", state=kb.State.DRAFT)
    source = factories.make_source(slug="hidden-report", state=kb.State.DRAFT)
    factories.make_practice(state=kb.State.DRAFT)
    public = factories.make_practice(involvements=(("ngo", "lead", actor),), citation=factories.make_citation(source))
    kb.Practice.objects.filter(pk=public.pk).update(state=kb.State.ARCHIVED)
    kb.DataVersion.raise_number()
    assert {name: counts("", name) for name in LISTS} == before


@pytest.mark.parametrize("query", QUERIES)
def test_counting_asks_the_database_nothing(query: str) -> None:
    results = Results(asked(query))
    with CaptureQueriesContext(connection) as captured:
        assert [facet.values for facet in results.facets]
    assert len(captured) == 0
