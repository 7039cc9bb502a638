"""`manage.py search`: what readers would find, for people and for scripts."""

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from practices import models as kb
from tests import factories
from tests.search.asking import ordered
from tests.search.test_matching import ring
from tests.test_injection import PAYLOADS

pytestmark = pytest.mark.django_db


def run(query: str, *options: str) -> str:
    output = StringIO()
    call_command("search", *options, "--", query, stdout=output)
    return output.getvalue()


def data(query: str, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(query, "--json", *options))
    return found


def zorbles() -> None:
    ring("zorble", "brimstack")
    factories.make_practice(slug="hall", title="Zorble hall of women’s quixwhist", summary="A hall & a <b>court</b>.")
    factories.make_practice(slug="other", title="Something else", description="A zorble, too, of quixwhists.")
    factories.make_practice(slug="synonym", title="Brimstack quixwhist")
    factories.make_practice(slug="part", title="Zorble alone")


def test_people_read_how_many_and_which_and_why() -> None:
    zorbles()
    said = run("zorble quixwhits")
    assert "No results for “quixwhits”. Showing results for quixwhist" in said
    assert "4 practices, 3 of them with every word." in said
    assert re.search(r"^1\. Zorble hall of women’s quixwhist \(hall, [0-9.]+\)$", said, re.MULTILINE)
    assert "   A hall & a <b>court</b>." in said
    assert "   description: A zorble, too, of quixwhists." in said
    assert re.search(r"^4\. Zorble alone \(part, [0-9.]+, in part\)$", said, re.MULTILINE)


def test_people_read_what_was_found_instead_of_what_they_typed() -> None:
    zorbles()
    assert "(synonym of “brimstack”)" in run("brimstack")
    assert "(spelling of “quixwhits”)" in run("quixwhits")


def test_people_read_that_there_is_nothing() -> None:
    assert run('"xyzzyplugh"').splitlines() == ["0 practices, 0 of them with every word."]


def test_scripts_read_a_list_in_the_order_of_readers() -> None:
    zorbles()
    found = data("zorble quixwhist")
    assert [one["slug"] for one in found] == ordered("zorble quixwhist")
    assert [one["partial"] for one in found] == [False, False, False, True]
    hall = found[0]
    assert (hall["title"], hall["summary"]) == ("Zorble hall of women’s quixwhist", "A hall & a <b>court</b>.")
    assert hall["url"] == "/practices/hall/"
    full = [one["score"] for one in found if not one["partial"]]
    assert full == sorted(full, reverse=True)
    assert all(score > 0 for score in full)
    other = next(one for one in found if one["slug"] == "other")
    assert other["why"][0] == {"in": "description", "text": "A zorble, too, of quixwhists.", "how": "exact", "for": ""}


def test_a_synonym_is_named_with_what_it_answers_for() -> None:
    ring("zorble", "brimstack")
    factories.make_practice(title="Something", description="A brimstack.")
    assert "   description: A brimstack. (synonym of “zorble”)" in run("zorble")
    [one] = data("zorble")
    assert (one["why"][0]["how"], one["why"][0]["for"]) == ("synonym", "zorble")


@pytest.mark.parametrize(("limit", "shown"), [("1", 1), ("3", 3), ("0", 0), ("-1", 0), ("-99", 0), ("99", 4)])
def test_at_most_so_many_are_shown(limit: str, shown: int) -> None:
    zorbles()
    assert len(data("zorble quixwhist", f"--limit={limit}")) == shown
    said = run("zorble quixwhist", f"--limit={limit}")
    assert "4 practices" in said
    assert len(re.findall(r"^\d+\. ", said, re.MULTILINE)) == shown


def test_ten_are_shown_unless_asked_otherwise() -> None:
    assert len(data("migrants")) == 10


@pytest.mark.parametrize("query", ["", "   ", "...", "\0"])
def test_a_query_without_words_shows_all_by_title(query: str) -> None:
    total = kb.Practice.objects.published().count()
    assert f"{total} practices, {total} of them with every word." in run(query)
    assert [one["slug"] for one in data(query, "--limit=5")] == ordered()[:5]
    assert all(one["score"] == 0 for one in data(query))


def test_hidden_practices_are_not_shown() -> None:
    factories.make_practice(title="Zorble", state=kb.State.DRAFT)
    assert data('"zorble"') == []


def test_i1_no_query_is_an_error() -> None:
    for query in (payload for payload in PAYLOADS if isinstance(payload, str)):
        assert isinstance(data(query, "--limit=2"), list), query
        assert "practices" in run(query, "--limit=2"), query


def test_a_lone_surrogate_is_no_error() -> None:
    assert isinstance(data("\ud83d zorble"), list)
