"""Search and facets find and count what brute force does, whatever is asked, on whichever database this runs.

`tests.search.brute` says what is right, without a text index or a bitmap; `practices.search.results` must say the same.
`python -m tests` runs this on each database, so that each gives the same; one that is added is held to it as well.
"""

import json
import string
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from practices.catalog import current, pinned
from practices.index import embeddings, text
from practices.search.display import SORTS
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests.databases import ON_POSTGRES
from tests.search.brute import OWN, ROW_OF, Outcome, World

pytestmark = pytest.mark.django_db

JUDGED = [json.loads(line) for line in (Path(__file__).parent / "queries.jsonl").read_text().splitlines()]
LISTS = [*OWN, "source", *ROW_OF]
#: of many scripts, and what may mean something to a parser or a database
CHARACTERS = string.printable + "".join(
    ("\0\x1béÉßıİſñçøœ“”‘’«»–—…¿¡§°²½ﬀ①Ⅷ", "\u0301\u00ad\u200b\u200f\u202e\ufeffΣςάБжיاب中かﾊ한\U0001f30d")
)
QUERIES = [
    "",
    "language",
    "LANGUAGE Courses",
    "migrants in the labour market",
    "labor market",
    "organisation",
    "organization",
    "of the",
    "the",
    "who",
    '"pilot project"',
    '"the integration of migrants"',
    "“labour market”",
    '"integration of',
    '"women migrant"',
    '"migrantes"',
    "integration -language",
    "-integration",
    "-integration -language -training",
    '-"labour market" training',
    "training -xyzzy",
    "integration -integration",
    "pre-departure",
    "predeparture",
    "pre departure training",
    '"pre-departure"',
    "-pre-departure training",
    "one-stop shop",
    "non-governmental organisations",
    "anti-discrimination/anti-racism",
    "elderly",
    "older people",
    "elderly people who are at home",
    "freedom of movement",
    "council of europe",
    "jobs",
    "employment",
    "U.S.",
    "US",
    "us",
    "P&G",
    "CO.RE.IS.",
    "coreis",
    "Português",
    "portugues",
    "integr",
    "lang*",
    "migr* training",
    "traning",
    "lenguage corses",
    "integrtaion",
    "languagecourses",
    "work shop",
    "xyzzy",
    "xyzzy language",
    "xyzzy plugh language training women",
    "women training health housing school language police",
    "volcano language courses for sailors",
    "women's",
    "womens' rights",
    "2006",
    "1990s",
    "Ελλάδα",
    "миграция",
    "移民",
    "a b c d e f g h i j k l m n o",
    "don't ask",
    "...",
    "-",
    '"',
    "\0language\0",
]
FILTERS = [
    "",
    "country=PT",
    "country=PT&country=KR&dimension=social",
    "role=ngo&function=funder",
    "role=ngo&function=lead&stakeholder=iom",
    "stakeholder=iom",
    "country=PT&country_role=origin",
    "country_role=destination&country_role=partner&role=employer",
    "topic=services&group=women",
    "topic=nonsense&topic=language&kind=programme",
    "year_from=2000&year_to=2005",
    "year_from=2006&level=local",
    "year_to=1999",
    "year_from=2010&year_to=1990",
    "source=unitar-2007&stage=arrival",
    "country=AQ",
    "country=AQ&role=ngo&dimension=legal",
    "partnership=public-private&level=national",
]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> World:
    """Return the real collection as brute force sees it."""
    with django_db_blocker.unblock():
        return World()


@pytest.fixture(scope="module")
def held() -> Iterator[None]:
    """Ask for the data version once: nothing is written here."""
    with pinned():
        yield


def asked(query: str, filters: str | QueryDict = "") -> SearchRequest:
    """Return what a reader asks for with some words and some filters."""
    data = QueryDict(filters, mutable=True) if isinstance(filters, str) else filters
    data["q"] = query
    return SearchRequest(data)


def check(world: World, results: Results, outcome: Outcome | None) -> None:
    """Compare a result with what brute force finds and counts, filter by filter and value by value."""
    chosen = results.filterset.cleaned_data
    found = outcome.full | outcome.partial if outcome else None
    kept = {facts.practice.pk for facts in world.narrowed(chosen, found)}
    assert set(results.practices) == kept
    assert results.count == len(kept)
    assert results.full == len(kept & outcome.full if outcome else kept)
    counts = world.counts(chosen, found)
    for facet in results.facets:
        shown = {option.value: option.count for option in facet.values}
        assert shown == dict.fromkeys(chosen[facet.name], 0) | counts[facet.name], facet.name
        assert {option.value for option in facet.selected} == set(chosen[facet.name])


def compare(world: World, query: str, filters: str | QueryDict = "") -> None:
    """Ask the site and brute force the same, and compare."""
    results = Results(asked(query, filters))
    outcome = world.find(results.query) if results.query else None
    if results.query_match and outcome:
        assert set(results.query_match.full) == outcome.full
        assert set(results.query_match.partial) == outcome.partial
    check(world, results, outcome)


def test_brute_force_knows_every_filter() -> None:
    assert set(LISTS) == set(SearchRequest().filterset.facet_filters)


def test_brute_force_reads_the_whole_collection(world: World, held: None) -> None:
    assert world.all_ids == set(current().snapshot.all_ids)
    assert world.lexicon == sorted(current().snapshot.surfaces)
    assert {phrase for phrase, others in world.rings.items() if others} == set(current().snapshot.rings)


@pytest.mark.parametrize("query", [*QUERIES, *(judged["query"] for judged in JUDGED)], ids=ascii)
def test_a_query_finds_what_brute_force_finds(world: World, held: None, query: str) -> None:
    compare(world, query)


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("query", ["", "language training", "-integration", "women xyzzy police", "traning"])
def test_filters_keep_and_count_what_brute_force_does(world: World, held: None, query: str, filters: str) -> None:
    compare(world, query, filters)


@pytest.mark.parametrize("name", LISTS)
def test_every_value_of_every_filter_keeps_what_brute_force_does(world: World, held: None, name: str) -> None:
    values = list(SearchRequest().filterset.facet_filters[name].choices)
    nonempty = 0
    for value in values:
        results = Results(asked("", f"{name}={value}"))
        kept = {facts.practice.pk for facts in world.narrowed({name: [value]}, None)}
        assert set(results.practices) == kept, value
        nonempty += bool(kept)
    assert nonempty, f"no practice has any value of {name}"


@pytest.mark.parametrize("year", range(1985, 2012, 2))
def test_years_keep_what_brute_force_does(world: World, held: None, year: int) -> None:
    for filters in (f"year_from={year}", f"year_to={year}", f"year_from={year}&year_to={year}"):
        compare(world, "", filters)


def same_worth(outcome: Outcome, practices: list[int]) -> list[float]:
    return [round(sum(outcome.worth[practice]), 9) for practice in practices]


@pytest.mark.parametrize("query", [query for query in QUERIES if query], ids=ascii)
def test_the_order_is_that_of_the_evidence_full_matches_first(world: World, held: None, query: str) -> None:
    results = Results(asked(query))
    if not results.query_match:
        return
    outcome = world.find(results.query)
    order = results.ordered(0, results.count)
    full, partial = order[: results.full], order[results.full :]
    assert set(full) == outcome.full
    assert set(partial) == outcome.partial
    for group in (full, [] if embeddings.available() else partial):
        worth = same_worth(outcome, group)
        assert worth == sorted(worth, reverse=True)
        short_titles_first = [(len(world.sort_keys[one].split()), world.sort_keys[one], one) for one in group]
        for place, (one, next_one) in enumerate(pairwise(group)):
            if outcome.worth[one] == outcome.worth[next_one]:
                assert short_titles_first[place] < short_titles_first[place + 1]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_put_together_are_the_whole_order(world: World, held: None, sort: str) -> None:
    for query in ("", "language", "women xyzzy police", "-integration"):
        results = Results(asked(query, f"sort={sort}"))
        whole = results.ordered(0, results.count)
        assert sorted(whole) == sorted(results.practices)
        for size in (1, 7, 20):
            pieces = [results.ordered(start, start + size) for start in range(0, results.count, size)]
            assert [one for piece in pieces for one in piece] == whole


def test_what_each_condition_takes_away_is_what_brute_force_says(world: World, held: None) -> None:
    filters = "role=ngo&function=funder&country=AQ&country_role=origin&topic=language&year_from=2001"
    results = Results(asked("language training", filters))
    outcome = world.find(results.query)
    chosen = results.filterset.cleaned_data
    expected = {name: len(world.narrowed(chosen, outcome.full | outcome.partial, name)) for name in chosen}
    expected["q"] = len(world.narrowed(chosen, None, "q"))
    described = {
        results.filterset.filters[name].describe(value): name for name, value in results.filterset.active_filters
    }
    links = {described[link.label]: link for link in results.without_each}
    assert links.keys() == {"q", "role", "function", "country", "country_role", "topic", "year_from"}
    for name, link in links.items():
        assert link.count == expected[name], name
        assert Results(SearchRequest(QueryDict(link.url[1:]))).count == link.count, name


# Anything at all


@pytest.fixture(scope="module")
def queries(world: World) -> st.SearchStrategy[str]:
    """Return queries of words that are common, rare or misspelt, phrases of real texts, compounds and exclusions."""
    by_number = sorted(world.lexicon, key=lambda word: -len(world.containing[text.stem(word)]))
    common, rare = st.sampled_from(by_number[:150]), st.sampled_from(world.lexicon)
    word = st.one_of(common, common, rare)
    passages = [passage for one in world.texts.values() for passage in one.written if len(passage.split()) > 3]
    cut = st.builds(run_of_words, st.sampled_from(passages), st.integers(0, 40), st.integers(2, 4))
    rings = st.sampled_from(sorted(world.written_in_rings))
    piece = st.one_of(
        word,
        word,
        st.builds(misspelt, rare, st.integers(0, 3), st.integers(0, 20), st.sampled_from(string.ascii_lowercase)),
        rings,
        cut,
        cut.map('"{}"'.format),
        word.map("-{}".format),
        cut.map('-"{}"'.format),
        st.builds("{}-{}".format, word, word),
        st.builds("{}{}".format, common, common),
        st.builds(lambda begun, letters: begun[:letters], rare, st.integers(1, 6)),
        word.map("{}*".format),
        st.sampled_from(sorted(text.STOPWORDS)),
        st.text(CHARACTERS, max_size=8),
    )
    return st.lists(piece, max_size=5).map(" ".join)


@pytest.fixture(scope="module")
def filter_sets(
    world: World, held: None, django_db_blocker: DjangoDbBlocker
) -> st.SearchStrategy[dict[str, list[str]]]:
    """Return sets of filters with values that practices have, values that none has, and nonsense."""
    with django_db_blocker.unblock():
        lists = SearchRequest().filterset.facet_filters
        offered = {name: [*codes.choices] for name, codes in lists.items()}
    used = {name: sorted(counts) for name, counts in world.counts({}, None).items()}
    one = {
        name: st.one_of(st.sampled_from(used[name]), st.sampled_from(used[name]), st.sampled_from(offered[name]))
        for name in LISTS
    }
    values = [
        st.tuples(
            st.just(name),
            st.lists(st.one_of(one[name], one[name], st.text(CHARACTERS, max_size=4)), min_size=1, max_size=3),
        )
        for name in LISTS
    ]
    year = st.integers(1980, 2012).map(lambda number: [str(number)])
    values += [st.tuples(st.just(name), st.one_of(year, st.just(["20x6"]))) for name in ("year_from", "year_to")]
    return st.lists(st.one_of(values), max_size=4).map(dict)


def run_of_words(written: str, start: int, number: int) -> str:
    words = written.replace('"', " ").split()
    start %= max(1, len(words) - number)
    return " ".join(words[start : start + number])


def misspelt(word: str, how: int, place: int, letter: str) -> str:
    """Return a word with one slip: a letter left out, put in, changed, or swapped with the next."""
    at = place % len(word)
    if how == 0:
        return word[:at] + word[at + 1 :]
    if how == 1:
        return word[:at] + letter + word[at:]
    if how == 2:
        return word[:at] + letter + word[at + 1 :]
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


@given(st.data())
@settings(
    max_examples=200 if ON_POSTGRES else 800,  # what is drawn is the same on both; a database can err in few ways
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_query_with_any_four_sets_of_filters_finds_and_counts_what_brute_force_does(
    world: World,
    held: None,
    queries: st.SearchStrategy[str],
    filter_sets: st.SearchStrategy[dict[str, list[str]]],
    data: st.DataObject,
) -> None:
    query = data.draw(queries)
    for _ in range(4):
        filters = QueryDict(mutable=True)
        for name, values in data.draw(filter_sets).items():
            filters.setlist(name, values)
        compare(world, query, filters)
