"""The world map: what is counted is drawn or named, shades say what the legend says, small countries can be hit."""

import gzip
import re
from html.parser import HTMLParser
from math import dist

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client

from practices import models as kb
from practices.catalog import current
from practices.catalog.counts import country_counts
from practices.pages import map as maps
from practices.pages.atlas import atlas
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests import factories
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db

#: the most that may come over the wire, in bytes (docs/quality.md, P6)
PAGE, STYLES = 60_000, 25_000


def every_code() -> list[str]:
    return [country.alpha2 for country in current().vocabularies.countries.values()]


def world(counts: dict[str, int]) -> maps.World:
    return maps.world(counts, lambda country: f"/{country.alpha2}/")


def weight(text: str | bytes) -> int:
    """Return how many bytes come over the wire."""
    return len(gzip.compress(text.encode() if isinstance(text, str) else text, mtime=0))


class Links(HTMLParser):
    """Collects the links inside drawings: (address, label, class, whether the keyboard reaches it)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside = 0
        self.found: list[tuple[str, str, str, bool]] = []
        self.shapes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.inside += tag == "svg"
        if tag == "a" and self.inside:
            named = values.get("aria-label", "")
            self.found.append((values["href"], named, values["class"], values.get("tabindex") != "-1"))
        if tag == "use":
            self.shapes.append(values["href"])

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag == "svg"

    def reached(self) -> list[tuple[str, str, str, bool]]:
        return [link for link in self.found if link[3]]


# Counts and shades


def test_the_map_counts_what_the_list_of_countries_counts() -> None:
    rows = country_counts()
    drawn = maps.of_countries(rows).countries
    assert [(one.country, one.count) for one in drawn] == [(row.country, row.total) for row in rows]
    assert [one.url for one in drawn] == [row.country.get_absolute_url() for row in rows]
    assert len(drawn) > 30


def test_what_is_not_public_is_not_on_the_map() -> None:
    factories.make_practice(countries=(("MT", "destination"),), state=kb.State.DRAFT)
    assert "MT" not in [one.code for one in maps.of_countries(country_counts()).countries]
    factories.make_practice(countries=(("MT", "destination"),))
    assert "MT" in [one.code for one in maps.of_countries(country_counts()).countries]


@pytest.mark.parametrize(
    "counts",
    [{}, {"PT": 0}, {"PT": -3}, {"": 4}, {"pt": 4}, {"XX": 1}, {"'\"><script>": 1}, {"PT\0": 2}, {"P" * 5000: 2}],
)
def test_what_is_no_country_or_has_no_practice_is_left_out(counts: dict[str, int]) -> None:
    empty = world(counts)
    assert (empty.countries, empty.steps, empty.europe) == ([], [], [])
    assert "<script>" not in render_to_string("components/map.html", {"world": empty})


def test_a_country_without_a_shape_is_named_below_the_map() -> None:
    both = world({"AQ": 2, "PT": 1})
    assert [one.code for one in both.drawn] == ["PT"]
    assert [one.code for one in both.elsewhere] == ["AQ"]
    html = render_to_string("components/map.html", {"world": both})
    assert re.search(r'Not on the map:\s*<a href="/AQ/">Antarctica: 2 practices</a>', html)


@pytest.mark.parametrize("most", [1, 2, 4, 9, 18, 49, 50, 99, 2499, 2500, 100_000, 10**12])
def test_the_legend_covers_every_count_once_with_at_most_five_shades(most: int) -> None:
    legend = maps.steps(most)
    assert 1 <= len(legend) <= maps.SHADES
    assert (legend[0].first, legend[-1].last) == (1, most)
    assert [step.first for step in legend[1:]] == [step.last + 1 for step in legend[:-1]]
    assert [step.shade for step in legend] == list(range(maps.SHADES - len(legend) + 1, maps.SHADES + 1))


def test_every_country_has_the_shade_that_the_legend_gives_its_count() -> None:
    drawn = world(dict(zip(every_code(), range(1, 1000), strict=False)))
    for one in drawn.countries:
        [step] = [step for step in drawn.steps if step.first <= one.count <= step.last]
        assert one.shade == step.shade


def test_a_range_of_the_legend_reads_as_one_number_where_it_is_one() -> None:
    assert [step.label for step in maps.steps(18)] == ["1", "2–4", "5–9", "10–18"]
    assert [step.label for step in maps.steps(20)][-1] == "20"
    assert [step.label for step in maps.steps(12_345)][-1] == "10,000–12,345"


# Small countries


@pytest.mark.parametrize("code", ["MT", "SG", "BH", "LU", "LI", "MC", "VA", "GI", "TV", "MV", "BB", "QA"])
def test_a_small_country_has_a_dot_and_a_space_in_which_it_can_be_hit(code: str) -> None:
    [one] = world({code: 1}).drawn
    assert one.shape
    assert one.shape.small
    assert one.hit == maps.HIT
    html = render_to_string("components/map.html", {"world": world({code: 1})})
    assert f'<circle class="map-hit" cx="{one.shape.x}" cy="{one.shape.y}" r="68" />' in html


def test_a_dot_can_be_hit_with_24_pixels_on_a_screen_768_pixels_wide() -> None:
    margins = 2 * 0.04 * 768  # --gutter
    assert 2 * maps.HIT * (768 - margins) / atlas().width >= 24


def test_small_neighbours_share_the_space_between_them() -> None:
    drawn = {one.code: one for one in world(dict.fromkeys(every_code(), 1)).drawn if one.shape and one.shape.small}
    assert len(drawn) > 60
    for one in drawn.values():
        for other in drawn.values():
            if one is not other and one.shape and other.shape and one.hit > maps.DOT:
                apart = dist((one.shape.x, one.shape.y), (other.shape.x, other.shape.y))
                assert one.hit <= apart / 2 + 1, (one.code, other.code)


@pytest.mark.parametrize("code", ["PT", "IE", "CH", "IL", "KR", "RW"])
def test_a_country_that_can_be_seen_needs_no_dot(code: str) -> None:
    [one] = world({code: 1}).drawn
    assert one.shape
    assert (one.shape.small, one.hit) == (False, 0)


def test_europe_is_drawn_again_with_all_that_reaches_there_and_only_if_something_lies_there() -> None:
    assert [one.code for one in world({"DE": 1, "RU": 1, "DZ": 1, "BR": 1}).europe] == ["DZ", "DE", "RU"]
    assert world({"BR": 1, "RU": 1, "AU": 3}).europe == []


# The page


def test_the_links_of_the_map_are_named_and_stand_in_alphabetical_order() -> None:
    drawn = maps.of_countries(country_counts())
    reached = Links(render_to_string("components/map.html", {"world": drawn})).reached()
    assert [(url, label) for url, label, *_ in reached] == [(one.url, one.label) for one in drawn.drawn]
    assert [label for _, label, *_ in reached] == sorted(label for _, label, *_ in reached)
    assert {kind for _, _, kind, _ in reached} <= {f"shade-{shade}" for shade in range(1, 6)}


def test_every_shape_that_a_page_refers_to_is_there(client: Client) -> None:
    known = {"land", *atlas().shapes}
    for url in ("/", "/countries/", "/countries/malta/", "/countries/portugal/"):
        shapes = Links(client.get(url).content.decode()).shapes
        assert shapes, url
        for shape in shapes:
            address, _, name = shape.partition("#")
            assert address == "/static/map/world.svg"
            assert name in known


@pytest.mark.parametrize("url", ["/", "/countries/"])
def test_a_page_with_the_map_says_the_same_in_words_and_lets_readers_skip_the_map(client: Client, url: str) -> None:
    html = client.get(url).content.decode()
    assert '<a class="skip" href="#countries">Skip the map</a>' in html
    assert html.count('id="countries"') == 1
    figure, _, after = html.partition('<figure class="map"')[2].partition("</figure>")
    words = after.partition('id="countries"')[2]
    for address, *_ in Links(figure).reached():
        assert f'href="{address}"' in words
    assert "imply no endorsement" in figure


def test_a_map_without_a_list_beside_it_brings_a_table_of_its_own() -> None:
    drawn = world({"PT": 1, "AQ": 1200})
    html = render_to_string("components/map.html", {"world": drawn})
    assert "<details" in html
    assert re.search(r'<a href="/AQ/">Antarctica</a>\s*</th>\s*<td class="number">1,200</td>', html)
    assert 'href="#map-end"' in html
    assert 'id="map-end"' in html


def test_the_names_of_countries_are_text_on_the_map() -> None:
    country = kb.Country.objects.get(alpha2="PT")
    country.label = '<b onclick="x">&'
    hostile = maps.CountryOnMap(country, 1, '/"><script>', 5, atlas().shapes["PT"])
    html = render_to_string("components/map.html", {"world": maps.World([hostile], maps.steps(1))})
    assert "<b" not in html.replace("<button", "")
    assert "<script>" not in html


def test_p6_pages_with_the_map_weigh_no_more_than_they_may(client: Client) -> None:
    for url in ("/", "/countries/", "/countries/portugal/"):
        assert weight(client.get(url).content) <= PAGE / 4, url  # the shapes are not in the page
    full = render_to_string("components/map.html", {"world": world(dict.fromkeys(every_code(), 999))})
    assert weight(full) <= PAGE / 2, "a map of every country there is"
    sheets = ROOT / "static" / "css"
    styles = [path for path in sheets.rglob("*.css") if path.relative_to(sheets).parts[0] != "admin"]
    assert sum(weight(path.read_bytes()) for path in styles) <= STYLES


# Results


def of_results(query: str) -> maps.World:
    return maps.of_results(Results(SearchRequest(QueryDict(query))))


@pytest.mark.parametrize(
    "query", ["", "dimension=legal", "q=language", "country_role=origin", "country=PT&country=KR", "role=ngo&q=women"]
)
def test_every_country_on_the_map_of_a_result_leads_to_as_many_practices_as_it_says(query: str) -> None:
    drawn = of_results(query + "&view=map").countries
    assert drawn
    for one in drawn:
        assert f"country={one.code}" in one.url
        assert "view=" not in one.url
        assert Results(SearchRequest(QueryDict(one.url[1:]))).count == one.count, one.code


def test_the_map_of_a_result_holds_the_countries_of_its_practices_and_no_others() -> None:
    for query in ("dimension=legal", "q=language&sort=newest", "role=ngo"):
        practices = Results(SearchRequest(QueryDict(query))).practices
        links = kb.CountryLink.objects.filter(practice__in=list(practices)).values_list("country__alpha2", flat=True)
        assert {one.code for one in of_results(query).countries} == set(links)


def test_the_map_of_a_result_says_how_many_of_its_practices_name_no_country() -> None:
    for query in ("", "q=language", "dimension=political"):
        practices = list(Results(SearchRequest(QueryDict(query))).practices)
        without = kb.Practice.objects.filter(pk__in=practices, country_links=None).count()
        assert of_results(query).unplaced == without, query
    html = render_to_string("components/map.html", {"world": of_results("")})
    assert f"{of_results('').unplaced} practices of this result name no country." in html
    assert of_results("country=PT").unplaced == of_results("country_role=origin").unplaced == 0


def test_the_map_of_a_result_with_chosen_countries_shows_these() -> None:
    assert [one.code for one in of_results("country=PT&country=ES&country=XX").countries] == ["PT", "ES"]


def test_a_link_of_the_map_keeps_the_rest_of_the_query() -> None:
    [one] = of_results("q=language&country=CA&dimension=social&sort=newest&view=map&page=3").countries
    assert one.url == "?q=language&dimension=social&sort=newest&country=CA"


@pytest.mark.parametrize("query", ["q=zzzzzz", "country=XX&country=AQ", "country=%00", "q=%27%22%3E%3Cscript%3E"])
def test_the_map_of_a_hostile_or_empty_result_is_a_map(query: str) -> None:
    html = render_to_string("components/map.html", {"world": of_results(query)})
    assert "<script>" not in html
    assert 'id="map"' in html
