"""Every public page, as links lead to it: links that arrive, one heading, a title, ids that are unique."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from practices import models as kb
from practices.search.filters import PracticeFilter
from tests import leaks, sitemap
from tests.conftest import ROOT, HttpsClient
from tests.markup import Page

pytestmark = pytest.mark.django_db

HEALTH = ("/livez", "/readyz")


@dataclass
class Answer:
    """What an address was answered with, and the SQL that was asked for it."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: str
    queries: list[str]


@dataclass
class Site:
    """Every public address that links lead to, asked for once, while hidden records are tied to public ones."""

    answers: dict[str, Answer]
    pages: dict[str, Page]

    def problems(self, find: Callable[[Page], Iterable[str]]) -> list[str]:
        """Return "address: problem" for what `find` yields of each page, at most twenty."""
        return [f"{url}: {problem}" for url, page in self.pages.items() for problem in find(page)][:20]

    def faults(self, find: Callable[[Answer], Iterable[str]]) -> list[str]:
        """Return "address: problem" for what `find` yields of each answer, at most twenty."""
        return [f"{url}: {fault}" for url, answer in self.answers.items() for fault in find(answer)][:20]


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Site:
    """Crawl the site from one page of each kind and what is next to hidden records."""
    with django_db_blocker.unblock(), transaction.atomic():
        hidden = leaks.make_leak_set()
        site = crawled([*sitemap.one_of_each(), *sitemap.exports(), *leaks.neighbours(hidden), *sitemap.HEALTH])
        transaction.set_rollback(True)
    return site


def crawled(start: list[str]) -> Site:
    site, queries = Site({}, {}), list[str]()

    def record(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        for url, response, page in sitemap.crawl(HttpsClient(), start):
            body, headers, cookies = sitemap.body(response), dict(response.headers), list(response.cookies)
            site.answers[url] = Answer(response.status_code, headers, cookies, body, queries.copy())
            queries.clear()
            if page and response.status_code == 200:
                site.pages[url] = page
    return site


def path_and_query(name: str) -> str:
    parts = urlsplit(name)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def is_page(answer: Answer) -> bool:
    return "text/html" in answer.headers["Content-Type"]


def is_static(name: str) -> bool:
    return urlsplit(name).path.startswith("/static/")


# Where links lead


def test_every_link_on_every_page_leads_somewhere(site: Site) -> None:
    known = {sitemap.shape(url): answer.status for url, answer in site.answers.items()}

    def broken(page: Page) -> list[str]:
        targets = set(sitemap.followed(page.url, page.internal()))
        return [target for target in sorted(targets) if known.get(sitemap.shape(target)) != 200]

    assert site.problems(broken) == []


def test_every_parameter_of_every_link_is_one_that_its_page_knows(site: Site) -> None:
    known = {*PracticeFilter.base_filters, "sort", "page", "kind", "view", "facet_order", "from"}
    known |= {"rows", "columns", "all", "year", "practice", "record", "part"}

    def unknown(page: Page) -> list[str]:
        return [name for name in page.internal() if not set(sitemap.parameters(name)) <= known]

    assert site.problems(unknown) == []


def test_every_page_that_was_reached_answers(site: Site) -> None:
    assert {url: answer.status for url, answer in site.answers.items() if answer.status != 200} == {}
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


def test_links_in_a_row_have_a_space_between_them(site: Site) -> None:
    # written {{ " " }}, as djlint takes away a plain space
    assert site.faults(lambda answer: re.findall(r"[^>]*</a><a\b", answer.body) if is_page(answer) else []) == []


def test_no_page_holds_what_the_policy_forbids(site: Site) -> None:
    forbidden = re.compile(r"<[^>]+\s(?:style|on[a-z]+)\s*=|<style|<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)")
    assert site.faults(lambda answer: forbidden.findall(answer.body) if is_page(answer) else []) == []


def test_error_pages_are_pages_of_the_site_too(client: Client) -> None:
    page = Page("/no-such-page/", client.get("/no-such-page/").content.decode())
    assert page.tags["h1"] == 1
    assert page.attributes["html"]["lang"] == "en"
    assert page.texts["title"]
    targets = {path_and_query(name) for name in page.internal() if not is_static(name)}
    for target in targets - {"/no-such-page/"}:  # the link that skips to the content
        assert client.get(target).status_code == 200, target


# What no page has


def test_l1_no_answer_to_a_stranger_holds_a_word_of_what_is_not_published(site: Site) -> None:
    def leaked(answer: Answer) -> list[str]:
        text = f"{answer.headers} {answer.body}".lower()
        return [text[max(0, text.index(leaks.CANARY) - 80) :][:200]] if leaks.CANARY in text else []

    assert site.faults(leaked) == []


def test_every_select_of_a_public_request_filters_the_state_of_curated_records(site: Site) -> None:
    assert site.faults(lambda answer: [sql for sql in answer.queries if leaks.unfiltered(sql)]) == []
    assert sum(len(answer.queries) for answer in site.answers.values()) > 1000


def test_h2_a_public_page_sets_no_cookie_and_may_be_cached_by_anyone(site: Site) -> None:
    def private(answer: Answer) -> list[str]:
        cached = "public" in answer.headers["Cache-Control"] and "max-age=60" in answer.headers["Cache-Control"]
        varied = ["Vary: Cookie"] if "Cookie" in answer.headers.get("Vary", "") else []
        return [*answer.cookies, *varied, *([] if cached else [answer.headers["Cache-Control"]])]

    others = {url: site.answers.pop(url) for url in list(site.answers) if url in HEALTH or sitemap.has_form(url)}
    assert site.faults(private) == []
    site.answers |= others
