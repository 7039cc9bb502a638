"""Every kind of page in a real browser: no accessibility fault, no error, nothing loaded from elsewhere (A1)."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: paper has no targets to hit
PAPER = {**RULES, "rules": {"target-size": {"enabled": False}}}
WIDTHS = (320, 768, 1280)


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


def violations(page: Page, rules: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what axe finds: the rule, and the elements that break it."""
    found = Axe().run(page, options=rules).response["violations"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a1_no_page_has_an_accessibility_fault_at_any_width(
    browser: Browser, site: str, path: str, scheme: Any
) -> None:
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    faults = watched(page, site)
    page.goto(site + path)
    assert expected(faults, path) == []  # before axe adds styles of its own, which the policy rightly refuses
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page, RULES) == [], width
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{overflow} px too wide at {width}"
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_a1_no_page_has_an_accessibility_fault_as_printed(browser: Browser, site: str, path: str) -> None:
    page = browser.new_page(viewport={"width": 794, "height": 1123})
    page.emulate_media(media="print")
    page.goto(site + path)
    assert violations(page, PAPER) == []
    page.close()
