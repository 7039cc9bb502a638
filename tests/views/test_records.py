"""How an address finds its record: what was public and is gone altogether is told from what never was."""

import pytest
from django.test import Client

from practices import models as kb
from tests import factories
from tests.leaks import MAKE

pytestmark = pytest.mark.django_db

WITH_PAGES = [model for model in kb.CURATED if model is not kb.Concept]


@pytest.mark.parametrize("model", WITH_PAGES, ids=lambda model: model.__name__)
@pytest.mark.parametrize("state", [kb.State.PUBLISHED, kb.State.DRAFT])
def test_what_was_public_and_is_deleted_answers_with_its_ref(
    client: Client, model: type[kb.Curated], state: str
) -> None:
    record = MAKE[model](state=state)
    kb.Citation.objects.filter(section__source=record.pk).delete() if model is kb.Source else None
    model.objects.filter(pk=record.pk).delete()
    response = client.get(record.get_absolute_url())
    if state == kb.State.DRAFT:
        assert response.status_code == 404
    else:
        assert response.status_code == 410
        assert record.ref in response.content.decode()


def test_the_address_of_a_deleted_record_leads_to_the_one_that_a_curator_named(client: Client) -> None:
    gone, other = factories.make_practice(), factories.make_practice()
    gone.delete()
    kb.FormerSlug.objects.create(model="practice", slug=gone.slug, ref=other.ref)
    assert client.get(gone.get_absolute_url()).headers["Location"] == other.get_absolute_url()
