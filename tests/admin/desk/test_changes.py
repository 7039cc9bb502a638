"""The desk: what was changed lately and can be undone, and how the collection grew."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from practices import models as kb
from practices.admin.desk.lines import DeskLine
from practices.curation.changes import workflow
from practices.curation.changes.pending import pending_edit, pending_of
from practices.curation.operations import recorded
from practices.curation.roles import Role
from tests import factories
from tests.admin.desk.page import browser_of, section
from tests.factories import Record
from tests.forms import admin_url, messages

pytestmark = pytest.mark.django_db


def test_growth_counts_what_is_public_and_what_became_so_lately(curator_client: Client) -> None:
    kb.Event.objects.update(published_at=timezone.now() - timedelta(days=100))
    factories.make_event()
    factories.make_event(state=kb.State.DRAFT)
    [line] = [line for line in section(curator_client, "growth").lines if line.label == "Events"]
    assert line.count == kb.Event.objects.published().count()
    assert line.detail == f"1 new in 30 days, {line.count} in a year"


def test_what_people_changed_last_leads_to_its_history_each_record_once(curator_client: Client, curator: User) -> None:
    factories.make_practice(title="Of nobody")
    first, last = factories.make_practice(title="Changed first"), factories.make_event(name="Changed last")
    for record in (first, first, last):
        record._history_user = curator
        record.save()
    lines = section(curator_client, "lately").lines
    assert [line.url for line in lines] == [admin_url("history", last), admin_url("history", first)]
    assert "carla" in lines[0].detail


def saved_by(user: User, record: Record, **values: object) -> Record:
    """Save a record in somebody's name, a while after it was saved before."""
    record.history.filter(history_user=None).update(history_date=timezone.now() - timedelta(days=9))
    for name, value in values.items():
        setattr(record, name, value)
    record._history_user = user
    record.save()
    return record


def line_of(client: Client, record: kb.Curated) -> DeskLine:
    return next(line for line in section(client, "lately").lines if line.label.startswith(record.ref))


def test_undo_of_a_change_puts_a_draft_back_and_makes_an_edit_of_what_is_public(
    curator_client: Client, curator: User
) -> None:
    for state in (kb.State.DRAFT, kb.State.PUBLISHED):
        practice = factories.make_practice(state=state, description="As it was.")
        saved_by(curator, practice, description="Changed.")
        [undo] = line_of(curator_client, practice).buttons
        curator_client.post(undo.url, undo.values)
        practice.refresh_from_db()
        edit = pending_of(practice)
        assert practice.description == ("Changed." if edit else "As it was.")
        assert (edit.description if edit else "As it was.") == "As it was."
        assert bool(edit) == (state == kb.State.PUBLISHED)


def test_undo_is_refused_where_the_record_was_changed_again_since_the_desk_was_opened(
    curator_client: Client, curator: User
) -> None:
    practice = saved_by(curator, factories.make_practice(state=kb.State.DRAFT), description="First.")
    [undo] = line_of(curator_client, practice).buttons
    practice.history.filter(description="First.").update(history_date=timezone.now() - timedelta(days=1))
    saved_by(curator, practice, description="Second.")
    response = curator_client.post(undo.url, undo.values, follow=True)
    assert "changed again since" in messages(response)
    practice.refresh_from_db()
    assert practice.description == "Second."
    assert curator_client.post(undo.url, {"before": "yesterday"}, follow=True).status_code == 200


def test_each_line_without_an_undo_says_why(curator_client: Client, curator: User) -> None:
    new = factories.make_practice()
    new.history.update(history_user=curator)
    step = saved_by(curator, factories.make_practice(state=kb.State.DRAFT), state=kb.State.IN_REVIEW)
    edit = pending_edit(factories.make_practice(), curator)
    assert "nothing to go back to" in line_of(curator_client, new).detail
    assert "step on its way" in line_of(curator_client, step).detail
    assert "pending edit" in line_of(curator_client, edit).detail
    others = saved_by(curator, factories.make_practice(), description="Changed.")
    with recorded("bulk", "One withdrawn", curator, others):
        workflow.withdraw([others])
    for client in (curator_client, browser_of(Role.EDITOR)):
        for line in section(client, "lately").lines:
            said = ("nothing to go back", "step on its way", "pending edit", "your role", "undone")
            assert bool(line.buttons) != any(why in line.detail for why in said), line


def test_what_was_done_to_many_records_stands_among_the_changes_with_a_button_that_undoes_it(
    curator_client: Client, curator: User
) -> None:
    practices = [factories.make_practice() for _ in range(2)]
    with recorded("bulk", "Two withdrawn", curator, *practices):
        workflow.withdraw(practices)
    line = section(curator_client, "lately").lines[0]
    assert line.label == "Two withdrawn"
    curator_client.post(line.buttons[0].url)
    assert kb.Practice.objects.published().filter(pk__in=[practice.pk for practice in practices]).count() == 2
    [undone] = [line for line in section(curator_client, "lately").lines if line.label == "Two withdrawn"]
    assert undone.buttons == () and "undone" in undone.detail
