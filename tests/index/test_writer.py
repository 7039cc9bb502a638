"""The index says what the data says, whatever changes it: the admin, the workflow, the loaders, the commands, SQL."""

import gc
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import synthetic
from practices import models as kb
from practices.curation import publishing
from practices.curation.changes import workflow
from practices.curation.fixtures import loading
from practices.index import writer
from practices.index.backends import backend
from practices.index.backends.postgres import LIMITS
from tests import factories, forms
from tests.forms import act, add, add_row, admin_url, fields_of, form_of
from tests.responses import Response
from tests.search.asking import full, results
from tests.search.test_matching import make, names, ring

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_collection")]

ON_POSTGRES = connection.vendor == "postgresql"


def wrong() -> list[tuple[int | None, str]]:
    return list(writer.differences())


@pytest.fixture(autouse=True)
def true() -> Iterator[None]:
    """Look, after each test, whether the index says what the data says."""
    yield
    assert wrong() == []


def version() -> int:
    return kb.DataVersion.current().number


def change(client: Client, record: Model, /, **fields: object) -> Response:
    """Send the change form of a record with some values; of a published one with its button "Publish"."""
    published = {"_publish": ""} if getattr(record, "is_published", False) else {}
    return forms.change(client, record, **fields, **published)


def change_rows(client: Client, record: Model, **changes: object) -> None:
    """Send the change form of a record with some values, rows of inlines included, as they are named there."""
    assert change(client, record, **changes).status_code == 302


def test_the_index_of_what_was_loaded_is_true() -> None:
    assert kb.SearchDocument.objects.count() == kb.Practice.objects.published().count()


# In the admin


def test_a_practice_that_is_corrected_is_found_by_its_new_words_only(curator_client: Client) -> None:
    practice = make("zorble", title="Zorble hall", summary=factories.SUMMARY.format("brimstack"))
    change(curator_client, practice, title="Quixwhist hall")
    assert full("quixwhist") == {"zorble"}
    assert full('"zorble"') == set()


def test_terms_that_are_changed_in_the_admin_are_filters_at_once(curator_client: Client) -> None:
    practice = make("zorble", title="Zorble", summary=factories.SUMMARY.format(1))
    change(curator_client, practice, topics=kb.Topic.objects.get(code="housing"), year_start=1871)
    assert practice.pk in results("zorble", topic="services").practices
    assert practice.pk not in results("zorble", topic="language").practices
    assert practice.pk in results(year_to="1900").practices


def test_rows_that_are_added_changed_or_removed_in_the_admin_are_found(curator_client: Client) -> None:
    actor = factories.make_stakeholder(name="Guild of Zorblers", slug="zorblers")
    practice = make("zorble", title="Zorble", summary=factories.SUMMARY.format(1))
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice))
    role = kb.StakeholderRole.objects.get(code="employer")
    add_row(values, "involvements", role=role, function="funder", stakeholder=actor, note="")
    add_row(values, "country_links", country=kb.Country.objects.get(alpha2="AQ"), role="origin")
    add_row(values, "outcomes", kind="result", statement="Grumbets came.", value="", qualifier="")
    assert curator_client.post(url, values | {"_publish": [""]}).status_code == 302
    assert full("zorblers") == full("grumbets") == {"zorble"}
    assert results(stakeholder="zorblers", function="funder", role="employer").count == 1
    assert results(country="AQ", country_role="origin").count == 1
    changed = {"outcomes-0-statement": "Flumps came.", "country_links-1-role": "partner"}
    change_rows(curator_client, practice, **changed)
    assert full('"grumbets"') == set()
    assert full("flumps") == {"zorble"}
    assert results(country="AQ", country_role="partner").count == 1
    change_rows(curator_client, practice, **{"involvements-1-DELETE": "on", "country_links-1-DELETE": "on"})
    assert results(stakeholder="zorblers").count == results(country="AQ").count == 0


def test_a_draft_that_is_corrected_stays_unknown(curator_client: Client) -> None:
    practice = make("zorble", title="Zorble", summary=factories.SUMMARY.format(1), state=kb.State.DRAFT)
    change(curator_client, practice, title="Quixwhist")
    assert full('"quixwhist"') == set()
    assert not kb.SearchDocument.objects.filter(pk=practice.pk).exists()


def test_an_organisation_that_is_renamed_is_found_in_its_practices(curator_client: Client) -> None:
    actor = factories.make_stakeholder(name="Guild of Zorblers", slug="zorblers")
    make("zorble", involvements=(("ngo", "lead", actor),))
    change(curator_client, actor, name="Guild of Quixwhists", slug="quixwhists")
    assert full("quixwhist") == {"zorble"}
    assert full('"zorblers"') == set()
    change(curator_client, actor, other_names="Snorfelgilde | de | name")
    assert full("snorfelgilde") == {"zorble"}


def test_a_term_that_is_renamed_or_moved_is_found_in_its_practices(curator_client: Client) -> None:
    term = kb.Topic.objects.create(code="zorbling", label="Zorbling", label_fr="Zorblage", label_es="Zorblado")
    practice = make("zorble", topics=("zorbling",))
    assert full("zorblage") == {"zorble"}
    change(curator_client, term, label="Quixwhisting", label_fr="", label_es="")
    assert full("quixwhisting") == {"zorble"}
    assert full('"zorblage"') == set()
    change(curator_client, term, parent=kb.Topic.objects.get(code="services"))
    assert practice.pk in results(topic="services").practices
    change(curator_client, term, parent="")
    assert practice.pk not in results(topic="services").practices


def test_a_role_that_is_moved_is_found_below_its_new_parent(curator_client: Client) -> None:
    role = kb.StakeholderRole.objects.create(code="zorbler", label="Zorbler")
    practice = make("zorble", involvements=(("zorbler", "lead", None),))
    assert practice.pk not in results(role="civil-society").practices
    change(curator_client, role, parent=kb.StakeholderRole.objects.get(code="civil-society"))
    assert practice.pk in results(role="civil-society", function="lead").practices


@pytest.mark.parametrize("model", kb.VOCABULARIES, ids=lambda model: model._meta.model_name)
def test_any_term_in_use_that_is_renamed_leaves_a_true_index(curator_client: Client, model: type[kb.Term]) -> None:
    for term in model.objects.all()[:2]:
        assert change(curator_client, term, label=f"Zorble {term.label}").status_code == 302
    assert wrong() == []


def test_the_order_of_terms_that_is_changed_in_the_list_leaves_a_true_index(curator_client: Client) -> None:
    url = admin_url("changelist", kb.Topic)
    values = fields_of(curator_client, url, "changelist-form")
    orders = [name for name in values if name.endswith("-order")]
    values |= {name: [str(len(orders) - place)] for place, name in enumerate(orders)}
    assert curator_client.post(url, values | {"_save": ["Save"]}).status_code == 302
    assert wrong() == []


def test_a_country_and_a_place_that_are_renamed_are_found_in_their_practices(curator_client: Client) -> None:
    country = kb.Country.objects.get(alpha2="AQ")
    practice = make("zorble", countries=(("AQ", "destination"),))
    place = kb.Place.objects.create(name="Zorbleton", country=country)
    practice.places.add(place)
    factories.publish_all()
    change(curator_client, country, label="Quixland")
    change(curator_client, place, name="Flumpton")
    assert full("quixland") == full("flumpton") == {"zorble"}
    assert full('"zorbleton"') == full('"antarctica"') == set()


def test_a_finding_lends_its_words_to_the_practices_that_illustrate_it(curator_client: Client) -> None:
    one, other = make("one"), make("other")
    finding = factories.make_finding(title="Zorbling helps", practices=(one,))
    assert full("zorbling") == {"one"}
    change(curator_client, finding, practices=[other], statement="Quixwhists say so.")
    assert full("zorbling") == full("quixwhist") == {"other"}
    change(curator_client, finding, practices=[])
    assert full('"zorbling"') == set()


def test_a_source_lends_its_name_to_the_filter_of_its_practices(curator_client: Client) -> None:
    source = factories.make_source(slug="zorble-report", languages=["en"])
    practice = make("zorble", citation=factories.make_citation(source))
    assert set(results(source="zorble-report").practices) == {practice.pk}
    act(curator_client, "withdraw", source)
    assert wrong() == []
    act(curator_client, "return_to_draft", source)
    change(curator_client, source, slug="quixwhist-report")
    act(curator_client, "publish", source)
    assert wrong() == []


def test_a_citation_or_a_section_that_moves_takes_its_practices_to_the_other_source(curator_client: Client) -> None:
    one, other = factories.make_source(slug="report-one"), factories.make_source(slug="report-other")
    citation = factories.make_citation(one)
    practice = make("zorble", citation=citation)
    assert change(curator_client, citation, section=other.sections.get()).status_code == 302
    assert set(results(source="report-other").practices) == {practice.pk}
    assert wrong() == []
    section = other.sections.get()
    assert change(curator_client, section, source=one, position=2).status_code == 302
    assert set(results(source="report-one").practices) == {practice.pk}
    assert wrong() == []


def test_a_ring_that_is_edited_in_the_admin_acts_on_the_next_search(curator_client: Client) -> None:
    make("zorble", title="Zorble")
    make("quixwhist", title="Quixwhist")
    assert full("zorble") == {"zorble"}
    assert add(curator_client, kb.SynonymRing, code="zorble", words="Zorbles\n quixwhist \n\nflump").status_code == 302
    assert full("zorble") == {"zorble", "quixwhist"}
    one = kb.SynonymRing.objects.get(code="zorble")
    assert one.words == ["Zorbles", "quixwhist", "flump"]
    assert change(curator_client, one, words="zorble\nflump").status_code == 302
    assert full("zorble") == {"zorble"}
    assert change(curator_client, one, words="zorble\nquixwhist").status_code == 302
    assert full("quixwhist") == {"zorble", "quixwhist"}
    curator_client.post(admin_url("delete", one), {"post": "yes"})
    assert full("quixwhist") == {"quixwhist"}


@pytest.mark.parametrize("words", ["", "zorble", "zorble\nZorble", "\n\n"])
def test_a_ring_of_fewer_than_two_words_is_refused(curator_client: Client, words: str) -> None:
    assert add(curator_client, kb.SynonymRing, code="zorble", words=words).status_code == 200
    assert not kb.SynonymRing.objects.filter(code="zorble").exists()


# In the workflow


def test_an_update_says_how_many_documents_it_wrote_and_removed() -> None:
    shown, withdrawn = make("choir"), make("orchestra")
    kb.Practice.objects.filter(pk=shown.pk).update(title="A zymurgical choir")
    kb.Practice.objects.filter(pk=withdrawn.pk).update(state=kb.State.ARCHIVED)
    update = writer.update([shown.pk, withdrawn.pk])
    assert (update.written, update.removed) == (1, 1)


def test_a_practice_is_in_the_index_exactly_while_it_is_public() -> None:
    practice = make("zorble", title="Zorble", summary=factories.SUMMARY.format(1), state=kb.State.DRAFT)
    for move, there in (
        (workflow.publish, True),
        (workflow.withdraw, False),
        (workflow.publish, True),
        (workflow.return_to_draft, False),
    ):
        move([kb.Practice.objects.get(pk=practice.pk)])
        assert full('"zorble"') == ({"zorble"} if there else set())
        assert kb.SearchDocument.objects.filter(pk=practice.pk).exists() == there
        assert wrong() == []


TIED: dict[str, Callable[[], tuple[kb.Curated, str]]] = {
    "stakeholder": lambda: tied_stakeholder(),
    "finding": lambda: tied_finding(),
    "source": lambda: tied_source(),
}


def tied_stakeholder() -> tuple[kb.Curated, str]:
    actor = factories.make_stakeholder(name="Guild of Zorblers")
    make("zorble", involvements=(("ngo", "lead", actor),))
    return actor, "zorblers"


def tied_finding() -> tuple[kb.Curated, str]:
    return factories.make_finding(title="Zorblers help", practices=(make("zorble"),)), "zorblers"


def tied_source() -> tuple[kb.Curated, str]:
    source = factories.make_source(slug="zorble-report")
    practice = make("zorble", title="Zorblers", citation=factories.make_citation(source))
    kb.PracticeCitation.objects.create(practice=practice, position=2, citation=factories.make_citation())
    factories.publish_all()
    return source, ""


@pytest.mark.parametrize("kind", TIED)
def test_what_lends_words_or_a_value_to_a_practice_lends_them_while_it_is_public(kind: str) -> None:
    record, word = TIED[kind]()
    for move, there in (
        (workflow.withdraw, False),
        (workflow.publish, True),
        (workflow.return_to_draft, False),
        (workflow.publish, True),
    ):
        move([type(record).objects.get(pk=record.pk)])
        assert wrong() == []
        if word:
            assert full(f'"{word}"') == ({"zorble"} if there else set())
        else:
            assert results(source="zorble-report").filterset.cleaned_data["source"] == (
                ["zorble-report"] if there else []
            )


@pytest.mark.parametrize("kind", ["practice", "stakeholder", "finding"])
def test_what_is_withdrawn_in_the_admin_one_by_one_or_together_leaves_the_index(
    curator_client: Client, kind: str
) -> None:
    def fresh(n: int) -> kb.Curated:
        if kind == "practice":
            return make(f"zorble-{n}", title="Zorblers")
        if kind == "finding":
            return factories.make_finding(title="Zorblers help", practices=(make(f"zorble-{n}"),))
        actor = factories.make_stakeholder(name=f"Zorblers {n}")
        make(f"zorble-{n}", involvements=(("ngo", "lead", actor),))
        return actor

    first, others = fresh(1), [fresh(2), fresh(3)]
    assert full('"zorblers"') == {"zorble-1", "zorble-2", "zorble-3"}
    act(curator_client, "withdraw", first)
    assert full('"zorblers"') == {"zorble-2", "zorble-3"}
    act(curator_client, "withdraw", *others)
    assert full('"zorblers"') == set()


# By loaders


@pytest.fixture
def copy(small_fixtures: Path, tmp_path: Path) -> Path:
    """Return a folder with a copy of the fixtures, to be changed."""
    return Path(shutil.copytree(small_fixtures, tmp_path / "fixtures"))


def edit(folder: Path, file: str, model: str, **fields: object) -> None:
    """Change the first record of a model in a file of fixtures."""
    path = folder / f"{file}.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    next(record for record in records if record["model"] == f"practices.{model}")["fields"].update(fields)
    path.write_text(json.dumps(records), encoding="utf-8")


def test_what_changed_in_the_fixtures_is_found_after_loading(copy: Path) -> None:
    edit(copy, "05_practices", "practice", title="Zorble hall")
    edit(copy, "03_stakeholders", "stakeholder", name="Guild of Quixwhists")
    edit(copy, "09_synonyms", "synonymring", words=["zorble", "brimstack"])
    before = version()
    loading.load(copy)
    assert len(full("zorble")) == len(full("brimstack")) == 1
    assert version() > before


def test_loading_what_is_there_already_writes_nothing(small_fixtures: Path) -> None:
    before, rows = version(), dict(kb.SearchDocument.objects.values_list("pk", "text_a"))
    loading.load(small_fixtures)
    assert (version(), dict(kb.SearchDocument.objects.values_list("pk", "text_a"))) == (before, rows)


def test_loading_repairs_an_index_that_is_not_true(small_fixtures: Path) -> None:
    kb.SearchDocument.objects.all().delete()
    before = version()
    loading.load(small_fixtures)
    assert version() == before + 1


def test_what_loaddata_loads_is_found(tmp_path: Path) -> None:
    practice = kb.Practice.objects.get(slug="australia-harmony-day")
    call_command("dumpdata", "practices.practice", pks=str(practice.pk), output=str(tmp_path / "one.json"))
    path = tmp_path / "one.json"
    path.write_text(path.read_text().replace(practice.title, "Zorble Day"))
    before = version()
    call_command("loaddata", str(path), stdout=StringIO())
    assert full("zorble") == {"australia-harmony-day"}
    assert version() > before


def test_made_up_practices_are_found() -> None:
    synthetic.make(30)
    made = kb.Practice.objects.filter(slug__startswith=synthetic.PREFIX).first()
    assert made.slug in full(f'"{made.title.split()[-1]}"')
    assert results().count == kb.Practice.objects.published().count()


# By commands


def reindex(*options: str) -> str:
    output = StringIO()
    call_command("reindex", *options, stdout=output)
    return output.getvalue()


def checked() -> tuple[int, str]:
    """Run `check_index`; return its status and what it says."""
    output = StringIO()
    try:
        call_command("check_index", stdout=output)
    except SystemExit as exit:
        return int(str(exit.code)), output.getvalue()
    return 0, output.getvalue()


def execute(sql: str, parameters: Sequence[str | int] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def harmony_day() -> kb.SearchDocument:
    document: kb.SearchDocument = kb.SearchDocument.objects.get(practice__slug="australia-harmony-day")
    return document


def lose_a_document() -> None:
    harmony_day().delete()


def leave_a_document_stale() -> None:
    kb.SearchDocument.objects.filter(pk=harmony_day().pk).update(
        text_a="zorbl", facets={"kind": ["zorble"]}, first_year=1
    )


def leave_a_document_of_a_draft() -> None:
    draft = make("zorble", state=kb.State.DRAFT)
    kb.SearchDocument.objects.create(
        practice=draft, text_a="zorbl", text_b="", text_c="", sort_key="zorble", country_key="~"
    )


def forget_a_word() -> None:
    kb.SearchWord.objects.filter(surface="harmony").delete()


def damage_the_text_index() -> None:
    """Leave the text index without the words of a document, as a crash or a hand on the database may."""
    pk = harmony_day().pk
    if ON_POSTGRES:
        as_it_is = import_module("practices.migrations.0003_text_index").POSTGRESQL[0]
        assert as_it_is.startswith("CREATE FUNCTION practices_vector")
        execute("CREATE OR REPLACE" + FORGETFUL)
        execute("UPDATE practices_searchdocument SET a = a WHERE practice_id = %s", [pk])
        execute(as_it_is.replace("CREATE", "CREATE OR REPLACE", 1))
    else:
        words = kb.SearchDocument.objects.values_list("pk", "text_a", "text_b", "text_c").get(pk=pk)
        columns = "practices_searchindex, rowid, a, b, c"
        execute(f"INSERT INTO practices_searchindex({columns}) VALUES ('delete', %s, %s, %s, %s)", words)


FORGETFUL = (
    " FUNCTION practices_vector(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$ SELECT 'zorbl'::tsvector $$"
)
DAMAGES = {
    "a document is missing": (lose_a_document, "published, and not in the index"),
    "a document is stale": (leave_a_document_stale, "its text_a, facets, first_year in the index are out of date"),
    "a document is of a draft": (leave_a_document_of_a_draft, "in the index, and not published"),
    "a word is missing": (forget_a_word, "1 of its words are not known, such as harmony"),
    "the text index is damaged": (damage_the_text_index, "the text index differs"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_told_and_repaired(damage: str) -> None:
    harm, told = DAMAGES[damage]
    harm()
    status, said = checked()
    assert status == 1
    assert told in said
    assert "run `manage.py reindex`" in said
    before = version()
    reindex()
    assert version() == before + 1
    assert "australia-harmony-day" in full("harmony day")


def test_a_rebuild_repairs_all_damage_at_once() -> None:
    for harm in (forget_a_word, leave_a_document_of_a_draft, damage_the_text_index):
        harm()
    before = version()
    reindex("--rebuild")
    assert version() == before + 1
    assert checked() == (0, "The index is what the data says.\n")
    assert "australia-harmony-day" in full("harmony day")


def test_reindex_says_how_far_it_is_and_what_it_did() -> None:
    lose_a_document()
    leave_a_document_of_a_draft()
    said = reindex().splitlines()
    assert said[-1] == "1 practices indexed, 1 removed, 0 words added."
    assert said[0].strip().endswith("practices")


def test_reindex_says_that_the_text_index_was_damaged_and_how_many_words_were_missing() -> None:
    damage_the_text_index()
    forget_a_word()
    said = reindex().splitlines()
    assert said[-2:] == [
        "The text index was damaged, and was made anew.",
        "0 practices indexed, 0 removed, 1 words added.",
    ]


def test_reindex_says_that_there_is_nothing_to_do_and_leaves_the_version_alone() -> None:
    before = version()
    assert reindex().splitlines()[-1] == "The index was up to date."
    assert version() == before


def test_progress_is_told_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("practices.index.documents.CHUNK", 10)
    steps: list[tuple[int, int]] = []
    total = kb.Practice.objects.published().count()
    writer.refresh(lambda done, of: steps.append((done, of)))
    assert steps == [(10, total), (20, total), (total, total)]
    steps.clear()
    writer.rebuild(lambda done, of: steps.append((done, of)))
    assert steps == [(10, total), (20, total), (total, total)]


def test_a_long_write_takes_stock_of_the_tables_first_and_is_not_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MANY", 10)
    limits: set[str] = set()

    def report(_done: int, _of: int) -> None:
        with connection.cursor() as cursor:
            for name in LIMITS:
                cursor.execute(f"SHOW {name}" if ON_POSTGRES else "SELECT '0'")
                limits.add(cursor.fetchone()[0])

    for write in (writer.refresh, writer.rebuild):
        with CaptureQueriesContext(connection) as asked:
            write(report)
        assert ("ANALYZE" in [query["sql"] for query in asked]) is ON_POSTGRES
    assert limits == {"0"}


def test_python_collects_again_after_a_long_write_also_one_that_fails() -> None:
    def fail(_done: int, _of: int) -> None:
        assert not gc.isenabled()
        raise RuntimeError("full disk")

    with pytest.raises(RuntimeError, match="full disk"):
        writer.rebuild(fail)
    assert gc.isenabled()


def test_of_a_document_that_is_there_only_the_columns_that_differ_are_written() -> None:
    practice = make("zorble", title="Zorble")
    kb.Practice.objects.filter(pk=practice.pk).update(year_start=1871)
    with CaptureQueriesContext(connection) as asked:
        assert writer.update([practice.pk]).written == 1
    table = connection.ops.quote_name(kb.SearchDocument._meta.db_table)
    (sql,) = [query["sql"] for query in asked if table in query["sql"] and not query["sql"].startswith("SELECT")]
    assert f'UPDATE {table} SET "first_year" = ' in sql
    assert '"a" = ' not in sql


@pytest.mark.skipif(not ON_POSTGRES, reason="PostgreSQL's index")
def test_the_text_index_gathers_entries_also_after_a_rebuild() -> None:
    writer.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'practices_searchdocument_text'")
        assert set(cursor.fetchone()[0]) == {"fastupdate=on", "gin_pending_list_limit=128"}


def test_a_rebuild_forgets_words_that_no_practice_has_any_more() -> None:
    kb.SearchWord.objects.create(surface="zorble", stem="zorbl")
    words = set(kb.SearchWord.objects.exclude(surface="zorble").values_list("surface", flat=True))
    reindex()
    assert kb.SearchWord.objects.filter(surface="zorble").exists()
    said = reindex("--rebuild")
    assert f"{kb.Practice.objects.published().count()} practices indexed" in said
    assert set(kb.SearchWord.objects.values_list("surface", flat=True)) == words


def test_check_index_says_that_all_is_well() -> None:
    assert checked() == (0, "The index is what the data says.\n")


# In the database


def test_the_text_index_follows_changes_of_documents_in_sql() -> None:
    pk = harmony_day().pk
    execute("UPDATE practices_searchdocument SET a = 'zorbl quixwhist' WHERE practice_id = %s", [pk])
    assert backend().check() == []
    assert list(backend().postings([("zorbl", "quixwhist")])[0][0]) == [pk]
    assert pk not in backend().postings([("harmoni",)])[0][0]
    execute("DELETE FROM practices_searchdocument WHERE practice_id = %s", [pk])
    assert backend().check() == []
    assert not any(backend().postings([("zorbl",)])[0])
    writer.update([pk])
    assert pk in backend().postings([("harmoni", "day")])[0][0]


def test_words_of_any_script_and_gaps_are_kept_apart_in_the_text_index() -> None:
    pk = harmony_day().pk
    text = "миграц _ ελλαδα 移民 _ zorbl"
    execute("UPDATE practices_searchdocument SET a = %s WHERE practice_id = %s", [text, pk])
    phrases = [("миграц",), ("ελλαδα", "移民"), ("миграц", "ελλαδα"), ("zorbl",), ("移民", "zorbl")]
    found = [pk in fields[0] for fields in backend().postings(phrases)]
    assert found == [True, True, False, True, False]
    writer.update([pk])


def test_a_write_of_the_index_that_fails_takes_the_whole_change_back(
    curator_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice = make("zorble", title="Zorble", summary=factories.SUMMARY.format(1))
    actor = factories.make_stakeholder(name="Guild of Zorblers")
    before = version()

    def fails(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(writer, "update", fails)
        for attempt in (
            lambda: change(curator_client, practice, title="Quixwhist"),
            lambda: change(curator_client, actor, name="Quixwhist"),
            lambda: change(curator_client, kb.Topic.objects.get(code="language"), label="Quixwhist"),
            lambda: workflow.withdraw([practice]),
            lambda: publishing.refresh_public_data([practice.pk]),
        ):
            with pytest.raises(DatabaseError, match="the disk is full"):
                attempt()
    practice.refresh_from_db()
    actor.refresh_from_db()
    assert (practice.title, practice.state, actor.name) == ("Zorble", kb.State.PUBLISHED, "Guild of Zorblers")
    assert kb.Topic.objects.get(code="language").label != "Quixwhist"
    assert version() == before


def test_a_load_whose_index_cannot_be_written_loads_nothing(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(copy, "05_practices", "practice", title="Zorble hall")

    def fails(*args: object, **kwargs: object) -> None:
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(writer, "refresh", fails)
        with pytest.raises(DatabaseError, match="the disk is full"):
            loading.load(copy)
    assert not kb.Practice.objects.filter(title="Zorble hall").exists()


def test_writing_one_practice_asks_as_few_queries_of_a_large_collection() -> None:
    practice = make("zorble", title="Zorble", other_names=[names("Zorbel")])

    def queries() -> int:
        kb.SearchDocument.objects.filter(pk=practice.pk).update(text_a="")
        with CaptureQueriesContext(connection) as captured:
            writer.update([practice.pk])
        return len(captured)

    before = queries()
    synthetic.make(60)
    assert queries() == before
    ring("zorble", "quixwhist")
    assert queries() == before
