"""Fixtures: loaded whole or not at all, dumped to the same bytes, and never over what a curator did."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from bench import synthetic
from practices import models as kb
from practices.curation import fixtures, loading
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db

FIXTURES = ROOT / "fixtures"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with a copy of the fixtures, to be changed."""
    return Path(shutil.copytree(FIXTURES, tmp_path / "fixtures"))


def edit(folder: Path, file: str, change: Callable[[list[Any]], Any]) -> None:
    """Change the records of one file."""
    path = folder / f"{file}.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    change(records)
    path.write_text(json.dumps(records), encoding="utf-8")


def first(records: list[Any], model: str) -> dict[str, Any]:
    return next(record["fields"] for record in records if record["model"] == f"practices.{model}")


def rows() -> dict[str, int]:
    """Return how many rows each table holds, history included."""
    models = [entry.model for entry in fixtures.ENTRIES.values()]
    history = [model.history.model for model in models if hasattr(model, "history")]
    return {model.__name__: model._default_manager.count() for model in [*models, *history]}


def test_there_is_a_file_for_every_group_and_nothing_else() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} == set(fixtures.FILES)


def test_every_model_that_curators_edit_is_in_a_fixture() -> None:
    held = {entry.model for entry in fixtures.ENTRIES.values()}
    assert {*kb.VOCABULARIES, *kb.CURATED, *kb.PRACTICE_ROWS} <= held


def test_a_dump_after_loading_gives_the_same_bytes(tmp_path: Path) -> None:
    fixtures.dump(tmp_path)
    for path in sorted(FIXTURES.glob("*.json")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_loading_again_writes_nothing() -> None:
    before, version = rows(), kb.DataVersion.current().number
    assert not loading.load(FIXTURES).changed
    assert rows() == before
    assert kb.DataVersion.current().number == version


def test_django_s_own_loaddata_reads_them(tmp_path: Path) -> None:
    kb.Practice.objects.all().delete()
    call_command("loaddata", *sorted(str(path) for path in FIXTURES.glob("*.json")), verbosity=0)
    fixtures.dump(tmp_path)
    assert (tmp_path / "05_practices.json").read_bytes() == (FIXTURES / "05_practices.json").read_bytes()


def test_each_loaded_record_has_one_baseline_row_of_history() -> None:
    for model in (kb.Practice, kb.Finding, kb.Topic, kb.Involvement):
        assert model.history.count() == model._default_manager.count()  # type: ignore[attr-defined]
        assert set(model.history.values_list("history_change_reason", flat=True)) == {loading.BASELINE}  # type: ignore[attr-defined]


def test_the_baseline_holds_the_terms_of_a_practice_too() -> None:
    practice = kb.Practice.objects.published().first()
    baseline = practice.history.get()
    assert {row.topic_id for row in baseline.topics.all()} == {topic.pk for topic in practice.topics.all()}


def test_a_changed_record_that_no_curator_touched_is_updated(copy: Path) -> None:
    edit(copy, "05_practices", lambda records: first(records, "practice").update(summary="Said anew, in other words."))
    result = loading.load(copy)
    assert (result.created, result.updated, result.kept) == (0, 1, 0)
    assert kb.Practice.objects.filter(summary="Said anew, in other words.").count() == 1


def test_what_a_curator_changed_is_kept(copy: Path) -> None:
    slug = first(json.loads((copy / "05_practices.json").read_text()), "practice")["slug"]
    practice = kb.Practice.objects.get(slug=slug)
    practice.summary = "The curator's own words."
    practice.save()
    edit(copy, "05_practices", lambda records: first(records, "practice").update(summary="A newer fixture."))
    result = loading.load(copy)
    assert not result.changed
    assert result.kept == 1
    practice.refresh_from_db()
    assert practice.summary == "The curator's own words."


def test_a_row_that_a_curator_removed_stays_removed() -> None:
    practice = kb.Practice.objects.filter(outcomes__isnull=False).first()
    practice.outcomes.first().delete()
    count = practice.outcomes.count()
    assert not loading.load(FIXTURES).changed
    assert practice.outcomes.count() == count


def test_a_practice_that_a_curator_added_a_row_to_keeps_it() -> None:
    practice = kb.Practice.objects.published().first()
    kb.Outcome.objects.create(practice=practice, position=99, statement="New.")
    loading.load(FIXTURES)
    assert practice.outcomes.filter(position=99).exists()


def test_a_record_that_a_curator_deleted_does_not_come_back() -> None:
    concept = kb.Concept.objects.first()
    slug = concept.slug
    concept.delete()
    loading.load(FIXTURES)
    assert not kb.Concept.objects.filter(slug=slug).exists()


def test_what_a_curator_created_is_left_alone() -> None:
    kb.Concept.objects.create(slug="mine", term="Mine", definition="My own.")
    assert not loading.load(FIXTURES).changed
    assert kb.Concept.objects.filter(slug="mine").exists()


def test_a_row_that_a_newer_fixture_dropped_is_removed(copy: Path) -> None:
    def drop(records: list[Any]) -> None:
        records.remove(next(record for record in records if record["model"] == "practices.outcome"))

    before = kb.Outcome.objects.count()
    edit(copy, "05_practices", drop)
    assert loading.load(copy).removed == 1
    assert kb.Outcome.objects.count() == before - 1


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("05_practices", lambda r: first(r, "practice").update(kind=["spaceship"]), ["unknown kind", "spaceship"]),
        ("05_practices", lambda r: first(r, "practice").update(topics=[["nonsense"]]), ["unknown topic", "nonsense"]),
        ("05_practices", lambda r: first(r, "practice").update(year_start=2006, year_end=2001), ["last year"]),
        ("05_practices", lambda r: first(r, "practice").update(evidence="certain"), ["certain"]),
        ("05_practices", lambda r: first(r, "practice").update(title=""), ["practice", "blank"]),
        ("05_practices", lambda r: first(r, "practice").update(nonsense=1), ["nonsense"]),
        ("05_practices", lambda r: r.append(r[0]), ["twice"]),
        ("05_practices", lambda r: r.append({"model": "auth.user", "fields": {}}), ["not a record"]),
        ("05_practices", lambda r: r.append("text"), ["not a record"]),
        ("02_countries", lambda r: first(r, "country").update(alpha2="xx"), ["02_countries.json", "country"]),
        ("04_sources", lambda r: first(r, "citation").update(paragraph=0), ["04_sources.json", "citation"]),
        ("06_findings", lambda r: first(r, "finding").update(practices=[["no-such-practice"]]), ["06_findings.json"]),
    ],
)
def test_a_broken_fixture_is_refused_whole_with_file_record_and_reason(
    copy: Path, file: str, change: Callable[[list[Any]], Any], words: list[str]
) -> None:
    edit(copy, "08_concepts", lambda records: first(records, "concept").update(term="Would have been changed"))
    edit(copy, file, change)
    before, version = rows(), kb.DataVersion.current().number
    with pytest.raises(fixtures.FixtureError) as refused:
        loading.load(copy)
    for word in [f"{file}.json, record ", *words]:
        assert word in str(refused.value)
    assert rows() == before
    assert kb.DataVersion.current().number == version
    assert not kb.Concept.objects.filter(term="Would have been changed").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe"])
def test_a_file_that_is_no_fixture_is_named(copy: Path, content: bytes) -> None:
    (copy / "06_findings.json").write_bytes(content)
    with pytest.raises(fixtures.FixtureError, match=r"06_findings\.json"):
        loading.load(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "06_findings.json").unlink()
    with pytest.raises(fixtures.FixtureError, match="no such file"):
        loading.load(copy)


def test_pending_edits_are_no_part_of_a_dump(tmp_path: Path) -> None:
    practice = kb.Practice.objects.published().first()
    edit = kb.Practice.objects.get(pk=practice.pk)
    edit.pk, edit.draft_of, edit.state = None, practice, kb.State.DRAFT
    edit.save()
    fixtures.dump(tmp_path)
    assert (tmp_path / "05_practices.json").read_bytes() == (FIXTURES / "05_practices.json").read_bytes()


def test_a_collection_of_over_a_thousand_practices_is_dumped_and_loaded_over(tmp_path: Path) -> None:
    synthetic.make(1100)
    fixtures.dump(tmp_path)
    assert len(json.loads((tmp_path / "05_practices.json").read_text(encoding="utf-8"))) > 5000
    assert not loading.load(FIXTURES).changed
