"""The desk as a whole: everything leads somewhere, everybody sees what is theirs, and nothing grows."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from practices import models as kb
from practices.admin.desk.lines import joined
from practices.curation.quality import upkeep
from practices.curation.roles import Role
from tests import factories
from tests.admin.desk.page import DESK, browser_of, edited, miss
from tests.admin.test_admin import queries
from tests.forms import admin_url

pytestmark = pytest.mark.django_db

#: what the whole page may ask, whatever there is to show
MOST_QUERIES = 60


def test_the_desk_opens_and_everything_on_it_leads_somewhere(curator_client: Client) -> None:
    factories.make_practice(state=kb.State.IN_REVIEW)
    upkeep.check_content()
    html = curator_client.get(DESK).content.decode()
    content = html.partition('class="desk"')[2].partition('id="content-related"')[0]
    urls = {unescape(url).partition("#")[0] for url in re.findall(r'href="([^"]+)"', content)}
    assert len(urls) > 10
    for url in urls:
        assert curator_client.get(url).status_code == 200, url


def test_what_is_told_in_one_line_has_no_full_stop_in_its_middle() -> None:
    assert joined("otto", "", "Say in which year.", "a pending edit") == "otto, Say in which year, a pending edit"


def test_every_section_is_shown_to_a_curator(curator_client: Client) -> None:
    upkeep.check_content()
    shown = {section.name for section in curator_client.get(DESK).context["sections"]}
    assert {"for-me", "for-review", "falls-short", "due", "lately", "growth", "read-so-far"} <= shown


def test_the_models_stand_in_three_groups(curator_client: Client) -> None:
    groups = {group["app_label"]: group["models"] for group in curator_client.get(DESK).context["app_list"]}
    assert list(groups) == ["records", "vocabularies", "administration"]
    assert {model["model"] for group in groups.values() for model in group} == set(admin.site._registry)
    assert {model["model"] for model in groups["records"]} >= set(kb.CURATED)
    assert {model["model"] for model in groups["vocabularies"]} >= set(kb.VOCABULARIES)
    assert User in {model["model"] for model in groups["administration"]}


def test_the_ways_to_add_something_are_those_that_are_open(curator_client: Client) -> None:
    ways = dict(curator_client.get(DESK).context["ways_in"])
    assert list(ways) == ["Add practice", "Add source", "Import or export records"]
    for url in ways.values():
        assert curator_client.get(url).status_code == 200
    assert "Import or export records" not in dict(browser_of(Role.CONTRIBUTOR).get(DESK).context["ways_in"])


def test_l7_nobody_sees_a_line_of_what_they_may_not_see() -> None:
    hidden = [make(state=kb.State.IN_REVIEW) for make in (factories.make_practice, factories.make_concept)]
    miss("quokka", found_nothing=3)
    upkeep.check_content()
    html = browser_of(Role.CONTRIBUTOR).get(DESK).content.decode()
    assert "quokka" not in html
    for record in hidden:
        assert str(record) not in html
        assert admin_url("change", record) not in html


def test_l7_somebody_without_a_role_is_told_how_to_get_one_instead_of_an_empty_desk() -> None:
    response = browser_of(None).get(DESK)
    assert response.status_code == 403
    assert "Ask an administrator" in response.content.decode()
    assert "sections" not in response.context


def test_the_desk_asks_as_many_queries_of_a_large_collection_as_of_a_small_one(
    curator_client: Client, curator: User
) -> None:
    def grow(number: int) -> None:
        for _ in range(number):
            edited(curator_client, factories.make_practice(state=kb.State.DRAFT), curator)
            factories.make_practice(state=kb.State.IN_REVIEW)
            edited(curator_client, factories.make_finding(), curator).practices.clear()
        upkeep.check_content()

    grow(1)
    few = queries(curator_client, DESK)
    grow(5)
    assert queries(curator_client, DESK) == few <= MOST_QUERIES
