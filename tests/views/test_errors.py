"""What went wrong is said in the site's look, in words that say what to do, to readers and to curators."""

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from practices import models as kb
from practices.curation.roles import Role, give_role
from tests import factories
from tests.conftest import HttpsClient, logged_in
from tests.forms import admin_url

pytestmark = pytest.mark.django_db

NOT_SAVED = "What you sent was not saved."
DESK = 'href="/admin/">Go to the desk'


def page(client: Client, url: str, status: int) -> str:
    """Send a form to an address; return the page of the site's own look that answers it."""
    response = client.post(url, {"title": "Typed"})
    assert response.status_code == status
    html = response.content.decode()
    assert "css/site" in html and '<main id="main"' in html
    return html


def test_h6_a_form_that_is_too_old_is_answered_with_what_to_do(curator: User) -> None:
    client = logged_in(HttpsClient(enforce_csrf_checks=True), curator)
    html = page(client, admin_url("change", factories.make_practice()), 403)
    assert "what you typed is offered to you" in html and NOT_SAVED in html and DESK in html
    readers = page(HttpsClient(enforce_csrf_checks=True), "/suggest/", 403)
    assert "Copy what you typed" in readers and NOT_SAVED in readers and DESK not in readers


def test_who_may_not_do_something_is_told_whom_to_ask() -> None:
    user = User.objects.create_user("carl")
    give_role(user, Role.CONTRIBUTOR)
    html = page(logged_in(HttpsClient(), user), admin_url("add", kb.SynonymRing), 403)
    assert "ask an administrator" in html and NOT_SAVED in html and DESK in html


def test_a_request_that_cannot_be_read_is_answered_in_the_site_s_look(curator_client: Client) -> None:
    values = {f"field-{n}": "x" for n in range(20_001)}
    response = curator_client.post(admin_url("add", kb.Practice), values)
    assert response.status_code == 400
    assert NOT_SAVED in response.content.decode() and DESK in response.content.decode()


def test_a_form_that_meets_a_busy_database_is_not_said_to_be_saved(
    curator_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*args: object, **kwargs: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("practices.admin.users.lockouts.unlock", busy)
    curator_client.raise_request_exception = False
    user = User.objects.create_user("paula")
    html = page(curator_client, f"/admin/auth/user/{user.pk}/unlock/", 503)
    assert NOT_SAVED in html and "the address that you have is complete" not in html


def test_a_session_that_a_busy_database_does_not_keep_is_no_fault_of_the_form(
    curator_client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def busy(*args: object, **kwargs: object) -> None:
        raise OperationalError("database is locked")

    settings.SESSION_SAVE_EVERY_REQUEST = True
    monkeypatch.setattr("django.contrib.sessions.models.Session.save", busy)
    html = page(curator_client, admin_url("change", factories.make_concept()), 503)
    assert "load the page again" in html and NOT_SAVED not in html


def test_a_log_in_that_leads_back_to_a_button_says_what_to_do(curator_client: Client) -> None:
    operation = kb.Operation.objects.create(kind="bulk", title="Withdrawn")
    response = curator_client.get(admin_url("undo", operation))
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "click it again" in response.content.decode() and DESK in response.content.decode()
