"""Mail as a server takes it: plain text, to whom it concerns, with links that are right behind a proxy."""

import re
from collections.abc import Iterator
from email.message import EmailMessage

import environ
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.test.utils import override_script_prefix
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from kb.proxy import parse_proxies
from practices.curation import mail
from practices.curation.changes import pending
from practices.curation.roles import Role
from tests import factories, smtp
from tests.admin.access.test_accounts import NEW_PASSWORD, choose_password, person
from tests.conftest import HttpsClient, logged_in
from tests.forms import admin_url

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: as a proxy on this machine says which address was asked for, and the prefix under which the site is served
PROXIED = {"x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https", "x-forwarded-host": "kb.example.org"}
PREFIX = "/integration/"
SITE = f"https://kb.example.org{PREFIX}"


@pytest.fixture
def inbox(settings: Settings) -> Iterator[smtp.Inbox]:
    """Let the site, behind a proxy and under a prefix, send to a server of this machine; returns what comes there."""
    settings.TRUSTED_PROXIES = parse_proxies(["127.0.0.1"])
    with smtp.server() as (port, inbox), override_script_prefix(PREFIX):
        for name, value in environ.Env.email_url_config(f"smtp://127.0.0.1:{port}").items():
            setattr(settings, name, value)
        settings.HAS_MAIL = True
        yield inbox


def link_in(message: EmailMessage) -> str:
    """Return the path, without the prefix, of the one link of a mail, which is plain text."""
    assert message.get_content_type() == "text/plain"
    assert message["From"] == "curation@kb.example.org"
    [path] = re.findall(rf"{SITE}(\S+)", message.get_content())
    return f"/{path}"


def test_a_forgotten_password_comes_back_by_mail(inbox: smtp.Inbox) -> None:
    user = person()
    client = HttpsClient(headers=PROXIED)
    for address in ("nobody@example.org", "paula@example.org"):
        answer = client.post("/admin/forgotten/", {"email": address})
        assert answer.headers["Location"] == f"{PREFIX}admin/forgotten/sent/"
    message = inbox.get(timeout=10)
    assert message["To"] == "paula@example.org"
    with override_script_prefix("/"):
        choose_password(client, link_in(message))
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert inbox.empty()


def test_curators_get_word_of_what_is_sent_back_and_assigned_and_readers_of_the_answer(
    inbox: smtp.Inbox, curator: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    anna = person("anna", Role.EDITOR)
    edit = pending.pending_edit(factories.make_practice(), anna)
    type(edit)._default_manager.filter(pk=edit.pk).update(state="in_review")
    suggestion = factories.make_suggestion(email="reader@example.net")
    client = logged_in(HttpsClient(headers=PROXIED), curator)
    with override_script_prefix("/"):
        back, answer = admin_url("review", edit), admin_url("change", suggestion)
    sent: list[tuple[str, dict[str, object], str, Client]] = [
        (back, {"step": "changes", "text": "Which year?"}, "anna@example.org", logged_in(HttpsClient(), anna)),
        (answer, {"act": "assign", "assigned_to": anna.pk}, "anna@example.org", logged_in(HttpsClient(), anna)),
        (answer, {"act": "decline", "answer": "The report says otherwise."}, "reader@example.net", HttpsClient()),
    ]
    for url, values, to, browser in sent:
        with django_capture_on_commit_callbacks(execute=True):
            client.post(url, values)
        message = inbox.get(timeout=10)
        assert message["To"] == to
        with override_script_prefix("/"):
            assert browser.get(link_in(message), follow=True).status_code == 200, message.get_content()


def test_a_mail_that_cannot_be_sent_is_no_error(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.HAS_MAIL = True
    assert not mail.send(["a@example.org\nBcc: b@example.org"], "Word", "Some.")
    with smtp.server() as (port, _inbox):
        pass
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    assert not mail.send(["a@example.org"], "Word", "Some.")
    assert "could not be sent" in caplog.text and "example.org" not in caplog.text
