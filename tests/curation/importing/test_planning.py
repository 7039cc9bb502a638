"""What the lines of a file say, what is wrong with them, and what differs from what is there."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from practices import models as kb
from practices.curation.importing import checks, workbook
from practices.curation.importing.columns import SHEETS
from practices.curation.importing.planned import Choices, Plan
from practices.curation.importing.reading import read
from practices.curation.importing.report import Effect, ImportReport
from tests import factories
from tests.curation.importing.sheets import Lines, as_json, faults, planned, practice, table
from tests.curation.importing.sheets import workbook as book

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan_of(tmp_path: Path) -> Any:
    """Return what an import of sheets would write."""

    def plan(choices: Choices | None = None, **sheets: Lines) -> Plan:
        return planned(as_json(tmp_path / "file.json", **sheets), choices)

    return plan


def reasons(plan: Plan) -> str:
    return " ".join(fault.reason for fault in plan.report.faults)


def test_a_practice_with_its_rows_is_a_new_draft(plan_of: Any) -> None:
    plan = plan_of(
        practices=[practice("a", topics="language; Learning", year_start="2006.0", other_names="Tres | es | name")],
        countries=[{"key": "a", "country": "Portugal", "role": "destination"}],
        involvements=[{"key": "a", "role": "ngo", "function": "Lead", "stakeholder": "b", "note": ""}],
        stakeholders=[{"key": "b", "name": "Circle of friends", "role": "ngo", "country": "PRT"}],
        outcomes=[{"key": "a", "statement": "Some learned it.", "value": "1200.50", "qualifier": "about"}],
    )
    assert not plan.report.found, plan.report.faults
    assert plan.report.counts == {Effect.NEW: 2}
    (one,) = (record for record in plan.records if record.sheet.model is kb.Practice)
    assert one.values["year_start"] == 2006
    assert one.values["topics"] == {kb.Topic.objects.get(code=code).pk for code in ("language", "learning")}
    assert one.values["slug"] == "evening-classes-a"
    assert [row.values["function"] for row in one.rows["involvements"]] == ["lead"]


WRONG = [
    ("title", "", "needed"),
    ("title", "x" * 201, "at most 200 characters"),
    ("kind", "", "needed"),
    ("kind", "nothing like it", "There is no kind of practice"),
    ("topics", "language; langage", "There is no topic"),
    ("year_start", "20006", "up to"),
    ("year_start", "2006-07", "whole number"),
    ("year_end", "2001", "before the first"),
    ("reported_status", "going on", "There is no status"),
    ("slug", "Not a slug", "slug"),
    ("slug", "classes-of-old", "was the address of another"),
    ("places", "XX Nowhere", "There is no place"),
    ("other_names", "a | b", "text | language | kind"),
    ("other_names", "a | zzzz | name", "no language code"),
]


def test_m2_what_is_wrong_is_named_with_sheet_line_and_column(plan_of: Any) -> None:
    kb.FormerSlug.objects.create(model="practice", slug="classes-of-old", ref="IPK-0001")
    wrong = [practice(f"b{n}", **{"year_start": "2005", column: value}) for n, (column, value, _) in enumerate(WRONG)]
    plan = plan_of(practices=[practice("a"), *wrong])
    found = sorted(plan.report.faults, key=lambda fault: fault.line)
    assert [(fault.line - 2, fault.column) for fault in found] == [
        (n, column) for n, (column, _, _) in enumerate(WRONG)
    ]
    for fault, (_column, _value, reason) in zip(found, WRONG, strict=True):
        assert reason in fault.reason


def test_m2_rows_are_checked_as_the_database_would(plan_of: Any) -> None:
    plan = plan_of(
        practices=[practice("a")],
        countries=[{"key": "a", "country": "PT"}, {"key": "a", "country": "Portugal"}, {"key": "z", "country": "PT"}],
        involvements=[{"key": "a", "role": "ngo", "function": "lead", "note": "a choir"}] * 2,
        outcomes=[{"key": "a", "statement": "So.", "value": "12"}, {"key": "a", "statement": "So.", "value": "1,2"}],
        relations=[{"key": "a", "other": "a", "kind": "see-also"}],
        citations=[{"key": "a", "citation": "idm-11/1/99999", "supports": "record"}],
    )
    assert sorted(faults(plan)) == [
        ("citations", 1, "citation"),
        ("countries", 2, "key"),
        ("countries", 3, "key"),
        ("involvements", 2, "key"),
        ("outcomes", 1, "value"),
        ("outcomes", 2, "value"),
        ("relations", 1, "other"),
    ]


def test_m2_no_record_stands_above_itself(plan_of: Any) -> None:
    one, other = factories.make_practice(), factories.make_practice()
    kb.Relation.objects.create(practice=one, other=other, kind="part-of")
    relations = [
        {"key": other.ref, "other": one.ref, "kind": "part-of"},
        {"key": "a", "other": "b", "kind": "continues"},
        {"key": "b", "other": "a", "kind": "continues"},
    ]
    findings = [
        {"key": key, "title": key, "statement": "It is so.", "kind": "lesson", "parent": parent}
        for key, parent in (("f", "g"), ("g", "f"))
    ]
    plan = plan_of(practices=[practice("a"), practice("b")], relations=relations, findings=findings)
    assert {(sheet, column) for sheet, _line, column in faults(plan)} == {
        ("relations", "other"),
        ("findings", "parent"),
    }
    assert len(faults(plan)) == 5


def test_keys_and_slugs_stand_once(plan_of: Any) -> None:
    plan = plan_of(practices=[practice("a"), practice("a"), practice("b", title="Evening classes a")])
    assert faults(plan) == [("practices", 2, "key"), ("practices", 3, "slug")]
    assert faults(plan_of(practices=[practice("IPK-9999")])) == [("practices", 1, "key")]


def test_a_record_that_is_there_differs_by_what_the_file_says(plan_of: Any) -> None:
    draft = factories.make_practice(state=kb.State.DRAFT)
    public, archived = factories.make_practice(), factories.make_practice(state=kb.State.ARCHIVED)
    lines = [{"key": draft.ref, "title": draft.title}, {"key": f"{public.ref} {public}", "title": public.title}]
    same = plan_of(practices=lines)
    assert same.report.counts == {Effect.UNCHANGED: 2}
    plan = plan_of(
        practices=[{"key": draft.ref, "title": "Another title"}],
        countries=[{"key": public.ref, "country": "PT"}, {"key": public.ref, "country": "ES"}],
    )
    assert {record.key: (record.effect, record.changed) for record in plan.report.records} == {
        draft.ref: (Effect.CHANGED, ("title",)),
        public.ref: (Effect.PENDING, ("countries",)),
    }
    assert not plan.report.found
    assert faults(plan_of(practices=[{"key": archived.ref, "title": "Another"}])) == [("practices", 1, "key")]
    assert faults(plan_of(practices=[{"key": public.ref, "slug": "another"}])) == [("practices", 1, "slug")]


def test_more_drafts_than_one_act_may_change_are_refused(plan_of: Any, settings: Settings) -> None:
    settings.BULK_LIMIT = 1
    drafts = [factories.make_stakeholder(state=kb.State.DRAFT) for _ in range(2)]
    lines = [{"key": draft.ref, "description": "It sings."} for draft in drafts]
    assert not plan_of(stakeholders=lines[:1]).report.found
    assert "1 at most" in reasons(plan_of(stakeholders=lines))


def test_a_record_with_the_same_slug_is_the_same_or_a_fault(plan_of: Any) -> None:
    there = factories.make_stakeholder(name="Circle of friends", slug="circle-of-friends")
    line = {"key": "s", "name": "Circle of friends", "role": "ngo"}
    assert plan_of(stakeholders=[line]).report.counts == {Effect.UNCHANGED: 1}
    plan = plan_of(stakeholders=[{**line, "description": "It sings."}])
    assert there.ref in reasons(plan)
    assert faults(plan) == [("stakeholders", 1, "slug")]


def test_a_new_record_that_is_like_one_that_is_there_is_named_with_it(plan_of: Any) -> None:
    there = factories.make_stakeholder(name="Municipal library of Vila Nova")
    lines = [
        {"key": key, "name": name, "role": "ngo"} for key, name in (("a", "Municipal Library Vila Nova"), ("b", "X"))
    ]
    assert [record.like for record in plan_of(stakeholders=lines).report.records] == [f"{there.ref} {there}", ""]


def test_what_a_text_may_mean_is_offered_and_can_be_chosen(plan_of: Any) -> None:
    lines = {"practices": [practice("a", Topic="langage", topics=None)], "countries": [{"key": "a", "country": "UK"}]}
    plan = plan_of(**lines)
    offered = {
        (fault.directory, fault.text): [code for code, _label in fault.suggestions] for fault in plan.report.faults
    }
    assert offered["practices.country", "UK"][0] == "GB"
    assert [(column.header, column.suggestions[0][0]) for column in plan.report.columns] == [("Topic", "topics")]
    choices = Choices({"practices": {"Topic": ""}}, {"practices.country": {"UK": "GB"}})
    assert not plan_of(choices, **lines).report.found
    choices = Choices({"practices": {"Topic": "topics", "topics": ""}}, {"practices.country": {"UK": ""}})
    assert {(fault.directory, fault.text) for fault in plan_of(choices, **lines).report.faults} == {
        ("practices.topic", "langage"),
        ("", ""),
    }


def test_a_new_passage_is_known_by_its_first_words_and_one_that_is_cited_by_its_mark(plan_of: Any) -> None:
    citation = factories.make_citation()
    place = f"{citation.section.source.slug}/1"
    new = {"key": "a", "citation": f"{place}/2: The city teaches the language to all who come", "supports": "record"}
    there = {"key": "a", "citation": f"{place}/1#{citation.fingerprint[:12]}", "supports": "title"}
    alone = {"key": "a", "citation": f"{place}/1", "supports": "years"}
    plan = plan_of(practices=[practice("a")], citations=[new, there, alone])
    assert not plan.report.found, plan.report.faults
    (record,) = plan.records
    assert [row.values["citation"] for row in record.rows["citations"][1:]] == [citation.pk] * 2
    for text in ("nowhere", "nothing/1/1", f"{place}/9", f"{place}/0", f"{place}/2", f"{place}/2: A word"):
        plan = plan_of(practices=[practice("a")], citations=[{"key": "a", "citation": text}])
        assert faults(plan) == [("citations", 1, "citation")], text


HOSTILE = ["=1+1", "@SUM(1)", "-1", "'quoted", "a;b|c", "<script>alert(1)</script>", "\u202eabc", "日本"]


def test_m4_hostile_texts_come_back_as_they_were(tmp_path: Path) -> None:
    practices = [
        factories.make_practice(
            title=f"{text} x",
            description=f"{text}\r\nb\x0b",
            other_names=[{"kind": "name", "lang": "und", "text": text}],
        )
        for text in HOSTILE
    ]
    path = tmp_path / "export.xlsx"
    path.write_bytes(workbook.export({"practices": [practice.pk for practice in practices]}))
    plan = planned(path)
    assert plan.report.counts == {Effect.UNCHANGED: len(HOSTILE)}, plan.report


def test_m4_an_export_of_the_collection_changes_nothing(tmp_path: Path) -> None:
    keys = {
        sheet.name: list(sheet.model.objects.order_by("pk").values_list("pk", flat=True)[:60])  # type: ignore[attr-defined]
        for sheet in SHEETS
        if not sheet.owner
    }
    path = tmp_path / "export.xlsx"
    path.write_bytes(workbook.export(keys))
    plan = planned(path)
    assert plan.report.counts == {Effect.UNCHANGED: 180}, plan.report.faults
    assert {table.name for table in read(path, path.name)} == {sheet.name for sheet in SHEETS}


def test_m4_our_own_json_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(workbook.export_json({"practices": kb.Practice.objects.values_list("pk", flat=True)[:20]}))
    assert planned(path).report.counts == {Effect.UNCHANGED: 20}


def test_the_template_has_every_sheet_and_no_line(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(workbook.template())
    from openpyxl import load_workbook

    template = load_workbook(path)
    assert template.sheetnames == [*(sheet.name for sheet in SHEETS), "help", "lists"]
    assert template["lists"].sheet_state == "hidden"
    assert template["practices"].max_row == 1
    (kinds,) = (
        rule for rule in template["stakeholders"].data_validations.dataValidation if rule.promptTitle == "Usual role"
    )
    start, end = kinds.formula1.partition("!")[2].replace("$", "").split(":")
    assert template["lists"][start].value == kb.StakeholderRole.objects.first().code
    assert int(end.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == kb.StakeholderRole.objects.count() + 1


def test_sheets_are_known_by_their_columns_where_their_name_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "Feuil1.csv"
    path.write_text(table([practice("a")]), encoding="utf-8")
    assert planned(path).report.counts == {Effect.NEW: 1}
    unknown = book(tmp_path / "b.xlsx", practices=[practice()], Notes=[{"this": 1, "that": 2}])
    assert faults(planned(unknown)) == [("Notes", 0, "")]


def test_the_number_of_queries_does_not_grow_with_the_lines(plan_of: Any) -> None:
    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            plan_of(
                practices=[practice(f"a{number}") for number in range(count)],
                countries=[{"key": f"a{number}", "country": "PT"} for number in range(count)],
            )
        return len(captured)

    assert queries(2) == queries(40) <= 25


def test_a_report_comes_back_from_json_as_it_was(plan_of: Any) -> None:
    report = plan_of(practices=[practice("a", kind="programe"), practice("b", Colour="red")]).report
    assert ImportReport.of_json(report.as_json()) == report


@pytest.mark.once
def test_every_check_of_the_models_is_understood() -> None:
    for sheet in SHEETS:
        values: dict[str, Any] = dict.fromkeys([field.name for field in sheet.model._meta.fields], 1)
        for constraint in sheet.model._meta.constraints:
            if getattr(constraint, "condition", None) is not None and "isnull" not in str(constraint):
                assert checks.holds(constraint.condition, values) is not None, constraint
