"""Django's `loaddata`: its history is the loader's, so that `load_fixtures` goes on from what it loaded."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from practices import models as kb
from practices.curation.fixtures import loading
from practices.curation.fixtures.baseline import BASELINE
from tests.conftest import ROOT
from tests.curation.subset import empty_database, write_subset

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Yield a folder of fixtures with three practices, loaded by `loaddata` into a database of nothing else."""
    folder = write_subset(ROOT / "fixtures", tmp_path_factory.mktemp("loaded") / "fixtures", practices=3)
    with django_db_blocker.unblock(), transaction.atomic():
        empty_database()
        loaddata(folder)
        yield folder
        transaction.set_rollback(True)


@pytest.fixture
def folder(loaded: Path, tmp_path: Path) -> Path:
    """Return a copy of the fixtures that the database holds, to be changed."""
    return Path(shutil.copytree(loaded, tmp_path / "fixtures"))


def loaddata(folder: Path) -> None:
    call_command("loaddata", *(str(path) for path in sorted(folder.glob("*.json"))), verbosity=0)


def practices(folder: Path) -> Iterator[kb.Practice]:
    """Yield the practices of the fixtures, and give each a new summary there."""
    path = folder / "05_practices.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    fields = [record["fields"] for record in records if record["model"] == "practices.practice"]
    for values in fields:
        values["summary"] = "A newer fixture."
        yield kb.Practice.objects.get(slug=values["slug"])
    path.write_text(json.dumps(records), encoding="utf-8")


def edit(practice: kb.Practice) -> None:
    practice.summary = "The curator's own words."
    practice.save()


def summaries(*practices: kb.Practice) -> list[str]:
    return [kb.Practice.objects.get(pk=practice.pk).summary for practice in practices]


def test_it_leaves_load_fixtures_nothing_to_do_and_signs_alike(folder: Path) -> None:
    assert loading.load(folder) == loading.LoadResult()
    reasons = set(kb.Practice.history.values_list("history_change_reason", flat=True))
    assert reasons == {BASELINE}


def test_load_fixtures_goes_on_from_it_and_keeps_what_curators_changed(folder: Path) -> None:
    edited, *others = practices(folder)
    edit(edited)
    result = loading.load(folder)
    assert (result.updated, list(result.kept)) == (2, [("practices.practice", f'["{edited.slug}"]')])
    assert summaries(edited, *others) == ["The curator's own words.", "A newer fixture.", "A newer fixture."]


def test_the_history_of_curators_from_before_stays_theirs(folder: Path) -> None:
    edited, *_ = kb.Practice.objects.order_by("pk")
    edit(edited)
    edited.topics.clear()
    loaddata(folder)
    reasons = list(edited.history.order_by("history_id").values_list("history_change_reason", flat=True))
    assert None in reasons
    assert reasons[-1] == BASELINE
    list(practices(folder))
    assert list(loading.load(folder).kept) == [("practices.practice", f'["{edited.slug}"]')]
