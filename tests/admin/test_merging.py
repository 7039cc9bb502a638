"""Merging and retiring in the admin: side by side, by right, refused where somebody saves meanwhile."""

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from practices import models as kb
from practices.curation.changes.review import find_fit
from practices.curation.roles import Role, give_role
from practices.models import Operation
from tests import factories
from tests.admin.access.test_access import browser
from tests.admin.test_admin import make
from tests.conftest import HttpsClient, logged_in
from tests.curation.operations.test_merging import MERGED, each_kind, pair
from tests.forms import act, admin_url, change, errors, messages

pytestmark = pytest.mark.django_db


def address(model: type[Model]) -> str:
    return reverse(f"admin:practices_{model._meta.model_name}_merge")


def side_by_side(client: Client, stays: Model, goes: Model) -> tuple[str, dict[str, object]]:
    """Open the page of two records; return it, and what its button sends."""
    response = client.get(address(type(stays)), {"stays": stays.pk, "goes": goes.pk})
    assert response.status_code == 200
    return response.content.decode(), {"stays": stays.pk, "goes": goes.pk, **dict(response.context["opened"])}


@each_kind
def test_two_are_chosen_in_the_list_seen_side_by_side_and_merged(curator_client: Client, model: type[Model]) -> None:
    stays, goes = pair(model)
    response = act(curator_client, "merge_two", stays, goes)
    assert response.headers["Location"].startswith(address(model))
    _page, data = side_by_side(curator_client, stays, goes)
    said = messages(curator_client.post(address(model), data))
    operation = Operation.objects.get()
    assert "is merged into" in said
    assert admin_url("change", operation) in said
    assert "is undone" not in messages(curator_client.post(admin_url("undo", operation)))
    operation.refresh_from_db()
    assert operation.undone_at


def test_the_page_counts_what_moves_and_offers_each_field_that_differs(curator_client: Client) -> None:
    stays, goes = factories.make_stakeholder(), factories.make_stakeholder(description="What it is.")
    factories.make_practice(involvements=(("ngo", "lead", stays), ("ngo", "lead", goes)))
    factories.make_practice(involvements=(("ngo", "lead", goes),))
    page, data = side_by_side(curator_client, stays, goes)
    assert "Involvements:" in page
    assert "1 moves" in page
    assert "1 is there already" in page
    curator_client.post(address(kb.Stakeholder), {**data, "description": "goes"})
    stays.refresh_from_db()
    assert stays.description == "What it is."


def test_the_other_one_is_searched_for_from_the_form(curator_client: Client) -> None:
    stays, goes = factories.make_stakeholder(), factories.make_stakeholder(name="Zorblefnips")
    form = curator_client.get(admin_url("change", stays)).content.decode()
    assert f"{address(kb.Stakeholder)}?stays={stays.pk}" in form
    page = curator_client.get(address(kb.Stakeholder), {"stays": stays.pk, "q": "zorble"}).content.decode()
    assert f"?stays={stays.pk}&amp;goes={goes.pk}" in page


def test_who_saves_meanwhile_is_not_overwritten(curator_client: Client) -> None:
    stays, goes = (factories.make_stakeholder(state="draft") for _ in range(2))
    _page, data = side_by_side(curator_client, stays, goes)
    other = logged_in(HttpsClient(), User.objects.create_superuser("otto"))
    assert change(other, goes, description="A sentence of Otto's.").status_code == 302
    response = curator_client.post(address(kb.Stakeholder), data)
    assert "Somebody changed one of them" in messages(response)
    assert "A sentence of Otto" in response.content.decode()
    assert not Operation.objects.exists()


@pytest.mark.parametrize("key", ["", "0", "abc", "9" * 30, "-1"])
def test_what_are_no_records_is_404_or_a_search(curator_client: Client, key: str) -> None:
    practice = factories.make_practice()
    assert curator_client.get(address(kb.Practice), {"stays": key, "goes": practice.pk}).status_code == 404
    assert curator_client.get(address(kb.Practice), {"stays": practice.pk, "goes": key}).status_code == 200
    assert curator_client.post(address(kb.Practice), {"stays": practice.pk, "goes": key}).status_code == 200
    assert "Choose two records" in messages(act(curator_client, "merge_two", practice))


@pytest.mark.parametrize("model", MERGED, ids=lambda model: model.__name__)
def test_l7_only_who_may_merge_sees_the_page_and_merges(model: type[Model]) -> None:
    stays, goes = pair(model)
    for role in Role:
        user = User.objects.create_user(f"user-{role}", is_staff=True)
        give_role(user, role)
        from django_otp.plugins.otp_static.models import StaticDevice

        StaticDevice.objects.create(user=user, name="paper")
        client = browser(user)
        expected = 200 if role in (Role.PUBLISHER, Role.ADMINISTRATOR) else 403
        assert client.get(address(model), {"stays": stays.pk, "goes": goes.pk}).status_code == expected, role
        if expected == 403:
            assert client.post(address(model), {"stays": stays.pk, "goes": goes.pk}).status_code == 403


@pytest.mark.once
def test_where_review_is_required_nobody_s_own_draft_becomes_public_by_merging(settings: Settings) -> None:
    settings.REVIEW = "required"
    stays, goes = factories.make_stakeholder(), factories.make_stakeholder(state=kb.State.DRAFT)
    paul = User.objects.create_user("paul", is_staff=True)
    give_role(paul, Role.PUBLISHER)
    goes._history_user = paul
    goes.save()
    client = logged_in(HttpsClient(), paul)
    _page, data = side_by_side(client, stays, goes)
    assert "a review by somebody else" in messages(client.post(address(kb.Stakeholder), data))
    goes.refresh_from_db()
    assert goes.state == kb.State.DRAFT
    find_fit(goes, User.objects.create_superuser("rosa"))
    _page, data = side_by_side(client, stays, goes)
    assert "is merged into" in messages(client.post(address(kb.Stakeholder), data))


# Retiring


@pytest.mark.parametrize("model", [*kb.VOCABULARIES, kb.Place], ids=lambda model: model.__name__)
def test_what_is_retired_is_not_offered_and_stays_where_it_is(curator_client: Client, model: type[Model]) -> None:
    record = make(model)
    act(curator_client, "retire", record)
    record.refresh_from_db()
    assert record.retired_on
    url = admin_url("changelist", model)
    assert record not in curator_client.get(url, {"retired": "no"}).context["cl"].result_list
    assert record in curator_client.get(url, {"retired": "yes"}).context["cl"].result_list
    act(curator_client, "reinstate", record)
    record.refresh_from_db()
    assert record.retired_on is None


def test_pickers_offer_nothing_that_is_retired_but_what_the_record_has(curator_client: Client) -> None:
    topic, kind = make(kb.Topic), make(kb.Kind)
    where = {"app_label": "practices", "model_name": "practice", "field_name": "topics", "term": topic.label}
    practice = factories.make_practice(topics=(topic.code,), kind=kind.code)
    other = factories.make_practice()
    for record in (topic, kind):
        act(curator_client, "retire", record)
    assert curator_client.get(reverse("admin:autocomplete"), where).json()["results"] == []
    offered = f'<option value="{kind.pk}"'
    assert offered in curator_client.get(admin_url("change", practice)).content.decode()
    assert offered not in curator_client.get(admin_url("change", other)).content.decode()
    assert change(curator_client, practice, description="A word more.").status_code == 302
    assert list(practice.topics.all()) == [topic]
    assert "not one of the available choices" in errors(change(curator_client, other, kind=kind.pk))


def test_a_list_counts_how_often_each_is_used(curator_client: Client) -> None:
    topic = make(kb.Topic)
    factories.make_practice(topics=(topic.code,))
    factories.make_finding().topics.add(topic)
    listed = curator_client.get(admin_url("changelist", kb.Topic)).context["cl"].result_list
    assert {term: term.used for term in listed}[topic] == 2
