"""Vocabularies, countries and places: codes stay, changes reach readers at once, regions and versions are looked at."""

import pytest
from django.db.models import Model
from django.test import Client

from practices import models as kb
from tests.admin.test_admin import make
from tests.forms import add, admin_url, change, errors, fields_of, form_of, submit

pytestmark = pytest.mark.django_db

each_vocabulary = pytest.mark.parametrize("model", kb.VOCABULARIES, ids=lambda model: model._meta.model_name)
each_public = pytest.mark.parametrize("model", [*kb.VOCABULARIES, kb.Place], ids=lambda model: model._meta.model_name)


def version() -> int:
    return kb.DataVersion.current().number


@each_vocabulary
def test_a_code_is_given_once_and_stays(curator_client: Client, model: type[kb.Term]) -> None:
    response = add(curator_client, model, code="a-new-term", label="A new term", order=9)
    assert response.status_code == 302, errors(response)
    term = model._default_manager.get(code="a-new-term")
    assert "code" not in fields_of(curator_client, admin_url("change", term), form_of(term))
    assert change(curator_client, term, code="forged", label="Another label").status_code == 302
    term.refresh_from_db()
    assert (term.code, term.label) == ("a-new-term", "Another label")


@each_vocabulary
def test_an_edit_of_a_term_raises_the_data_version(curator_client: Client, model: type[kb.Term]) -> None:
    term, before = model._default_manager.first(), version()
    assert change(curator_client, term, label="Said anew").status_code == 302
    assert version() == before + 1
    assert term.history.first().history_type == "~"


@each_vocabulary
def test_a_term_on_a_third_level_is_refused_in_words(curator_client: Client, model: type[Model]) -> None:
    top, second, third = (
        model._default_manager.create(code=code, label=code.title()) for code in ("first", "second", "third")
    )
    assert change(curator_client, second, parent=top).status_code == 302
    assert "“Second” stands under another term itself." in errors(change(curator_client, third, parent=second))
    assert "other terms stand under this one." in errors(change(curator_client, top, parent=third))


def test_an_edit_of_a_term_shows_on_its_page(client: Client, curator_client: Client) -> None:
    topic = kb.Topic.objects.first()
    change(curator_client, topic, label="A label that curators gave")
    assert "A label that curators gave" in client.get(topic.get_absolute_url()).content.decode()


@each_vocabulary
def test_the_order_is_changed_in_the_list_and_nothing_else_is(curator_client: Client, model: type[kb.Term]) -> None:
    url, before = admin_url("changelist", model), version()
    first = curator_client.get(url).context["cl"].result_list[0]
    forged = {"form-0-code": "forged", "form-0-label": "forged", "form-0-parent": "", "_save": "Save"}
    response = submit(curator_client, url, "changelist-form", **{"form-0-order": 77}, **forged)
    assert response.status_code == 302
    after = model._default_manager.get(pk=first.pk)
    assert (after.order, after.code, after.label, after.parent) == (77, first.code, first.label, first.parent)
    assert version() > before


@each_public
def test_deleting_one_or_several_raises_the_data_version(curator_client: Client, model: type[kb.Term]) -> None:
    one, others, before = make(model), [make(model), make(model)], version()
    curator_client.post(admin_url("delete", one), {"post": "yes"})
    assert version() == before + 1
    data = {"action": "delete_selected", "_selected_action": [record.pk for record in others], "post": "yes"}
    curator_client.post(admin_url("changelist", model), data)
    assert not model._default_manager.filter(pk__in=[record.pk for record in others]).exists()
    assert version() == before + 2
    assert model.history.filter(history_type="-").count() >= 3


def test_a_term_in_use_is_not_deleted(curator_client: Client) -> None:
    role = kb.Involvement.objects.first().role
    curator_client.post(admin_url("delete", role), {"post": "yes"})
    assert kb.StakeholderRole.objects.filter(pk=role.pk).exists()


def test_regions_are_looked_at_only(curator_client: Client) -> None:
    region = kb.Region.objects.first()
    assert curator_client.get(admin_url("change", region)).status_code == 200
    for page in (admin_url("add", kb.Region), admin_url("delete", region)):
        assert curator_client.get(page).status_code == 403
        assert curator_client.post(page, {"post": "yes", "code": "zz", "label": "Z"}).status_code == 403
    assert curator_client.post(admin_url("change", region), {"label": "Changed"}).status_code == 403
    assert kb.Region.objects.get(pk=region.pk).label == region.label


def test_the_data_version_is_looked_at_only(curator_client: Client) -> None:
    current, before = kb.DataVersion.current(), version()
    assert curator_client.get(admin_url("changelist", current)).status_code == 200
    assert curator_client.post(admin_url("change", current), {"number": 99}).status_code == 403
    assert curator_client.post(admin_url("add", kb.DataVersion), {"number": 99}).status_code == 403
    assert curator_client.post(admin_url("delete", current), {"post": "yes"}).status_code == 403
    assert version() == before


def test_the_codes_of_a_country_are_given_once_and_stay(curator_client: Client) -> None:
    names = dict.fromkeys(("label", "label_fr", "label_es"), "Zembla")
    assert "This field is required." in errors(add(curator_client, kb.Country, **names))
    codes = {"alpha2": "ZB", "alpha3": "ZBL", "m49": "999", "slug": "zembla"}
    assert add(curator_client, kb.Country, **names, **codes).status_code == 302
    country = kb.Country.objects.get(alpha2="ZB")
    change(curator_client, country, alpha2="XX", alpha3="XXX", m49="000", slug="forged", label_fr="Zemble")
    country.refresh_from_db()
    assert (country.alpha2, country.alpha3, country.m49, country.slug) == ("ZB", "ZBL", "999", "zembla")
    assert country.label_fr == "Zemble"
