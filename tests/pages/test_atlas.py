"""The shapes of the world map: every country has one or a reason for none, where the index says it lies."""

import gzip
import re
from xml.etree import ElementTree

import pytest

from practices.catalog import current
from practices.pages.atlas import WITHOUT_SHAPE, atlas
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db

FOLDER = ROOT / "static" / "map"
#: the most that the shapes may weigh over the wire, in bytes (docs/quality.md, P6)
MAP = 40_000


def test_every_country_has_a_shape_or_a_reason_for_having_none() -> None:
    assert set(atlas().shapes) | set(WITHOUT_SHAPE) == {
        country.alpha2 for country in current().vocabularies.countries.values()
    }
    assert not set(atlas().shapes) & set(WITHOUT_SHAPE)
    assert all(WITHOUT_SHAPE.values())


def test_every_shape_is_in_the_drawing_once_and_lies_where_the_index_says() -> None:
    root = ElementTree.parse(FOLDER / "world.svg").getroot()  # noqa: S314 our own file
    paths = [path for path in root.iter() if path.tag.endswith("path")]
    drawn = {path.get("id"): path.get("d", "") for path in paths if path.get("id")}
    assert sorted(drawn) == sorted(atlas().shapes)
    assert len(paths) - len(drawn) == 4, "land without a code: Kosovo, Northern Cyprus, Somaliland, Siachen"
    for code, shape in atlas().shapes.items():
        starts = [tuple(map(int, start)) for start in re.findall(r"M(\d+) (\d+)", drawn[code])]
        west, north, east, south = shape.box
        assert any(west - 2 <= x <= east + 2 and north - 2 <= y <= south + 2 for x, y in starts), code
        assert 0 <= shape.x <= atlas().width, code
        assert 0 <= shape.y <= atlas().height, code


@pytest.mark.parametrize(
    ("west", "east"), [("PT", "ES"), ("IE", "GB"), ("US", "PT"), ("MA", "EG"), ("CN", "KR"), ("US", "RU"), ("GF", "FR")]
)
def test_what_lies_west_of_a_country_is_drawn_west_of_it(west: str, east: str) -> None:
    shapes = atlas().shapes
    assert shapes[west].x < shapes[east].x


def test_no_shape_stretches_around_the_world() -> None:
    width = {code: shape.box[2] - shape.box[0] for code, shape in atlas().shapes.items()}
    assert max(width, key=lambda code: width[code]) == "RU"
    assert width["RU"] < atlas().width / 2
    assert width["FJ"] < 100


def test_p6_the_map_weighs_no_more_than_it_may() -> None:
    together = sum(len(gzip.compress((FOLDER / name).read_bytes(), mtime=0)) for name in ("world.svg", "world.json"))
    assert together <= MAP


def test_the_shapes_hold_no_styles_scripts_or_addresses() -> None:
    text = (FOLDER / "world.svg").read_text()
    assert not re.search(r"style|script|href|url\(|\son\w+=|<!|<\?", text)


def test_the_readme_of_the_shapes_says_how_large_they_are() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in ("world.svg", "world.json"):
        assert f"{(FOLDER / name).stat().st_size:,}" in readme, name
