"""The desk: searches without success, made a synonym or dismissed."""

import pytest
from django.test import Client

from practices import models as kb
from tests.admin.desk.page import DESK, miss, section
from tests.forms import admin_url

pytestmark = pytest.mark.django_db


def test_a_search_without_success_becomes_a_synonym_with_its_words_in_the_form(curator_client: Client) -> None:
    miss("quokka house", found_nothing=4, retyped=2, retyped_as="wallaby home")
    [line] = section(curator_client, "not-found").lines
    assert "nothing found 4 times" in line.detail and "wallaby home" in line.detail
    html = curator_client.get(dict(line.links)["Make a synonym"]).content.decode()
    assert "quokka house\nwallaby home</textarea>" in html
    assert 'value="quokka-house"' in html


def test_a_search_is_dismissed_from_the_desk_and_brought_back_from_its_list(curator_client: Client) -> None:
    quokka = miss("quokka", found_nothing=3)
    [act] = section(curator_client, "not-found").lines[0].buttons
    assert curator_client.post(act.url, act.values, follow=True).redirect_chain[-1][0] == DESK
    assert section(curator_client, "not-found").lines == []
    back = {"action": "show_again", "_selected_action": quokka.pk}
    curator_client.post(admin_url("changelist", kb.SearchMiss), back)
    assert len(section(curator_client, "not-found").lines) == 1
