"""Suggestions while typing: places to go by the beginnings of their names, then practices."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from practices import models as kb
from practices.search.suggestions import MAX_OTHERS, MAX_PRACTICES, suggestions
from tests import factories

pytestmark = pytest.mark.django_db


def labels(typed: str, kind: str = "") -> list[str]:
    return [one.label for one in suggestions(typed) if kind in ("", one.kind)]


def test_a_practice_is_suggested_by_the_beginnings_of_its_words() -> None:
    factories.make_practice(title="Zorble hall of quixwhists")
    for typed in ("zor", "zorble", "Zorble Hal", "hall quixw", "ZÓRB"):
        assert labels(typed, "Practice")[0] == "Zorble hall of quixwhists", typed


def test_a_title_comes_before_what_only_mentions_the_word() -> None:
    factories.make_practice(title="Of something else", summary="About a zorble.")
    assert labels("zorble") == ["Of something else"]
    factories.make_practice(title="A zorble")
    assert labels("zorble") == ["A zorble"]


@pytest.mark.parametrize(
    ("typed", "label", "kind"),
    [
        ("portug", "Portugal", "Country"),
        ("corée", "South Korea", "Country"),
        ("alemania", "Germany", "Country"),
        ("employ", "", "Stakeholder role"),
        ("hous", "", "Topic"),
        ("wom", "", "Target group"),
        ("soci", "", "Dimension"),
    ],
)
def test_what_has_a_page_is_suggested_by_its_name_in_any_language(typed: str, label: str, kind: str) -> None:
    found = labels(typed, kind)
    assert found
    if label:
        assert label in found


def test_an_organisation_is_suggested_by_its_name_and_initials() -> None:
    factories.make_stakeholder(name="Zorble Office for Quixwhist Learning")
    for typed in ("zorble off", "quixw", "zoql"):
        assert labels(typed, "Stakeholder") == ["Zorble Office for Quixwhist Learning"], typed


def test_there_are_a_handful_at_most() -> None:
    for number in range(9):
        factories.make_practice(title=f"Zorble {number}")
        factories.make_stakeholder(name=f"Zorble {number}")
    assert len(labels("zorb", "Practice")) == MAX_PRACTICES
    assert len(labels("zorb")) == MAX_PRACTICES + MAX_OTHERS


def test_every_suggestion_leads_to_a_page(client: Client) -> None:
    for typed in ("portu", "ngo", "lang", "iom", "wom", "soc", "harmony"):
        for one in suggestions(typed):
            assert client.get(one.url).status_code == 200, one.url


@pytest.mark.parametrize("typed", ["", " ", "-", '"', "...", "\0", "-zorble", "xyzzyplugh", "🌍", "\ud83d", "x" * 5000])
def test_what_means_nothing_suggests_nothing(typed: str) -> None:
    assert suggestions(typed) == []


def test_hidden_records_and_countries_that_none_names_are_never_suggested() -> None:
    factories.make_practice(title="Zorble", state=kb.State.DRAFT)
    factories.make_stakeholder(name="Zorble", state=kb.State.ARCHIVED)
    factories.publish_all()
    assert labels("zorble") == []
    assert labels("antarct") == []


def test_suggestions_are_answered_as_data(client: Client) -> None:
    factories.make_practice(title="Zorble <b>hall</b>", slug="zorble")
    response = client.get("/suggestions.json?q=zorb")
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(response.content) == {
        "suggestions": [{"kind": "Practice", "label": "Zorble <b>hall</b>", "url": "/practices/zorble/"}]
    }


def test_p1_suggestions_ask_few_queries() -> None:
    suggestions("lang")
    with CaptureQueriesContext(connection) as captured:
        suggestions("lang")
    assert len(captured) <= 2
