"""Every public page, as links lead to it: links that arrive, one heading, a title, ids that are unique."""

import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from practices import models as kb
from practices.search.filters import PracticeFilter
from tests import sitemap
from tests.conftest import ROOT, HttpsClient

pytestmark = pytest.mark.django_db

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: what may name a file or a page
NAMING = ("href", "src", "action", "srcset", "poster", "data", "formaction", "hx-get")
#: what names other elements of the same page by their ids
REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "headers", "list", "form")


class Page(HTMLParser):
    """What a page consists of, as far as tests ask."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url = url
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.names: list[str] = []
        self.referred: set[str] = set()
        self.attributes: dict[str, dict[str, str]] = {}  # of the last element of each kind
        self.texts: dict[str, str] = {}  # of headings and the title
        self.unclosed: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        self.attributes[tag] = values
        if "id" in values:
            self.ids[values["id"]] += 1
        self.names += [urljoin(self.url, values[name]) for name in NAMING if values.get(name)]
        self.referred |= {part for name in REFERRING for part in values.get(name, "").split()}
        if tag not in VOID:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unclosed:
            while self.unclosed.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        for tag in ("title", "h1"):
            if tag in self.unclosed and "svg" not in self.unclosed:
                self.texts[tag] = f"{self.texts.get(tag, '')} {data}".strip()

    def internal(self) -> list[str]:
        """Return what the page names on this site."""
        return [name for name in self.names if name.startswith("/")]


@dataclass
class Site:
    """The public pages that links lead to, read once."""

    pages: dict[str, Page]
    statuses: dict[str, int]

    def problems(self, found: Any) -> list[str]:
        """Return "address: problem" for what `found` yields of each page, at most twenty."""
        return [f"{url}: {problem}" for url, page in self.pages.items() for problem in found(page)][:20]


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Site:
    """Crawl the site from one page of each kind."""
    read: dict[str, Page] = {}
    statuses: dict[str, int] = {}
    with django_db_blocker.unblock():
        for url, response in sitemap.crawl(HttpsClient(), sitemap.one_of_each()):
            statuses[url] = response.status_code
            if response.status_code == 200 and "text/html" in response.headers["Content-Type"]:
                read[url] = Page(url, response.content.decode())
    return Site(read, statuses)


def path_and_query(name: str) -> str:
    parts = urlsplit(name)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def is_static(name: str) -> bool:
    return urlsplit(name).path.startswith("/static/")


# Where links lead


def test_every_link_on_every_page_leads_somewhere(site: Site) -> None:
    known = {sitemap.shape(url): status for url, status in site.statuses.items()}

    def broken(page: Page) -> list[str]:
        targets = set(sitemap.followed(page.url, page.internal()))
        return [target for target in sorted(targets) if known.get(sitemap.shape(target)) != 200]

    assert site.problems(broken) == []


def test_every_parameter_of_every_link_is_one_that_its_page_knows(site: Site) -> None:
    known = {*PracticeFilter.base_filters, "sort", "page", "kind", "view", "facet_order", "from"}
    known |= {"rows", "columns", "all", "year", "practice"}

    def unknown(page: Page) -> list[str]:
        return [name for name in page.internal() if not set(sitemap.parameters(name)) <= known]

    assert site.problems(unknown) == []


def test_every_page_that_was_reached_answers(site: Site) -> None:
    assert {url: status for url, status in site.statuses.items() if status != 200} == {}
    assert len(site.pages) > 100


def test_every_link_to_a_part_of_a_page_finds_it(site: Site) -> None:
    def lost(page: Page) -> list[str]:
        wanted = [(path_and_query(name), unquote(urlsplit(name).fragment)) for name in page.internal()]
        found = {url: there.ids for url, there in site.pages.items()}
        return [f"{url}#{part}" for url, part in wanted if part and url in found and part not in found[url]]

    assert site.problems(lost) == []


def test_every_public_record_is_reached_by_links(site: Site) -> None:
    paths = {urlsplit(url).path for url in site.pages}
    for name in sitemap.SHOWN:
        if name != "country":
            missing = [record for record in sitemap.records(name) if record.get_absolute_url() not in paths]
            assert missing == [], name
    linked = kb.Country.objects.filter(links__practice__in=kb.Practice.objects.published()).distinct()
    assert [country for country in linked if country.get_absolute_url() not in paths] == []


def test_no_page_links_to_the_admin(site: Site) -> None:
    assert site.problems(lambda page: [name for name in page.internal() if name.startswith("/admin")]) == []


def test_no_link_names_a_scheme_that_is_not_for_readers(site: Site) -> None:
    def odd(page: Page) -> list[str]:
        return [name for name in page.names if urlsplit(name).scheme not in ("", "http", "https", "mailto")]

    assert site.problems(odd) == []


def test_every_static_file_that_a_page_names_exists(site: Site) -> None:
    named = {urlsplit(name).path for page in site.pages.values() for name in page.internal() if is_static(name)}
    assert named
    assert [name for name in sorted(named) if not finders.find(name.removeprefix("/static/"))] == []


def test_every_file_that_a_style_sheet_or_a_script_names_exists() -> None:
    missing = []
    for path in sorted([*(ROOT / "static").rglob("*.css"), *(ROOT / "static" / "js").rglob("*.js")]):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        named = re.findall(r"""url\(\s*["']?([^"')]+)""", text) + re.findall(
            r"""(?:@import|from)\s+["'](\.[^"']+)""", text
        )
        local = [name.partition("#")[0] for name in named if not name.startswith(("data:", "#", "http"))]
        missing += [f"{path.relative_to(ROOT)}: {name}" for name in local if not (path.parent / name).is_file()]
    assert missing == []


# What every page has


def test_every_page_has_one_heading_of_the_first_level_that_says_something(site: Site) -> None:
    def headings(page: Page) -> list[str]:
        one = page.tags["h1"] == 1 and page.texts.get("h1")
        return [] if one else [f"{page.tags['h1']} h1: {page.texts.get('h1')!r}"]

    assert site.problems(headings) == []


def test_every_page_has_a_title(site: Site) -> None:
    assert site.problems(lambda page: [] if page.tags["title"] >= 1 and page.texts.get("title") else ["no title"]) == []


def test_pages_of_records_have_titles_of_their_own(site: Site) -> None:
    titles = Counter(" ".join(page.texts["title"].split()) for url, page in site.pages.items() if "?" not in url)
    assert {title: number for title, number in titles.items() if number > 1} == {}


def test_every_page_says_its_language(site: Site) -> None:
    assert site.problems(lambda page: [] if page.attributes["html"].get("lang") == "en" else ["no lang"]) == []


def test_every_id_of_a_page_is_unique_and_none_is_empty(site: Site) -> None:
    assert site.problems(lambda page: [f"{name!r} x{n}" for name, n in page.ids.items() if n > 1 or not name]) == []


def test_what_a_page_refers_to_by_id_is_on_it(site: Site) -> None:
    assert site.problems(lambda page: sorted(page.referred - set(page.ids))) == []


@pytest.mark.parametrize("tag", ["main", "header", "footer", "nav"])
def test_every_page_has_its_landmarks(site: Site, tag: str) -> None:
    assert site.problems(lambda page: [] if page.tags[tag] else [f"no {tag}"]) == []


def test_every_element_that_is_opened_is_closed(site: Site) -> None:
    assert site.problems(lambda page: page.unclosed) == []


def test_no_page_holds_what_the_policy_forbids(site: Site, client: Client) -> None:
    for url in sitemap.one_of_each():
        html = sitemap.body(client.get(url))
        assert not re.search(r"<[^>]+\sstyle\s*=", html), url
        assert not re.search(r"<[^>]+\son[a-z]+\s*=", html), url
        assert "<style" not in html, url
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)", html), url


def test_error_pages_are_pages_of_the_site_too(client: Client) -> None:
    page = Page("/no-such-page/", client.get("/no-such-page/").content.decode())
    assert page.tags["h1"] == 1
    assert page.attributes["html"]["lang"] == "en"
    assert page.texts["title"]
    targets = {path_and_query(name) for name in page.internal() if not is_static(name)}
    for target in targets - {"/no-such-page/"}:  # the link that skips to the content
        assert client.get(target).status_code == 200, target
