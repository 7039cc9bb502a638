"""Pending edits in the lists of their records: found, looked at and approved together, each for itself."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from practices import models as kb
from practices.admin.lists import approval
from practices.curation.changes import pending
from practices.curation.roles import Role
from tests import factories
from tests.admin.review.test_views import browser, person
from tests.admin.test_admin import make
from tests.factories import Record
from tests.forms import act, admin_url, messages

pytestmark = pytest.mark.django_db

each_kind = pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model._meta.model_name)


@pytest.fixture
def anna() -> User:
    return person("anna", Role.EDITOR)


def edit_of(record: Record, user: User, **fields: object) -> Record:
    """Begin a pending edit that says something else."""
    edit = pending.pending_edit(record, user)
    for name, value in fields.items():
        setattr(edit, name, value)
    edit._history_user = user
    edit.save()
    return edit


def listed(client: Client, model: type[Model], **query: str) -> list[Model]:
    return list(client.get(admin_url("changelist", model), query).context["cl"].result_list)


@pytest.mark.once
@each_kind
def test_a_list_shows_the_records_that_have_a_pending_edit(
    curator_client: Client, anna: User, model: type[kb.Curated]
) -> None:
    waiting, begun, _other = make(model), make(model), make(model)
    edit = pending.pending_edit(waiting, anna)
    model.objects.filter(pk=edit.pk).update(state=kb.State.IN_REVIEW)
    pending.pending_edit(begun, anna)
    assert set(listed(curator_client, model, edit="any")) == {waiting, begun}
    assert listed(curator_client, model, edit="in_review") == [waiting]
    page = curator_client.get(admin_url("changelist", model), {"edit": "in_review"}).content.decode()
    assert admin_url("review", edit) in page
    assert "anna" in page


@pytest.mark.once
def test_l7_a_contributor_is_told_of_no_edit_of_another_s_and_approves_none(anna: User) -> None:
    practice = factories.make_practice()
    edit = edit_of(practice, anna, title="In other words")
    client = browser("carl", Role.CONTRIBUTOR)
    assert listed(client, kb.Practice, edit="any") == []
    for one in (client, browser("edda", Role.EDITOR)):
        assert 'value="approve_edits"' not in one.get(admin_url("changelist", kb.Practice)).content.decode()
        act(one, "approve_edits", practice)
    assert pending.pending_of(practice) == edit


def test_what_others_wrote_is_shown_then_approved(client: Client, curator_client: Client, anna: User) -> None:
    practices = [factories.make_practice() for _ in range(2)]
    for practice in practices:
        edit_of(practice, anna, title=f"Qcanary {practice.pk}")
    data = {"action": "approve_edits", "_selected_action": [practice.pk for practice in practices]}
    page = curator_client.post(admin_url("changelist", kb.Practice), data).content.decode()
    for practice in practices:
        assert f"<ins>Qcanary {practice.pk}</ins>" in page
        assert pending.pending_of(practice)
    said = messages(act(curator_client, "approve_edits", *practices))
    assert "2 pending edits approved." in said
    for practice in practices:
        practice.refresh_from_db()
        assert practice.title == f"Qcanary {practice.pk}"
        assert practice.title in client.get(practice.get_absolute_url()).content.decode()
        assert practice.history.first().history_change_reason == "Edit by anna, approved by carla"


def test_what_cannot_be_approved_is_named_and_left(curator_client: Client, curator: User, anna: User) -> None:
    good, own, bare, changed, without = (factories.make_practice() for _ in range(5))
    edit_of(own, curator, title="My own")
    edit_of(good, anna, title="Good")
    edit_of(bare, anna, title="Bare").citation_links.all().delete()
    edit_of(changed, anna, title="Late")
    kb.Practice.history.filter(id=changed.pk).update(history_date=timezone.now())
    said = messages(act(curator_client, "approve_edits", good, own, bare, changed, without))
    assert "1 pending edit approved." in said
    for words in ("You wrote it yourself", "a citation of a source that is public", "was changed since this edit"):
        assert words in said
    for record in (own, bare, changed):
        assert pending.pending_of(record)
        assert record.ref in said
    assert "None of these records has a pending edit." in messages(act(curator_client, "approve_edits", without))


def test_each_edit_is_approved_in_a_transaction_of_its_own_whatever_becomes_of_the_others(
    curator_client: Client, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    practices = [factories.make_practice() for _ in range(3)]
    refused = edit_of(practices[1], anna)
    for practice in (practices[0], practices[2]):
        edit_of(practice, anna, title=f"Qcanary {practice.pk}")
    around, approve = len(connection.atomic_blocks), pending.approve

    def approved(edit: kb.Curated, *args: object) -> object:
        assert len(connection.atomic_blocks) == around + 1  # others wait for one edit, not for all of them
        if edit == refused:
            raise IntegrityError
        return approve(edit, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(pending, "approve", approved)
    said = messages(act(curator_client, "approve_edits", *practices))
    assert "2 pending edits approved." in said
    assert "somebody else saved meanwhile" in said
    assert [pending.pending_of(practice) for practice in practices] == [None, refused, None]


def test_more_edits_are_shown_in_as_many_queries_and_too_many_refused(
    curator_client: Client, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, url = [], admin_url("changelist", kb.Practice)
    practices = [factories.make_practice() for _ in range(6)]
    for practice in practices:
        edit_of(practice, anna, title=f"Other {practice.pk}").outcomes.create(statement="Came.", position=1)
    for some in (practices[:2], practices):
        with CaptureQueriesContext(connection) as queries:
            data = {"action": "approve_edits", "_selected_action": [practice.pk for practice in some]}
            assert b"Outcome, Came." in curator_client.post(url, data).content
        counts.append(len(queries))
    assert counts[0] == counts[1]
    monkeypatch.setattr(approval, "MOST", 5)
    assert "5 may be approved at once" in messages(act(curator_client, "approve_edits", *practices))
