"""Where a country lies: its page shows the part of the world around it, and names it."""

import json

import pytest
from django.test import Client

from practices import models as kb
from practices.catalog import current
from practices.pages.atlas import WITHOUT_SHAPE, atlas
from practices.pages.locator import locator
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db

SHAPES = ROOT / "static" / "map" / "world.json"


@pytest.mark.parametrize("code", json.loads(SHAPES.read_text())["shapes"])
def test_a_country_lies_in_the_part_of_the_world_that_its_page_shows(code: str) -> None:
    country = current().vocabularies.country(code)
    assert country
    located = locator(country)
    assert located
    left, top, width, height = located.place
    assert 0 <= left <= located.shape.x <= left + width <= atlas().width
    assert 0 <= top <= located.shape.y <= top + height <= atlas().height + 0.1
    assert width >= 2 * (located.shape.box[2] - located.shape.box[0]) / 3
    assert code not in located.near


def test_a_country_page_shows_where_the_country_lies_and_names_it(client: Client) -> None:
    html = client.get("/countries/portugal/").content.decode()
    assert 'aria-label="Map: Portugal, in Southern Europe"' in html
    assert 'href="/static/map/world.svg#PT"' in html
    assert "Boundaries imply no endorsement" in html


@pytest.mark.parametrize("code", sorted(WITHOUT_SHAPE))
def test_the_page_of_a_country_without_a_shape_has_no_map(client: Client, code: str) -> None:
    country = kb.Country.objects.get(alpha2=code)
    assert locator(country) is None
    response = client.get(country.get_absolute_url())
    assert response.status_code == 200
    assert "locator" not in response.content.decode()


def test_a_territory_without_a_region_is_shown_by_its_name_alone() -> None:
    country = next(one for one in current().vocabularies.countries.values() if one.alpha2 == "TW")
    located = locator(country)
    assert located
    if not country.subregion_id:
        assert (located.label, located.near) == (country.name, [])


def test_a_small_country_is_marked_with_a_dot_on_its_page() -> None:
    small, large = (locator(kb.Country.objects.get(alpha2=code)) for code in ("MT", "FR"))
    assert small
    assert large
    assert small.dot > 0
    assert large.dot == 0
