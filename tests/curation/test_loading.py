"""Loading fixtures: all or nothing, only what they name, and never over what a curator did. On a few practices."""

import json
import shutil
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from practices import models as kb
from practices.curation import fixtures, loading, publishing
from tests.conftest import ROOT
from tests.curation.subset import only, write_subset

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def folder(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """Return a small folder of fixtures, which alone are in the database for all tests of this module."""
    folder = write_subset(ROOT / "fixtures", tmp_path_factory.mktemp("subset") / "fixtures")
    with django_db_blocker.unblock(), only(folder):
        yield folder


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """Return a folder with a copy of the fixtures, to be changed."""
    return Path(shutil.copytree(folder, tmp_path / "fixtures"))


def edit(folder: Path, file: str, change: Callable[[list[Any]], Any]) -> None:
    """Change the records of one file."""
    path = folder / f"{file}.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    change(records)
    path.write_text(json.dumps(records), encoding="utf-8")


def first(records: list[Any], model: str) -> dict[str, Any]:
    return next(record["fields"] for record in records if record["model"] == f"practices.{model}")


def first_practice(folder: Path) -> Any:
    """Return the practice that is the first of a fixture."""
    records = json.loads((folder / "05_practices.json").read_text(encoding="utf-8"))
    return kb.Practice.objects.get(slug=first(records, "practice")["slug"])


def without(model: str, name: str) -> Callable[[list[Any]], None]:
    """Return the change that takes a field out of every record of a model."""

    def change(records: list[Any]) -> None:
        for record in records:
            if record["model"] == f"practices.{model}":
                del record["fields"][name]

    return change


def rows() -> dict[str, int]:
    """Return how many rows each table holds, history included."""
    models = [entry.model for entry in fixtures.FIXTURE_MODELS.values()]
    history = [model.history.model for model in models if hasattr(model, "history")]
    return {model.__name__: model._default_manager.count() for model in [*models, *history]}


def load_fixtures(folder: Path) -> str:
    """Return what the command says."""
    out = StringIO()
    call_command("load_fixtures", "--from", str(folder), stdout=out)
    return out.getvalue()


# What fixtures do not name


@pytest.mark.parametrize(
    ("name", "value"), [("description", "Set by a migration."), ("evidence", "evaluated"), ("year_end", 2031)]
)
def test_a_field_that_fixtures_do_not_name_is_left_alone(copy: Path, name: str, value: Any) -> None:
    kb.Practice.objects.update(**{name: value})
    publishing.reindexed()
    edit(copy, "05_practices", without("practice", name))
    before, version = rows(), kb.DataVersion.current().number
    assert loading.load(copy) == loading.LoadResult()
    assert (rows(), kb.DataVersion.current().number) == (before, version)
    assert set(kb.Practice.objects.values_list(name, flat=True)) == {value}


def test_terms_that_fixtures_do_not_name_are_left_alone(copy: Path) -> None:
    practice = first_practice(copy)
    links = set(kb.Practice.topics.through.objects.values_list("practice", "topic"))
    edit(copy, "05_practices", without("practice", "topics"))
    edit(copy, "05_practices", lambda records: first(records, "practice").update(summary="Other words."))
    assert loading.load(copy) == loading.LoadResult(updated=1)
    assert set(kb.Practice.topics.through.objects.values_list("practice", "topic")) == links
    assert practice.history.latest().topics.count() == practice.topics.count() > 0


def test_an_update_keeps_the_values_that_the_fixture_does_not_name(copy: Path) -> None:
    practice = first_practice(copy)
    kb.Practice.objects.filter(pk=practice.pk).update(description="Set by a migration.")
    edit(copy, "05_practices", without("practice", "description"))
    edit(copy, "05_practices", lambda records: first(records, "practice").update(summary="Other words."))
    assert loading.load(copy) == loading.LoadResult(updated=1)
    practice.refresh_from_db()
    assert (practice.summary, practice.description) == ("Other words.", "Set by a migration.")
    assert loading.load(copy) == loading.LoadResult()


def test_a_new_record_gets_the_default_of_what_the_fixture_does_not_name(copy: Path) -> None:
    def add(records: list[Any]) -> None:
        concept = next(record for record in records if record["model"] == "practices.concept")
        fields = {**concept["fields"], "slug": "a-new-one", "ref": "IPC-9999"}
        records.append({**concept, "fields": {k: v for k, v in fields.items() if k not in ("state", "other_names")}})

    edit(copy, "08_concepts", add)
    assert loading.load(copy) == loading.LoadResult(created=1)
    concept = kb.Concept.objects.get(slug="a-new-one")
    assert (concept.state, concept.other_names) == (kb.State.DRAFT, [])


def test_the_rows_of_a_removed_key_are_no_reason_to_write_twice(copy: Path) -> None:
    edit(copy, "05_practices", without("outcome", "as_of"))
    edit(copy, "05_practices", without("involvement", "citations"))
    for _ in range(2):
        assert loading.load(copy) == loading.LoadResult()


def test_a_record_without_what_it_is_recognised_by_is_refused(copy: Path) -> None:
    edit(copy, "05_practices", lambda records: first(records, "outcome").pop("position"))
    with pytest.raises(fixtures.FixtureError, match=r"05_practices.json, record .* recognised by: position"):
        loading.load(copy)


# What curators did


def test_a_changed_record_that_no_curator_touched_is_updated(copy: Path) -> None:
    edit(copy, "05_practices", lambda records: first(records, "practice").update(summary="Said anew, in other words."))
    result = loading.load(copy)
    assert result == loading.LoadResult(updated=1)
    assert kb.Practice.objects.filter(summary="Said anew, in other words.").count() == 1


def test_what_a_curator_changed_is_kept(copy: Path) -> None:
    practice = first_practice(copy)
    practice.summary = "The curator's own words."
    practice.save()
    edit(copy, "05_practices", lambda records: first(records, "practice").update(summary="A newer fixture."))
    result = loading.load(copy)
    assert result == loading.LoadResult(kept=[("practices.practice", f'["{practice.slug}"]')])
    practice.refresh_from_db()
    assert practice.summary == "The curator's own words."


def test_a_row_that_a_curator_removed_stays_removed(folder: Path) -> None:
    practice = kb.Practice.objects.filter(outcomes__isnull=False).first()
    practice.outcomes.first().delete()
    count = practice.outcomes.count()
    assert not loading.load(folder).changed
    assert practice.outcomes.count() == count


def test_a_practice_that_a_curator_added_a_row_to_keeps_it(folder: Path) -> None:
    practice = kb.Practice.objects.published().first()
    kb.Outcome.objects.create(practice=practice, position=99, statement="New.")
    loading.load(folder)
    assert practice.outcomes.filter(position=99).exists()


def test_a_record_that_a_curator_deleted_does_not_come_back(folder: Path) -> None:
    concept = kb.Concept.objects.first()
    slug = concept.slug
    concept.delete()
    loading.load(folder)
    assert not kb.Concept.objects.filter(slug=slug).exists()


def test_what_a_curator_created_is_left_alone(folder: Path) -> None:
    kb.Concept.objects.create(slug="mine", term="Mine", definition="My own.")
    assert not loading.load(folder).changed
    assert kb.Concept.objects.filter(slug="mine").exists()


def test_a_row_that_a_newer_fixture_dropped_is_removed(copy: Path) -> None:
    def drop(records: list[Any]) -> None:
        records.remove(next(record for record in records if record["model"] == "practices.outcome"))

    before = kb.Outcome.objects.count()
    edit(copy, "05_practices", drop)
    assert loading.load(copy).removed == 1
    assert kb.Outcome.objects.count() == before - 1


def test_the_command_names_what_it_keeps_up_to_twenty_records(copy: Path) -> None:
    for practice in kb.Practice.objects.filter(draft_of=None):
        practice.summary = "The curator's own words."
        practice.save()
    report = load_fixtures(copy)
    assert "20 records differ from the fixtures because curators changed them: kept." in report
    assert report.count("\n  practices.practice [") == 20
    kb.Concept.objects.first().delete()
    assert load_fixtures(copy).endswith("  and 1 more\n")


# What cannot be loaded


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


def test_pending_edits_are_no_part_of_a_dump(folder: Path, tmp_path: Path) -> None:
    fixtures.dump(tmp_path / "before")
    practice = kb.Practice.objects.published().first()
    draft = kb.Practice.objects.get(pk=practice.pk)
    draft.pk, draft.draft_of, draft.state = None, practice, kb.State.DRAFT
    draft.save()
    fixtures.dump(tmp_path / "after")
    before, after = ((tmp_path / name / "05_practices.json").read_bytes() for name in ("before", "after"))
    assert before == after
