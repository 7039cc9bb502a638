"""Former addresses lead from where no record is to one that there is, and nothing else takes their place."""

from collections.abc import Callable

import pytest
from django.test import Client

from practices import models as kb
from practices.models.curated import kinds_with_addresses
from tests import factories
from tests.forms import act, add, admin_url, change, errors, form_of, submit

pytestmark = pytest.mark.django_db

MAKE: dict[type[kb.Curated], Callable[..., kb.Curated]] = {
    kb.Source: lambda **fields: factories.make_source(languages=["en"], **fields),
    kb.Stakeholder: factories.make_stakeholder,
    kb.Event: factories.make_event,
    kb.Practice: factories.make_practice,
    kb.Finding: factories.make_finding,
    kb.Concept: factories.make_concept,
}
each_kind = pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model.__name__)


def test_every_kind_that_has_pages_of_its_own_can_have_former_addresses() -> None:
    names = {model._meta.model_name for model in kb.CURATED if model is not kb.Concept}
    assert {name for name, _label in kinds_with_addresses()} == names


def test_a_former_address_is_added_for_a_record_that_there_is(client: Client, curator_client: Client) -> None:
    practice = factories.make_practice()
    response = add(curator_client, kb.FormerSlug, model="practice", slug="as-it-was", ref=practice.ref)
    assert response.status_code == 302, errors(response)
    assert client.get("/practices/as-it-was/").headers["Location"] == practice.get_absolute_url()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"model": "practices"}, "not one of the available choices"),
        ({"model": "country"}, "not one of the available choices"),
        ({"model": "concept"}, "not one of the available choices"),
        ({"ref": "IPK-9999"}, "There is no record of this kind with this ref."),
        ({"ref": "ipk-0001"}, "There is no record of this kind with this ref."),
        ({"ref": "IPF-0001"}, "There is no record of this kind with this ref."),
        ({"slug": "not a slug"}, "valid"),
    ],
    ids=str,
)
def test_a_former_address_that_makes_no_sense_is_refused(
    curator_client: Client, fields: dict[str, str], reason: str
) -> None:
    values = {"model": "practice", "slug": "as-it-was", "ref": kb.Practice.objects.published().first().ref, **fields}
    assert reason in errors(add(curator_client, kb.FormerSlug, **values))
    assert not kb.FormerSlug.objects.filter(slug="as-it-was").exists()


@pytest.mark.parametrize("state", [kb.State.PUBLISHED, kb.State.DRAFT, kb.State.ARCHIVED])
def test_the_address_of_a_record_is_no_former_one(curator_client: Client, state: str) -> None:
    living, other = factories.make_practice(state=state), factories.make_practice()
    response = add(curator_client, kb.FormerSlug, model="practice", slug=living.slug, ref=other.ref)
    assert "This is the address of a record now." in errors(response)


@each_kind
def test_no_record_takes_the_former_address_of_another(curator_client: Client, model: type[kb.Curated]) -> None:
    kb.FormerSlug.objects.create(model=model._meta.model_name, slug="as-it-was", ref=MAKE[model]().ref)
    draft = MAKE[model](state=kb.State.DRAFT)
    assert "This was the address of another record" in errors(change(curator_client, draft, slug="as-it-was"))
    kb.FormerSlug.objects.filter(slug="as-it-was").update(ref=draft.ref)
    assert change(curator_client, draft, slug="as-it-was").status_code == 302


@each_kind
def test_no_record_takes_the_address_of_one_that_was_withdrawn(curator_client: Client, model: type[kb.Curated]) -> None:
    withdrawn, draft = MAKE[model](), MAKE[model](state=kb.State.DRAFT)
    act(curator_client, "withdraw", withdrawn)
    assert "this slug" in errors(change(curator_client, draft, slug=withdrawn.slug))


@each_kind
def test_no_record_takes_the_address_of_one_that_was_public_and_is_deleted(
    curator_client: Client, model: type[kb.Curated]
) -> None:
    deleted, never_public = MAKE[model](), MAKE[model](state=kb.State.DRAFT)
    deleted.delete()
    never_public.delete()
    draft = MAKE[model](state=kb.State.DRAFT)
    assert "This was the address of another record" in errors(change(curator_client, draft, slug=deleted.slug))
    assert change(curator_client, draft, slug=never_public.slug).status_code == 302


@each_kind
def test_a_public_record_whose_slug_was_another_s_can_still_be_corrected(
    curator_client: Client, model: type[kb.Curated]
) -> None:
    record = MAKE[model]()
    kb.FormerSlug.objects.create(model=model._meta.model_name, slug=record.slug, ref="XXX-0001")
    assert change(curator_client, record, reviewed_on="2026-11-02", _publish="").status_code == 302


def test_a_wrong_former_address_is_put_right_and_another_refused(curator_client: Client) -> None:
    practice = factories.make_practice()
    former = kb.FormerSlug.objects.create(model="practices", slug="as-it-was", ref=practice.ref)
    url = admin_url("change", former)
    assert "not one of the available choices" in errors(submit(curator_client, url, form_of(former), model="practices"))
    assert submit(curator_client, url, form_of(former), model="practice").status_code == 302
