"""Publishing and withdrawing: all or none, gated, recorded, and with the data version raised."""

import pytest

from practices import models as kb
from practices.curation.changes import workflow
from practices.curation.changes.history import record_history
from tests import factories

pytestmark = pytest.mark.django_db


def version() -> int:
    return kb.DataVersion.current().number


def test_publishing_makes_a_record_public_and_raises_the_data_version() -> None:
    practice, before = factories.make_practice(state=kb.State.DRAFT), version()
    assert workflow.publish([practice]) == 1
    practice.refresh_from_db()
    assert practice.is_published
    assert practice.published_at
    assert practice.version == 2
    assert version() == before + 1


def test_publishing_what_is_public_changes_nothing() -> None:
    practice, before = factories.make_practice(), version()
    history = practice.history.count()
    assert workflow.publish([practice]) == 0
    assert (version(), practice.history.count()) == (before, history)


def test_a_practice_without_what_readers_need_is_not_published_and_nor_is_any_beside_it() -> None:
    ready = factories.make_practice(state=kb.State.DRAFT)
    bare = factories.make_practice(state=kb.State.DRAFT, topics=())
    bare.citation_links.all().delete()
    with pytest.raises(workflow.NotReady) as refused:
        workflow.publish([ready, bare])
    assert "a citation" in str(refused.value)
    assert "a topic" in str(refused.value)
    ready.refresh_from_db()
    assert ready.state == kb.State.DRAFT


def test_a_pending_edit_is_not_published_as_a_record_of_its_own() -> None:
    original, edit = factories.make_practice(), factories.make_practice(state=kb.State.DRAFT)
    kb.Practice.objects.filter(pk=edit.pk).update(draft_of=original)
    with pytest.raises(workflow.NotReady, match="pending edit"):
        workflow.publish([edit])


def test_withdrawing_archives_and_raises_the_data_version() -> None:
    practice, before = factories.make_practice(), version()
    workflow.withdraw([practice])
    practice.refresh_from_db()
    assert practice.state == kb.State.ARCHIVED
    assert version() == before + 1


def test_moving_a_draft_does_not_raise_the_data_version() -> None:
    practice, before = factories.make_practice(state=kb.State.DRAFT), version()
    workflow.withdraw([practice])
    workflow.return_to_draft([practice])
    assert version() == before


def test_the_history_of_a_practice_has_its_rows_too() -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    for model in (kb.Practice, *kb.PRACTICE_ROWS):
        model.history.all().delete()  # type: ignore[attr-defined]
    practice.title = "A new title"
    practice.save()
    outcome = kb.Outcome.objects.create(practice=practice, statement="It worked.")
    outcome.delete()
    workflow.publish([practice])
    told = [(record.sign, record.kind) for change in record_history(practice) for record in change.records]
    assert ("-", "outcome") in told
    assert any(what == "practice" for _, what in told)


def test_the_history_shows_what_changed_from_what_to_what() -> None:
    from datetime import timedelta

    from django.utils import timezone

    practice = factories.make_practice(title="Before")
    practice.history.update(history_date=timezone.now() - timedelta(hours=1))
    practice.title = "After"
    practice.save()
    changes = record_history(practice)
    assert ("Title", "Before", "After") in [
        (field.capitalize(), old, new)
        for change in changes
        for record in change.records
        for field, old, new in record.fields
    ]
    assert changes[0].date >= changes[-1].date


def test_a_step_of_the_way_is_one_version_in_the_record_and_in_its_history() -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    for step, version_now in ((workflow.publish, 2), (workflow.note_review, 3), (workflow.withdraw, 4)):
        step([practice])
        practice.refresh_from_db()
        assert practice.version == practice.history.latest().version == version_now


def test_what_would_be_lost_with_a_record_is_told_and_nothing_is_written() -> None:
    source, practice = factories.make_source(), factories.make_practice()
    kb.PracticeCitation.objects.filter(practice=practice).update(citation=factories.make_citation(source=source))
    assert workflow.lost_without([source]) == {practice: ["a citation of a source that is public"]}
    source.refresh_from_db()
    assert source.is_published
