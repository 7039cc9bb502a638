"""No record stands under itself, whatever its model; and of data in which one does, a tree is made."""

from collections.abc import Collection
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model

from practices import models as kb
from practices.models.hierarchy import Nested, leads_to, tree
from practices.models.vocabulary import LEVELS
from tests import factories

pytestmark = pytest.mark.django_db

#: every model whose records stand under others, but for regions, which nobody edits
NESTED = [model for model in apps.get_app_config("practices").get_models() if issubclass(model, Nested)]
each_nested = pytest.mark.parametrize("model", NESTED, ids=lambda model: model.__name__)
each_vocabulary = pytest.mark.parametrize("model", kb.VOCABULARIES, ids=lambda model: model.__name__)


def chain(model: type[Model], length: int) -> list[Any]:
    """Return records of a model, each under the one before it."""
    records = [new(model) for _ in range(length)]
    for parent, record in pairwise(records):
        if model is kb.Section:
            record.source, record.position = parent.source, parent.position + 1
        record.parent = parent
        record.save()
    return records


def new(model: type[Model]) -> Any:
    if model is kb.Finding:
        return factories.make_finding()
    if model is kb.Section:
        return factories.make_source().sections.get()
    number = model.objects.count()
    return model.objects.create(code=f"term-{number}", label=f"Term {number}")


def problem(record: Model) -> str:
    """Return why a record is refused, "" where it is not."""
    try:
        record.clean_fields()
    except ValidationError as error:
        return str(error)
    return ""


def test_every_model_with_a_parent_is_looked_after() -> None:
    with_parent = {model for model in apps.get_app_config("practices").get_models() if hasattr(model, "parent")}
    assert {model for model in with_parent if "Historical" not in model.__name__} == {*NESTED, kb.Region}


@each_nested
def test_a_record_is_not_put_under_itself(model: type[Model]) -> None:
    top, below = chain(model, 2)
    assert not problem(below)
    top.parent = top
    assert "It would stand under itself." in problem(top)


@each_nested
def test_a_record_is_not_put_under_what_stands_under_it(model: type[Model]) -> None:
    records = chain(model, 4)
    records[0].parent = records[-1]
    assert "It would stand under itself." in problem(records[0])


@each_nested
def test_a_circle_elsewhere_ends_the_way_up(model: type[kb.Term]) -> None:
    first, second, third = chain(model, 3)
    model.objects.filter(pk=first.pk).update(parent=second)
    assert "under itself" not in problem(model.objects.get(pk=third.pk))
    assert "under itself" in problem(model.objects.get(pk=first.pk))


@each_vocabulary
def test_a_vocabulary_has_two_levels(model: type[Model]) -> None:
    _top, second, third = chain(model, 3)
    assert "“" + second.label + "” stands under another term itself" in problem(third)
    assert "other terms stand under this one" in problem(second)


def test_findings_and_sections_stand_on_more_levels() -> None:
    for model in (kb.Finding, kb.Section):
        assert not any(map(problem, chain(model, 5)))


def test_a_section_stands_under_one_of_its_own_source() -> None:
    section, other = new(kb.Section), new(kb.Section)
    section.parent = other
    assert "is a section of another source" in problem(section)
    parent, _below = chain(kb.Section, 2)
    parent.source = other.source
    assert "Sections of another source stand under this one." in problem(parent)


@pytest.mark.parametrize("kind", ["part-of", "continues"])
def test_no_practice_is_a_part_of_itself_by_way_of_others(kind: str) -> None:
    practices = [factories.make_practice() for _ in range(4)]
    for whole, part in pairwise(practices):
        kb.Relation.objects.create(practice=part, other=whole, kind=kind)
    closing = kb.Relation(practice=practices[0], other=practices[-1], kind=kind)
    assert "has this relation to this practice already" in problem(closing)
    closing.kind = "see-also"
    assert not problem(closing)
    assert not problem(kb.Relation(practice=practices[-1], other=practices[0], kind=kind))


def test_practices_may_refer_to_each_other() -> None:
    first, second = factories.make_practice(), factories.make_practice()
    kb.Relation.objects.create(practice=first, other=second, kind="see-also")
    assert not problem(kb.Relation(practice=second, other=first, kind="see-also"))
    assert "not related to itself" in problem(kb.Relation(practice=first, other=first, kind="see-also"))


def test_a_pending_edit_is_not_related_to_its_original() -> None:
    original, edit = factories.make_practice(), factories.make_practice(state=kb.State.DRAFT)
    kb.Practice.objects.filter(pk=edit.pk).update(draft_of=original)
    edit.refresh_from_db()
    assert "not related to itself" in problem(kb.Relation(practice=edit, other=original, kind="part-of"))


PARENTS = {1: None, 2: 1, 3: 2, 4: 3, 5: 6, 6: 5, 7: 7, 8: 6, 9: 99}


def test_a_tree_is_made_of_whatever_the_data_says() -> None:
    assert tree(PARENTS, 9) == {1: None, 2: 1, 3: 2, 4: 3, 5: None, 6: 5, 7: None, 8: 6, 9: None}


def test_what_stands_deeper_than_the_lowest_level_is_put_there() -> None:
    assert tree(PARENTS, LEVELS) == {1: None, 2: 1, 3: 1, 4: 1, 5: None, 6: 5, 7: None, 8: 5, 9: None}
    assert tree(PARENTS, 3) == {1: None, 2: 1, 3: 2, 4: 2, 5: None, 6: 5, 7: None, 8: 6, 9: None}


def test_the_way_up_ends_where_it_has_been() -> None:
    def above(keys: Collection[int]) -> list[int | None]:
        return [PARENTS.get(key) for key in keys]

    assert leads_to(4, 1, above)
    assert leads_to(6, 5, above)
    assert leads_to(7, 7, above)
    assert not leads_to(6, 8, above)
    assert not leads_to(4, 9, above)
