"""The desk: what was changed lately and can be undone, and how the collection grew."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from practices import models as kb
from practices.curation import workflow
from practices.curation.operations import recorded
from tests import factories
from tests.admin.desk.page import section
from tests.forms import admin_url

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
