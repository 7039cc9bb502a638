"""Merging two records: what named the one that goes names the other, and undoing it is exact."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client

from practices import models as kb
from practices.curation.changes import workflow
from practices.curation.fixtures import FIXTURE_MODELS, dump, loading
from practices.curation.operations import ChangedSince, undo
from practices.curation.operations.merging import CannotMerge, choices, hindrance, merge, moves
from practices.models.retiring import Retirable
from tests import factories
from tests.admin.test_admin import make
from tests.curation.operations.test_operations import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_collection")]

MERGED: list[type[Model]] = [*kb.CURATED, *kb.VOCABULARIES, kb.Place]
each_kind = pytest.mark.parametrize("model", MERGED, ids=lambda model: model.__name__)
ALL = [entry.model for entry in FIXTURE_MODELS.values()]


def pair(model: type[Model]) -> tuple[Any, Any]:
    """Make two records of a model, the second named in every way that others can name it."""
    stays, goes = make(model), make(model)
    if issubclass(model, kb.Term):
        model.objects.filter(pk__in=(stays.pk, goes.pk)).update(parent=None)
        stays.refresh_from_db(), goes.refresh_from_db()
    return stays, goes


def named(goes: Model, stays: Model) -> None:
    """Let records name both, or one of them, wherever a many-to-many relation leads to them."""
    for relation in type(goes)._meta.related_objects:
        if relation.many_to_many and relation.related_model in (kb.Practice, kb.Finding):
            for both in (True, False):
                owner = make(relation.related_model)
                getattr(owner, relation.field.name).add(goes, *([stays] if both else []))


@each_kind
def test_merging_any_kind_moves_what_names_it_and_is_undone_exactly(model: type[Model], curator: User) -> None:
    stays, goes = pair(model)
    named(goes, stays)
    before = rows_of(*ALL)
    operation = merge(stays, goes, [choice.name for choice in choices(stays, goes)], curator)
    left = [move for move in moves(stays, goes) if move.model._meta.label != "practices.FormerSlug"]
    assert [(move.name, move.changed) for move in left if move.changed] == []
    goes.refresh_from_db()
    if issubclass(model, Retirable):
        assert goes.replaced_by == stays
        assert goes.retired_on
    else:
        assert goes.state == kb.State.ARCHIVED
    assert rows_of(*ALL) != before
    undo(operation, curator)
    assert rows_of(*ALL) == before


def test_the_same_fixtures_are_written_before_a_merge_and_after_its_undo(tmp_path: Path) -> None:
    actors = [factories.make_stakeholder(), factories.make_stakeholder()]
    for involved in (actors, actors[1:]):
        factories.make_practice(involvements=tuple(("ngo", "lead", actor) for actor in involved))
    dump(tmp_path / "before")
    operation = merge(*actors, ["name", "description"], None)
    dump(tmp_path / "merged")
    undo(operation, None)
    dump(tmp_path / "after")
    files = {path.name: path.read_bytes() for path in (tmp_path / "before").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "after").iterdir()} == files
    assert {path.name: path.read_bytes() for path in (tmp_path / "merged").iterdir()} != files


def test_rows_that_would_stand_twice_go_and_their_citations_stay(client: Client) -> None:
    stays, goes = factories.make_stakeholder(), factories.make_stakeholder(name="The other one")
    citations = [factories.make_citation() for _ in range(2)]
    practice = factories.make_practice(involvements=(("ngo", "lead", stays), ("ngo", "lead", goes)))
    for row, citation in zip(practice.involvements.all(), citations, strict=True):
        row.citations.add(citation)
    merge(stays, goes, [], None)
    row = practice.involvements.get()
    assert row.stakeholder == stays
    assert set(row.citations.all()) == set(citations)
    stays.refresh_from_db()
    assert {"text": "The other one", "lang": "und", "kind": "name"} in stays.other_names
    response = client.get(goes.get_absolute_url())
    assert (response.status_code, response.headers["Location"]) == (301, stays.get_absolute_url())
    found = client.get(f"/practices.json?stakeholder={goes.slug}").json()
    assert [result["ref"] for result in found["results"]] == [practice.ref]


def test_rows_of_a_practice_come_after_those_of_the_other_and_none_leads_to_itself() -> None:
    stays, goes = (
        factories.make_practice(countries=(("PT", "destination"), (code, "origin"))) for code in ("FR", "ES")
    )
    kb.Relation.objects.create(practice=stays, other=goes, kind="see-also")
    finding = factories.make_finding(practices=(goes,))
    merge(stays, goes, [], None)
    rows = stays.country_links.values_list("position", "country__alpha2", "role")
    assert list(rows) == [(1, "PT", "destination"), (2, "FR", "origin"), (3, "ES", "origin")]
    assert not stays.relations.exists()
    assert list(finding.practices.all()) == [stays]
    assert stays.citation_links.count() == 2


def test_what_stood_under_the_one_that_goes_stands_under_the_other() -> None:
    goes = factories.make_finding()
    stays, child = factories.make_finding(parent=goes), factories.make_finding(parent=goes)
    merge(stays, goes, [], None)
    stays.refresh_from_db(), child.refresh_from_db()
    assert (stays.parent, child.parent) == (None, stays)


def test_an_address_that_led_to_the_one_that_goes_leads_to_the_other(client: Client) -> None:
    first, second, third = (factories.make_stakeholder() for _ in range(3))
    merge(second, first, [], None)
    merge(third, second, [], None)
    for gone in (first, second):
        assert client.get(gone.get_absolute_url()).headers["Location"] == third.get_absolute_url()


def test_what_changed_since_is_named_and_the_merge_stays() -> None:
    stays, goes = factories.make_stakeholder(), factories.make_stakeholder()
    operation = merge(stays, goes, [], None)
    stays.refresh_from_db()
    stays.description = "Another word."
    stays.save()
    with pytest.raises(ChangedSince, match=stays.ref):
        undo(operation, None)


@pytest.mark.parametrize("case", ["itself", "hidden", "pending", "levels", "retired"])
def test_what_cannot_be_merged_is_refused_in_words(case: str) -> None:
    stays, goes = pair(kb.Topic if case in ("levels", "retired") else kb.Practice)
    if case == "itself":
        goes = stays
    elif case == "hidden":
        stays.state = kb.State.DRAFT
        stays.save()
    elif case == "pending":
        kb.Practice.objects.filter(pk=make(kb.Practice).pk).update(draft_of=goes.pk, state="draft")
    elif case == "levels":
        kb.Topic.objects.create(code="below", label="Below", parent=goes)
        stays.parent = kb.Topic.objects.filter(parent=None).exclude(pk__in=(stays.pk, goes.pk)).first()
        stays.save()
    else:
        merge(make(kb.Topic), goes, [], None)
    goes = type(goes).objects.get(pk=goes.pk)
    assert hindrance(stays, goes)
    with pytest.raises(CannotMerge):
        merge(stays, goes, [], None)


def test_a_value_that_the_one_that_stays_cannot_have_is_refused_in_words() -> None:
    stays = factories.make_practice(year_start=2000)
    goes = factories.make_practice(year_end=1990)
    with pytest.raises(CannotMerge, match="The last year is before the first"):
        merge(stays, goes, ["year_end"], None)
    goes.refresh_from_db()
    assert goes.is_published


def test_nothing_public_loses_what_it_needs() -> None:
    stays, goes = factories.make_practice(), factories.make_practice(summary="Too short.")
    with pytest.raises(workflow.NotReady, match="a summary"):
        merge(stays, goes, ["summary"], None)


# Terms


def test_an_old_code_answers_with_the_term_in_its_place(client: Client) -> None:
    stays, goes = pair(kb.Topic)
    practice = factories.make_practice(topics=(goes.code,))
    merge(stays, goes, [], None)
    response = client.get(f"/topics/{goes.code}/")
    assert (response.status_code, response.headers["Location"]) == (301, f"/topics/{stays.code}/")
    assert client.get(f"/topics/{goes.code}.bib").headers["Location"] == f"/topics/{stays.code}.bib"
    for code in (goes.code, stays.code):
        found = client.get(f"/practices.json?topic={code}").json()
        assert [result["ref"] for result in found["results"]] == [practice.ref]
        assert not found.get("ignored")
    assert goes.label not in client.get("/topics/").content.decode()
    assert kb.SearchDocument.objects.get(practice=practice).facets["topics"] == [stays.code]


# What an update of the site does


def test_fixtures_do_not_bring_back_what_was_merged_and_name_the_other(small_collection: Path) -> None:
    merged = {}
    for model in (kb.Topic, kb.Stakeholder, kb.Place):
        stays, goes = model.objects.order_by("pk")[:2]  # type: ignore[attr-defined]
        if isinstance(goes, kb.Term) and hindrance(stays, goes):
            stays, goes = goes, stays
        merge(stays, goes, [], None)
        merged[model] = stays, goes
    before = rows_of(*merged)
    result = loading.load(small_collection)
    assert result.created == result.updated == result.removed == 0
    assert rows_of(*merged) == before
