"""Acts on many records: what each changed is kept, and undone exactly, or not at all where somebody went on."""

from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.db.models import CharField, Model, TextField

from practices import models as kb
from practices.curation.changes import workflow
from practices.curation.fixtures import FIXTURE_MODELS, records_of
from practices.curation.operations import AlreadyUndone, ChangedSince, changed_tables, recorded, undo
from practices.models import Operation, OperationKind
from tests import factories
from tests.admin.test_admin import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_collection")]

BULK = OperationKind.BULK
#: records that curators keep, of every kind
KEPT = [entry.model for entry in FIXTURE_MODELS.values() if not entry.owner and entry.model is not kb.Region]


def stored(*models: type[Model]) -> dict[str, object]:
    """Return all rows of some models as they are, and the records as fixtures have them."""
    return rows_of(*models) | {model.__name__: records_of(FIXTURE_MODELS[model._meta.label_lower]) for model in models}


def rows_of(*models: type[Model]) -> dict[str, object]:
    """Return all rows of some models as they are, history left out."""
    tables: list[type[Model]] = [table for model in models for table in (model, *many_tables(model))]
    return {table._meta.label: list(table._base_manager.order_by("pk").values_list()) for table in tables}


def many_tables(model: type[Model]) -> list[type[Model]]:
    return [field.remote_field.through for field in model._meta.many_to_many]


PRACTICE: tuple[type[Model], ...] = (kb.Practice, *kb.PRACTICE_ROWS)


def operation_of(act: Callable[[], object], *records: Model, user: User | None = None) -> Operation:
    with recorded(BULK, "An act", user, *records) as recording:
        act()
    assert recording.operation
    return recording.operation


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_a_change_of_any_kind_of_record_is_undone_exactly(model: type[Model], curator: User) -> None:
    record = make(model)
    fields = (field for field in model._meta.fields if field.editable and not field.choices)
    texts = [field.name for field in fields if isinstance(field, CharField | TextField)]
    name = getattr(model, "name_field", texts[-1])
    before = stored(model)
    operations = []
    for letter in "XY":  # one on top of the other
        with recorded(BULK, "Another word", curator, record) as recording:
            setattr(record, name, letter + getattr(record, name)[1:])
            record.save()
        operations.append(recording.operation)
    assert stored(model) != before
    for operation in reversed(operations):
        assert operation
        undo(operation, curator)
    assert stored(model) == before
    past = record.history.first()
    assert (past.history_type, past.history_user) == ("~", curator)
    assert past.history_change_reason == "Undone: Another word"


def test_rows_and_terms_that_were_changed_added_and_removed_come_back_as_they_were(curator: User) -> None:
    practice = factories.make_practice(countries=(("PT", "destination"), ("FR", "origin")))
    before, keys = stored(*PRACTICE), set(practice.country_links.values_list("pk", flat=True))

    def act() -> None:
        first, second = practice.country_links.all()
        second.delete()
        first.position, first.role = 2, "origin"
        first.save()
        kb.Outcome.objects.create(practice=practice, statement="It grew.", value=3, qualifier="exact")
        practice.topics.set(kb.Topic.objects.filter(code__in=("work", "housing")))

    operation = operation_of(act, practice)
    assert stored(*PRACTICE) != before
    undo(operation, curator)
    assert stored(*PRACTICE) == before
    assert set(practice.country_links.values_list("pk", flat=True)) == keys
    past = practice.history.first()
    assert {row.topic.code for row in past.topics.all()} == {"language"}
    assert kb.Outcome.history.filter(practice_id=practice.pk).first().history_type == "-"  # type: ignore[attr-defined]
    assert kb.CountryLink.history.filter(country__alpha2="FR").first().history_type == "+"  # type: ignore[attr-defined]


def test_rows_that_changed_places_change_back(curator: User) -> None:
    practice = factories.make_practice(countries=(("PT", "destination"), ("FR", "origin")))
    before = stored(kb.CountryLink)

    def swap() -> None:
        first, second = practice.country_links.all()
        kb.CountryLink.objects.filter(pk=first.pk).update(position=9)
        kb.CountryLink.objects.filter(pk=second.pk).update(position=1)
        kb.CountryLink.objects.filter(pk=first.pk).update(position=2)

    undo(operation_of(swap, practice), curator)
    assert stored(kb.CountryLink) == before


def test_what_was_made_is_gone_again_with_its_rows(curator: User) -> None:
    before = stored(*PRACTICE)
    with recorded(OperationKind.IMPORT, "Import of one", curator) as recording:
        practice = factories.make_practice(state=kb.State.DRAFT)
        recording.created(practice)
    assert recording.operation
    added = {table.name: table.counts for table in changed_tables(recording.operation)}
    assert added["practices"] == added["topics (practice)"] == (1, 0, 0)
    undo(recording.operation, curator)
    assert stored(*PRACTICE) == before
    assert kb.Practice.history.filter(id=practice.pk).first().history_type == "-"  # type: ignore[attr-defined]
    assert factories.make_practice().ref > practice.ref


def test_an_act_that_changes_nothing_leaves_no_operation(curator: User) -> None:
    with recorded(BULK, "Nothing", curator, factories.make_practice()) as recording:
        pass
    assert recording.operation is None
    assert not Operation.objects.exists()


def test_an_act_that_fails_changes_nothing_and_leaves_no_operation() -> None:
    practice = factories.make_practice()
    with pytest.raises(RuntimeError), recorded(BULK, "Fails", None, practice):
        practice.delete()
        raise RuntimeError
    assert kb.Practice.objects.filter(slug=practice.slug).exists()
    assert not Operation.objects.exists()


@pytest.mark.parametrize("later", ["changed", "deleted", "row", "terms"])
def test_what_somebody_changed_since_is_named_and_nothing_is_undone(later: str) -> None:
    practice, other = factories.make_practice(state=kb.State.DRAFT), factories.make_practice(state=kb.State.DRAFT)

    def act() -> None:
        for record in (practice, other):
            record.topics.add(kb.Topic.objects.get(code="work"))
            record.country_links.all().update(role="origin")
            record.save()

    operation = operation_of(act, practice, other)
    if later == "changed":
        practice.title = "Another title"
        practice.save()
    elif later == "deleted":
        practice.delete()
    elif later == "row":
        practice.country_links.all().update(role="partner")
    else:
        practice.topics.remove(kb.Topic.objects.get(code="work"))
    before = stored(*PRACTICE)
    with pytest.raises(ChangedSince, match=practice.ref) as refused:
        undo(operation, None)
    assert other.ref not in str(refused.value)
    assert stored(*PRACTICE) == before
    operation.refresh_from_db()
    assert operation.undone_at is None


def test_what_others_hung_on_a_record_that_was_made_keeps_it() -> None:
    with recorded(OperationKind.IMPORT, "Import of one", None) as recording:
        actor = factories.make_stakeholder(state=kb.State.DRAFT)
        recording.created(actor)
    practice = factories.make_practice(involvements=(("ngo", "lead", actor),))
    with pytest.raises(ChangedSince, match=practice.ref):
        undo(recording.operation, None)
    assert kb.Stakeholder.objects.filter(pk=actor.pk).exists()


def test_what_took_the_place_of_a_deleted_record_keeps_it_out() -> None:
    ring = kb.SynonymRing.objects.create(code="same", words=["zorble", "quixwhist"])
    operation = operation_of(ring.delete, ring)
    kb.SynonymRing.objects.create(code="same", words=["zorble", "blinfap"])
    with pytest.raises(ChangedSince):
        undo(operation, None)
    assert kb.SynonymRing.objects.get(code="same").words == ["zorble", "blinfap"]


def test_what_a_deleted_record_needs_must_be_there(curator: User) -> None:
    actor = factories.make_stakeholder(state=kb.State.DRAFT)
    practice = factories.make_practice(state=kb.State.DRAFT, involvements=(("ngo", "lead", actor),))
    operation = operation_of(practice.delete, practice)
    actor.delete()
    with pytest.raises(ChangedSince):
        undo(operation, curator)
    assert not kb.Practice.objects.filter(slug=practice.slug).exists()


def test_an_operation_is_undone_once(curator: User) -> None:
    practice = factories.make_practice()
    operation = operation_of(practice.save, practice)
    undo(operation, curator)
    operation.refresh_from_db()
    assert operation.undone_at
    assert operation.undone_by == curator
    with pytest.raises(AlreadyUndone):
        undo(operation, curator)


def test_readers_see_at_once_what_was_undone() -> None:
    practice = factories.make_practice(title="Zorblefnips")

    def act() -> None:
        practice.title = "Quixwhist"
        practice.save()
        workflow.propagate(practice)

    operation, version = operation_of(act, practice), kb.DataVersion.current().number
    undo(operation, None)
    assert kb.DataVersion.current().number == version + 1
    document = kb.SearchDocument.objects.get(practice=practice)
    assert "zorblefnip" in document.text_a
    assert "quixwhist" not in document.text_a


def test_undoing_what_no_reader_saw_leaves_the_data_version() -> None:
    practice = factories.make_practice(state=kb.State.DRAFT)
    operation, version = operation_of(practice.save, practice), kb.DataVersion.current().number
    undo(operation, None)
    assert kb.DataVersion.current().number == version


def test_undoing_citations_of_rows_concerns_readers_where_their_record_is_public() -> None:
    for state, raised in ((kb.State.DRAFT, 0), (kb.State.PUBLISHED, 1)):
        row = factories.make_practice(state=state).involvements.get()
        act = partial(row.citations.add, factories.make_citation())
        operation, version = operation_of(act, row), kb.DataVersion.current().number
        undo(operation, None)
        assert kb.DataVersion.current().number == version + raised, state
        assert not row.citations.exists()


def test_nothing_is_public_again_that_lacks_something_now() -> None:
    source = factories.make_source()
    practice = factories.make_practice(citation=factories.make_citation(source))
    operation = operation_of(lambda: workflow.withdraw([practice]), practice)
    workflow.withdraw([source])
    with pytest.raises(workflow.NotReady, match="a citation"):
        undo(operation, None)
    practice.refresh_from_db()
    assert practice.state == kb.State.ARCHIVED


def test_operations_are_no_part_of_fixtures() -> None:
    assert Operation._meta.label_lower not in FIXTURE_MODELS
