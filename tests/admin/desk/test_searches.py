"""The desk: searches without success, made a synonym or dismissed."""

import json
from datetime import date

import pytest
from django.test import Client

from practices import models as kb
from practices.curation.searches import keep_misses
from tests import factories
from tests.admin.desk.page import DESK, miss, section
from tests.forms import admin_url, form_of, submit

pytestmark = pytest.mark.django_db


def test_a_search_without_success_becomes_a_synonym_with_its_words_in_the_form(curator_client: Client) -> None:
    miss("quokka house", found_nothing=4, retyped=2, retyped_as="wallaby home")
    [line] = section(curator_client, "not-found").lines
    assert "nothing found 4 times" in line.detail and "wallaby home" in line.detail
    html = curator_client.get(dict(line.links)["Make a synonym"]).content.decode()
    assert "quokka house\nwallaby home</textarea>" in html
    assert 'value="quokka-house"' in html


def test_from_a_line_of_the_log_to_a_synonym_that_makes_it_found_are_two_clicks(
    client: Client, curator_client: Client
) -> None:
    """The first click is on the desk, the second saves the form as it is. Nothing of a person is kept on the way."""
    practice = factories.make_practice(title="Zorble courses on the quay")
    entry = {"name": "practices.searches", "message": "search"}
    tries = [
        {"query": "quokkazz", "found": 0},
        {"query": "zorble courses", "found": 1, "after": "quokkazz"},
    ]
    log = [{"asctime": f"2026-11-0{day} 10:00:00,000", **entry, **tried} for day in (1, 2, 3) for tried in tries]
    keep_misses([json.dumps(line) for line in log], date(2026, 12, 1))
    assert client.get("/practices.json?q=quokkazz").json()["results"] == []
    [line] = section(curator_client, "not-found").lines
    add = dict(line.links)["Make a synonym"]
    saved = submit(curator_client, add, form_of(kb.SynonymRing))
    assert saved.status_code == 302
    found = client.get("/practices.json?q=quokkazz").json()["results"]
    assert practice.ref in [result["ref"] for result in found]
    assert section(curator_client, "not-found").lines == [], "what a ring answers is off the desk"
    of_a_search = {"id", "query", "found_nothing", "retyped", "retyped_as", "days", "last_day", "is_dismissed"}
    assert {field.name for field in kb.SearchMiss._meta.get_fields()} == of_a_search


@pytest.mark.once
def test_a_search_in_other_letters_has_a_code_too(curator_client: Client) -> None:
    miss("مكتب", found_nothing=3)
    [line] = section(curator_client, "not-found").lines
    assert "code=search-" in dict(line.links)["Make a synonym"]


def test_a_search_is_dismissed_from_the_desk_and_brought_back_from_its_list(curator_client: Client) -> None:
    quokka = miss("quokka", found_nothing=3)
    [act] = section(curator_client, "not-found").lines[0].buttons
    assert curator_client.post(act.url, act.values, follow=True).redirect_chain[-1][0] == DESK
    assert section(curator_client, "not-found").lines == []
    back = {"action": "show_again", "_selected_action": quokka.pk}
    curator_client.post(admin_url("changelist", kb.SearchMiss), back)
    assert len(section(curator_client, "not-found").lines) == 1
