"""What the admin does for every curated record: publish, withdraw, return, delete, keep the slug of what was public."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client

from practices import models as kb
from practices.curation.dependants import dependants
from tests import factories
from tests.admin.test_admin import make
from tests.forms import act, admin_url, change, errors, fields_of, form_of, messages

pytestmark = pytest.mark.django_db

each_kind = pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model._meta.model_name)


def version() -> int:
    return kb.DataVersion.current().number


def in_state(model: type[Model], state: str) -> Any:
    """Make a record, in this state; what is archived was public once."""
    record = make(model)
    shown = None if state == kb.State.DRAFT else record.created
    model._default_manager.filter(pk=record.pk).update(state=state, published_at=shown)
    record.refresh_from_db()
    return record


def unused(record: Model) -> None:
    """Let nothing name a record: neither what was made with it nor, of a source, its passages."""
    for other in dependants([record]):
        other.delete()
    if isinstance(record, kb.Source):
        kb.Citation.objects.filter(section__source=record).delete()
        record.sections.all().delete()


@each_kind
def test_publishing_says_how_many_and_readers_see_them(client: Client, curator_client: Client, model: type) -> None:
    records, before = [in_state(model, kb.State.DRAFT), in_state(model, kb.State.DRAFT)], version()
    assert "2 records published." in messages(act(curator_client, "publish", *records))
    for record in records:
        record.refresh_from_db()
        assert record.is_published
        assert record.published_at
        assert client.get(record.get_absolute_url().partition("#")[0]).status_code == 200
    assert version() == before + 1


def test_publishing_says_what_is_missing_and_publishes_none(curator_client: Client) -> None:
    ready, bare = in_state(kb.Practice, kb.State.DRAFT), in_state(kb.Practice, kb.State.DRAFT)
    bare.citation_links.all().delete()
    bare.topics.clear()
    said, before = messages(act(curator_client, "publish", ready, bare)), version()
    assert str(bare) in said
    assert "a citation" in said
    assert "a topic" in said
    for record in (ready, bare):
        record.refresh_from_db()
        assert record.state == kb.State.DRAFT
    assert version() == before


@each_kind
def test_withdrawing_takes_a_record_from_readers(client: Client, curator_client: Client, model: type) -> None:
    record, before = in_state(model, kb.State.PUBLISHED), version()
    assert "1 record withdrawn." in messages(act(curator_client, "withdraw", record))
    record.refresh_from_db()
    assert record.state == kb.State.ARCHIVED
    assert version() == before + 1
    if model is not kb.Concept:
        assert client.get(record.get_absolute_url()).status_code == 410


@each_kind
def test_a_record_may_be_returned_to_draft(curator_client: Client, model: type) -> None:
    record = in_state(model, kb.State.ARCHIVED)
    assert "1 record is a draft again." in messages(act(curator_client, "return_to_draft", record))
    record.refresh_from_db()
    assert record.state == kb.State.DRAFT


def test_the_step_is_recorded_with_who_took_it(curator_client: Client, curator: User) -> None:
    record = in_state(kb.Practice, kb.State.DRAFT)
    act(curator_client, "publish", record)
    step = record.history.first()
    assert (step.history_user, step.history_change_reason, step.state) == (curator, "Published", kb.State.PUBLISHED)


@each_kind
def test_deleting_a_draft_writes_history_and_changes_nothing_for_readers(
    curator_client: Client, curator: User, model: type[kb.Curated]
) -> None:
    record = in_state(model, kb.State.DRAFT)
    unused(record)
    pk, before = record.pk, version()
    response = curator_client.post(admin_url("delete", record), {"post": "yes"})
    assert response.status_code == 302
    assert not model._default_manager.filter(pk=pk).exists()
    last = model.history.filter(id=pk).first()
    assert (last.history_type, last.history_user) == ("-", curator)
    assert version() == before


@each_kind
@pytest.mark.parametrize("state", [kb.State.PUBLISHED, kb.State.ARCHIVED])
def test_what_was_ever_public_is_not_deleted_alone_or_with_others(
    curator_client: Client, model: type[Model], state: str
) -> None:
    record = in_state(model, state)
    unused(record)
    several = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes"}
    for url, data in (
        (admin_url("delete", record), {"post": "yes"}),
        (admin_url("changelist", model), several),
    ):
        response = curator_client.post(url, data)
        assert response.status_code == 200
        assert "it can be withdrawn, not deleted" in response.content.decode()
        assert model._default_manager.filter(pk=record.pk).exists()


@each_kind
def test_deleting_several_writes_history_for_each(
    curator_client: Client, curator: User, model: type[kb.Curated]
) -> None:
    records = [in_state(model, kb.State.DRAFT) for _ in range(2)]
    for record in records:
        unused(record)
    pks = [record.pk for record in records]
    data = {"action": "delete_selected", "_selected_action": pks, "post": "yes"}
    assert curator_client.post(admin_url("changelist", model), data).status_code == 302
    assert not model._default_manager.filter(pk__in=pks).exists()
    assert model.history.filter(id__in=pks, history_type="-", history_user=curator).count() == 2


def test_deleting_a_practice_writes_history_for_its_rows(curator_client: Client) -> None:
    practice = in_state(kb.Practice, kb.State.DRAFT)
    pk = practice.pk
    curator_client.post(admin_url("delete", practice), {"post": "yes"})
    for model in (kb.CountryLink, kb.Involvement, kb.PracticeCitation):
        assert model.history.filter(practice_id=pk, history_type="-").count() == 1, model  # type: ignore[attr-defined]


def test_what_others_point_at_is_not_deleted_and_the_page_says_why(curator_client: Client) -> None:
    actor = factories.make_stakeholder()
    factories.make_practice(involvements=(("ngo", "lead", actor),))
    response = curator_client.post(admin_url("delete", actor), {"post": "yes"})
    assert response.status_code == 200
    assert "protected" in response.content.decode()
    assert kb.Stakeholder.objects.filter(pk=actor.pk).exists()


@each_kind
@pytest.mark.parametrize("state", [kb.State.PUBLISHED, kb.State.ARCHIVED])
def test_the_slug_of_what_was_public_stays(curator_client: Client, model: type[Model], state: str) -> None:
    record = in_state(model, state)
    assert "slug" not in fields_of(curator_client, admin_url("change", record), form_of(record))
    assert change(curator_client, record, slug="another-address").status_code == 302
    slug = record.slug
    record.refresh_from_db()
    assert record.slug == slug


@each_kind
def test_the_slug_of_a_draft_may_change(curator_client: Client, model: type[Model]) -> None:
    record = in_state(model, kb.State.DRAFT)
    response = change(curator_client, record, slug="another-address")
    assert response.status_code == 302, errors(response)
    record.refresh_from_db()
    assert record.slug == "another-address"


@each_kind
def test_a_slug_that_is_taken_is_refused_with_a_reason(curator_client: Client, model: type[Model]) -> None:
    taken, record = in_state(model, kb.State.PUBLISHED), in_state(model, kb.State.DRAFT)
    response = change(curator_client, record, slug=taken.slug)
    assert "lug" in errors(response)


@each_kind
def test_l8_forged_fields_of_any_record_change_nothing(curator_client: Client, model: type[Model]) -> None:
    record = in_state(model, kb.State.DRAFT)
    forged = {"state": "published", "version": 99, "ref": "XXX-9999", "published_at_0": "2001-01-01", "id": 1, "pk": 1}
    assert change(curator_client, record, reviewed_on="2026-11-02", **forged).status_code == 302
    ref = record.ref
    record.refresh_from_db()
    assert (record.state, record.version, record.ref, record.published_at) == (kb.State.DRAFT, 2, ref, None)


@each_kind
@pytest.mark.parametrize("state", [kb.State.DRAFT, kb.State.PUBLISHED])
def test_a_record_links_to_its_public_page_once_it_has_one(
    curator_client: Client, model: type[Model], state: str
) -> None:
    record = in_state(model, state)
    html = curator_client.get(admin_url("change", record)).content.decode()
    address = record.get_absolute_url().replace("/#", f"/?v={version()}#") if model is kb.Concept else ""
    address = address or f"{record.get_absolute_url()}?v={version()}"
    assert (f'<a href="{address}">' in html) == (state == kb.State.PUBLISHED)


@each_kind
def test_a_correction_of_what_is_public_raises_the_data_version(curator_client: Client, model: type[Model]) -> None:
    record, before = in_state(model, kb.State.PUBLISHED), version()
    response = change(curator_client, record, reviewed_on="2026-11-02", _publish="")
    assert response.status_code == 302, errors(response)
    assert version() == before + 1


def test_a_finding_may_be_filtered_by_state_with_counts(curator_client: Client) -> None:
    url = admin_url("changelist", kb.Finding)
    response = curator_client.get(url, {"state__exact": "published", "_facets": "True"})
    assert response.status_code == 200
    assert {record.state for record in response.context["cl"].result_list} == {"published"}
