"""Pending edits: begun as copies, unseen by readers, approved in place; the same for every curated record."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from practices import models as kb
from practices.curation import fixtures
from practices.curation.changes import pending, workflow
from practices.curation.changes.content import Content, columns, read, row_models, siblings
from practices.curation.changes.differences import word_difference
from practices.curation.changes.history import record_history
from practices.curation.fixtures import Record as FixtureRecord
from tests import factories

pytestmark = pytest.mark.django_db

each_kind = pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model._meta.model_name)


@pytest.fixture
def author() -> User:
    return User.objects.create_user("anna")


@pytest.fixture
def reviewer() -> User:
    return User.objects.create_user("paul")


def whole_practice(**fields: Any) -> kb.Practice:
    practice = factories.make_practice(countries=(("PT", "destination"), ("MA", "origin")), **fields)
    involvement = practice.involvements.get()
    involvement.citations.add(factories.make_citation(), factories.make_citation())
    practice.outcomes.create(statement="Many came.", value=40, qualifier="about", unit="pupils", position=1)
    practice.outcomes.create(statement="Few stayed.", kind="limit", position=2)
    practice.relations.create(other=factories.make_practice(), kind="see-also", position=1)
    return practice


def whole_event() -> kb.Event:
    event, country = factories.make_event(), kb.Country.objects.get(alpha2="PT")
    event.citations.add(factories.make_citation())
    for position in (1, 2):
        session = event.sessions.create(title=f"Session {position}", position=position)
        event.representations.create(session=session, country=country, part="presenter", position=position)
    return event


def whole_source() -> kb.Source:
    source = factories.make_source(languages=["en"])
    first = source.sections.get()
    second = source.sections.create(position=2, title="Within it", parent=first, paragraphs=2)
    factories.make_citation(source)
    kb.Citation.objects.create(section=second, paragraph=1, fingerprint="a" * 64)
    return source


#: a record of each kind with all that it can own
MAKE: dict[type[kb.Curated], Callable[[], kb.Curated]] = {
    kb.Practice: whole_practice,
    kb.Event: whole_event,
    kb.Source: whole_source,
    kb.Stakeholder: lambda: factories.make_stakeholder(country="PT", other_names=[]),
    kb.Finding: lambda: factories.make_finding(parent=factories.make_finding(), practices=(factories.make_practice(),)),
    kb.Concept: factories.make_concept,
}


def rename(record: kb.Curated, name: str) -> None:
    setattr(record, record.name_field, name)
    record.save()


def name_of(record: kb.Curated) -> str:
    return str(getattr(type(record).objects.get(pk=record.pk), record.name_field))


def comparable(content: Content) -> list[tuple[object, ...]]:
    """Return what rows say that are the same in a record and in a copy of it, whatever their keys are."""
    said: list[tuple[object, ...]] = []
    for kind, rows in content.rows.items():
        names = [name for name in columns(kind) if name not in siblings(kind)]
        said += [(kind, [row.values[name] for name in names], row.terms) for row in rows.values()]
    return said


def histories(record: kb.Curated) -> dict[type[Model], int]:
    """Return how many versions of a record and of each kind of its rows there are."""
    counts: dict[type[Model], int] = {type(record): record.history.count()}
    for kind, owner in row_models(type(record)).items():
        counts[kind] = kind.history.filter(**{f"{owner}_id": record.pk}).count()  # type: ignore[attr-defined]
    return counts


def an_hour_ago(record: kb.Curated) -> None:
    """Put what was recorded so far into the past, so that what follows is told apart from it."""
    date = timezone.now() - timedelta(hours=1)
    record.history.update(history_date=date)
    for kind, owner in row_models(type(record)).items():
        kind.history.filter(**{f"{owner}_id": record.pk}).update(history_date=date)  # type: ignore[attr-defined]


def dumped(model: type[kb.Curated]) -> list[FixtureRecord]:
    """Return what fixtures would hold of a model and its rows, and of passages."""
    models = [model, *row_models(model), *([kb.Citation, kb.ParagraphNote] if model is kb.Source else [])]
    entries = [fixtures.FIXTURE_MODELS[kind._meta.label_lower] for kind in models]
    return [record for entry in entries for _key, record in fixtures.records_of(entry)]


# Beginning


@each_kind
def test_a_pending_edit_says_what_its_original_says(model: type[kb.Curated], author: User) -> None:
    original = MAKE[model]()
    edit = pending.pending_edit(original, author)
    assert (edit.draft_of, edit.ref, edit.slug, edit.state) == (original, original.ref, original.slug, kb.State.DRAFT)
    assert edit.published_at is None
    before, copy = read(original), read(edit)
    assert (copy.values, copy.terms) == (before.values, before.terms)
    assert comparable(copy) == comparable(before)
    assert pending.edited_content(edit) == before
    assert pending.differences_of(edit) == []
    assert pending.begun_by(edit)[0] == author


@each_kind
def test_there_is_one_pending_edit_of_a_record_and_it_leaves_the_original_alone(
    model: type[kb.Curated], author: User
) -> None:
    original = MAKE[model]()
    before, versions = read(original), histories(original)
    assert pending.pending_of(original) is None
    edit = pending.pending_edit(original, author)
    assert pending.pending_edit(original, author) == edit == pending.pending_of(original)
    assert pending.pending_edit(edit, author) == edit
    assert (read(original), histories(original)) == (before, versions)
    copy = factories.__dict__[f"make_{model._meta.model_name}"](state=kb.State.DRAFT)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=copy.pk).update(draft_of=original)


@each_kind
def test_a_pending_edit_is_begun_with_one_version_of_everything(model: type[kb.Curated], author: User) -> None:
    edit = pending.pending_edit(MAKE[model](), author)
    rows = {kind: len(found) for kind, found in read(edit).rows.items()}
    assert histories(edit) == {model: 1, **rows}
    assert {version.history_user for version in edit.history.all()} == {author}


@each_kind
def test_a_pending_edit_is_never_public(model: type[kb.Curated], author: User) -> None:
    edit = pending.pending_edit(MAKE[model](), author)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=edit.pk).update(state=kb.State.PUBLISHED)
    with pytest.raises(workflow.NotReady, match="pending edit"):
        workflow.publish([edit])


@each_kind
def test_what_lists_records_leaves_pending_edits_out(model: type[kb.Curated], author: User) -> None:
    original = MAKE[model]()
    edit = pending.pending_edit(original, author)
    rename(edit, "Not yet")
    records = dumped(model)
    keys = [fixtures.key_of(record) for record in records]
    assert len(keys) == len(set(keys))
    assert "Not yet" not in str(records)
    assert edit not in model.objects.originals()
    assert edit not in model.objects.published()
    assert edit not in model.objects.was_public()
    assert model.objects.get_by_natural_key(original.slug) == original
    for kind in row_models(model):
        for row in kind._default_manager.filter(**{row_models(model)[kind]: original.pk}):
            key = [part for value in row.natural_key() for part in (value if isinstance(value, tuple) else [value])]
            assert kind._default_manager.get_by_natural_key(*key) == row  # type: ignore[attr-defined]


def test_the_basis_of_an_edit_is_the_same_when_it_is_read_again(author: User) -> None:
    basis = pending.Basis(timezone.now(), {kb.Outcome: {99: 1, 100: 2}})
    assert json.dumps(basis.as_json(), sort_keys=True) == json.dumps(
        json.loads(json.dumps(basis.as_json())), sort_keys=True
    )


def test_a_new_record_gets_the_next_ref_beside_pending_edits(author: User) -> None:
    first = factories.make_practice()
    pending.pending_edit(first, author)
    assert int(factories.make_practice().ref[4:]) == int(first.ref[4:]) + 1


# Approving


@each_kind
def test_approving_puts_the_edit_in_place_of_what_the_original_said(
    model: type[kb.Curated], author: User, reviewer: User
) -> None:
    original, version = MAKE[model](), kb.DataVersion.current().number
    edit = pending.pending_edit(original, author)
    rename(edit, "In other words")
    assert name_of(original) != "In other words"
    assert kb.DataVersion.current().number == version
    before = read(original)
    pending.approve(edit, reviewer)
    original.refresh_from_db()
    assert name_of(original) == "In other words"
    assert (original.version, original.state) == (2, kb.State.PUBLISHED)
    assert read(original).rows == before.rows
    assert pending.pending_of(original) is None
    assert kb.DataVersion.current().number == version + 1


@each_kind
def test_approving_writes_one_version_that_names_author_and_reviewer(
    model: type[kb.Curated], author: User, reviewer: User
) -> None:
    original = MAKE[model]()
    edit = pending.pending_edit(original, author)
    rename(edit, "In other words")
    versions = histories(original)
    pending.approve(edit, reviewer)
    assert histories(original) == {**versions, model: versions[model] + 1}
    last = original.history.first()
    assert (last.history_user, last.history_type) == (reviewer, "~")
    assert last.history_change_reason == "Edit by anna, approved by paul"


def test_approving_changes_rows_in_place_and_leaves_the_others_alone(author: User, reviewer: User) -> None:
    original = whole_practice()
    edit = pending.pending_edit(original, author)
    many, few = original.outcomes.all()
    spain, cited = kb.Country.objects.get(alpha2="ES"), factories.make_citation()
    changed = edit.outcomes.get(statement="Many came.")
    changed.statement = "Very many came."
    changed.save()
    changed.citations.add(cited)
    edit.outcomes.get(statement="Few stayed.").delete()
    edit.country_links.create(country=spain, role="partner", position=3)
    versions = histories(original)
    pending.approve(edit, reviewer)
    outcome = original.outcomes.get()
    assert (outcome.pk, outcome.statement, list(outcome.citations.all())) == (many.pk, "Very many came.", [cited])
    assert [str(link.country) for link in original.country_links.all()] == ["Portugal", "Morocco", "Spain"]
    added = {kb.Practice: 1, kb.Outcome: 2, kb.CountryLink: 1}
    assert histories(original) == {kind: number + added.get(kind, 0) for kind, number in versions.items()}
    assert kb.Outcome.history.filter(id=few.pk).first().history_type == "-"  # type: ignore[attr-defined]


def test_rows_may_change_places(author: User, reviewer: User) -> None:
    original = whole_practice()
    edit = pending.pending_edit(original, author)
    keys = [row.pk for row in original.country_links.all()]
    first, second = edit.country_links.all()
    kb.CountryLink.objects.filter(pk=first.pk).update(position=9)
    kb.CountryLink.objects.filter(pk=second.pk).update(position=1)
    kb.CountryLink.objects.filter(pk=first.pk).update(position=2)
    pending.approve(edit, reviewer)
    assert [row.pk for row in original.country_links.all()] == keys[::-1]


def test_rows_may_change_everything_but_their_places(author: User, reviewer: User) -> None:
    original = whole_practice()
    edit = pending.pending_edit(original, author)
    (portugal, _destination), (morocco, _origin) = [(row.country, row.role) for row in original.country_links.all()]
    first, second = edit.country_links.all()
    kb.CountryLink.objects.filter(pk=first.pk).update(country=kb.Country.objects.get(alpha2="ES"), role="origin")
    kb.CountryLink.objects.filter(pk=second.pk).update(country=portugal, role="destination")
    kb.CountryLink.objects.filter(pk=first.pk).update(country=morocco)
    pending.approve(edit, reviewer)
    assert [str(row) for row in original.country_links.all()] == ["Morocco (Origin)", "Portugal (Destination)"]


def test_rows_that_name_rows_of_the_same_record_name_their_own(author: User, reviewer: User) -> None:
    event, source = whole_event(), whole_source()
    edit = pending.pending_edit(event, author)
    assert {row.session.event for row in edit.representations.all()} == {edit}
    session = edit.sessions.create(title="Session 3", position=3)
    edit.representations.create(session=session, country=kb.Country.objects.get(alpha2="FR"), position=3)
    pending.approve(edit, reviewer)
    assert [row.session.title for row in event.representations.all()] == ["Session 1", "Session 2", "Session 3"]
    assert {row.session.event for row in event.representations.all()} == {event}
    copy = pending.pending_edit(source, author)
    assert [section.parent and section.parent.source for section in copy.sections.all()] == [None, copy]
    top = copy.sections.create(title="Before all", position=3)
    copy.sections.filter(position=1).update(parent=top)
    pending.approve(copy, reviewer)
    first, second, third = source.sections.all()
    assert (first.parent, second.parent, third.parent) == (third, first, None)
    assert kb.Citation.objects.filter(section__source=source).count() == 2


def test_a_section_that_is_cited_is_not_removed_by_an_edit(author: User, reviewer: User) -> None:
    source = whole_source()
    edit = pending.pending_edit(source, author)
    edit.sections.get(position=2).delete()
    with pytest.raises(workflow.NotReady, match="what others name"):
        pending.approve(edit, reviewer)
    assert source.sections.count() == 2
    assert pending.pending_of(source) == edit


def test_an_edit_that_would_leave_a_public_record_short_is_not_approved(author: User, reviewer: User) -> None:
    original = whole_practice()
    edit = pending.pending_edit(original, author)
    edit.citation_links.all().delete()
    rename(edit, "Half a title")
    version = kb.DataVersion.current().number
    with pytest.raises(workflow.NotReady, match="a citation"):
        pending.approve(edit, reviewer)
    assert name_of(original) != "Half a title"
    assert original.citation_links.count() == 1
    assert pending.pending_of(original) == edit
    assert kb.DataVersion.current().number == version


@pytest.mark.parametrize("model", [kb.Finding, kb.Practice])
def test_two_edits_do_not_close_a_circle_together(model: type[kb.Curated], author: User, reviewer: User) -> None:
    first, second = MAKE[model](), MAKE[model]()
    edits = [pending.pending_edit(record, author) for record in (first, second)]
    for edit, other in zip(edits, (second, first), strict=True):
        if model is kb.Finding:
            edit.parent = other
            edit.save()
        else:
            edit.relations.create(other=other, kind="part-of", position=2)
    pending.approve(edits[0], reviewer)
    with pytest.raises(workflow.NotReady, match=r"under itself|by way of others"):
        pending.approve(edits[1], reviewer)
    assert pending.pending_of(second) == edits[1]


@each_kind
def test_an_edit_is_not_put_over_what_others_changed_since(
    model: type[kb.Curated], author: User, reviewer: User
) -> None:
    original = MAKE[model]()
    an_hour_ago(original)
    edit = pending.pending_edit(original, author)
    rename(original, "Another's words")
    with pytest.raises(pending.OriginalChanged) as refused:
        pending.approve(edit, reviewer)
    assert "Another's words" in str([record.fields for change in refused.value.changes for record in change.records])
    assert name_of(original) == "Another's words"


def test_an_edit_is_not_put_over_a_row_that_others_changed_since(author: User, reviewer: User) -> None:
    original = whole_practice()
    edit = pending.pending_edit(original, author)
    original.outcomes.first().delete()
    with pytest.raises(pending.OriginalChanged):
        pending.approve(edit, reviewer)


def test_an_edit_brought_up_to_date_keeps_the_changes_of_both(author: User, reviewer: User) -> None:
    original = whole_practice(description="As it was.")
    edit = pending.pending_edit(original, author)
    rename(edit, "Anna's title")
    edit.outcomes.filter(position=1).update(statement="Anna's outcome.")
    edit.country_links.get(position=2).delete()
    original.description = "Otto's description."
    original.save()
    original.outcomes.filter(position=2).delete()
    original.topics.set(kb.Topic.objects.filter(code="housing"))
    original.country_links.create(country=kb.Country.objects.get(alpha2="ES"), role="partner", position=3)
    edit = pending.bring_up_to_date(edit, author)
    pending.approve(edit, reviewer)
    original.refresh_from_db()
    assert (original.title, original.description) == ("Anna's title", "Otto's description.")
    assert [outcome.statement for outcome in original.outcomes.all()] == ["Anna's outcome."]
    assert [topic.code for topic in original.topics.all()] == ["housing"]
    assert [str(link.country) for link in original.country_links.all()] == ["Portugal", "Spain"]


def test_a_reviewer_takes_some_differences_and_leaves_others(author: User, reviewer: User) -> None:
    original = whole_practice(description="As it was.")
    title = original.title
    edit = pending.pending_edit(original, author)
    edit.description = "Better."
    rename(edit, "Worse")
    edit.topics.set(kb.Topic.objects.filter(code="housing"))
    edit.outcomes.get(position=1).delete()
    edit.outcomes.filter(position=2).update(statement="None stayed.")
    edit.country_links.create(country=kb.Country.objects.get(alpha2="ES"), role="partner", position=3)
    found = {difference.key: difference for difference in pending.differences_of(edit)}
    [spain] = [key for key in found if key.startswith("countrylink.-")]
    first, second = original.outcomes.all()
    outcomes = {f"outcome.{first.pk}", f"outcome.{second.pk}"}
    assert set(found) == {"description", "title", "topics", spain, *outcomes}
    assert [found[key].sign for key in (f"outcome.{first.pk}", f"outcome.{second.pk}", spain)] == ["-", "~", "+"]
    assert found[spain].name == "Spain (Partner)"
    pending.approve(edit, reviewer, fields=["description", spain, f"outcome.{second.pk}"])
    original.refresh_from_db()
    assert (original.title, original.description) == (title, "Better.")
    assert [topic.code for topic in original.topics.all()] == ["language"]
    assert [outcome.statement for outcome in original.outcomes.all()] == ["Many came.", "None stayed."]
    assert original.country_links.count() == 3


def test_an_edit_begun_before_its_basis_was_noted_is_approved_by_position(author: User, reviewer: User) -> None:
    original = whole_practice()
    edit = pending.pending_edit(original, author)
    kb.Practice.objects.filter(pk=edit.pk).update(basis=None, created=timezone.now())
    edit.refresh_from_db()
    edit.outcomes.filter(position=2).update(statement="None stayed.")
    keys = [outcome.pk for outcome in original.outcomes.all()]
    pending.approve(edit, reviewer)
    assert [(row.pk, row.statement) for row in original.outcomes.all()] == [
        (keys[0], "Many came."),
        (keys[1], "None stayed."),
    ]


@each_kind
def test_discarding_leaves_the_original_as_it_is(model: type[kb.Curated], author: User) -> None:
    original = MAKE[model]()
    before, versions = read(original), histories(original)
    edit = pending.pending_edit(original, author)
    rename(edit, "In other words")
    pending.discard(edit, author)
    assert pending.pending_of(original) is None
    assert (read(original), histories(original)) == (before, versions)
    assert record_history(original)


# Restoring


@each_kind
def test_a_former_version_comes_back_as_a_pending_edit(model: type[kb.Curated], author: User, reviewer: User) -> None:
    original = MAKE[model]()
    then, before = timezone.now(), read(original)
    rename(original, "In other words")
    edit, gone = pending.restore(original, then, author)
    assert name_of(original) == "In other words"
    assert gone == []
    pending.approve(edit, reviewer)
    assert read(original) == before


def test_a_former_version_has_the_terms_and_rows_of_then(author: User, reviewer: User) -> None:
    original = whole_practice(topics=("language", "work"))
    then, before = timezone.now(), read(original)
    topic = kb.Topic.objects.create(code="gone", label="Gone")
    original.topics.set([topic])
    original.outcomes.all().delete()
    for row in original.involvements.all():
        row.citations.clear()
    edit, _gone = pending.restore(original, then, author)
    pending.approve(edit, reviewer)
    after = read(original)
    assert (after.values, after.terms) == (before.values, before.terms)
    assert comparable(after) == comparable(before)


def test_what_a_former_version_names_and_is_no_more_is_left_out_and_named(author: User) -> None:
    topic, actor = kb.Topic.objects.create(code="gone", label="Gone"), factories.make_stakeholder()
    original = factories.make_practice(involvements=(("ngo", "lead", actor), ("ngo", "funder", None)))
    original.topics.add(topic)
    then = timezone.now()
    original.involvements.filter(stakeholder=actor).delete()
    topic.delete()
    actor.delete()
    edit, gone = pending.restore(original, then, author)
    assert set(gone) == {"topic", "stakeholder"}
    assert [topic.code for topic in edit.topics.all()] == ["language"]
    assert [row.stakeholder for row in edit.involvements.all()] == [None, None]


def test_a_former_version_is_not_put_over_somebody_s_pending_edit(author: User) -> None:
    original = factories.make_practice()
    pending.pending_edit(original, author)
    with pytest.raises(pending.AlreadyEdited):
        pending.restore(original, timezone.now(), author)


def test_a_draft_is_restored_in_place(author: User) -> None:
    draft = factories.make_practice(title="Before", state=kb.State.DRAFT)
    then = timezone.now()
    rename(draft, "After")
    assert pending.restore(draft, then, author) == (draft, [])
    assert name_of(draft) == "Before"


def test_nothing_is_restored_from_before_there_was_anything(author: User) -> None:
    with pytest.raises(LookupError):
        pending.restore(factories.make_practice(), datetime(2001, 1, 1, tzinfo=timezone.get_current_timezone()), author)


# Words


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("one two three", "one 2 three", [("=", "one "), ("-", "two"), ("+", "2"), ("=", " three")]),
        ("all of it", "none of that", [("-", "all"), ("+", "none"), ("=", " of "), ("-", "it"), ("+", "that")]),
        ("two words", "others here", [("-", "two words"), ("+", "others here")]),
        ("", "new", [("+", "new")]),
        ("the same", "the same", [("=", "the same")]),
        ("Work, Language", "Work, Language, Home", [("=", "Work, Language"), ("+", ", Home")]),
        ("1,500 came.", "1,600 came.", [("-", "1,500"), ("+", "1,600"), ("=", " came.")]),
        ("A line.\n\nAnother.", "A line.", [("=", "A line."), ("-", "\n\nAnother.")]),
    ],
)
def test_two_texts_are_told_apart_word_by_word(old: str, new: str, pieces: list[tuple[str, str]]) -> None:
    assert word_difference(old, new) == pieces


@pytest.mark.parametrize("model", [*kb.CURATED, *(kind for model in kb.CURATED for kind in row_models(model))])
def test_everything_that_a_record_says_is_part_of_its_content(model: type[kb.Curated]) -> None:
    owner = next((owner for kinds in map(row_models, kb.CURATED) for kind, owner in kinds.items() if kind is model), "")
    kept = {"id", "ref", "state", "version", "created", "modified", "published_at", "sort_key", "draft_of", "basis"}
    assert {item.name for item in model._meta.concrete_fields} - kept - {owner} == {
        item.name for item in columns(model).values()
    }
