"""The rows of a form: put in another order, taken away and added at once, without ever two at one position."""

import pytest
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client

from practices import models as kb
from practices.curation.changes.pending import pending_edit
from tests import factories
from tests.forms import Values, add_row, admin_url, errors, fields_of, form_of

pytestmark = pytest.mark.django_db

CODES = ("PT", "FR", "ES", "MA")


def opened(client: Client, record: Model) -> Values:
    return fields_of(client, admin_url("change", record), form_of(record))


def saved(client: Client, record: Model, values: Values, **changes: object) -> None:
    typed = {name: [str(value)] for name, value in changes.items()}
    response = client.post(admin_url("change", record), values | typed | {"_publish": [""]})
    assert response.status_code == 302, errors(response)


def practice_of(*codes: str) -> kb.Practice:
    return factories.make_practice(countries=tuple((code, "destination") for code in codes))


def order(practice: kb.Practice) -> list[str]:
    return list(practice.country_links.values_list("country__alpha2", flat=True))


def order_fields(*numbers: int | str) -> dict[str, int | str]:
    return {f"country_links-{index}-ORDER": number for index, number in enumerate(numbers)}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((4, 3, 2, 1), ["MA", "ES", "FR", "PT"]),
        ((2, 1, 3, 4), ["FR", "PT", "ES", "MA"]),
        ((1, 2, 3, 1), ["MA", "PT", "FR", "ES"]),  # typed without a script: the one that was moved goes first
        ((1, 2, "", 4), ["PT", "FR", "MA", "ES"]),
    ],
    ids=str,
)
def test_rows_are_kept_in_the_order_of_their_numbers(
    curator_client: Client, numbers: tuple[int | str, ...], expected: list[str]
) -> None:
    practice = practice_of(*CODES)
    saved(curator_client, practice, opened(curator_client, practice), **order_fields(*numbers))
    assert order(practice) == expected
    assert list(practice.country_links.values_list("position", flat=True)) == [1, 2, 3, 4]


def test_a_new_row_may_stand_before_others_while_one_is_removed(curator_client: Client) -> None:
    practice = practice_of(*CODES)
    values = opened(curator_client, practice) | {"country_links-0-DELETE": ["on"]}
    add_row(values, "country_links", country=kb.Country.objects.get(alpha2="DE"), role="partner", ORDER=1)
    saved(curator_client, practice, values, **order_fields(2, 4, 3, 5))
    assert order(practice) == ["DE", "ES", "FR", "MA"]


def test_only_rows_that_moved_get_history(curator_client: Client) -> None:
    practice = practice_of(*CODES)
    before = {row.pk: row.history.count() for row in practice.country_links.all()}
    saved(curator_client, practice, opened(curator_client, practice), **order_fields(2, 1, 3, 4))
    counts = [row.history.count() - before[row.pk] for row in practice.country_links.all()]
    assert counts == [1, 1, 0, 0]


def test_positions_with_gaps_stay_where_nothing_moves(curator_client: Client) -> None:
    practice = practice_of(*CODES)
    for row, position in zip(practice.country_links.order_by("-position"), (40, 30, 20, 10), strict=True):
        kb.CountryLink.objects.filter(pk=row.pk).update(position=position)
    saved(curator_client, practice, opened(curator_client, practice), title="Another title")
    assert list(practice.country_links.values_list("position", flat=True)) == [10, 20, 30, 40]
    saved(curator_client, practice, opened(curator_client, practice), **order_fields(2, 1, 3, 4))
    assert order(practice) == ["FR", "PT", "ES", "MA"]
    assert list(practice.country_links.values_list("position", flat=True)) == [10, 20, 30, 40]


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999"])
def test_a_position_that_cannot_be_is_refused_with_a_reason(curator_client: Client, number: str) -> None:
    practice = practice_of(*CODES)
    values = opened(curator_client, practice) | {"country_links-1-ORDER": [number]}
    assert errors(curator_client.post(admin_url("change", practice), values))
    assert order(practice) == list(CODES)


@pytest.mark.once
def test_without_a_script_a_button_adds_an_empty_row_and_saves_nothing(curator_client: Client) -> None:
    practice = practice_of("PT")
    values = opened(curator_client, practice) | {"_addrow": ["country_links"], "title": ["Typed and not saved"]}
    response = curator_client.post(admin_url("change", practice), values)
    html = response.content.decode()
    assert 'name="country_links-1-country"' in html
    assert 'name="country_links-TOTAL_FORMS" value="2"' in html
    assert "Typed and not saved" in html
    practice.refresh_from_db()
    assert practice.title != "Typed and not saved"


@pytest.mark.once
@pytest.mark.parametrize("forged", ["", "nothing", "country_links-0"])
def test_a_forged_kind_of_row_is_no_error(curator_client: Client, forged: str) -> None:
    practice = practice_of("PT")
    values = opened(curator_client, practice) | {"_addrow": [forged]}
    assert curator_client.post(admin_url("change", practice), values).status_code == 200


def test_a_row_names_a_record_and_no_pending_edit_of_one(curator_client: Client, curator: User) -> None:
    practice = factories.make_practice()
    edit = pending_edit(factories.make_practice(), curator)
    values = opened(curator_client, practice)
    add_row(values, "relations", other=edit, kind="see-also")
    response = curator_client.post(admin_url("change", practice), values | {"_publish": [""]})
    assert "not one of the available choices" in errors(response)
    assert not practice.relations.exists()
