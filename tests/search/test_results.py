"""Results: pages in every order, what to do when nothing is left, and few queries however large the collection."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import synthetic
from practices import catalog
from practices import models as kb
from practices.catalog import current, pinned
from practices.search.display import SORTS
from practices.search.results import PAGE_SIZE, Results, described
from tests import factories
from tests.search.test_filters import asked

pytestmark = pytest.mark.django_db

QUERIES = [
    "",
    "q=language",
    "q=lenguage+corses+-women",
    "q=elderly+people&country=PT&country=KR&role=ngo&function=lead",
    'q="labour+market"+training+xyzzy+police&year_from=2000&sort=newest',
    "country=AQ&topic=language",
]
COLD, WARM = 8, 3


def practices(query: str) -> list[kb.Practice]:
    """Return all that a query finds, in its order."""
    found = Results(asked(query))
    rows = kb.Practice.objects.in_bulk(found.ordered(0, found.count))
    return [rows[key] for key in found.ordered(0, found.count)]


def first_country(practice: kb.Practice) -> str:
    link = practice.country_links.order_by("position").select_related("country").first()
    return link.country.sort_key if link else "~"


#: how each order compares two practices
KEYS: dict[str, Callable[[kb.Practice], tuple[object, ...] | str]] = {
    "title": lambda practice: practice.sort_key,
    "country": lambda practice: (first_country(practice), practice.sort_key),
    "newest": lambda practice: (-(practice.year_start or practice.year_end or 0), practice.sort_key),
}


def test_every_order_but_relevance_is_known_here() -> None:
    assert {*KEYS, "relevance"} == set(SORTS)


@pytest.mark.parametrize("sort", KEYS)
@pytest.mark.parametrize("query", ["", "q=language", "q=xyzzy+harmony", "country=PT"])
def test_each_order_is_what_it_says(sort: str, query: str) -> None:
    found = practices(f"{query}&sort={sort}")
    assert found == sorted(found, key=KEYS[sort])
    assert set(found) == set(practices(query))


def test_without_words_the_order_is_by_title() -> None:
    assert practices("") == practices("sort=title") == practices("sort=relevance")


def test_a_search_of_exclusions_only_has_an_order_of_its_own() -> None:
    found = Results(asked("q=-language"))
    assert sorted(found.ordered(0, found.count)) == list(found.practices)


@pytest.mark.parametrize("sort", SORTS)
def test_pages_part_a_result_without_gap_or_overlap(sort: str) -> None:
    found = Results(asked(f"q=migrants&sort={sort}"))
    pages = found.page(1).paginator.num_pages
    assert pages == -(-found.count // PAGE_SIZE) > 1
    seen = [key for number in range(1, pages + 1) for key in found.page(number)]
    assert seen == found.ordered(0, found.count)
    assert len(found.page(pages)) == found.count - (pages - 1) * PAGE_SIZE


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (None, 1),
        ("", 1),
        ("1", 1),
        ("2", 2),
        ("zz", 1),
        ("0", -1),
        ("-1", -1),
        ("99999999999999999999", -1),
        ("1.5", 1),
    ],
)
def test_a_page_that_is_not_there_is_the_first_or_the_last(number: str, shown: int) -> None:
    found = Results(asked(""))
    last = found.page(1).paginator.num_pages
    assert found.page(number).number == (last if shown < 0 else shown)


def test_a_page_of_nothing_is_empty() -> None:
    found = Results(asked("q=%22xyzzy%22"))
    assert (found.count, found.full, list(found.page(1)), found.hits(found.page(1))) == (0, 0, [], [])
    assert found.page(7).number == 1


def test_exactly_one_page_full_has_no_second() -> None:
    for number in range(PAGE_SIZE):
        factories.make_practice(title=f"Zorble {number}")
    assert Results(asked("q=zorble")).page(2).number == 1
    factories.make_practice(title="Zorble again")
    second = Results(asked("q=zorble")).page(2)
    assert (second.number, len(second)) == (2, 1)


def test_a_hit_is_the_practice_with_its_card() -> None:
    practice = factories.make_practice(
        title="Zorble hall", year_start=1871, countries=(("PT", "destination"), ("BR", "origin"))
    )
    found = Results(asked("q=zorble"))
    [hit] = found.hits(found.page(1))
    assert hit.card.practice == practice
    assert [(country.alpha2, role) for country, role in hit.card.countries] == [("PT", "destination"), ("BR", "origin")]
    assert [term.code for term in hit.card.dimensions] == ["social"]
    assert not hit.partial
    one = described(hit)
    assert one["url"] == practice.get_absolute_url()
    assert one["countries"] == [{"code": "PT", "role": "destination"}, {"code": "BR", "role": "origin"}]
    assert one["years"] == [1871, None]


def test_hits_stand_in_the_order_asked_for_and_hidden_ones_are_left_out() -> None:
    one, other = factories.make_practice(title="Zorble"), factories.make_practice(title="Zorble again")
    hidden = factories.make_practice(title="Zorble", state=kb.State.DRAFT)
    found = Results(asked("q=zorble"))
    assert [hit.card.practice for hit in found.hits([other.pk, hidden.pk, one.pk])] == [other, one]


def test_partial_matches_are_marked_and_counted_apart_also_under_filters() -> None:
    factories.make_practice(title="Zorble quixwhist", topics=("language",))
    factories.make_practice(title="Zorble", topics=("language",))
    factories.make_practice(title="Zorble beta", topics=("housing",))
    found = Results(asked("q=zorble+quixwhist&topic=language"))
    assert (found.count, found.full) == (2, 1)
    assert [hit.partial for hit in found.hits(found.page(1))] == [False, True]


def test_the_exact_address_puts_into_quotes_what_nothing_holds() -> None:
    factories.make_practice(title="Zorblefnips hall")
    found = Results(asked("q=zorbelfnips+hall&country=PT"))
    assert found.query_match
    assert found.corrections == {"zorbelfnips": ["zorblefnips"]}
    assert found.count >= 1
    exact = Results(asked(found.exact_url[1:]))
    assert exact.query.text == '"zorbelfnips" hall'
    assert exact.filterset.cleaned_data["country"] == ["PT"]
    assert exact.query_match
    assert exact.corrections == {}


@pytest.mark.parametrize(
    "query", ["q=zorbelfnips-hall", "q=zorbelfnips*", "q=hall,+zorbelfnips.", "q=(zorbelfnips)", "q=Zorbelfnips"]
)
def test_the_exact_address_finds_nothing_by_another_spelling(query: str) -> None:
    factories.make_practice(title="Zorblefnips hall")
    found = Results(asked(query))
    if found.query_match and found.corrections:
        exact = Results(asked(found.exact_url[1:]))
        assert exact.query_match
        assert exact.corrections == {}


def test_where_nothing_is_left_each_condition_says_what_it_takes_away() -> None:
    factories.make_practice(title="Zorble", countries=(("PT", "destination"),), topics=("language",))
    query = "q=zorble&country=KR&topic=housing&topic=language&year_from=2001"
    found = Results(asked(query))
    assert found.count == 0
    counts = {link.label: link.count for link in found.without_each}
    topics = ", ".join(
        found.filterset.facet_filters["topic"].choices[code].label for code in found.filterset.cleaned_data["topic"]
    )
    country = found.filterset.facet_filters["country"].choices["KR"].label
    labels = ["“zorble”", f"Country: {country}", f"Topic: {topics}", "From 2001"]
    assert set(counts) == set(labels)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    for link in found.without_each:
        assert Results(asked(link.url[1:])).count == link.count, link.label


def test_without_conditions_nothing_can_be_taken_away() -> None:
    assert Results(asked("")).without_each == []


# What it costs


def ask(query: str) -> int:
    """Make all of a result that a page shows; return how many queries that took."""
    with CaptureQueriesContext(connection) as captured, pinned():
        found = Results(asked(query))
        found.hits(found.page(2))
        assert [facet.values for facet in found.facets]
        assert found.without_each is not None
        assert found.exact_url
    return len(captured)


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget everything that the process holds in memory."""
    monkeypatch.setattr(catalog, "_latest", None)


def loading(monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many queries the vocabularies take, which every page needs."""
    forget(monkeypatch)
    with CaptureQueriesContext(connection) as captured:
        assert current().vocabularies.terms
    return len(captured)


@pytest.mark.parametrize("query", QUERIES)
def test_p1_a_result_asks_few_queries_cold_and_fewer_warm(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    vocabularies = loading(monkeypatch)
    forget(monkeypatch)
    assert ask(query) <= COLD + vocabularies
    assert ask(query) <= WARM


def test_p1_a_result_of_a_larger_collection_asks_as_few_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    synthetic.make(500)
    vocabularies = loading(monkeypatch)
    for query in QUERIES:
        forget(monkeypatch)
        assert ask(query) <= COLD + vocabularies, query
        assert ask(query) <= WARM, query


def test_only_a_page_is_ever_read_from_the_database() -> None:
    found = Results(asked(""))
    with CaptureQueriesContext(connection) as captured:
        assert len(found.hits(found.page(1))) == PAGE_SIZE
    assert len(captured) <= 1
