"""The schema: each field of a practice stated once, and every statement true of the collection."""

import pytest
from django.db import models

from practices import models as kb
from practices.catalog import current
from practices.curation.fixtures import FIXTURE_MODELS, PRIVATE, read
from practices.exports.table import COLUMNS
from practices.index import schema
from practices.index.documents import documents
from practices.search.filters import PracticeFilter
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("parameter", schema.FACETS)
def test_every_filter_has_values_in_the_collection(parameter: str) -> None:
    assert any(current().snapshot.by_value(parameter).values())


def test_every_passage_of_the_collection_has_a_label_and_a_part_of_the_index() -> None:
    kinds = {passage.kind for document in documents() for passage in document.passages}
    assert kinds >= {"title", "name", "actor", "role", "country", "finding", "outcome", "topics", "kind"}
    for kind in kinds:
        assert schema.BY_NAME[kind].weight in schema.WEIGHTS, kind
        assert schema.passage_label(kind), kind


def test_a_passage_of_a_field_that_is_gone_is_named_after_it() -> None:
    assert schema.passage_label("funding_source") == "Funding source"
    assert schema.passage_weight("funding_source") == schema.WEIGHTS[-1]


def test_every_facet_is_a_filter_and_every_column_is_in_the_table() -> None:
    assert list(PracticeFilter().facet_filters) == sorted(schema.FACETS, key=list(PracticeFilter.base_filters).index)
    assert {name for field in schema.FIELDS for name in field.columns} <= COLUMNS.keys()


@pytest.mark.parametrize("model", kb.VOCABULARIES, ids=lambda model: model.__name__)
def test_the_link_of_a_term_finds_the_practices_with_it_and_no_others(model: type[kb.Term]) -> None:
    field = schema.FACETS[model.parameter]
    assert field.vocabulary is model
    for term in model.objects.all()[:3]:
        if not term.page:
            assert term.get_absolute_url() == f"/practices/?{model.parameter}={term.code}"


def test_a_term_without_page_and_filter_leads_to_the_glossary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kb.Kind, "parameter", "")
    assert kb.Kind(code="law").get_absolute_url() == "/glossary/#vocabulary-kind"


def test_the_fixtures_hold_every_field_of_every_record() -> None:
    wanted = {
        label: {
            field.name
            for field in (*entry.model._meta.concrete_fields, *entry.model._meta.many_to_many)
            if not isinstance(field, models.AutoField) and field.name not in PRIVATE
        }
        for label, entry in FIXTURE_MODELS.items()
    }
    for item in read(ROOT / "fixtures").values():
        lacking = wanted[item.record["model"]] - item.record["fields"].keys()
        assert not lacking, f"{item.file}, record {item.number} lacks {sorted(lacking)}: run manage.py dump_fixtures"
