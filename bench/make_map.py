"""Make static/map/world.svg and world.json from the file `countries-50m.json` of the npm package world-atlas.

`python -m bench.make_map countries-50m.json`, for whoever wants a newer edition of Natural Earth or another drawing; a
site needs it never. See static/map/README.md.
"""

import heapq
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

#: a map as TopoJSON has it: its objects, the arcs that they share, and how these are scaled
Atlas = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent

Point = tuple[float, float]
Ring = list[Point]

#: units of the drawing from east to west; a unit is about 9 km
WIDTH = 4000
#: the coefficients of the Equal Earth projection, and how far east its middle reaches
A1, A2, A3, A4, EAST = 1.340264, -0.081106, 0.000893, 0.003796, 2.7066299836960748
SCALE = WIDTH / 2 / EAST
#: latitudes between which the drawing lies: nobody lives beyond
NORTH, SOUTH = 83.8, -56.2
#: a point of a line that spans less than this with its neighbours is left out, in square units
DETAIL = 5
#: so are islands smaller than this, unless they are the largest of their country
ISLET = 8
#: a part belongs to what the map turns to where it has this share of the country's largest
MAIN = 0.19
#: numbers of ISO 3166-1 that are not drawn: nobody but crews lives there
LEFT_OUT = {"010"}
#: parts that Natural Earth draws with another country or with none and ISO 3166-1 or the UN count by themselves or with
#: another: the number they have, "" for none, west, south, east, north, and the number they get
PARTS = [
    ("250", -55, 2, -51, 6, "254"),  # French Guiana
    ("250", -62, 15.7, -60.9, 16.7, "312"),  # Guadeloupe
    ("250", -61.4, 14.2, -60.7, 15, "474"),  # Martinique
    ("250", 55, -22, 56, -20, "638"),  # Réunion
    ("250", 44.5, -13.5, 45.5, -12, "175"),  # Mayotte
    ("578", -10, 70, 35, 81.5, "744"),  # Svalbard and Jan Mayen, but for Norway's mainland, which is larger
    ("528", -69, 11, -62, 18, "535"),  # Caribbean Netherlands
    ("", 96, -13, 97.5, -11, "166"),  # Cocos (Keeling) Islands
    ("", 105, -11, 106, -10, "162"),  # Christmas Island
    ("643", 32, 44, 37, 46.5, "804"),  # Crimea, as in resolution 68/262 of the UN's General Assembly
]
#: too small for Natural Earth at this scale: longitude and latitude
POINTS = {"292": (-5.35, 36.14), "772": (-171.8, -9.2), "798": (179.2, -8.5)}


def codes() -> dict[str, str]:
    """Return the alpha-2 code of each number of ISO 3166-1, from the fixtures."""
    records = json.loads((ROOT / "fixtures" / "02_countries.json").read_text())
    countries = [record["fields"] for record in records if record["model"] == "practices.country"]
    return {country["m49"]: country["alpha2"] for country in countries}


def draw(atlas: Atlas, alpha2: dict[str, str]) -> tuple[str, str]:
    """Return the drawing and its index."""
    west, north = projected(-180, 0)[0], projected(0, NORTH)[1]
    height = round(projected(0, SOUTH)[1] - north)
    arcs = [simplified([(x - west, y - north) for x, y in arc]) for arc in projected_arcs(atlas)]
    paths, index = [], {}
    for number, polygons in sorted(areas(atlas).items(), key=lambda area: alpha2.get(area[0], "")):
        rings = significant([ring(arcs, outline) for outline in outlines(polygons)])
        paths.append(path(alpha2.get(number, ""), rings))
        if number in alpha2:
            index[alpha2[number]] = described(rings)
    for number, place in POINTS.items():
        x, y = projected(*place)
        diamond = [[(x - west - 1, y - north), (x - west, y - north - 1), (x - west + 1, y - north)]]
        paths.append(path(alpha2[number], diamond))
        index[alpha2[number]] = described(diamond)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">\n'
        f'<g id="land">\n{"".join(paths)}</g>\n</svg>\n'
    )
    rows = ",\n".join(f'"{code}": {json.dumps(index[code])}' for code in sorted(index))
    return svg, f'{{"width": {WIDTH}, "height": {height}, "shapes": {{\n{rows}\n}}}}\n'


# From TopoJSON to lines on the drawing


def projected(longitude: float, latitude: float) -> Point:
    """Return a place in units of the drawing, south downwards, on the Equal Earth projection."""
    t = asin(sqrt(3) / 2 * sin(radians(latitude)))
    slope = 9 * A4 * t**8 + 7 * A3 * t**6 + 3 * A2 * t**2 + A1
    x = 2 * sqrt(3) * radians(longitude) * cos(t) / (3 * slope)
    y = A4 * t**9 + A3 * t**7 + A2 * t**3 + A1 * t
    return SCALE * x, -SCALE * y


def degrees(atlas: Atlas) -> Iterator[Ring]:
    """Yield every arc as longitudes and latitudes."""
    (kx, ky), (x0, y0) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    for arc in atlas["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append(in_one_piece(x * kx + x0, y * ky + y0))
        yield line


def in_one_piece(longitude: float, latitude: float) -> Point:
    """Return a place of Chukotka or Fiji beyond the 180th meridian east of the rest of it; any other as it is."""
    beyond = (longitude < -168.9 and latitude > 64) or (longitude < -178.5 and -20 < latitude < -15.5)
    return (longitude + 360 if beyond else longitude), latitude


def projected_arcs(atlas: Atlas) -> Iterator[Ring]:
    """Yield every arc in units of the drawing."""
    for line in degrees(atlas):
        yield [projected(*place) for place in line]


def simplified(line: Ring) -> Ring:
    """Return a line without the points that matter least (Visvalingam), its ends kept, a closed one a triangle."""
    before, after = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))
    least = 4 if line[0] == line[-1] else 2
    todo = [(area([line[i - 1], line[i], line[i + 1]]), i) for i in range(1, len(line) - 1)]
    current = {i: size for size, i in todo}
    heapq.heapify(todo)
    while todo and len(current) + 2 > least and todo[0][0] < DETAIL:
        size, i = heapq.heappop(todo)
        if current.get(i) != size:
            continue
        del current[i]
        left, right = before[i], after[i]
        after[left], before[right] = right, left
        for j in (left, right):
            if j in current:
                current[j] = max(size, area([line[before[j]], line[j], line[after[j]]]))
                heapq.heappush(todo, (current[j], j))
    return [line[0], *(line[i] for i in sorted(current)), line[-1]]


def area(ring: Ring) -> float:
    """Return what a ring encloses, in square units."""
    return abs(sum(x * b - a * y for (x, y), (a, b) in pairwise([*ring, ring[0]]))) / 2


# From geometries to countries


def areas(atlas: Atlas) -> dict[str, list[list[list[int]]]]:
    """Return the polygons, as rings of arcs, of each number of ISO 3166-1; those of no country under their names."""
    lines = list(degrees(atlas))
    by_number: dict[str, list[list[list[int]]]] = {}
    for geometry in atlas["objects"]["countries"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            number = moved(geometry.get("id", ""), ring(lines, polygon[0]))
            if number not in LEFT_OUT:
                by_number.setdefault(number or geometry["properties"]["name"], []).append(polygon)
    return by_number


def moved(number: str, outline: Ring) -> str:
    """Return the number under which a part is drawn."""
    for old, west, south, east, north, new in PARTS:
        if old == number and all(west < x < east and south < y < north for x, y in outline):
            return new
    return number


def outlines(polygons: list[list[list[int]]]) -> list[list[int]]:
    """Return the rings of a country, polygons that touch made one: a line that two of them share is left out."""
    rings = [ring for polygon in polygons for ring in polygon]
    used = {arc for ring in rings for arc in ring}
    apart = [ring for ring in rings if not any(~arc in used for arc in ring)]
    loose = [arc for ring in rings if ring not in apart for arc in ring if ~arc not in used]
    return apart + ([loose] if loose else [])


def ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    """Return arcs, some of them backwards, as one ring, each put where the one before it ends."""
    left = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    line = list(left.pop(0))
    while left:
        following = next((arc for arc in left if arc[0] == line[-1]), left[0])
        left.remove(following)
        line += following[1:]
    return line[:-1] if line[0] == line[-1] else line


def significant(rings: list[Ring]) -> list[Ring]:
    """Return the rings that can be seen, the largest first; of a country with none, the largest."""
    ordered = sorted(rings, key=area, reverse=True)
    return [ring for ring in ordered if area(ring) >= ISLET] or ordered[:1]


# From countries to text


def path(code: str, rings: list[Ring]) -> str:
    """Return the element that draws a country, in whole units; without an id where it has no code."""
    name = f' id="{code}"' if code else ""
    return f'<path{name} vector-effect="non-scaling-stroke" d="{"".join(map(steps, rings))}"/>\n'


def steps(ring: Ring) -> str:
    """Return a ring as path data: where it begins, and each step from there."""
    points = [(round(x), round(y)) for x, y in ring]
    points = [point for point, before in zip(points, [points[-1], *points[:-1]], strict=True) if point != before]
    if len(points) < 3:  # too small for whole units
        x, y = round(ring[0][0]), round(ring[0][1])
        points = [(x, y), (x + 1, y), (x, y + 1)]
    moves = "".join(f" {b - a:d} {d - c:d}" for (a, c), (b, d) in pairwise(points))
    start = f"{points[0][0]} {points[0][1]}"
    return f"M{start}l{moves[1:].replace(' -', '-')}z"


def described(rings: list[Ring]) -> dict[str, Any]:
    """Return where a country lies: the middle of its largest part, the box of its main parts, its size."""
    west, north, east, south = box(rings[0])
    main = [point for ring in rings if area(ring) >= MAIN * area(rings[0]) for point in ring]
    return {
        "at": [round((west + east) / 2), round((north + south) / 2)],
        "box": [round(side) for side in box(main)],
        "size": round(sum(map(area, rings))),
    }


def box(points: Ring) -> tuple[float, float, float, float]:
    """Return the west, north, east and south of some points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def main() -> None:
    """Write both files and say how large they are."""
    parser = ArgumentParser("tools.make_map", description="Make static/map/world.svg and world.json.")
    parser.add_argument("atlas", type=Path, help="countries-50m.json of the npm package world-atlas")
    parser.add_argument("--into", type=Path, default=ROOT / "static" / "map")
    options = parser.parse_args()
    svg, index = draw(json.loads(options.atlas.read_text()), codes())
    for name, text in (("world.svg", svg), ("world.json", index)):
        (options.into / name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
