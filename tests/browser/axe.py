"""A page as axe looks at it: whole for what its elements are and where, shortened for how they look."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: what is wrong with a page: elements, or a number of pixels, by where that is and the rule that they break
Wrong = dict[tuple[str | int, ...], list[str] | int]

A4 = {"width": 794, "height": 1123}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: to name every element that breaks no rule takes axe longer than to find those that do
OPTIONS: dict[str, object] = {"runOnly": RULES, "resultTypes": ["violations"]}
#: all that a scheme, paper or forced colours can change; axe takes longer for them than for all other rules together
COLOURS = {**OPTIONS, "runOnly": ["color-contrast", "link-in-text-block"]}
#: everything but colours, which are the same at every width
LAYOUT = {**OPTIONS, "rules": {"color-contrast": {"enabled": False}, "link-in-text-block": {"enabled": False}}}
#: all that a width changes of elements that were looked at on another
TARGETS = {**OPTIONS, "runOnly": ["target-size"]}
#: from the widest, which shows most
WIDTHS = (1280, 320, 768)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
#: removes what styles cannot tell from what is left or was left of other pages: axe takes a thousandth of a second for
#: the colours of one element, and those of the next row of a table are the same
SHORTEN = (Path(__file__).parent / "shorten.js").read_text(encoding="utf-8")
#: what has been left of pages, as `shorten.js` counts it
Seen = dict[str, dict[str, int]]
#: whether a page shows elements that it did not show when this was asked before
SHOWS_MORE = """(() => {
    const known = window.axeShown ??= new Set(), number = known.size;
    document.querySelectorAll("body *").forEach(one => one.checkVisibility() && known.add(one));
    return known.size > number;
})()"""
#: what scrolls sideways within a page and is no table in a region that has the keyboard's focus
SCROLLED = """[...document.querySelectorAll("body *")].filter(one =>
    /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1
    && !(one.matches("[role=region][tabindex='0']") && one.querySelector("table"))
).map(one => one.outerHTML.slice(0, 160))"""


def painted(page: Page) -> None:
    """Wait until a page has been shown as it is now."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def too_wide(page: Page) -> int:
    """Return by how many pixels a page must be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def inject(page: Page) -> None:
    """Put axe into a page, which adds a style of its own that the site's policy refuses."""
    page.evaluate(AXE_SCRIPT)


def settled(page: Page) -> None:
    """Wait until colours that change by and by, as Django's in the admin do, have changed."""
    page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished)).then(() => true)")


def violations(page: Page, options: dict[str, object]) -> list[tuple[str, list[str]]]:
    """Return what axe, which is in the page already, finds: the rule, and the elements that break it."""
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]


def shorten(page: Page, seen: Seen | None = None) -> None:
    """Leave of a page what differs in its looks, from itself and from other pages, which are then counted in."""
    seen = {} if seen is None else seen
    seen |= page.evaluate(SHORTEN, seen)


def faults_on_screens(page: Page, seen: Seen | None = None, widths: Sequence[int] = WIDTHS) -> Wrong:
    """Return what is wrong with a page at any width in either scheme; the page is short then."""
    inject(page)
    wrong: Wrong = {}
    telling = []  # the widths at which there is something that there is not on a wider screen
    page.emulate_media(media="screen", color_scheme="light")
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate(SHOWS_MORE):
            telling.append(width)
        options = LAYOUT if width in telling else TARGETS
        wrong |= {(width, rule): nodes for rule, nodes in violations(page, options)}
        if (pixels := too_wide(page)) > 0:
            wrong[width, "pixels too wide"] = pixels
    shorten(page, seen)
    for scheme, width in product(SCHEMES, telling):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
        wrong |= {(scheme, width, rule): nodes for rule, nodes in violations(page, COLOURS)}
    return wrong


def faults_on_paper(page: Page) -> Wrong:
    """Return what is wrong with a short page as it is printed: paper is only seen, and has no targets to hit."""
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size(A4)
    return {("print", rule): nodes for rule, nodes in violations(page, COLOURS)}


def faults_in_forced_colours(page: Page) -> Wrong:
    """Return what is wrong with a short page in the few colours of a reader's system."""
    page.emulate_media(media="screen", color_scheme="light", forced_colors="active")
    page.set_viewport_size({"width": 1280, "height": 900})
    return {("forced colours", rule): nodes for rule, nodes in violations(page, COLOURS)}
