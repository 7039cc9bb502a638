"""What hangs on a record, and that nothing public is left without it."""

from collections.abc import Callable

import pytest

from practices import models as kb
from practices.curation.changes import workflow
from practices.curation.dependants import dependants, public_dependants
from tests import factories

pytestmark = pytest.mark.django_db


def test_what_names_a_record_hangs_on_it_and_its_own_rows_do_not() -> None:
    actor = factories.make_stakeholder()
    practice = factories.make_practice(involvements=(("ngo", "lead", actor), ("ngo", "funder", actor)))
    other = factories.make_practice()
    kb.Relation.objects.create(practice=other, other=practice, kind="see-also")
    assert dependants([actor]) == [practice]
    assert dependants([practice]) == [other]
    assert dependants([other]) == []
    assert dependants([practice, other]) == []


def test_what_cites_a_source_hangs_on_it_on_its_sections_and_on_its_passages() -> None:
    citation = factories.make_citation()
    practice, finding = factories.make_practice(citation=citation), factories.make_finding(citation=citation)
    for record in (citation, citation.section, citation.section.source):
        assert set(dependants([record])) == {practice, finding}


@pytest.mark.parametrize("model", kb.VOCABULARIES, ids=lambda model: model._meta.model_name)
def test_what_has_a_term_hangs_on_it(model: type[kb.Term]) -> None:
    term = model.objects.create(code="made-up", label="Made up")
    practice = factories.make_practice()
    relations = [field for field in kb.Practice._meta.get_fields() if field.concrete and field.related_model is model]
    for field in relations:
        if field.many_to_many:
            getattr(practice, field.name).add(term)
        else:
            kb.Practice.objects.filter(pk=practice.pk).update(**{field.name: term})
    if model is kb.StakeholderRole:
        practice.involvements.update(role=term)
    assert dependants([term]) == [practice]


def test_drafts_hang_on_a_record_but_not_in_public() -> None:
    actor = factories.make_stakeholder()
    factories.make_practice(involvements=(("ngo", "lead", actor),), state=kb.State.DRAFT)
    assert len(dependants([actor])) == 1
    assert public_dependants([actor]) == []


@pytest.mark.parametrize("step", [workflow.withdraw, workflow.return_to_draft])
def test_a_source_is_not_withdrawn_from_under_what_cites_nothing_else(
    step: Callable[[list[kb.Source]], object],
) -> None:
    citation = factories.make_citation()
    practice, finding = factories.make_practice(citation=citation), factories.make_finding(citation=citation)
    source = citation.section.source
    with pytest.raises(workflow.NotReady) as refused:
        step([source])
    assert str(practice) in str(refused.value)
    assert str(finding) in str(refused.value)
    source.refresh_from_db()
    assert source.is_published


def test_a_source_is_withdrawn_together_with_what_cites_nothing_else() -> None:
    citation = factories.make_citation()
    practice = factories.make_practice(citation=citation)
    assert workflow.withdraw([practice]) == 1
    assert workflow.withdraw([citation.section.source]) == 1


def test_every_record_that_is_not_ready_is_named_with_all_that_it_lacks() -> None:
    bare = [factories.make_practice(state=kb.State.DRAFT, topics=()) for _ in range(3)]
    bare[1].citation_links.all().delete()
    with pytest.raises(workflow.NotReady) as refused:
        workflow.publish(bare)
    assert {str(record) for record in refused.value.missing} == {str(record) for record in bare}
    assert refused.value.missing[bare[1]] == ["a citation of a source that is public", "a topic"]
