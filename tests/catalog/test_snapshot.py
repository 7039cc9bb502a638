"""The collection in memory: of one data version, shared by threads, never with what is hidden."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from practices import catalog
from practices import models as kb
from practices.catalog import Catalog, current
from practices.catalog.cache import LRUCache
from practices.catalog.snapshot import ORDERS, Snapshot
from practices.search.matching import match
from practices.search.query import parse
from tests import factories
from tests.search.test_matching import make, ring

pytestmark = pytest.mark.django_db


def now() -> Snapshot:
    return current().snapshot


def test_it_is_loaded_once_for_each_data_version() -> None:
    first = now()
    assert now() is first
    kb.DataVersion.raise_number()
    assert now() is not first
    assert now() is now()


def test_it_is_loaded_anew_where_another_database_has_the_same_number() -> None:
    first = current()
    later = first.version.date.replace(year=first.version.date.year + 1)
    assert not first.is_of(kb.DataVersion(pk=1, number=first.version.number, date=later))
    kb.DataVersion.objects.update(date=later)
    assert current() is not first


def test_what_is_held_never_changes_under_who_uses_it() -> None:
    before = now()
    number = len(before.all_ids)
    practice = make("zorble", title="Zorble")
    assert len(before.all_ids) == number
    assert practice.pk not in before.all_ids
    assert practice.pk in now().all_ids


def test_a_hidden_practice_is_never_in_it_even_if_the_index_still_holds_it() -> None:
    practice = make("zorble", title="Zorble", countries=(("AQ", "destination"),), topics=("language",))
    kb.Practice.objects.filter(pk=practice.pk).update(state=kb.State.ARCHIVED)
    kb.DataVersion.raise_number()  # and the index not written, as if that had failed
    held = now()
    assert kb.SearchDocument.objects.filter(pk=practice.pk).exists()
    assert practice.pk not in held.all_ids
    assert not held.rows["country_links"].practices["country"].get("AQ")
    assert not any(practice.pk in values for field in held.values.values() for values in field.values())
    assert not any(practice.pk in rows.owners for rows in held.rows.values())
    assert not any(practice.pk in order for order in held.sorted_ids.values())
    assert not any(practice.pk == key for _, _, key in held.years)
    assert not any(held.postings([("zorbl",)])[("zorbl",)])
    assert not match(parse("zorble"), held).practices


def test_every_order_holds_every_practice_once() -> None:
    held = now()
    assert set(held.sorted_ids) == set(ORDERS)
    for name, order in held.sorted_ids.items():
        assert sorted(order) == list(held.all_ids)
        assert [held.rank[name][practice] for practice in order] == list(range(len(order)))


def test_a_phrase_is_asked_for_once_and_many_in_one_statement() -> None:
    held = Snapshot()
    with CaptureQueriesContext(connection) as captured:
        first = held.postings([("languag",), ("labor", "market"), ("xyzzy",)])
    assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        assert held.postings([("xyzzy",), ("languag",), ("labor", "market")]) == first
        assert held.postings([]) == {}
    assert len(captured) == 0
    assert not any(first[("xyzzy",)])


def test_more_phrases_than_one_statement_takes_are_asked_for_in_several() -> None:
    held = Snapshot()
    phrases = [(word,) for word in list(dict.fromkeys(held.words.values()))[:700]]
    found = held.postings(phrases)
    assert found.keys() == set(phrases)
    assert all(any(fields) for fields in found.values())


def test_what_is_kept_is_bounded_and_the_latest_stay() -> None:
    kept, asked = LRUCache[int, int](3), list[int]()

    def load(keys: list[int]) -> dict[int, int]:
        asked.extend(keys)
        return {key: key * key for key in keys if key != 7}

    assert kept.get([1, 2, 3, 2], load) == {1: 1, 2: 4, 3: 9}
    assert kept.get([1, 4], load) == {1: 1, 4: 16}
    assert asked == [1, 2, 3, 4]
    kept.get([1, 3, 4], load)
    assert asked == [1, 2, 3, 4]
    assert kept.get([2, 7], load) == {2: 4}
    assert kept.get(range(10, 20), load) == {key: key * key for key in range(10, 20)}
    assert kept.get([], load) == {}


def test_words_are_in_alphabetical_order_and_found_by_their_beginning() -> None:
    held = now()
    assert held.surfaces == sorted(held.surfaces)
    assert held.beginning_with("languag", 10)[0] == "language"
    assert len(held.beginning_with("a", 7)) == 7
    assert held.beginning_with("xyzzy", 7) == []
    assert held.beginning_with("zzzzzzzzz", 7) == []


def test_rings_are_known_by_the_words_of_the_index() -> None:
    ring("Zorbles", "quixwhist of brimstacks")
    rings = now().rings
    assert rings[("zorbl",)] == {("quixwhist", "of", "brimstack"): "quixwhist of brimstacks"}
    assert rings[("quixwhist", "of", "brimstack")] == {("zorbl",): "Zorbles"}


def test_threads_that_ask_at_once_find_the_same() -> None:
    """The database is asked beforehand: the test's transaction is its own thread's."""
    factories.make_practice(slug="zorble", title="Zorble")
    queries = ["language", "training women", "zorble", "-language", "elderly people", '"labour market"'] * 5
    held = now()
    expected = [found(query, held) for query in queries]
    held.words, held.surfaces, held.rings  # noqa: B018
    start = Barrier(2)

    def ask() -> list[tuple[list[int], list[int]]]:
        start.wait(10)
        return [found(query, held) for query in queries]

    with ThreadPoolExecutor(2) as pool:
        for asked in [pool.submit(ask), pool.submit(ask)]:
            assert asked.result(60) == expected


def found(query: str, held: Snapshot) -> tuple[list[int], list[int]]:
    one = match(parse(query), held)
    return list(one.full), one.ranked(one.practices, 0, 20)


def test_threads_that_load_at_once_each_get_a_whole_one(monkeypatch: pytest.MonkeyPatch) -> None:
    version, start = kb.DataVersion.current(), Barrier(2)
    monkeypatch.setattr(catalog, "_latest", None)
    monkeypatch.setattr(Snapshot, "_load", lambda self: start.wait(10))  # both are loading now

    def load() -> Catalog:
        loaded = Catalog(version)
        assert loaded.snapshot is loaded.snapshot
        return loaded

    with ThreadPoolExecutor(2) as pool:
        first, second = (task.result(20) for task in [pool.submit(load), pool.submit(load)])
    assert first.version == second.version == version
