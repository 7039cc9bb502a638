"""Whoever looks for a record in the admin finds it by code, name, other name or synonym, accents or not."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from practices import models as kb
from practices.admin.form.pickers import FoldedSearchMixin
from tests import factories
from tests.forms import admin_url

pytestmark = pytest.mark.django_db

#: (model and field, what is typed, what is offered first)
OFFERED = [
    *(("countrylink", "country", typed, "United Kingdom") for typed in ("UK", "gb", "GBR", "Britain", "royaume uni")),
    *(("countrylink", "country", typed, "Türkiye") for typed in ("TR", "turkey", "turkiye", "Turquía")),
    *(("countrylink", "country", typed, "Côte d’Ivoire") for typed in ("Ivory", "ivory coast", "cote d", "Côte d'I")),
    ("countrylink", "country", "Holland", "Netherlands"),
    ("countrylink", "country", "DE", "Germany"),
    ("countrylink", "country", "EL", "Greece"),
    ("countrylink", "country", "PRT", "Portugal"),
    ("countrylink", "country", "espana", "Spain"),
    ("practice", "topics", "employment", "Work and business"),
    ("involvement", "role", "municipality", "Host society’s local government"),
    ("involvement", "stakeholder", "UNAOC", "Alliance of Civilizations"),
    ("involvement", "stakeholder", "P&G", "Procter & Gamble"),
]


def offered(client: Client, model: str, field: str, typed: str) -> list[dict[str, str]]:
    where = {"app_label": "practices", "model_name": model, "field_name": field, "term": typed}
    results: list[dict[str, str]] = client.get(reverse("admin:autocomplete"), where).json()["results"]
    return results


@pytest.mark.parametrize(("model", "field", "typed", "first"), OFFERED)
def test_what_is_meant_is_offered_first(curator_client: Client, model: str, field: str, typed: str, first: str) -> None:
    names = [one["text"] for one in offered(curator_client, model, field, typed)]
    assert names[:1] == [first]


def test_an_acronym_of_a_stakeholder_finds_it(curator_client: Client) -> None:
    assert any("GTZ" in one["text"] or "German" in one["text"] for one in offered(
        curator_client, "involvement", "stakeholder", "GTZ"
    ))  # fmt: skip


def test_a_straight_apostrophe_finds_a_curly_one_and_the_other_way_round(curator_client: Client) -> None:
    practice = factories.make_practice(title="Zembla’s services abroad")
    for typed in ("Zembla's services", "Zembla’s services", "ZEMBLA"):
        assert offered(curator_client, "relation", "other", typed)[0]["id"] == str(practice.pk)


def test_what_is_offered_says_what_tells_it_from_others(curator_client: Client) -> None:
    actor = factories.make_stakeholder(name="Zembla council", country="PT", state=kb.State.DRAFT)
    factories.make_practice(involvements=(("ngo", "lead", actor),))
    [found] = offered(curator_client, "involvement", "stakeholder", "zembla")
    assert found["note"] == f"{actor.ref} · Draft · Portugal · 1 practice"


@pytest.mark.parametrize("typed", ["MEDIACION zembla", "mediación ZÉMBLA", "mediacio zemb"])
def test_a_list_is_searched_without_regard_to_accents_and_case(curator_client: Client, typed: str) -> None:
    practice = factories.make_practice(title="Mediación de Zembla")
    result = curator_client.get(admin_url("changelist", kb.Practice), {"q": typed}).context["cl"].result_list
    assert list(result) == [practice]


def test_a_list_is_searched_by_other_names_too(curator_client: Client) -> None:
    name = {"text": "Zemblanische Éireannja", "lang": "de", "kind": "translation"}
    actor = factories.make_stakeholder(other_names=[name])
    result = curator_client.get(admin_url("changelist", kb.Stakeholder), {"q": "eireannja"}).context["cl"].result_list
    assert list(result) == [actor]


def test_every_list_of_records_with_history_is_searched_so() -> None:
    for model, site in admin.site._registry.items():
        if hasattr(model, "history"):
            assert isinstance(site, FoldedSearchMixin), model


@pytest.mark.parametrize("typed", ["", " ", "\0", "'", "%", "of the", "x" * 5000], ids=repr)
def test_odd_words_are_no_error(curator_client: Client, typed: str) -> None:
    assert isinstance(offered(curator_client, "countrylink", "country", typed), list)
