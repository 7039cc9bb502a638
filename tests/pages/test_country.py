"""One country: its practices by role and dimension, and its places."""

import pytest
from django.test import Client

from practices import models as kb
from practices.curation import publishing
from practices.pages.country import groups, place_anchor, places, tables
from tests import factories
from tests.catalog.test_counts import having

pytestmark = pytest.mark.django_db


def country(alpha2: str) -> kb.Country:
    return kb.Country.objects.get(alpha2=alpha2)


@pytest.mark.parametrize("alpha2", ["PT", "MA", "IT", "AU"])
def test_the_practices_of_a_country_stand_by_role_and_dimension_with_exact_counts(alpha2: str) -> None:
    published = kb.Practice.objects.published()
    for group in groups(country(alpha2)):
        own = having(published, "country_links", country=country(alpha2), role=group.code)
        assert group.count == own.count()
        for listed in group.dimensions:
            expected = own.filter(dimensions=listed.dimension)
            assert listed.count == expected.count()
            assert {card.practice.pk for card, _first in listed.cards} <= {one.pk for one in expected}


def test_each_practice_is_told_once_for_each_role_of_the_country() -> None:
    for group in groups(country("IT")):
        practices = [card.practice for listed in group.dimensions for card, first in listed.cards if first]
        assert len(practices) == len(set(practices)) == group.count


def test_every_table_of_a_country_has_rows_with_something_in_them() -> None:
    for table in tables(country("MA")):
        assert table.rows
        assert all(any(cell.count for cell in row.cells) for row in table.rows)


def test_a_dimension_without_any_practice_is_told_as_missing_from_a_country(client: Client) -> None:
    missing = kb.Dimension.objects.get(code="legal")
    missing.practices.clear()
    publishing.reindexed()
    html = client.get("/countries/portugal/").content.decode()
    assert f'href="{missing.get_absolute_url()}"' in html.partition("No practice here in these dimensions:")[2]


def test_a_place_stands_on_the_page_of_its_country_with_its_public_practices() -> None:
    place = kb.Place.objects.create(name="Nadi", country=country("FJ"))
    shown, hidden = factories.make_practice(), factories.make_practice(state="draft")
    for practice in (shown, hidden):
        practice.places.add(place)
    kb.DataVersion.raise_number()
    [located] = places(country("FJ"))
    assert located.anchor == "place-nadi"
    assert [one.pk for one in located.practices] == [shown.pk]


def test_every_place_of_a_practice_links_to_where_it_stands(client: Client) -> None:
    for place in kb.Place.objects.filter(practices__state="published").distinct():
        html = client.get(place.country.get_absolute_url()).content.decode()
        assert f'id="{place_anchor(place)}"' in html, place


def test_the_page_of_a_country_says_what_it_is_about_first(client: Client) -> None:
    html = " ".join(client.get("/countries/portugal/").content.decode().split())
    answer = html.partition('<div class="answer">')[2]
    assert answer.startswith(" <p> The reports describe 5 practices with")
    assert "Portugal as a destination</a>." in answer
    assert "Topics named most often:" in answer


def test_what_a_country_is_to_its_practices_is_counted_where_it_differs(client: Client) -> None:
    html = " ".join(client.get("/countries/morocco/").content.decode().split())
    assert "practices that concern Morocco:" in html
    assert "as origin</a>" in html


def test_a_country_without_practices_has_a_page_that_says_so(client: Client) -> None:
    html = client.get("/countries/fiji/").content.decode()
    assert "No report in the collection describes a practice that concerns Fiji." in html
    assert client.get("/countries/no-such-country/").status_code == 404
