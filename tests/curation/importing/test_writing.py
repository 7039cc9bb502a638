"""What an import writes: drafts, pending edits and their history, all or nothing, and that it can be undone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from practices import models as kb
from practices.curation import fixtures, operations
from practices.curation.changes import pending
from practices.curation.changes.history import record_history
from practices.curation.importing import running, workbook, writing
from practices.curation.importing.planning import plan
from practices.curation.importing.reading import read
from practices.curation.importing.report import Effect
from practices.index import writer
from tests import factories
from tests.curation.importing.sheets import Lines, as_json, practice

pytestmark = pytest.mark.django_db

Import = Callable[..., Any]
#: what shows whether anything was written: all records, rows and their history
TABLES = [
    model
    for model in (*kb.CURATED, *kb.PRACTICE_ROWS, kb.Citation, kb.Operation)
    for model in (model, getattr(getattr(model, "history", None), "model", None))
    if model is not None
]


def state() -> dict[str, Any]:
    """Return every row of the tables that an import writes, and what fixtures would hold."""
    links = [field.remote_field.through for model in TABLES for field in model._meta.many_to_many]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in (*TABLES, *links)}


@pytest.fixture
def imported(tmp_path: Path, curator: User) -> Import:
    """Import sheets as somebody, for real unless `dry_run`; returns (report, operation)."""

    def run(*, dry_run: bool = False, **sheets: Lines) -> Any:
        path = as_json(tmp_path / "file.json", **sheets)
        return running.run([(path, path.name)], curator, "file.json", dry_run=dry_run)

    return run


def a_practice(citation: kb.Citation) -> dict[str, Lines]:
    place = f"{citation.section.source.slug}/{citation.section.position}"
    return {
        "practices": [practice("a", title="Evening classes", year_start="2006"), practice("b", title="Day classes")],
        "countries": [
            {"key": "a", "country": "PT", "role": "destination"},
            {"key": "a", "country": "ES", "role": "partner"},
        ],
        "involvements": [
            {"key": "a", "role": "ngo", "function": "lead", "stakeholder": "s", "citations": f"{place}/1"},
            {"key": "b", "role": "ngo", "function": "lead", "note": "a choir"},
        ],
        "outcomes": [
            {"key": "a", "statement": "Some learned it.", "value": "1200", "qualifier": "about", "unit": "all"}
        ],
        "relations": [{"key": "b", "other": "a", "kind": "part-of"}],
        "citations": [
            {"key": "a", "citation": f"{place}/1", "supports": "record"},
            {"key": "a", "citation": f"{place}/2: The city teaches the language to all", "supports": "title"},
        ],
        "stakeholders": [{"key": "s", "name": "Circle of friends", "role": "ngo", "other_names": "Amis | fr | name"}],
        "findings": [
            {"key": "f", "title": "It helps", "statement": "So.", "kind": "lesson", "practices": "a; b", "parent": "g"},
            {"key": "g", "title": "Much helps", "statement": "So.", "kind": "lesson"},
        ],
    }


def test_m9_new_records_are_drafts_as_if_somebody_had_typed_them(imported: Import, curator: User) -> None:
    sheets = a_practice(factories.make_citation())
    version, public = kb.DataVersion.current().number, kb.Practice.objects.published().count()
    report, operation = imported(**sheets)
    assert report.counts == {Effect.NEW: 5}
    made = kb.Practice.objects.get(slug="evening-classes")
    assert (made.state, made.version, made.year_start, made.sort_key) == ("draft", 1, 2006, "evening classes")
    assert sorted(made.topics.values_list("code", flat=True)) == ["language"]
    assert [(link.position, link.country.alpha2, link.role) for link in made.country_links.all()] == [
        (1, "PT", "destination"),
        (2, "ES", "partner"),
    ]
    (actor,) = made.involvements.all()
    assert (actor.stakeholder.name, actor.stakeholder.other_names) == (
        "Circle of friends",
        [{"kind": "name", "lang": "fr", "text": "Amis"}],
    )
    assert actor.citations.count() == 1
    assert str(made.outcomes.get().value) == "1200.00"
    assert kb.Relation.objects.get(other=made).practice.slug == "day-classes"
    assert [link.citation.paragraph for link in made.citation_links.all()] == [1, 2]
    finding = kb.Finding.objects.get(slug="it-helps")
    assert (finding.parent.slug, finding.practices.count()) == ("much-helps", 2)
    (change,) = record_history(made)
    assert (change.user, change.reason) == (str(curator), operation.title)
    assert {record.sign for record in change.records} == {"+"}
    assert made.history.get().topics.count() == 1
    assert (kb.DataVersion.current().number, kb.Practice.objects.published().count()) == (version, public)
    assert writer.is_current()
    for record in (made, finding, actor.stakeholder):
        record.full_clean(validate_unique=True)


def test_every_character_is_written_as_it_stands_in_the_file(imported: Import) -> None:
    odd = "\\N a\\tb\\\\ “é” 𝄞 'x' \"y\" %s ;\tone\ntwo \\."
    names = '\\N | fr | name; a\\tb "c" | es | name'
    imported(
        stakeholders=[{"key": "s", "name": "\\N", "role": "ngo", "other_names": names}],
        practices=[practice("a", summary=odd, description=odd)],
    )
    (made,) = kb.Practice.objects.filter(slug="evening-classes-a")
    past = made.history.get()
    assert {made.summary, made.description, past.summary, past.description} == {odd}
    actor = kb.Stakeholder.objects.get(sort_key="n")
    assert (actor.name, [name["text"] for name in actor.other_names]) == ("\\N", ["\\N", 'a\\tb "c"'])
    assert (made.level_id, made.year_start, made.published_at) == (past.level_id, None, None)


def test_refs_and_numbers_go_on_after_an_import(imported: Import) -> None:
    imported(practices=[practice("a"), practice("b")])
    refs = [kb.Practice.objects.get(slug=f"evening-classes-{key}").ref for key in "ab"]
    later = factories.make_practice(state=kb.State.DRAFT)
    numbers = [int(ref.partition("-")[2]) for ref in (*refs, later.ref)]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert later.pk > kb.Practice.objects.get(ref=refs[1]).pk


def test_m4_the_same_file_again_changes_nothing(imported: Import) -> None:
    sheets = a_practice(factories.make_citation())
    imported(**sheets)
    before = state()
    report, operation = imported(**sheets)
    assert (report.counts, operation) == ({Effect.UNCHANGED: 5}, None)
    assert state() == before


def test_m5_a_dry_run_says_the_same_and_leaves_nothing(imported: Import) -> None:
    public, draft = factories.make_practice(), factories.make_practice(state=kb.State.DRAFT)
    sheets = a_practice(factories.make_citation())
    for record in (public, draft):
        sheets["countries"] = [*sheets["countries"], {"key": record.ref, "country": "ES", "role": "origin"}]
    before, sequences = state(), list(kb.RefSequence.objects.order_by("pk").values())
    dry, operation = imported(dry_run=True, **sheets)
    assert (state(), operation) == (before, None)
    assert list(kb.RefSequence.objects.order_by("pk").values()) == sequences
    real, operation = imported(**sheets)
    assert dry == real
    assert operation


def test_m2_one_bad_line_and_nothing_is_written(imported: Import) -> None:
    before = state()
    lines = [practice(f"a{number}") for number in range(500)]
    lines[321]["kind"] = "no such kind"
    report, operation = imported(practices=lines)
    assert [(fault.sheet, fault.line, fault.column) for fault in report.faults] == [("practices", 322, "kind")]
    assert (state(), operation) == (before, None)


def test_m3_what_fails_on_the_way_leaves_nothing(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = a_practice(factories.make_citation())
    before = state()

    def fail(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.Operation.objects, "create", fail)
    with pytest.raises(KeyboardInterrupt):
        imported(**sheets)
    assert state() == before


def test_a_draft_is_changed_and_a_public_record_gets_a_pending_edit(imported: Import, curator: User) -> None:
    draft = factories.make_practice(state=kb.State.DRAFT)
    public = factories.make_practice(topics=("language", "learning"))
    public.country_links.create(country=kb.Country.objects.get(alpha2="ES"), role="partner", position=2)
    kept = list(draft.involvements.values())
    report, operation = imported(
        practices=[
            {"key": draft.ref, "title": "Another title", "topics": "learning"},
            {"key": public.ref, "title": "A better title", "topics": "language; work"},
        ],
        countries=[
            {"key": draft.ref, "country": "ES", "role": "origin"},
            {"key": draft.ref, "country": "PT", "role": "destination"},
            {"key": public.ref, "country": "ES", "role": "partner"},
        ],
    )
    assert report.counts == {Effect.CHANGED: 1, Effect.PENDING: 1}
    draft.refresh_from_db()
    assert (draft.title, draft.version, draft.sort_key) == ("Another title", 2, "another title")
    assert [link.country.alpha2 for link in draft.country_links.all()] == ["ES", "PT"]
    assert (list(draft.involvements.values()), [topic.code for topic in draft.topics.all()]) == (kept, ["learning"])
    assert {record.sign for change in record_history(draft)[:1] for record in change.records} == {"~", "+", "-"}
    public.refresh_from_db()
    edit = pending.pending_of(public)
    assert (edit.title, edit.state, edit.ref, edit.slug) == ("A better title", "draft", public.ref, public.slug)
    assert public.title != edit.title and public.country_links.count() == 2
    named = {str(difference) for difference in pending.differences_of(edit)}
    assert len(named) == 3, named
    approved = pending.approve(edit, curator)
    assert (approved.title, approved.country_links.count(), approved.topics.count()) == ("A better title", 1, 2)
    assert approved.involvements.count() == approved.citation_links.count() == 1
    assert operation.kind == "import"


def test_m4_a_pending_edit_that_says_the_same_is_left_alone(imported: Import) -> None:
    public = factories.make_stakeholder()
    lines = [{"key": public.ref, "description": "It sings."}]
    imported(stakeholders=lines)
    before = state()
    report, operation = imported(stakeholders=lines)
    assert (report.counts, operation, state() == before) == ({Effect.UNCHANGED: 1}, None, True)
    report, operation = imported(stakeholders=[{"key": public.ref, "description": "It dances."}])
    assert (report.found, operation) == (1, None)
    assert "pending edit" in report.faults[0].reason


def test_an_import_is_undone_exactly_or_refused_where_somebody_went_on(imported: Import, curator: User) -> None:
    draft, public = factories.make_practice(state=kb.State.DRAFT), factories.make_practice()
    sheets = a_practice(factories.make_citation())
    for record in (public, draft):
        sheets["countries"] = [*sheets["countries"], {"key": record.ref, "country": "ES", "role": "origin"}]
    curated = (*kb.CURATED, *kb.PRACTICE_ROWS, kb.Citation)
    before = [list(model._default_manager.order_by("pk").values()) for model in curated]
    _report, operation = imported(**sheets)
    made = kb.Practice.objects.get(slug="day-classes")
    made.title = "Night classes"
    made.save()
    with pytest.raises(operations.ChangedSince):
        operations.undo(operation, curator)
    made.title = "Day classes"
    made.save()
    kb.Practice.objects.filter(pk=made.pk).update(modified=made.created)
    operations.undo(operation, curator)
    assert [list(model._default_manager.order_by("pk").values()) for model in curated] == before


def test_what_somebody_saved_meanwhile_is_not_overwritten(tmp_path: Path, curator: User) -> None:
    draft = factories.make_practice(state=kb.State.DRAFT)
    path = as_json(tmp_path / "file.json", practices=[{"key": draft.ref, "title": "Mine"}, practice("a")])
    planned = plan(read(path, path.name))
    kb.Practice.objects.filter(pk=draft.pk).update(version=models.F("version") + 1, title="Theirs")
    with pytest.raises(writing.ChangedMeanwhile):
        writing.write(planned, curator, "file")
    path = as_json(tmp_path / "file.json", practices=[practice("b")])
    planned = plan(read(path, path.name))
    factories.make_practice(slug="evening-classes-b")
    with pytest.raises(writing.ChangedMeanwhile), transaction.atomic():
        writing.write(planned, curator, "file")
    assert not kb.Practice.objects.filter(title__in=["Mine", "Evening classes b"]).exists()


def test_pending_edits_are_no_part_of_exports_and_fixtures(imported: Import, tmp_path: Path) -> None:
    public = factories.make_practice()
    imported(practices=[{"key": public.ref, "title": "A better title"}])
    entry = fixtures.FIXTURE_MODELS["practices.practice"]
    assert "A better title" not in [record["fields"]["title"] for _pk, record in fixtures.records_of(entry)]
    path = tmp_path / "export.xlsx"
    path.write_bytes(workbook.export({"practices": [public.pk]}))
    assert plan(read(path, path.name)).report.counts == {Effect.UNCHANGED: 1}


def test_m1_lines_are_written_in_a_number_of_statements_that_does_not_grow_with_them(imported: Import) -> None:
    def statements(name: str, count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            report, _operation = imported(practices=[practice(f"{name}{number}") for number in range(count)])
        assert report.counts == {Effect.NEW: count}
        return len(captured)

    few = statements("a", 2)
    assert statements("b", 100) <= few < 100
