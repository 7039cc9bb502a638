"""Loading fixtures: all or nothing, only what they name, and never over what a curator did. On a few practices."""

import json
import shutil
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import CharField, ProtectedError, TextField

from practices import models as kb
from practices.curation import fixtures, loading, publishing
from tests.conftest import ROOT
from tests.curation.subset import only, write_subset

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def folder(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """Return a small folder of fixtures, which alone are in the database for all tests of this module."""
    folder = write_subset(ROOT / "fixtures", tmp_path_factory.mktemp("subset") / "fixtures", whole=[kb.Place])
    complete(folder)
    with django_db_blocker.unblock(), only(folder):
        yield folder


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """Return a folder with a copy of the fixtures, to be changed."""
    return Path(shutil.copytree(folder, tmp_path / "fixtures"))


def complete(folder: Path) -> None:
    """Give the fixtures a record of each model: a note, a former address, and a practice with a place."""
    edit(folder, "04_sources", lambda records: records.append(note(first(records, "section"))))
    edit(folder, "05_practices", lambda records: first(records, "practice").update(places=[["DE", "Berlin"]]))
    former = {"model": "practice", "slug": "as-it-was", "ref": "IPK-0001"}
    edit(folder, "08_concepts", lambda records: records.append({"model": "practices.formerslug", "fields": former}))


def note(section: dict[str, Any]) -> dict[str, Any]:
    place = {"section": [*section["source"], section["position"]], "paragraph": 1}
    return {"model": "practices.paragraphnote", "fields": {**place, "reason": "cover"}}


def edit(folder: Path, file: str, change: Callable[[list[Any]], Any]) -> None:
    """Change the records of one file."""
    path = folder / f"{file}.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    change(records)
    path.write_text(json.dumps(records), encoding="utf-8")


def add(folder: Path, file: str, model: str, **values: Any) -> None:
    """Add a record to a file: the first of its model with other values."""
    edit(
        folder,
        file,
        lambda records: records.append(
            {"model": f"practices.{model}", "fields": {**first(records, model), **values}},
        ),
    )


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
    models: list[Any] = [entry.model for entry in fixtures.FIXTURE_MODELS.values()]
    history = [model.history.model for model in models if hasattr(model, "history")]
    links = [field.remote_field.through for model in models for field in model._meta.many_to_many]
    return {model.__name__: model._default_manager.count() for model in [*models, *history, *links]}


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


def name_of(model: type[Any]) -> str:
    return model.__name__


def plain_field(model: Any) -> Any:
    """Return a field that a curator can change without more ado: a text where there is one, or a choice; or None."""
    entry = fixtures.FIXTURE_MODELS[model._meta.label_lower]
    fields = [f for f in model._meta.fields if isinstance(f, CharField | TextField)]
    fields = [f for f in fields if f.editable and not f.unique and f.name not in (*entry.key, "state")]
    return min(fields, key=lambda field: bool(field.choices), default=None)


def other_value(field: Any, value: Any) -> Any:
    if field.choices:
        return next(code for code, _label in reversed(list(field.choices)) if code != value)
    if isinstance(field, CharField | TextField):
        return "QQ" if field.max_length == 2 else f"q{value}"[: field.max_length]
    return value + 1000


def change(record: Any, field: Any) -> None:
    """Change a field, as a curator does."""
    setattr(record, field.name, other_value(field, getattr(record, field.name)))
    record.save()
    publishing.reindexed()


def delete(record: Any) -> None:
    """Delete a record as a curator can: first what needs it."""
    try:
        record.delete()
    except ProtectedError as error:
        for other in error.protected_objects:
            if type(other)._default_manager.filter(pk=other.pk).exists():
                delete(other)
        delete(record)


def key_of(record: Any) -> fixtures.Key:
    """Return the key of a record of the database."""
    entry = fixtures.FIXTURE_MODELS[record._meta.label_lower]
    return next(fixtures.key_of(content) for pk, content in fixtures.records_of(entry) if pk == record.pk)


def load_in_vain(folder: Path) -> loading.LoadResult:
    """Load fixtures in which nothing is new: nothing whatever is written; returns the result."""
    before, version = rows(), kb.DataVersion.current().number
    result = loading.load(folder)
    assert not result.changed
    assert (rows(), kb.DataVersion.current().number) == (before, version)
    return result


#: all models but the one that curators cannot edit, and has no history
EDITED: list[Any] = [entry.model for entry in fixtures.FIXTURE_MODELS.values() if entry.model is not kb.Region]


@pytest.mark.parametrize("model", [model for model in EDITED if plain_field(model)], ids=name_of)
def test_a_field_that_a_curator_changed_is_kept_and_named(folder: Path, model: Any) -> None:
    record, field = model._default_manager.first(), plain_field(model)
    change(record, field)
    value = getattr(record, field.name)
    assert field.name in load_in_vain(folder).kept[key_of(record)].removeprefix("differs in ").split(", ")
    record.refresh_from_db()
    assert getattr(record, field.name) == value


@pytest.mark.parametrize("model", EDITED, ids=name_of)
def test_a_record_whose_key_a_curator_changed_is_followed(folder: Path, model: Any) -> None:
    record, entry = model._default_manager.first(), fixtures.FIXTURE_MODELS[model._meta.label_lower]
    field = next(field for field in map(model._meta.get_field, entry.key) if not field.is_relation)
    change(record, field)
    assert field.name in load_in_vain(folder).kept[key_of(record)]


@pytest.mark.parametrize("model", EDITED, ids=name_of)
def test_a_record_that_a_curator_deleted_stays_deleted_and_stops_no_load(folder: Path, model: Any) -> None:
    record = model._default_manager.first()
    key = key_of(record)
    delete(record)
    publishing.reindexed()
    assert load_in_vain(folder).kept[key] == "deleted"


def test_a_place_that_a_curator_moved_to_another_country_keeps_its_practices(folder: Path) -> None:
    place = kb.Place.objects.get(name="Berlin")
    place.country = kb.Country.objects.exclude(pk=place.country_id).first()
    place.save()
    publishing.reindexed()
    assert load_in_vain(folder).kept == {key_of(place): "differs in country"}
    assert first_practice(folder).places.get() == place


def test_the_record_that_was_loaded_is_followed_where_another_has_its_name_now(folder: Path) -> None:
    loaded = kb.Place.objects.get(name="Berlin")
    change(loaded, kb.Place._meta.get_field("name"))
    kb.Place.objects.create(country=loaded.country, name="Berlin")
    load_in_vain(folder)
    assert first_practice(folder).places.get() == loaded


def test_a_new_record_names_what_a_curator_renamed_by_its_new_name(copy: Path) -> None:
    topic = first_practice(copy).topics.first()
    change(topic, kb.Topic._meta.get_field("code"))
    add(copy, "05_practices", "practice", slug="a-new-one", ref="IPK-9999")
    assert loading.load(copy).created == 1
    assert topic in kb.Practice.objects.get(slug="a-new-one").topics.all()
    load_in_vain(copy)


def test_a_new_record_names_the_one_to_which_the_address_of_a_deleted_one_leads(copy: Path) -> None:
    merged, target = kb.Stakeholder.objects.order_by("pk")[:2]
    slug = merged.slug
    delete(merged)
    kb.FormerSlug.objects.create(model="stakeholder", slug=slug, ref=target.ref)
    add(copy, "05_practices", "practice", slug="a-new-one", ref="IPK-9999")
    add(copy, "05_practices", "involvement", practice=["a-new-one"], stakeholder=[slug])
    assert loading.load(copy).created == 2
    assert kb.Involvement.objects.get(practice__slug="a-new-one").stakeholder == target
    load_in_vain(copy)


# What fixtures name that a curator deleted


def test_a_list_leaves_out_what_a_curator_deleted_and_the_command_says_so(copy: Path) -> None:
    delete(kb.Topic.objects.get(code="language"))
    add(copy, "05_practices", "practice", slug="a-new-one", ref="IPK-9999")
    report = load_fixtures(copy)
    assert "1 records created, 0 updated, 0 removed." in report
    assert (
        '  practices.practice ["a-new-one"]: topics names topic language, which a curator deleted: left out\n' in report
    )
    assert [topic.code for topic in kb.Practice.objects.get(slug="a-new-one").topics.all()] == ["family-support"]
    load_in_vain(copy)
    assert load_fixtures(copy).startswith("Nothing new in the fixtures.\n")


def test_an_optional_field_stays_empty_where_a_curator_deleted_what_it_names(copy: Path) -> None:
    records = json.loads((copy / "06_findings.json").read_text(encoding="utf-8"))
    slug = first(records, "finding")["slug"]
    delete(kb.Finding.objects.get(slug=slug))
    add(copy, "06_findings", "finding", slug="a-new-one", ref="IPF-9999", parent=[slug])
    result = loading.load(copy)
    assert [str(omission) for omission in result.left_out] == [
        f'practices.finding ["a-new-one"]: parent names finding {slug}, which a curator deleted: left out'
    ]
    assert kb.Finding.objects.get(slug="a-new-one").parent is None
    load_in_vain(copy)


def test_a_record_that_needs_what_a_curator_deleted_is_left_out_with_all_that_needs_it(copy: Path) -> None:
    delete(kb.Kind.objects.get(code="programme"))
    add(copy, "05_practices", "practice", slug="a-new-one", ref="IPK-9999", kind=["programme"])
    add(copy, "05_practices", "involvement", practice=["a-new-one"])
    add(copy, "06_findings", "finding", slug="a-new-one", ref="IPF-9999", practices=[["a-new-one"]])
    result = loading.load(copy)
    assert [str(omission) for omission in result.left_out if "a-new-one" in str(omission)] == [
        'practices.practice ["a-new-one"]: kind names kind of practice programme, which a curator deleted: not loaded',
        'practices.finding ["a-new-one"]: practices names practice a-new-one, which is left out itself: left out',
    ]
    assert result.created == 1
    assert not kb.Finding.objects.get(slug="a-new-one").practices.exists()
    load_in_vain(copy)


def test_a_row_that_a_rule_would_refuse_without_what_a_curator_deleted_is_left_out(copy: Path) -> None:
    stakeholder = kb.Stakeholder.objects.first()
    slug = stakeholder.slug
    delete(stakeholder)
    add(copy, "05_practices", "practice", slug="a-new-one", ref="IPK-9999")
    add(copy, "05_practices", "involvement", practice=["a-new-one"], stakeholder=[slug])
    result = loading.load(copy)
    assert (result.created, [omission.whole for omission in result.left_out if "a-new" in str(omission)]) == (1, [True])
    load_in_vain(copy)


def test_a_practice_that_a_deleted_one_was_related_to_still_gets_corrections(copy: Path) -> None:
    delete(kb.Practice.objects.get(slug="alliance-of-civilizations"))

    def correct(records: list[Any]) -> None:
        fields = [record["fields"] for record in records]
        next(f for f in fields if f.get("slug") == "alliance-implementation-strategy")["summary"] = "Other words."

    edit(copy, "05_practices", correct)
    result = loading.load(copy)
    assert result.updated == 1
    assert (
        'practices.relation [["alliance-implementation-strategy"], 1]: other names practice alliance-of-civilizations, '
        "which a curator deleted: not loaded"
    ) in [str(omission) for omission in result.left_out]
    load_in_vain(copy)

    def relate(records: list[Any]) -> None:
        relations = [record["fields"] for record in records if record["model"] == "practices.relation"]
        relation = next(f for f in relations if f["practice"] == ["alliance-implementation-strategy"])
        relation["other"] = ["australia-community-project-funding"]

    edit(copy, "05_practices", relate)
    assert loading.load(copy).created == 1


def test_what_names_a_row_that_is_not_added_to_a_curator_s_record_is_left_out(copy: Path) -> None:
    records = json.loads((copy / "04_sources.json").read_text(encoding="utf-8"))
    source = kb.Source.objects.get(slug=first(records, "section")["source"][0])
    change(source, kb.Source._meta.get_field("subtitle"))
    add(copy, "04_sources", "section", position=999)
    add(copy, "04_sources", "citation", section=[source.slug, 999])
    add(copy, "04_sources", "paragraphnote", section=[source.slug, 999])
    result = loading.load(copy)
    assert result.kept["practices.section", f'[["{source.slug}"], 999]'] == (
        "not added, as a curator changed what it belongs to"
    )
    assert [omission.record[0] for omission in result.left_out] == ["practices.citation", "practices.paragraphnote"]
    load_in_vain(copy)
    add(copy, "04_sources", "citation", section=[source.slug, 998])
    with pytest.raises(fixtures.FixtureError, match=r"section names an unknown section: .*998"):
        loading.load(copy)


def test_what_a_loader_removed_is_loaded_again_when_fixtures_hold_it_again(folder: Path, copy: Path) -> None:
    def drop(records: list[Any]) -> None:
        records[:] = [r for r in records if r["model"] not in ("practices.session", "practices.representation")]

    before = {name: count for name, count in rows().items() if "istorical" not in name}
    edit(copy, "07_events", drop)
    removed = loading.load(copy).removed
    assert removed > 1
    assert loading.load(folder) == loading.LoadResult(created=removed)
    assert {name: count for name, count in rows().items() if "istorical" not in name} == before


def test_a_row_that_fixtures_dropped_and_others_need_is_kept_and_named(copy: Path) -> None:
    cited = kb.Citation.objects.first().section
    source, position = cited.natural_key()

    def drop(records: list[Any]) -> None:
        sections = [record for record in records if record["model"] == "practices.section"]
        at = {"source": [source], "position": position}
        records.remove(next(record for record in sections if at.items() <= record["fields"].items()))

    edit(copy, "04_sources", drop)
    assert load_in_vain(copy).kept == {key_of(cited): "not removed, as other records name it"}


def test_a_new_record_whose_ref_a_curator_s_record_has_is_left_out(copy: Path) -> None:
    mine = kb.Finding.objects.create(slug="mine", title="Mine", statement="My own.", kind="principle")
    add(copy, "06_findings", "finding", slug="a-new-one", ref=mine.ref)
    add(copy, "06_findings", "finding", slug="a-newer-one", ref="IPF-9999", parent=["a-new-one"])
    result = loading.load(copy)
    assert result.kept == {("practices.finding", '["a-new-one"]'): "not added, as a curator's record has its ref"}
    assert [str(omission) for omission in result.left_out] == [
        'practices.finding ["a-newer-one"]: parent names finding a-new-one, '
        "which is not added beside a curator's: left out"
    ]
    assert result.created == 1
    load_in_vain(copy)


# While curators work


def test_what_a_curator_writes_after_the_comparison_is_kept(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    practice, compare = first_practice(copy), loading.Comparison
    comparisons = []

    def comparison(*arguments: Any) -> loading.Comparison:
        comparisons.append(compare(*arguments))
        if len(comparisons) == 1:
            practice.summary = "The curator's own words."
            practice.save()
        return comparisons[-1]

    edit(copy, "05_practices", lambda records: first(records, "practice").update(summary="A newer fixture."))
    monkeypatch.setattr(loading, "Comparison", comparison)
    result = loading.load(copy)
    assert comparisons[0].result.updated == 1
    assert result == loading.LoadResult(kept={key_of(practice): "differs in modified, summary"})
    practice.refresh_from_db()
    assert practice.summary == "The curator's own words."


# What newer fixtures change, and what not


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
    assert result == loading.LoadResult(kept={key_of(practice): "differs in modified, summary"})
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
