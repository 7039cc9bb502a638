"""Giving many records a term at once, or taking it: shown first, gated, in few queries, undone."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from practices import models as kb
from practices.curation.changes import pending, review, workflow
from practices.curation.changes.content import read
from practices.curation.importing import records as stored_records
from practices.curation.importing.columns import OF_MODEL
from practices.curation.tagging import relations_of
from practices.models import Operation
from tests import factories
from tests.forms import admin_url, messages
from tests.responses import Response

pytestmark = pytest.mark.django_db


def send(client: Client, *records: Model, **data: object) -> Response:
    data |= {"action": "retag", "_selected_action": [record.pk for record in records]}
    return client.post(admin_url("changelist", records[0]), data, follow=True)


def topic(code: str) -> str:
    return f"topics:{kb.Topic.objects.get(code=code).pk}"


def codes(practice: kb.Practice) -> set[str]:
    return set(practice.topics.values_list("code", flat=True))


def test_a_term_is_chosen_then_shown_then_given(client: Client, curator_client: Client) -> None:
    has, lacks = factories.make_practice(topics=("work",)), factories.make_practice(topics=("language",))
    page = send(curator_client, has, lacks).content.decode()
    assert f'<option value="{topic("work")}">' in page
    page = send(curator_client, has, lacks, term=topic("work"), way="add").content.decode()
    assert "1 of 2 records changes." in page
    assert "Add “Work and business” to topics" in page
    assert str(lacks) in page
    assert codes(lacks) == {"language"}
    said = messages(send(curator_client, has, lacks, term=topic("work"), way="add", confirmed="yes"))
    assert "1 record changed." in said
    assert codes(lacks) == {"language", "work"}
    assert {row.topic.code for row in lacks.history.first().topics.all()} == {"language", "work"}
    found = client.get("/practices.json?topic=work&q=" + lacks.title).json()
    assert lacks.ref in [result["ref"] for result in found["results"]]
    version = lacks.version
    lacks.refresh_from_db()
    assert lacks.version == version + 1
    curator_client.post(admin_url("undo", Operation.objects.get()))
    assert codes(lacks) == {"language"}


def test_the_only_topic_of_what_is_public_is_not_taken(curator_client: Client) -> None:
    both, only = factories.make_practice(topics=("work", "language")), factories.make_practice(topics=("work",))
    response = send(curator_client, both, only, term=topic("work"), way="remove", confirmed="yes")
    assert f"{only} needs: a topic" in messages(response)
    assert codes(both) == {"work", "language"}
    assert not Operation.objects.exists()


def test_more_records_take_no_more_queries(curator_client: Client) -> None:
    counts = []
    for number in (2, 8):
        records = [factories.make_practice() for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            send(curator_client, *records, term=topic("work"), way="add", confirmed="yes")
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("term", ["", "topics", "topics:x", "topics:0", "summary:1", "places:1", "topics:" + "9" * 40])
def test_a_forged_term_changes_nothing(curator_client: Client, term: str) -> None:
    practice = factories.make_practice()
    assert send(curator_client, practice, term=term, confirmed="yes").status_code == 200
    assert not Operation.objects.exists()


def test_it_is_offered_where_records_have_terms(curator_client: Client) -> None:
    for model in kb.CURATED:
        page = curator_client.get(admin_url("changelist", model)).content.decode()
        assert ('value="retag"' in page) == (model in (kb.Practice, kb.Finding)), model


# Where a second person is required


@pytest.fixture
def required(settings: Settings) -> None:
    settings.REVIEW = "required"


def test_what_is_public_gets_a_pending_edit_and_undo_takes_all_back(
    client: Client, curator_client: Client, curator: User, required: None
) -> None:
    public, edited, draft = factories.make_practice(), factories.make_practice(), factories.make_practice(state="draft")
    edit = pending.pending_edit(edited, curator)
    before, dumped = kb.DataVersion.current().number, [read(record) for record in (public, edited, draft, edit)]
    page = send(curator_client, public, edited, draft, term=topic("work"), way="add").content.decode()
    assert "3 of 3 records change." in page
    assert "1 of them is public: it gets a pending edit" in " ".join(page.split())
    assert "pending edit, Draft" in " ".join(page.split())
    said = messages(send(curator_client, public, edited, draft, term=topic("work"), way="add", confirmed="yes"))
    assert "3 records changed. What is public has a pending edit" in said
    new = pending.pending_of(public)
    assert (new.state, codes(new)) == (kb.State.IN_REVIEW, {"language", "work"})
    assert [change.key for change in pending.differences_of(new)] == ["topics"]
    assert (codes(edit), codes(draft)) == ({"language", "work"}, {"language", "work"})
    assert codes(public) == codes(edited) == {"language"}
    assert kb.DataVersion.current().number == before
    assert review.author_of(new) == curator
    curator_client.post(admin_url("undo", Operation.objects.get()))
    assert [read(record) for record in (public, edited, draft, edit)] == dumped
    assert pending.pending_of(public) is None


def test_the_only_topic_is_taken_by_an_edit_that_the_gates_judge_when_it_is_approved(
    curator_client: Client, required: None
) -> None:
    practice = factories.make_practice(topics=("work",))
    assert "1 record changed." in messages(
        send(curator_client, practice, term=topic("work"), way="remove", confirmed="yes")
    )
    with pytest.raises(workflow.NotReady, match="a topic"):
        review.publish([pending.pending_of(practice)], User.objects.create_superuser("rosa"))


def test_nothing_is_written_where_somebody_saves_meanwhile(
    curator_client: Client, required: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice, reads, around = factories.make_practice(), stored_records.read, len(connection.atomic_blocks)

    def read_late(*args: Any) -> object:
        assert len(connection.atomic_blocks) == around  # nobody waits while it is made ready
        stored = reads(*args)
        kb.Practice.objects.filter(pk=practice.pk).update(version=9)
        return stored

    monkeypatch.setattr(stored_records, "read", read_late)
    said = messages(send(curator_client, practice, term=topic("work"), way="add", confirmed="yes"))
    assert "Somebody saved one of these records meanwhile." in said
    assert pending.pending_of(practice) is None
    assert not Operation.objects.exists()


def test_more_pending_edits_take_no_more_queries(curator_client: Client, required: None) -> None:
    counts = []
    for number in (2, 8):
        records = [factories.make_practice() for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            send(curator_client, *records, term=topic("work"), way="add", confirmed="yes")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_every_kind_with_terms_can_be_written_as_an_import_would() -> None:
    assert {model for model in kb.CURATED if relations_of(model)} <= set(OF_MODEL)
