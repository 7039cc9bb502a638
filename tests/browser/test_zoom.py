"""Every kind of page at 400 %, by a reader who asks for less motion, without scripts (A1)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import COLOURS, LAYOUT, SCROLLED, Seen, inject, shorten, too_wide, violations
from tests.browser.conftest import PAGES

pytestmark = pytest.mark.browser

#: a window of 1280 by 1024 pixels at 400 %
ZOOMED = {"width": 320, "height": 256}
#: what takes time to look otherwise
MOVING = """[...document.querySelectorAll("*")].filter(one => ["", "::before", "::after"].some(part => {
    const style = getComputedStyle(one, part);
    return /[1-9]/.test(style.transitionDuration + style.animationDuration);
})).map(one => one.outerHTML.slice(0, 160))"""


@pytest.fixture(scope="module")
def zoomed(browser: Browser) -> Iterator[Page]:
    """Return a page at 400 % that asks for less motion and runs no script of the site (axe itself is one)."""
    context = browser.new_context(viewport=ZOOMED, device_scale_factor=4, reduced_motion="reduce")
    context.route("**/*.js", lambda route: route.abort())
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def seen() -> Seen:
    """Return what has been left of the pages before."""
    return {}


@pytest.mark.parametrize("path", PAGES)
def test_a1_no_page_has_a_fault_scrolls_sideways_or_moves_without_scripts_at_400_percent(
    zoomed: Page, seen: Seen, site: str, path: str
) -> None:
    zoomed.goto(site + path)
    assert too_wide(zoomed) <= 0
    assert zoomed.evaluate(SCROLLED) == []
    assert zoomed.evaluate(MOVING) == []
    inject(zoomed)
    assert violations(zoomed, LAYOUT) == []
    shorten(zoomed, seen)
    assert violations(zoomed, COLOURS) == []


def test_a1_results_that_wait_fade_only_for_readers_who_allow_motion(page: Page, site: str) -> None:
    page.goto(f"{site}/practices/")
    page.locator("#results").evaluate("results => results.classList.add('htmx-request')")
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) != []
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == []
