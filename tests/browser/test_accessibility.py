"""Every kind of page in a real browser: no accessibility fault, no error, nothing loaded from elsewhere (A1)."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PAGES

pytestmark = pytest.mark.browser

A4 = {"width": 794, "height": 1123}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: what is wrong with a page: elements, or a number of pixels, by where that is and the rule that they break
Wrong = dict[tuple[str | int, ...], list[str] | int]
#: to name every element that breaks no rule takes axe longer than to find those that do
OPTIONS: dict[str, object] = {"runOnly": RULES, "resultTypes": ["violations"]}
#: the same rules, on a narrow window
NARROW = {**OPTIONS}
#: paper has no targets to hit
PAPER = {**OPTIONS, "rules": {"target-size": {"enabled": False}}}
#: the dark scheme and forced colours change nothing else; axe takes longer for them than for all other rules together
COLOURS = {**OPTIONS, "runOnly": ["color-contrast", "link-in-text-block"]}
#: everything but colours, which are the same at every width
LAYOUT = {**OPTIONS, "rules": {"color-contrast": {"enabled": False}}}
#: what is looked for in each scheme at each width: the narrowest page in light colours is that of `zoomed_reader`
SCREENS: dict[tuple[Literal["light", "dark"], int], dict[str, object]] = {
    ("light", 320): LAYOUT,
    ("light", 768): LAYOUT,
    ("light", 1280): OPTIONS,
    ("dark", 320): COLOURS,
    ("dark", 1280): COLOURS,
}
#: a list, a table or a series of cards has the same colours and sizes from one item to the next: beyond these they are
#: looked at on one screen only
MORE = ["tbody tr", "td", "th", "li", "label", "article", "dl > *"]
REPEATED = {"exclude": [[f"{selector}:nth-child(n + 6)"] for selector in MORE]}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("dark", "light")
#: a window of 1280 by 1024 pixels at 400 %
ZOOMED = {"width": 320, "height": 256}
#: what scrolls sideways within a page and is no table in a region that has the keyboard's focus
SCROLLED = """[...document.querySelectorAll("body *")].filter(one =>
    /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1
    && !(one.matches("[role=region][tabindex='0']") && one.querySelector("table"))
).map(one => one.outerHTML.slice(0, 160))"""
#: what takes time to look otherwise
MOVING = """[...document.querySelectorAll("*")].filter(one => ["", "::before", "::after"].some(part => {
    const style = getComputedStyle(one, part);
    return /[1-9]/.test(style.transitionDuration + style.animationDuration);
})).map(one => one.outerHTML.slice(0, 160))"""


def watched(page: Page, site: str) -> list[str]:
    """Return a list that fills with what a page should never do."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(site) else faults.append(request.url))
    page.on(
        "response",
        lambda answer: (
            faults.append(f"{answer.status} {answer.url}")
            if answer.status >= 400 and "/no-such-page/" not in answer.url
            else None
        ),
    )
    return faults


def expected(faults: list[str], path: str) -> list[str]:
    """Return the faults but for the browser's word on the page that is meant to be missing."""
    return [fault for fault in faults if not ("no-such-page" in path and "404" in fault)]


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[BrowserContext]:
    """Return a reader's browser, which goes from page to page and has read the style sheets only once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture(scope="module")
def zoomed_reader(browser: Browser) -> Iterator[BrowserContext]:
    """Return a browser at 400 % that asks for less motion and runs no script of the site (axe itself is one)."""
    context = browser.new_context(viewport=ZOOMED, device_scale_factor=4, reduced_motion="reduce")
    context.route("**/*.js", lambda route: route.abort())
    yield context
    context.close()


def painted(page: Page) -> None:
    """Wait until a page has been shown as it is now."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def violations(page: Page, options: dict[str, object] = OPTIONS) -> list[tuple[str, list[str]]]:
    """Return what axe, which is in the page already, finds: the rule, and the elements that break it.

    Of every element with OPTIONS, of the first items of what is repeated with any others.
    """
    context = {} if options is OPTIONS else REPEATED
    run = "([context, options]) => axe.run({include: document, ...context}, options).then(found => found.violations)"
    found = page.evaluate(run, [context, options])
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]


def too_wide(page: Page) -> int:
    """Return by how many pixels a page must be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def faults_on_screens(page: Page) -> Wrong:
    """Return what is wrong with a page in either colour scheme at any width."""
    wrong: Wrong = {}
    for (scheme, width), options in SCREENS.items():
        page.emulate_media(media="screen", color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        wrong |= {(scheme, width, rule): nodes for rule, nodes in violations(page, options)}
        if (pixels := too_wide(page)) > 0:
            wrong[scheme, width, "pixels too wide"] = pixels
    return wrong


def faults_on_paper(page: Page) -> Wrong:
    """Return what is wrong with a page as it is printed."""
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size(A4)
    return {("print", rule): nodes for rule, nodes in violations(page, PAPER)}


def faults_in_forced_colours(page: Page) -> Wrong:
    """Return what is wrong with a page in the few colours of a reader's system."""
    page.emulate_media(media="screen", color_scheme="light", forced_colors="active")
    page.set_viewport_size({"width": 1280, "height": 900})
    return {("forced colours", rule): nodes for rule, nodes in violations(page, COLOURS)}


@pytest.mark.parametrize("path", PAGES)
def test_a1_no_page_has_an_accessibility_fault_at_any_width_in_any_colours_or_printed(
    reader: BrowserContext, site: str, path: str
) -> None:
    page = reader.new_page()
    faults = watched(page, site)
    page.goto(site + path)
    for scheme in SCHEMES:  # what is loaded for one of them only is loaded now
        page.emulate_media(color_scheme=scheme)
        painted(page)
    assert expected(faults, path) == []  # before axe adds styles of its own, which the policy rightly refuses
    page.evaluate(AXE_SCRIPT)
    wrong = faults_on_screens(page) | faults_on_paper(page) | faults_in_forced_colours(page)
    page.close()
    assert wrong == {}


@pytest.mark.parametrize("path", PAGES)
def test_a1_no_page_has_a_fault_scrolls_sideways_or_moves_without_scripts_at_400_percent(
    zoomed_reader: BrowserContext, site: str, path: str
) -> None:
    page = zoomed_reader.new_page()
    page.goto(site + path)
    assert too_wide(page) <= 0
    assert page.evaluate(SCROLLED) == []
    assert page.evaluate(MOVING) == []
    page.evaluate(AXE_SCRIPT)
    wrong = violations(page, NARROW)
    page.close()
    assert wrong == []


def test_a1_results_that_wait_fade_only_for_readers_who_allow_motion(page: Page, site: str) -> None:
    page.goto(f"{site}/practices/")
    page.locator("#results").evaluate("results => results.classList.add('htmx-request')")
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) != []
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == []
