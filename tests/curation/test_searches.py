"""Searches without success: what the log may hold, what is counted, what is kept."""

import json
import logging
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from practices.curation import searches
from practices.models import SearchMiss

pytestmark = pytest.mark.django_db

TODAY = date(2026, 12, 1)
HOST = "https://testserver/practices/"


def line(day: int, query: str, found: int = 0, after: str = "") -> str:
    """Return a line of the log of a day of November."""
    entry = {"asctime": f"2026-11-{day:02} 10:00:00,000", "levelname": "INFO", "name": "practices.searches"}
    return json.dumps({**entry, "message": "search", "query": query, "found": found, "after": after})


#: returns (query, found, after) of each search that was logged
Logged = Callable[[], list[tuple[str, int, str]]]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """Return what is logged of searches."""
    caplog.set_level(logging.INFO, logger="practices.searches")
    return lambda: [(entry.query, entry.found, entry.after) for entry in caplog.records if entry.message == "search"]


# What is logged


def test_a_search_is_a_line_of_its_folded_words_and_nothing_of_the_reader(
    client: Client, logged: Logged, caplog: pytest.LogCaptureFixture
) -> None:
    client.get(
        "/practices/", {"q": "QUÖKKA-Houses!"}, headers={"user-agent": "Odd browser"}, REMOTE_ADDR="198.51.100.7"
    )
    assert logged() == [("quokka houses", 0, "")]
    told = vars(caplog.records[-1])
    assert not any("198.51.100.7" in str(value) or "Odd browser" in str(value) for value in told.values())


@pytest.mark.parametrize(
    "query",
    [
        *("", "   ", "?!", "maria.silva@example.org", "call +351 912 345 678", "passport 12345678"),
        *("one two three four five six seven eight nine", "x" * 101),
    ],
)
def test_what_may_name_a_person_or_is_a_text_is_not_logged(client: Client, logged: Logged, query: str) -> None:
    client.get("/practices/", {"q": query})
    assert logged() == []


@pytest.mark.parametrize("query", ["q=quokka&country=PT", "q=quokka&page=2", "q=quokka&year_from=1999", "country=PT"])
def test_a_search_that_is_narrowed_or_leafed_through_is_not_logged(client: Client, logged: Logged, query: str) -> None:
    client.get(f"/practices/?{query}")
    assert logged() == []


@pytest.mark.parametrize(
    ("came_from", "after"),
    [
        (f"{HOST}?q=Wallaby&sort=title", "wallaby"),
        (f"{HOST}?q=quokka", ""),
        ("https://elsewhere.example/practices/?q=wallaby", ""),
        ("https://testserver/countries/?q=wallaby", ""),
        (f"{HOST}?q=maria@example.org", ""),
        ("https://[broken/?q=wallaby", ""),
    ],
)
def test_a_search_says_after_which_other_it_was_typed(
    client: Client, logged: Logged, came_from: str, after: str
) -> None:
    client.get("/practices/?q=quokka", headers={"referer": came_from})
    assert logged() == [("quokka", 0, after)]


def test_nothing_is_logged_unless_the_operator_wants_it(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/practices/?q=quokka")
    assert not [entry for entry in caplog.records if entry.name == "practices.searches"]


def test_h6_a_search_writes_nothing_to_the_database(client: Client, logged: Logged) -> None:
    client.get("/practices/?q=quokka")
    assert logged()
    assert SearchMiss.objects.count() == 0


# What is kept


def test_a_search_is_kept_that_found_nothing_on_three_days() -> None:
    log = [line(1, "quokka"), line(1, "quokka"), line(2, "quokka"), line(3, "quokka")]
    log += [line(1, "once"), *[line(2, "often on one day")] * 9, line(3, "found", 7)]
    assert searches.keep_misses(log, TODAY) == 1
    miss = SearchMiss.objects.get()
    assert (miss.query, miss.found_nothing, miss.days, miss.last_day) == ("quokka", 4, 3, date(2026, 11, 3))


def test_words_tried_instead_are_kept_with_their_number() -> None:
    log = [line(day, "wallaby home", 5, after="quokka house") for day in (1, 2, 3)] + [
        line(1, "my own name", 1, after="quokka house")
    ]
    searches.keep_misses(log, TODAY)
    miss = SearchMiss.objects.get()
    assert (miss.query, miss.retyped, miss.found_nothing, miss.retyped_as) == ("quokka house", 4, 0, "wallaby home")


def test_a_word_that_was_being_typed_does_not_count() -> None:
    log = [entry for day in (1, 2, 3) for entry in (line(day, "quok"), line(day, "quokka", 3, after="quok"))]
    assert searches.keep_misses(log, TODAY) == 0


def test_the_same_log_read_again_adds_nothing_and_a_longer_one_what_is_new() -> None:
    log = [line(day, "quokka") for day in (1, 2, 3)]
    searches.keep_misses(log, TODAY)
    assert searches.keep_misses(log, TODAY) == 0
    assert searches.keep_misses([*log, line(5, "quokka")], TODAY) == 1
    miss = SearchMiss.objects.get()
    assert (miss.found_nothing, miss.days, miss.last_day) == (4, 4, date(2026, 11, 5))


def test_a_day_that_is_not_over_waits() -> None:
    assert searches.keep_misses([line(day, "quokka") for day in (1, 2, 3)], date(2026, 11, 3)) == 0


def test_what_was_dismissed_stays_so() -> None:
    searches.keep_misses([line(day, "quokka") for day in (1, 2, 3)], TODAY)
    SearchMiss.objects.update(is_dismissed=True)
    searches.keep_misses([line(9, "quokka")], TODAY)
    assert SearchMiss.objects.get().is_dismissed


def test_other_lines_of_a_log_are_passed_over() -> None:
    odd = ["", "not JSON", '{"name": "django"}', '{"name": "practices.searches"', '{"name": "practices.searches"}']
    odd += [line(1, "quokka").replace("2026", "20x6"), line(1, "quokka").replace('"found": 0', '"found": "many"')]
    prefixed = [f"Nov 01 10:00:00 kb gunicorn[17]: {line(day, 'quokka')}" for day in (1, 2, 3)]
    assert searches.keep_misses([*odd, *prefixed], TODAY) == 1
