"""Acts on several records of a list: asked first, bounded, in few queries, recorded, undone."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from practices import models as kb
from practices.admin.lists.lacks import is_due
from practices.curation.changes import review
from practices.curation.roles import Role
from practices.models import Operation
from tests import factories
from tests.admin.review.test_views import person
from tests.admin.test_admin import make
from tests.conftest import HttpsClient, logged_in
from tests.forms import act, admin_url, fields_of, form_of, messages

pytestmark = pytest.mark.django_db


def ask(client: Client, action: str, *records: Model) -> str:
    """Choose an action for some records, and return the page that comes: it asks first, or has done it."""
    data = {"action": action, "_selected_action": [record.pk for record in records]}
    return str(client.post(admin_url("changelist", records[0]), data, follow=True).content.decode())


def states(*records: kb.Curated) -> set[str]:
    return {type(record)._default_manager.get(pk=record.pk).state for record in records}


def test_withdrawing_asks_first_and_names_what_hangs_on_it(curator_client: Client) -> None:
    practice = factories.make_practice()
    finding = factories.make_finding(practices=(practice,))
    page = ask(curator_client, "withdraw", practice)
    assert "Readers see this record now." in page
    assert finding.ref in page
    assert "Yes, go on" in page
    assert states(practice) == {kb.State.PUBLISHED}


@pytest.mark.once
def test_the_form_of_what_readers_see_leads_to_withdrawing_and_never_to_deleting(curator_client: Client) -> None:
    practice, draft = factories.make_practice(), factories.make_practice(state=kb.State.DRAFT)
    page = curator_client.get(admin_url("change", practice)).content.decode()
    [button] = re.findall(r"<button[^>]*formaction[^>]*>", page)
    assert f'formaction="{admin_url("changelist", practice)}"' in button
    assert 'value="withdraw"' in button
    sent = fields_of(curator_client, admin_url("change", practice), form_of(practice)) | {"action": ["withdraw"]}
    asked = curator_client.post(admin_url("changelist", practice), sent).content.decode()
    assert "Readers see this record now." in asked
    assert "deletelink" not in page
    page = curator_client.get(admin_url("change", draft)).content.decode()
    assert "deletelink" in page
    assert "formaction" not in page


def test_what_would_lose_its_only_source_is_named_and_there_is_no_button(curator_client: Client) -> None:
    source = factories.make_source()
    practice = factories.make_practice(citation=factories.make_citation(source))
    page = ask(curator_client, "withdraw", source)
    assert f"{practice.ref} {practice}: a citation of a source that is public" in page
    assert "Yes, go on" not in page
    assert states(source, practice) == {kb.State.PUBLISHED}
    assert "Yes, go on" in ask(curator_client, "withdraw", source) or states(source) == {kb.State.PUBLISHED}


def test_publishing_asks_first_and_says_what_is_missing(curator_client: Client) -> None:
    ready, bare = factories.make_practice(state="draft"), factories.make_practice(state="draft", topics=())
    assert "Readers will see 1 record more." in ask(curator_client, "publish", ready)
    page = ask(curator_client, "publish", ready, bare)
    assert f"{bare.ref} {bare}: a topic" in page
    assert "Yes, go on" not in page
    assert states(ready, bare) == {kb.State.DRAFT}


def test_what_no_reader_sees_is_moved_without_asking(curator_client: Client) -> None:
    practice = factories.make_practice(state="draft")
    assert "1 record withdrawn." in ask(curator_client, "withdraw", practice)
    assert states(practice) == {kb.State.ARCHIVED}


def test_of_many_records_fifty_are_listed(curator_client: Client) -> None:
    concepts = [factories.make_concept() for _ in range(53)]
    page = ask(curator_client, "withdraw", *concepts)
    assert page.count("(Published)") == 50
    assert re.search(r"and\s+3\s+more", page)
    assert "Readers see 53 of them now." in page
    assert page.count('name="_selected_action"') == 53


def test_more_than_the_limit_are_refused_in_words(curator_client: Client, settings: Settings) -> None:
    settings.BULK_LIMIT = 2
    concepts = [factories.make_concept(state="draft") for _ in range(3)]
    for action in ("publish", "withdraw", "return_to_draft", "send_for_review", "note_review", "assign"):
        assert "3 records are chosen, and 2 may be changed at once" in messages(act(curator_client, action, *concepts))
    assert "2 may be changed at once" in ask(curator_client, "delete_selected", *concepts)
    assert states(*concepts) == {kb.State.DRAFT}


@pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model.__name__)
def test_more_records_take_no_more_queries(curator_client: Client, model: type[Model]) -> None:
    few, many = [make(model) for _ in range(2)], [make(model) for _ in range(8)]
    counts = []
    for records in (few, many):
        with CaptureQueriesContext(connection) as captured:
            assert "withdrawn" in messages(act(curator_client, "withdraw", *records))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_message_leads_to_where_it_is_undone(curator_client: Client) -> None:
    practices = [factories.make_practice() for _ in range(2)]
    said = messages(act(curator_client, "withdraw", *practices))
    operation = Operation.objects.get()
    assert admin_url("change", operation) in said
    page = curator_client.get(admin_url("change", operation)).content.decode()
    assert "practices: 2 changed" in page
    assert f'formaction="{admin_url("undo", operation)}"' in page
    said = messages(curator_client.post(admin_url("undo", operation)))
    assert said == f"Undone: {operation}"
    assert states(*practices) == {kb.State.PUBLISHED}
    assert "undone already" in messages(curator_client.post(admin_url("undo", operation)))


def test_what_changed_since_is_named_in_the_message(curator_client: Client) -> None:
    practice = factories.make_practice()
    act(curator_client, "withdraw", practice)
    act(curator_client, "return_to_draft", practice)
    first = Operation.objects.last()
    said = messages(curator_client.post(admin_url("undo", first)))
    assert "was changed since" in said
    assert practice.ref in said


def test_the_list_of_operations_has_a_button_for_each_that_is_not_undone(curator_client: Client) -> None:
    practices = [factories.make_practice() for _ in range(2)]
    for practice in practices:
        act(curator_client, "withdraw", practice)
    last, first = Operation.objects.all()
    curator_client.post(admin_url("undo", last))
    page = curator_client.get(admin_url("changelist", Operation)).content.decode()
    assert admin_url("undo", first) in page
    assert admin_url("undo", last) not in page


def test_l8_nothing_is_undone_by_reading_an_address(curator_client: Client) -> None:
    operation = Operation.objects.create(kind="bulk", title="An act")
    assert curator_client.get(admin_url("undo", operation)).status_code == 405
    operation.refresh_from_db()
    assert operation.undone_at is None


def test_what_was_deleted_is_brought_back_from_the_list_of_operations(curator_client: Client) -> None:
    practices = [factories.make_practice(state="draft") for _ in range(2)]
    term = kb.Topic.objects.create(code="unused", label="Unused")
    data = {"action": "delete_selected", "_selected_action": [practice.pk for practice in practices], "post": "yes"}
    curator_client.post(admin_url("changelist", kb.Practice), data)
    curator_client.post(admin_url("delete", term), {"post": "yes"})
    assert Operation.objects.count() == 2
    for operation in Operation.objects.all():
        curator_client.post(admin_url("undo", operation))
    for record in (*practices, term):
        assert type(record)._default_manager.get(pk=record.pk) == record
    assert practices[0].citation_links.count() == 1


@pytest.mark.parametrize("key", ["abc", "-1", "9" * 30, "1.5", ""])
def test_what_are_no_records_is_no_error(curator_client: Client, key: str) -> None:
    for action in ("publish", "withdraw", "delete_selected"):
        data = {"action": action, "_selected_action": [key], "confirmed": "yes", "post": "yes"}
        assert curator_client.post(admin_url("changelist", kb.Practice), data).status_code in (200, 302)


def written_by(user: User, *records: Model) -> None:
    for record in records:
        record._history_user = user
        record.save()


def test_where_review_is_required_nobody_publishes_many_of_their_own(settings: Settings) -> None:
    settings.REVIEW = "required"
    paul, edda = person("paul", Role.PUBLISHER), person("edda", Role.EDITOR)
    client = logged_in(HttpsClient(), paul)
    counts = []
    for number in (2, 6):
        own = [factories.make_practice(state="draft") for _ in range(number)]
        written_by(paul, *own)
        with CaptureQueriesContext(connection) as queries:
            page = ask(client, "publish", *own)
        counts.append(len(queries))
        assert f"{own[0].ref} {own[0]}: a review by somebody else than its authors" in page
        assert "Yes, go on" not in page
    assert counts[0] == counts[1]
    other = factories.make_practice(state="draft")
    written_by(edda, other)
    assert "a review by somebody else" in messages(act(client, "publish", own[0], other))
    assert states(*own, other) == {kb.State.DRAFT}
    review.find_fit(own[0], edda)
    assert "2 records published." in messages(act(client, "publish", own[0], other))


def test_an_administrator_publishes_many_alone_and_that_is_written_down(
    settings: Settings, curator_client: Client, curator: User
) -> None:
    settings.REVIEW = "required"
    own, other = factories.make_practice(state="draft"), factories.make_practice(state="draft")
    written_by(curator, own)
    act(curator_client, "publish", own, other)
    assert [comment.ref for comment in kb.Comment.objects.filter(text=str(review.ALONE))] == [own.ref]


def test_reviewed_today_takes_records_off_what_is_due_until_that_is_undone(curator_client: Client) -> None:
    concepts = [factories.make_concept(reviewed_on=date(2001, 1, 1)), factories.make_concept()]
    due = kb.Concept.objects.filter(is_due(), pk__in=[concept.pk for concept in concepts])
    version = concepts[0].version
    assert due.count() == 2
    assert "2 records reviewed today." in messages(act(curator_client, "note_review", *concepts))
    assert due.count() == 0
    concepts[0].refresh_from_db()
    assert concepts[0].version == version + 1
    assert concepts[0].history.first().history_change_reason == "Reviewed"
    curator_client.post(admin_url("undo", Operation.objects.get()))
    assert due.get(reviewed_on=None) == concepts[1] and due.get(reviewed_on=date(2001, 1, 1)) == concepts[0]
    draft = factories.make_concept(state="draft")
    said = messages(act(curator_client, "note_review", concepts[0], draft))
    assert "only what is public falls due" in said and str(draft) in said
    assert due.count() == 2


def test_drafts_are_sent_for_review_together_and_nothing_else_is(curator_client: Client) -> None:
    drafts = [factories.make_practice(state="draft"), factories.make_practice(state="changes_requested")]
    public = factories.make_practice()
    assert f"these are no drafts: {public}" in messages(act(curator_client, "send_for_review", *drafts, public))
    assert not Operation.objects.exists()
    assert "2 records sent for review." in messages(act(curator_client, "send_for_review", *drafts))
    assert states(*drafts) == {kb.State.IN_REVIEW}
    sent = kb.Comment.objects.filter(decision="sent", ref__in=[draft.ref for draft in drafts])
    assert {comment.author.username for comment in sent} == {"carla"}
    curator_client.post(admin_url("undo", Operation.objects.get()))
    assert states(*drafts) == {kb.State.DRAFT, kb.State.CHANGES_REQUESTED}


@pytest.mark.parametrize("action", ["note_review", "send_for_review"])
def test_more_records_take_no_more_queries_for_what_is_not_asked_first(curator_client: Client, action: str) -> None:
    counts = []
    for number in (2, 8):
        state = "draft" if action == "send_for_review" else kb.State.PUBLISHED
        records = [factories.make_concept(state=state) for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            act(curator_client, action, *records)
        counts.append(len(captured))
    assert counts[0] == counts[1]
