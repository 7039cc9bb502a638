"""A database of commit a17f4a7 with curators' edits is brought up to now, and none of them is lost.

`tests/data/README.md` says how its rows were made.
"""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from practices import models as kb
from practices.curation.fixtures import loading
from practices.curation.roles import Role, role_of
from practices.index import writer
from tests.conftest import ROOT

FORMER: dict[str, Any] = json.loads(gzip.decompress((ROOT / "tests" / "data" / "a17f4a7.json.gz").read_bytes()))
EDITS: dict[str, Any] = FORMER["edits"]


@pytest.fixture(scope="module", autouse=True)
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[loading.LoadResult]:
    """Let the tests of this module see the former database as it is after an update of the site."""
    with django_db_blocker.unblock(), scratch_database(tmp_path_factory.mktemp("upgrade") / "db.sqlite3"):
        MigrationExecutor(connection).migrate(list(FORMER["migrations"].items()))
        insert(FORMER["tables"])
        call_command("migrate", verbosity=0)
        yield loading.load(ROOT / "fixtures")


@contextmanager
def scratch_database(file: Path) -> Iterator[None]:
    """Put an empty database of the same kind in place of the one that tests share."""
    shared, scratch = connections["default"], connections.create_connection("default")
    options = {name: value for name, value in scratch.settings_dict["OPTIONS"].items() if name != "options"}
    scratch.settings_dict = {**scratch.settings_dict, "NAME": str(file), "OPTIONS": options}
    if shared.vendor == "postgresql":
        scratch.settings_dict["NAME"] = "kb_upgrade"
        execute(shared, "SET statement_timeout = 0", "CREATE DATABASE kb_upgrade", "RESET statement_timeout")
    connections["default"] = scratch
    try:
        yield
    finally:
        scratch.close()
        connections["default"] = shared
        if shared.vendor == "postgresql":
            execute(shared, "SET statement_timeout = 0", "DROP DATABASE kb_upgrade", "RESET statement_timeout")


def execute(database: BaseDatabaseWrapper, *statements: str) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def insert(tables: dict[str, dict[str, list[Any]]]) -> None:
    """Write rows into their tables, in place of what migrations put there."""
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), list(tables), allow_cascade=True))
    with transaction.atomic(), connection.cursor() as cursor:
        for table, content in tables.items():
            columns = ", ".join(f'"{column}"' for column in content["columns"])
            values = ", ".join(["%s"] * len(content["columns"]))
            cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({values})', content["rows"])
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables]
    execute(connection, *connection.ops.sequence_reset_sql(no_style(), models))


def practice(name: str) -> kb.Practice:
    return kb.Practice.objects.originals().get(slug=EDITS[name])


def users(record: kb.Curated) -> list[str]:
    """Return who wrote the history of a record, the first first, each once for versions in a row."""
    names = [row.history_user.username if row.history_user else "" for row in record.history.order_by("history_id")]
    return [name for name, before in zip(names, ["-", *names], strict=False) if name != before]


def test_a_practice_keeps_the_words_and_terms_of_its_editors() -> None:
    edited = practice("edited")
    assert (edited.title, edited.title_original) == ("A title by Carla", "Un titre d'Edgar")
    assert edited.summary.startswith("Carla's own summary")
    assert edited.description == "Carla's zymurgical description."
    assert edited.topics.filter(code="beekeeping").exists()
    assert users(edited) == ["", "carla", "edgar"]
    assert edited.history.order_by("-history_id").first().topics.filter(topic__code="beekeeping").exists()


def test_a_former_address_still_leads_to_its_practice() -> None:
    former = kb.FormerSlug.objects.get(model="practice", slug="an-address-of-before")
    assert former.ref == practice("edited").ref
    assert former.history.get().history_change_reason == "Written before its history was kept"  # type: ignore[attr-defined]


def test_a_row_that_a_curator_removed_stays_removed() -> None:
    shortened = practice("shortened")
    assert shortened.outcomes.count() == EDITS["outcomes"]
    assert kb.Outcome.history.filter(practice_id=shortened.pk, history_type="-").count() == 1  # type: ignore[attr-defined]


def test_what_was_withdrawn_stays_withdrawn() -> None:
    withdrawn = practice("withdrawn")
    assert withdrawn.state == kb.State.ARCHIVED
    assert withdrawn.history.latest().history_user.username == "carla"


def test_what_was_deleted_does_not_come_back() -> None:
    assert not kb.Concept.objects.filter(slug=EDITS["deleted"]).exists()
    last = kb.Concept.history.filter(slug=EDITS["deleted"]).latest()  # type: ignore[attr-defined]
    assert (last.history_type, last.history_user.username) == ("-", "carla")


def test_an_organisation_keeps_what_a_curator_wrote_of_it() -> None:
    stakeholder = kb.Stakeholder.objects.get(slug=EDITS["stakeholder"])
    assert (stakeholder.name, stakeholder.description) == ("Quixotic Bureau of Welcome", "Described by Carla.")
    assert users(stakeholder) == ["", "carla"]


def test_a_draft_keeps_its_rows_and_what_they_cite() -> None:
    draft = practice("draft")
    assert (draft.state, draft.title, draft.other_names[0]["text"]) == (kb.State.DRAFT, "A draft by Carla", "DBC")
    assert users(draft) == ["carla"]
    for rows in ("country_links", "involvements", "outcomes", "relations", "citation_links"):
        assert getattr(draft, rows).count() == 1, rows
    for rows in ("involvements", "outcomes", "relations"):
        assert getattr(draft, rows).get().citations.count() == 1, rows
    assert draft.outcomes.get().value == 1500
    assert draft.involvements.get().stakeholder.slug == EDITS["stakeholder"]


def test_a_pending_edit_stays_beside_its_original() -> None:
    assert practice("pending").pending_edits.get().title == "A pending edit"


def test_terms_and_synonyms_of_curators_are_there() -> None:
    assert kb.Topic.objects.get(code="beekeeping").label_fr == "Apiculture"
    assert kb.SynonymRing.objects.get(code="beekeeping").words == ["beekeeping", "apiculture"]


def test_users_keep_their_rights() -> None:
    carla, edgar = (User.objects.get(username=name) for name in ("carla", "edgar"))
    assert (role_of(carla), role_of(edgar)) == (Role.ADMINISTRATOR, Role.PUBLISHER)
    assert edgar.has_perm("practices.publish_practice")


def test_no_row_of_history_is_lost() -> None:
    for model in apps.get_app_config("practices").get_models():
        former = FORMER["tables"].get(model._meta.db_table)
        if former and "historical" in model._meta.db_table:
            keys = {row[former["columns"].index(model._meta.pk.column)] for row in former["rows"]}
            assert keys <= set(model._default_manager.values_list("pk", flat=True)), model.__name__


def test_the_loader_keeps_what_curators_did_and_has_nothing_to_do_again(loaded: loading.LoadResult) -> None:
    kept = {key for _model, key in loaded.kept}
    assert {f'["{EDITS[name]}"]' for name in ("edited", "withdrawn", "deleted", "stakeholder")} <= kept
    assert loaded.kept["practices.concept", f'["{EDITS["deleted"]}"]'] == "deleted"
    assert "name" in loaded.kept["practices.stakeholder", f'["{EDITS["stakeholder"]}"]']
    assert not loading.load(ROOT / "fixtures").changed


def test_the_index_is_what_the_data_says() -> None:
    assert list(writer.differences()) == []
    documents = kb.SearchDocument.objects.filter(practice__slug=EDITS["edited"])
    assert "zymurgical" in str(documents.get().passages)
    assert not kb.SearchDocument.objects.filter(practice__slug__in=[EDITS["withdrawn"], EDITS["draft"]]).exists()


def test_a_record_added_now_gets_a_key_and_a_ref_of_its_own() -> None:
    refs = set(kb.Finding.objects.values_list("ref", flat=True))
    with transaction.atomic():
        term = kb.Topic.objects.create(code="new", label="New")
        finding = kb.Finding.objects.create(slug="new", title="New", statement="New.", kind="principle")
        assert term.pk
        assert finding.ref not in refs
        transaction.set_rollback(True)
