"""Filters: each finds what it says, bad values are dropped, links keep the rest of the query.

That they find and count what brute force does, whatever is combined, is for `tests.search.test_conformance`.
"""

import pytest
from django.http import QueryDict

from practices import models as kb
from practices.search.display import FACET_ORDERS, SORTS, VIEWS
from practices.search.filters import PracticeFilter
from practices.search.query import LONGEST
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests import factories

pytestmark = pytest.mark.django_db

EVERY = [name for name in PracticeFilter.base_filters if name != "q"]
YEARS = ["year_from", "year_to"]
LISTS = [name for name in EVERY if name not in YEARS]
BAD = ["nonsense", "", "%00", "%27%22", "' OR 1=1 --", "x" * 5000, "１", "１９９９", "%F0%9F%8C%8D", "-1", "1e3", "199"]


def found(query: str) -> set[str]:
    """Return the slugs of the practices that a query string finds."""
    keys = Results(asked(query)).practices
    return set(kb.Practice.objects.filter(pk__in=list(keys)).values_list("slug", flat=True))


def asked(query: str) -> SearchRequest:
    return SearchRequest(QueryDict(query))


def every() -> set[str]:
    return set(kb.Practice.objects.published().values_list("slug", flat=True))


def test_every_filter_is_a_list_of_values_or_an_end_of_the_years() -> None:
    assert [*asked("").filterset.facet_filters, *asked("").filterset.year_filters] == EVERY
    assert list(asked("").filterset.year_filters) == YEARS


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


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("bad", BAD)
def test_one_bad_value_never_drops_the_good_ones_beside_it(name: str, bad: str) -> None:
    good = next(iter(asked("").filterset.facet_filters[name].choices)) if name in LISTS else "2005"
    assert found(f"{name}={bad}") == every()
    assert found(f"{name}={bad}&{name}={good}") == found(f"{name}={good}")


def test_a_value_that_no_practice_has_finds_none_rather_than_all() -> None:
    assert not kb.CountryLink.objects.filter(country__alpha2="AQ").exists()
    assert found("country=AQ") == set()
    assert found("country=AQ&country=PT") == found("country=PT")


def test_what_is_asked_for_and_unknown_is_said() -> None:
    assert asked("country=PT&country=ZZ&role=wizard&year_from=soon&year_to=1999").filterset.invalid_values == [
        "Country: ZZ",
        "Stakeholder role: wizard",
        "From soon",
    ]
    assert asked("country=&year_from=&nonsense=1").filterset.invalid_values == []
    assert len(asked("&".join(f"topic=x{number}" for number in range(50))).filterset.invalid_values) == 5


def test_a_value_twice_is_the_value_once() -> None:
    assert asked("country=PT&country=PT").filterset.cleaned_data["country"] == ["PT"]


def test_a_practice_is_found_in_every_year_in_which_it_is_known_to_have_run() -> None:
    both = factories.make_practice(year_start=1871, year_end=1873)
    start = factories.make_practice(year_start=1872)
    end = factories.make_practice(year_end=1872)
    still = factories.make_practice(year_start=1870, reported_status="running", status_year=1874)
    was = factories.make_practice(year_start=1870, reported_status="ended", status_year=1874)
    unknown = factories.make_practice(reported_status="running", status_year=1872)
    for years, practices in {
        "year_from=1873&year_to=1873": {both, still},
        "year_from=1872&year_to=1872": {both, start, end, still},
        "year_from=1874&year_to=1880": {still},
        "year_to=1870": {still, was},
        "year_to=1869": set(),
        "year_from=1880&year_to=1870": set(),
    }.items():
        assert found(years) == {practice.slug for practice in practices}, years
    assert unknown.slug in found("")


@pytest.mark.parametrize(
    "name", ["state", "is_published", "created_by", "history", "ordering", "title__icontains", "draft_of", "id"]
)
def test_what_is_no_filter_has_no_effect(name: str) -> None:
    factories.make_practice(state=kb.State.DRAFT)
    assert found(f"{name}=draft") == every()


def test_a_query_of_any_length_and_with_any_character_is_understood() -> None:
    assert asked("q=a%00b").filterset.cleaned_data["q"] == "a b"
    assert len(asked("q=" + "x" * 5000).filterset.cleaned_data["q"]) == 2 * LONGEST
    assert Results(asked("q=" + "x" * 5000)).query.truncated


def test_the_last_of_several_queries_counts() -> None:
    assert asked("q=one&q=two").filterset.cleaned_data["q"] == "two"


@pytest.mark.parametrize(("name", "among"), [("sort", SORTS), ("view", VIEWS), ("facet_order", FACET_ORDERS)])
def test_a_way_to_show_is_one_of_those_there_are(name: str, among: dict[str, str]) -> None:
    first = next(iter(among))
    for value in among:
        assert asked(f"q=language&{name}={value}").display.values[name] == value
    for bad in (*BAD, "__class__", "-title", "title,country"):
        assert asked(f"q=language&{name}={bad}").display.values[name] == first
        assert name not in dict(asked(f"q=language&{name}={bad}").links.parameters)


def test_an_order_by_relevance_needs_words() -> None:
    assert asked("sort=relevance").display.sort == "title"
    assert "relevance" not in asked("").display.modes["sort"]
    assert asked("q=language").display.sort == "relevance"
    assert asked("q=-language").display.sort == "relevance"


def test_a_link_adds_or_removes_one_value_and_keeps_the_rest_but_never_the_page() -> None:
    search = asked("q=language&country=PT&country=KR&dimension=legal&year_from=2001&sort=newest&page=7&nonsense=1")
    query = search.links
    kept = "&year_from=2001&sort=newest"
    assert query.adding("topic", "housing") == (
        f"?q=language&country=PT&country=KR&dimension=legal{kept}&topic=housing"
    )
    [portugal] = [link for link in query.conditions if link.label == "Country: Portugal"]
    assert portugal.url == f"?q=language&country=KR&dimension=legal{kept}"
    assert query.without("year_from") == "?q=language&country=PT&country=KR&dimension=legal&sort=newest"
    assert query.setting("view", "table") == f"?q=language&country=PT&country=KR&dimension=legal{kept}&view=table"
    assert query.setting("q", "a&b=c") == f"?country=PT&country=KR&dimension=legal{kept}&q=a%26b%3Dc"
    assert query.without("q", "country", "dimension", "year_from", "sort") == "."
    assert asked("").links.adding("country", "PT") == "?country=PT"


def test_no_filter_knows_what_is_not_public() -> None:
    factories.make_stakeholder(slug="hidden", state=kb.State.DRAFT)
    factories.make_source(slug="hidden-report", state=kb.State.ARCHIVED)
    factories.publish_all()
    lists = asked("").filterset.facet_filters
    assert "hidden" not in lists["stakeholder"].choices
    assert "hidden-report" not in lists["source"].choices
    assert found("stakeholder=hidden") == found("source=hidden-report") == every()


def test_choices_are_labelled_in_the_language_of_the_page() -> None:
    from django.utils.translation import override

    portugal = kb.Country.objects.get(alpha2="PT")
    assert asked("").filterset.facet_filters["country"].choices["PT"].label == portugal.label
    with override("fr"):
        assert asked("").filterset.facet_filters["country"].choices["PT"].label == portugal.label_fr
    assert asked("").filterset.facet_filters["country"].choices["PT"].label == portugal.label
