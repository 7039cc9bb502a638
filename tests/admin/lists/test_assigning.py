"""Assigning records to a curator: shown first, on the desk and by mail, done, undone; within rights and few queries."""

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from practices import models as kb
from practices.curation.changes import pending
from practices.curation.roles import Role, give_role
from tests import factories
from tests.admin.desk.page import listed, section
from tests.conftest import HttpsClient, logged_in
from tests.forms import admin_url, messages, values_of
from tests.responses import Response

pytestmark = pytest.mark.django_db


def person(name: str, role: Role) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", is_staff=True)
    give_role(user, role)
    return user


def send(client: Client, *records: Model, to: User | str = "", **data: object) -> Response:
    data |= {"action": "assign", "_selected_action": [record.pk for record in records]}
    return client.post(admin_url("changelist", records[0]), data | {"to": getattr(to, "pk", to)}, follow=True)


def whose(*records: kb.Curated) -> list[str]:
    found = kb.Assignment.objects.filter(ref__in=[record.ref for record in records])
    return sorted(found.values_list("to__username", flat=True))


def test_a_list_is_shown_with_whose_each_is_then_assigned_and_that_is_undone(curator_client: Client) -> None:
    otto, anna = person("otto", Role.EDITOR), person("anna", Role.PUBLISHER)
    practices = [factories.make_practice() for _ in range(3)]
    version = kb.DataVersion.current().number
    send(curator_client, practices[0], to=anna)
    page = send(curator_client, *practices).content.decode()
    assert "3 records are chosen" in page and "assigned to anna" in page
    assert f'<option value="{otto.pk}">otto</option>' in page
    assert whose(*practices) == ["anna"]
    assert "3 records assigned to otto." in messages(send(curator_client, *practices, to=otto))
    assert whose(*practices) == ["otto"] * 3
    lists = {
        to: listed(curator_client, f"{admin_url('changelist', kb.Practice)}?assigned={to}") for to in ("otto", "me")
    }
    assert {to: set(found) for to, found in lists.items()} == {"otto": set(practices), "me": set()}
    curator_client.post(admin_url("undo", kb.Operation.objects.latest("pk")))
    assert whose(*practices) == ["anna"]
    send(curator_client, *practices, to="nobody")
    assert whose(*practices) == []
    assert kb.DataVersion.current().number == version, "readers see none of it"


@pytest.mark.once
def test_the_form_says_whose_a_record_is_and_leads_to_where_that_is_changed(
    curator_client: Client, curator: User
) -> None:
    anna, draft = person("anna", Role.EDITOR), factories.make_practice(state=kb.State.DRAFT)
    edit = pending.pending_edit(factories.make_practice(), curator)
    for record, original in ((draft, draft), (edit, edit.draft_of)):
        form = curator_client.get(admin_url("change", record))
        page = curator_client.post(admin_url("changelist", record), values_of(form, "assignment"))
        assert page.context["shown"] == [(original, "")]
        send(curator_client, original, to=anna)
        assert "Assigned to anna: change" in curator_client.get(admin_url("change", record)).content.decode()


def test_what_is_assigned_waits_on_the_desk_until_it_is_done(curator_client: Client, curator: User) -> None:
    cleo = person("cleo", Role.CONTRIBUTOR)
    practice = factories.make_practice()
    send(curator_client, practice, to=cleo)
    assert section(curator_client, "for-me").lines == []
    client = logged_in(HttpsClient(), cleo)
    [line] = section(client, "for-me").lines
    assert line.label == f"{practice.ref} {practice}" and "by carla" in line.detail
    [done] = line.buttons
    response = client.post(done.url, done.values, follow=True)
    assert response.redirect_chain[-1][0] == "/admin/" and "off your desk" in messages(response)
    assert section(client, "for-me").lines == []
    own, others = kb.Operation.objects.order_by("-pk")
    assert client.post(admin_url("undo", others)).status_code == 403
    client.post(admin_url("undo", own))
    assert len(section(client, "for-me").lines) == 1


def test_who_may_not_read_a_record_is_not_given_it(curator_client: Client) -> None:
    practices = [factories.make_practice(), factories.make_practice(state=kb.State.DRAFT, title="Of somebody else")]
    response = send(curator_client, *practices, to=person("cleo", Role.CONTRIBUTOR))
    assert "may not read" in messages(response) and "Of somebody else" in messages(response)
    assert whose(*practices) == []


@pytest.mark.once
def test_the_curator_gets_word_by_mail_once_of_all_that_is_new(
    curator_client: Client,
    curator: User,
    settings: Settings,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.HAS_MAIL = True
    otto = person("otto", Role.EDITOR)
    practices = [factories.make_practice(title=f"Zorble {n}") for n in range(12)]
    with django_capture_on_commit_callbacks(execute=True):
        send(curator_client, *practices, to=otto)
        send(curator_client, *practices, to=otto)
        send(curator_client, practices[0], to=curator)
    [mail] = mailoutbox
    assert mail.to == ["otto@example.org"] and mail.subject == "12 records are assigned to you"
    assert "Zorble" in mail.body and "2 more" in mail.body
    assert "https://testserver/admin/practices/practice/?assigned=me" in mail.body


@pytest.mark.once
@pytest.mark.parametrize("to", ["0", "x", "-1", "9" * 30, "\0"])
def test_a_forged_curator_changes_nothing(curator_client: Client, to: str) -> None:
    practice = factories.make_practice()
    assert "Assign them to" in send(curator_client, practice, to=to).content.decode()
    assert whose(practice) == []


def test_more_records_take_no_more_queries(curator_client: Client) -> None:
    otto, counts = person("otto", Role.CONTRIBUTOR), []
    for number in (2, 8):
        records = [factories.make_practice() for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            send(curator_client, *records, to=otto)
        counts.append(len(captured))
    assert counts[0] == counts[1]
