"""The design language: colours that can be read, a preview for shared links, and a page that shows every part."""

import gzip
import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from practices.pages.design import PURPOSES, colours, contrast
from tests import sitemap
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db

TEXT = ("ink", "ink-soft", "accent", "on-accent", "economic", "social", "cultural-religious", "legal", "political")
MARKS = ("line-strong", "second", "focus")


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#777777", "#ffffff") == 4.5
    assert contrast("#123456", "#123456") == 1


def test_text_can_be_read_and_marks_can_be_seen_in_light_and_dark() -> None:
    known = {one.name: one for one in colours()}
    for names, least in ((TEXT, 4.5), (MARKS, 3)):
        for name in names:
            assert min(known[name].contrast_light, known[name].contrast_dark) >= least, name


def test_every_colour_of_the_style_sheet_has_a_purpose_and_a_swatch() -> None:
    components = "".join(path.read_text() for path in (ROOT / "static/css/components").glob("*.css"))
    assert {one.name for one in colours()} == set(PURPOSES)
    for one in colours():
        assert f'[data-token="{one.name}"]' in components


def test_the_preview_is_as_large_as_networks_want_it_and_light() -> None:
    data = (ROOT / "static/preview.png").read_bytes()
    assert struct.unpack(">II", data[16:24]) == (1200, 630)
    assert len(data) <= 60_000


@pytest.mark.parametrize("url", ["/", "/about/", "/design/", "/countries/portugal/", "/roles/ngo/"])
def test_a_page_says_what_to_show_where_a_link_to_it_is_shared(client: Client, url: str) -> None:
    html = client.get(url).content.decode()
    said = dict(re.findall(r'<meta property="(og:[a-z:_]+)"\s+content="([^"]*)"', html))
    title = re.search(r"<title>(.*?) – Integration Practices</title>", html)
    assert title
    assert said["og:title"] == title[1]
    assert said["og:url"] == f"https://testserver{url}"
    assert said["og:image"] == "https://testserver/static/preview.png"
    assert said["og:description"]
    assert 'name="twitter:card"' in html


def test_hostile_titles_stay_within_their_attributes(client: Client) -> None:
    from tests import factories

    practice = factories.make_practice(title='"><script>alert(1)</script>', summary='" onload="alert(1)')
    html = client.get(practice.get_absolute_url()).content.decode()
    assert "<script>alert" not in html
    assert 'onload="alert' not in html


def test_an_error_has_no_address_of_its_own(client: Client) -> None:
    assert 'rel="canonical"' not in client.get("/no-such-page/").content.decode()
    folder = ROOT / "templates/errors"
    assert "{% block address %}{% endblock %}" in (folder / "error.html").read_text()
    for path in folder.glob("[45]*.html"):
        assert path.read_text().startswith('{% extends "errors/error.html" %}'), path


def test_a_request_for_a_wrong_host_is_answered_politely(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_every_component_of_the_design_page_is_shown_in_its_states(client: Client) -> None:
    html = client.get("/design/").content.decode()
    for part in (
        'data-state="hover"',
        'data-state="focus"',
        "disabled",
        "<details",
        "open>",
        "unstated",
        "as-reported",
    ):
        assert part in html, part


def weight(url: str) -> int:
    """Return how many bytes of a static file come over the wire."""
    path = finders.find(url.removeprefix("/static/"))
    assert path, url
    return len(gzip.compress(Path(path).read_bytes()))


def test_p6_the_longest_page_of_each_kind_is_light_with_all_it_fetches_and_fetches_from_this_site_only(
    client: Client,
) -> None:
    for url in sitemap.one_of_each():
        response = client.get(url, headers={"accept-encoding": "gzip"})
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        # a page with a form holds a secret, whose letters the size of what is compressed would give away
        plain = sitemap.has_form(url)
        assert response.get("Content-Encoding", "") == ("" if plain else "gzip"), url
        page = response.content if plain else gzip.decompress(response.content)
        assert len(response.content) <= 60_000, url
        files = sitemap.files(page.decode())
        assert all(file.startswith("/static/") for file in files), url
        assert any(file.endswith(".css") for file in files), url
        assert sum(weight(file) for file in files if file.endswith(".js")) <= 25_000, url
        assert sum(weight(file) for file in files if "/map/" in file) <= 40_000, url


def test_every_style_sheet_is_imported_once() -> None:
    folder = ROOT / "static/css"
    imported = re.findall(r'@import url\("([^"]+)"\)', (folder / "site.css").read_text())
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.css")} - {"site.css"}
    assert sorted(imported) == sorted(name for name in there if not name.startswith("admin/"))


def test_p6_all_style_sheets_together_are_light() -> None:
    text = b"".join(
        path.read_bytes() for path in sorted((ROOT / "static/css").rglob("*.css")) if path.parent.name != "admin"
    )
    assert len(gzip.compress(text)) <= 25_000
