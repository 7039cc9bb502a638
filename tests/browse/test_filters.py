"""Filters: each finds what brute force finds, bad values are dropped, links keep the rest of the query."""

from typing import Any

import pytest
from django.http import QueryDict

from practices import models as kb
from practices.browse.filters import LONGEST_QUERY, SORTS, PracticeFilter
from tests import factories

pytestmark = pytest.mark.django_db

FILTERS = [name for name in PracticeFilter.base_filters if name != "q"]


def found(query: str) -> set[str]:
    """Return the slugs of the practices that a query string finds."""
    return set(asked(query).qs.values_list("slug", flat=True))


def asked(query: str) -> PracticeFilter:
    return PracticeFilter(QueryDict(query), kb.Practice.objects.published())


def every() -> set[str]:
    return set(kb.Practice.objects.published().values_list("slug", flat=True))


#: for each filter, whether a practice has a value, found the slow and certain way
BRUTE: dict[str, Any] = {
    "country": lambda p, v: any(link.country.alpha2 == v for link in p.country_links.all()),
    "country_role": lambda p, v: any(link.role == v for link in p.country_links.all()),
    "dimension": lambda p, v: v in codes(p.dimensions),
    "role": lambda p, v: any(v in (row.role.code, parent(row.role)) for row in p.involvements.all()),
    "function": lambda p, v: any(row.function == v for row in p.involvements.all()),
    "stakeholder": lambda p, v: any(row.stakeholder and row.stakeholder.slug == v for row in p.involvements.all()),
    "topic": lambda p, v: any(v in (term.code, parent(term)) for term in p.topics.all()),
    "group": lambda p, v: v in codes(p.target_groups),
    "kind": lambda p, v: p.kind.code == v,
    "level": lambda p, v: p.level.code == v,
    "stage": lambda p, v: v in codes(p.stages),
    "partnership": lambda p, v: v in codes(p.partnership_types),
    "source": lambda p, v: any(link.citation.section.source.slug == v for link in p.citation_links.all()),
}


def codes(terms: Any) -> list[str]:
    return [term.code for term in terms.all()]


def parent(term: kb.Term) -> str:
    return term.parent.code if term.parent else ""


@pytest.mark.parametrize("name", FILTERS)
def test_every_value_of_a_filter_finds_what_brute_force_finds(name: str) -> None:
    practices = list(kb.Practice.objects.published())
    values = [choice.value for choice in asked("").lists[name].choices]
    assert values
    nonempty = 0
    for value in values[:60]:
        expected = {practice.slug for practice in practices if BRUTE[name](practice, value)}
        assert found(f"{name}={value}") == expected, value
        nonempty += bool(expected)
    assert nonempty, f"no practice has any value of {name}"


def test_values_of_one_filter_add_up_and_filters_narrow() -> None:
    a = factories.make_practice(countries=(("PT", "destination"),), dimensions=("legal",))
    b = factories.make_practice(countries=(("KR", "destination"),), dimensions=("social",))
    assert {a.slug, b.slug} <= found("country=PT&country=KR")
    assert a.slug in found("country=PT&country=KR&dimension=legal")
    assert b.slug not in found("country=PT&country=KR&dimension=legal")


def test_role_function_and_stakeholder_must_hold_on_one_involvement() -> None:
    fund = factories.make_stakeholder(slug="the-fund")
    apart = factories.make_practice(involvements=(("ngo", "lead", None), ("employer", "funder", fund)))
    together = factories.make_practice(involvements=(("ngo", "funder", fund),))
    assert found("role=ngo&function=funder") & {apart.slug, together.slug} == {together.slug}
    assert found("role=ngo&function=funder&stakeholder=the-fund") == {together.slug}
    assert found("role=ngo&stakeholder=the-fund") == {together.slug}


def test_country_and_its_role_must_hold_on_one_link() -> None:
    practice = factories.make_practice(countries=(("PT", "destination"), ("BR", "origin")))
    assert practice.slug in found("country=BR&country_role=origin")
    assert practice.slug not in found("country=BR&country_role=destination")


def test_a_broader_term_finds_its_narrower_ones() -> None:
    practice = factories.make_practice(topics=("housing",), involvements=(("foundation", "lead", None),))
    assert practice.slug in found("topic=services")
    assert practice.slug in found("role=civil-society")
    assert practice.slug not in found("topic=rights")


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("bad", ["nonsense", "", "%00", "%27%22", "' OR 1=1 --", "x" * 5000, "１", "%F0%9F%8C%8D"])
def test_one_bad_value_never_drops_the_good_ones_beside_it(name: str, bad: str) -> None:
    good = asked("").lists[name].choices[0].value
    assert found(f"{name}={bad}") == every()
    assert found(f"{name}={bad}&{name}={good}") == found(f"{name}={good}")


@pytest.mark.parametrize(
    "name", ["state", "is_published", "created_by", "history", "ordering", "title__icontains", "draft_of", "id"]
)
def test_what_is_no_filter_has_no_effect(name: str) -> None:
    factories.make_practice(state=kb.State.DRAFT)
    assert found(f"{name}=draft") == every()


def test_search_words_are_found_in_title_and_summary_and_all_must_match() -> None:
    practice = factories.make_practice(title="Ferry pilots", summary="A school for pilots.")
    assert found("q=ferry+SCHOOL") == {practice.slug}
    assert found("q=ferry+volcano") == set()


def test_a_query_of_any_length_and_with_any_character_is_understood() -> None:
    assert asked("q=a%00b").chosen["q"] == "a b"
    assert len(asked("q=" + "x" * 5000).chosen["q"]) == LONGEST_QUERY


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_is_total_and_finds_the_same(sort: str) -> None:
    slugs = list(asked(f"sort={sort}").qs.values_list("slug", flat=True))
    assert len(slugs) == len(set(slugs))
    assert set(slugs) == every()


def test_an_unknown_order_is_the_first_one() -> None:
    assert asked("sort=-state").sort == next(iter(SORTS))


def test_a_link_adds_or_removes_one_value_and_keeps_the_rest_but_never_the_page() -> None:
    query = asked("q=language&country=PT&country=KR&dimension=legal&sort=newest&page=7&nonsense=1")
    assert query.url_with("topic", "housing") == (
        "?q=language&country=PT&country=KR&dimension=legal&sort=newest&topic=housing"
    )
    assert query.url_without("country", value="PT") == "?q=language&country=KR&dimension=legal&sort=newest"
    assert query.url_without("q", "country", "dimension", "sort") == "?"


@pytest.mark.parametrize("name", FILTERS)
def test_an_option_s_link_toggles_it(name: str) -> None:
    option = next(facet for facet in asked("").facets() if facet.name == name).options[0]
    assert not option.selected
    chosen = asked(option.toggle_url[1:])
    [selected] = next(facet for facet in chosen.facets() if facet.name == name).selected
    assert selected.choice.value == option.choice.value
    assert selected.toggle_url == "?"


def test_no_filter_offers_what_is_not_public() -> None:
    factories.make_stakeholder(slug="hidden", state=kb.State.DRAFT)
    factories.make_source(slug="hidden-report", state=kb.State.ARCHIVED)
    lists = asked("").lists
    assert "hidden" not in [choice.value for choice in lists["stakeholder"].choices]
    assert "hidden-report" not in [choice.value for choice in lists["source"].choices]
