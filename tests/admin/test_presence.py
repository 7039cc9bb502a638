"""Who has a record open is shown to others, for as long as they have it open."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from practices import models as kb
from practices.curation.roles import Role, give_role
from tests import factories
from tests.conftest import HttpsClient, logged_in
from tests.forms import admin_url, change

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_client(db: None) -> Client:
    """Return the browser of a second curator."""
    return logged_in(HttpsClient(), User.objects.create_superuser("otto", "otto@example.org", "a-long-pass-phrase"))


def seen(client: Client, record: kb.Curated) -> bool:
    """Whether somebody who opens the form of a record sees that otto has it open."""
    return "otto has been editing this since" in client.get(admin_url("change", record)).content.decode()


def test_opening_a_form_writes_nothing(curator_client: Client, other_client: Client) -> None:
    practice = factories.make_practice()
    other_client.get(admin_url("change", practice))
    assert not kb.Presence.objects.exists()
    assert not seen(curator_client, practice)


def test_a_form_that_is_open_shows_to_others_until_it_is_left(curator_client: Client, other_client: Client) -> None:
    practice, another = factories.make_practice(), factories.make_practice()
    url = admin_url("presence", practice)
    assert other_client.post(url).status_code == 200
    since = kb.Presence.objects.get().since
    assert seen(curator_client, practice)
    assert not seen(other_client, practice)
    assert not seen(curator_client, another)
    assert "otto has been editing this" in curator_client.post(url).content.decode()
    other_client.post(url)
    assert kb.Presence.objects.get(user__username="otto").since == since
    other_client.post(url, {"gone": "1"})
    assert not seen(curator_client, practice)


def test_who_is_not_heard_of_is_forgotten(curator_client: Client, other_client: Client) -> None:
    practice = factories.make_practice()
    other_client.post(admin_url("presence", practice))
    kb.Presence.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert not seen(curator_client, practice)
    curator_client.post(admin_url("presence", practice))
    assert [one.user.username for one in kb.Presence.objects.all()] == ["carla"]


@pytest.mark.once
def test_a_form_of_what_may_be_changed_no_more_says_so_without_an_error(
    curator_client: Client, other_client: Client
) -> None:
    editor = logged_in(HttpsClient(), User.objects.create_user("edda", password="a-long-pass-phrase"))
    give_role(User.objects.get(username="edda"), Role.EDITOR)
    withdrawn, gone = factories.make_practice(), factories.make_practice(state=kb.State.DRAFT)
    addresses = [admin_url(page, record) for record in (withdrawn, gone) for page in ("presence", "check")]
    assert all("no longer be saved" not in editor.post(url).content.decode() for url in addresses)
    kb.Practice.objects.filter(pk=withdrawn.pk).update(state=kb.State.ARCHIVED)
    gone.delete()
    for url in addresses:
        answer = editor.post(url)
        assert answer.status_code == 200
        assert ("no longer be saved" in answer.content.decode()) == url.endswith("/presence/")
        assert editor.post(url, {"gone": "1"}).status_code == 200
    assert 'data-presence=""' in editor.get(admin_url("change", withdrawn)).content.decode()  # it is only looked at


def test_saving_without_a_script_notes_who_goes_on_and_who_has_gone(
    curator_client: Client, other_client: Client
) -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    change(other_client, practice, _continue="1")
    assert seen(curator_client, practice)
    change(other_client, practice)
    assert not seen(curator_client, practice)
