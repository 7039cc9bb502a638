"""Fixtures: one file for each group of models, dumped to the same bytes. The whole collection is loaded here only."""

import json
from pathlib import Path

import pytest

from bench import synthetic
from practices import models as kb
from practices.curation import fixtures, loading
from practices.curation.baseline import BASELINE
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db

FIXTURES = ROOT / "fixtures"


def test_there_is_a_file_for_every_group_and_nothing_else() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} == set(fixtures.FILES)


def test_every_model_that_curators_edit_is_in_a_fixture() -> None:
    held = {entry.model for entry in fixtures.FIXTURE_MODELS.values()}
    assert {*kb.VOCABULARIES, *kb.CURATED, *kb.PRACTICE_ROWS} <= held


def test_a_dump_after_loading_gives_the_same_bytes(tmp_path: Path) -> None:
    fixtures.dump(tmp_path)
    for path in sorted(FIXTURES.glob("*.json")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_loading_again_writes_nothing() -> None:
    version = kb.DataVersion.current().number
    assert loading.load(FIXTURES) == loading.LoadResult()
    assert kb.DataVersion.current().number == version


def test_each_loaded_record_has_one_baseline_row_of_history() -> None:
    for model in (kb.Practice, kb.Finding, kb.Topic, kb.Involvement):
        assert model.history.count() == model._default_manager.count()  # type: ignore[attr-defined]
        assert set(model.history.values_list("history_change_reason", flat=True)) == {BASELINE}  # type: ignore[attr-defined]


def test_the_baseline_holds_the_terms_of_a_practice_too() -> None:
    practice = kb.Practice.objects.published().first()
    baseline = practice.history.get()
    assert {row.topic_id for row in baseline.topics.all()} == {topic.pk for topic in practice.topics.all()}


@pytest.mark.once
def test_a_collection_of_over_a_thousand_practices_is_dumped_and_loaded_over(tmp_path: Path) -> None:
    synthetic.make(1010)
    fixtures.dump(tmp_path)
    assert len(json.loads((tmp_path / "05_practices.json").read_text(encoding="utf-8"))) > 5000
    assert not loading.load(FIXTURES).changed
