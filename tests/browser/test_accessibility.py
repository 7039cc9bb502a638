"""Every kind of page in a real browser: no accessibility fault, no error, nothing loaded from elsewhere (A1).

At 400 % and without scripts: `test_zoom.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import (
    COLOURS,
    Seen,
    faults_in_forced_colours,
    faults_on_paper,
    faults_on_screens,
    inject,
    painted,
    shorten,
    violations,
)
from tests.browser.conftest import PAGES, watched

pytestmark = pytest.mark.browser

#: lists of what is alike but for one item that its class, and one that an attribute makes too faint to read
FAINT = """<style>body, [data-faint] { color: #000 } .faint, [data-faint="yes"] { color: #eee }</style>
<ul><li>One<li>One<li>One<li>One<li class="faint">Class<li>One</ul>
<ul><li data-faint="no">Two<li data-faint="no">Two<li data-faint="yes">Attribute<li><b>Other</b></ul>"""


@dataclass
class Reader:
    """A page that goes from address to address and reads the style sheets only once."""

    page: Page
    faults: list[str]
    seen: Seen = field(default_factory=dict)


@pytest.fixture(scope="module")
def reader(browser: Browser, site: str) -> Iterator[Reader]:
    """Return who reads one page after the other."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    yield Reader(page, watched(page, site))
    context.close()


def expected(faults: list[str], path: str) -> list[str]:
    """Return the faults but for the browser's word on the page that is meant to be missing."""
    return [fault for fault in faults if not ("no-such-page" in path and "404" in fault)]


@pytest.mark.parametrize("path", PAGES)
def test_a1_no_page_has_an_accessibility_fault_at_any_width_in_any_colours_or_printed(
    reader: Reader, site: str, path: str
) -> None:
    page = reader.page
    page.emulate_media(media="screen", color_scheme="light", forced_colors="none")
    reader.faults.clear()
    page.goto(site + path)
    for scheme in ("dark", "light"):  # what is loaded for one of them only is loaded now
        page.emulate_media(color_scheme=scheme)
        painted(page)
    assert expected(reader.faults, path) == []  # before axe adds styles of its own, which the policy rightly refuses
    assert faults_on_screens(page, reader.seen) | faults_on_paper(page) | faults_in_forced_colours(page) == {}


def test_of_what_is_alike_on_all_pages_three_are_left_and_each_kind_of_fault_is_found(page: Page) -> None:
    seen: Seen = {}
    for left in (
        ["One", "One", "One", "Class", "Two", "Two", "Attribute", "Other"],
        ["Class", "Two", "Attribute", "Other"],
    ):
        page.set_content(FAINT)
        inject(page)
        shorten(page, seen)
        assert page.locator("li").all_inner_texts() == left
        assert [len(nodes) for rule, nodes in violations(page, COLOURS)] == [2]
