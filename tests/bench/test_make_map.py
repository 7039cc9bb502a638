"""The maker of the map's shapes, on an atlas of a few squares."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import make_map
from tests.conftest import ROOT

#: two squares that share a side, a square inside France's territories, an islet, and land without a code
ATLAS: dict[str, Any] = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [
        [[10, 40], [0, 10]],  # the side that both share, northwards
        [[10, 50], [-10, 0], [0, -10], [10, 0]],  # the rest of the western square
        [[10, 50], [10, 0], [0, -10], [-10, 0]],  # the rest of the eastern one
        [[-54, 3], [1, 0], [0, 1], [-1, 0], [0, -1]],
        [[30, 0], [8, 0], [0, 8], [-8, 0], [0, -8]],
        [[0, -80], [9, 0], [0, -9], [-9, 0], [0, 9]],
    ],
    "objects": {
        "countries": {
            "geometries": [
                {"type": "Polygon", "id": "620", "properties": {"name": "West"}, "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "250", "properties": {"name": "East"}, "arcs": [[[~0, 2]], [[3]]]},
                {"type": "Polygon", "properties": {"name": "Nowhere"}, "arcs": [[4]]},
                {"type": "Polygon", "id": "010", "properties": {"name": "Ice"}, "arcs": [[5]]},
            ]
        }
    },
}


def drawn(atlas: dict[str, Any] = ATLAS) -> tuple[str, dict[str, Any]]:
    svg, index = make_map.draw(atlas, make_map.codes())
    return svg, json.loads(index)


def test_every_country_gets_a_shape_with_its_code_and_land_without_one_has_none() -> None:
    svg, index = drawn()
    assert svg.count("<path") == 4 + len(make_map.POINTS)
    assert svg.count("<path vector-effect") == 1
    assert {'id="PT"' in svg, 'id="FR"' in svg} == {True}
    assert {"PT", "FR", "GF"} <= set(index["shapes"])


def test_what_iso_3166_counts_by_itself_is_taken_from_the_country_it_is_drawn_with() -> None:
    _, index = drawn()
    assert index["shapes"]["GF"]["at"][0] < index["shapes"]["PT"]["at"][0] < index["shapes"]["FR"]["at"][0]


def test_neighbours_share_the_points_of_their_border() -> None:
    west, east = drawn()[1]["shapes"]["PT"]["box"], drawn()[1]["shapes"]["FR"]["box"]
    assert west[0] < west[2]
    assert (west[1], west[3]) == (east[1], east[3])
    assert east[0] < west[2] < east[2]  # a projected border leans


def test_parts_of_one_country_that_touch_are_drawn_without_a_line_between_them() -> None:
    assert make_map.outlines([[[0, 1]], [[~0, 2]]]) == [[1, 2]]
    assert make_map.outlines([[[0, 1]], [[3]]]) == [[0, 1], [3]]


def test_a_line_keeps_its_ends_and_loses_what_cannot_be_seen() -> None:
    line = [(0.0, 0.0), (10, 0.1), (20, 0), (30, 40), (40, 0)]
    assert make_map.simplified(line) == [(0.0, 0.0), (20, 0), (30, 40), (40, 0)]
    island = [(0.0, 0.0), (1, 0), (1, 1), (0, 1), (0, 0)]
    assert len(make_map.simplified(island)) == 4


def test_a_shape_too_small_for_whole_units_is_a_mark() -> None:
    assert make_map.steps([(5.1, 5.2), (5.2, 5.3), (5.1, 5.3)]) == "M5 5l1 0-1 1z"


@pytest.mark.parametrize(
    ("place", "east"), [((-175, 66), 185), ((-179, -17), 181), ((-165, 66), -165), ((179, 0), 179)]
)
def test_what_lies_beyond_the_180th_meridian_is_drawn_in_one_piece(place: tuple[float, float], east: float) -> None:
    assert make_map.in_one_piece(*place) == (east, place[1])


def test_the_projection_is_equal_earth() -> None:
    assert make_map.projected(0, 0) == (0, 0)
    assert make_map.projected(180, 0)[0] == pytest.approx(make_map.WIDTH / 2)
    x, y = make_map.projected(90, 45)
    assert x / make_map.SCALE == pytest.approx(1.15, abs=0.02)
    assert y < 0


def test_the_command_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "atlas.json").write_text(json.dumps(ATLAS))
    monkeypatch.setattr("sys.argv", ["make_map", str(tmp_path / "atlas.json"), "--into", str(tmp_path)])
    make_map.main()
    assert (tmp_path / "world.svg").read_text() == drawn()[0]
    assert json.loads((tmp_path / "world.json").read_text()) == drawn()[1]


def test_the_files_in_place_hold_what_the_maker_says_of_them() -> None:
    index = json.loads((ROOT / "static" / "map" / "world.json").read_text())
    assert index["width"] == make_map.WIDTH
    assert set(index["shapes"]) <= set(make_map.codes().values())
