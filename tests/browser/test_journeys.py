"""What readers come for, done in a real browser: with a mouse, with the keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

# the site serves a copy of the tests' database, which django_db has made also where no other test asks for it
pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_policy_officer_goes_from_a_country_to_a_practice_to_its_source(
    browser: Browser, site: str, javascript: bool
) -> None:
    page = browser.new_page(java_script_enabled=javascript)
    page.goto(site)
    page.get_by_role("link", name="Morocco").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Morocco")
    page.get_by_role("link", name=re.compile("FINCOME")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("FINCOME")
    page.locator("main").get_by_role("link", name="Integration and transnationalism").first.click()
    assert "/sources/unitar-2007/#section-" in page.url
    page.close()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_researcher_filters_by_role_and_function_and_keeps_the_address(
    browser: Browser, site: str, javascript: bool
) -> None:
    page = browser.new_page(java_script_enabled=javascript)
    page.goto(f"{site}/practices/")
    form = page.locator("main form").filter(has=page.locator("input[name=role]")).first
    for name, value in (("role", "ngo"), ("function", "lead")):
        box = form.locator(f"input[name={name}][value={value}]")
        details = page.locator(f"details:has(input[name={name}])").last
        if details.count() and not details.evaluate("element => element.open") if javascript else details.count():
            details.locator("summary").first.click()
        box.check()
    form.get_by_role("button", name=re.compile("Apply")).first.click()
    page.wait_for_url(re.compile("function=lead"))  # with JavaScript, the first box has changed the address already
    assert "role=ngo" in page.url
    assert "function=lead" in page.url
    expect(page.get_by_role("heading", name=re.compile("SUCCESS")).first).to_be_visible()
    page.close()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page: Page, site: str) -> None:
    page.goto(f"{site}/practices/")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_be_visible()
    assert (focused.get_attribute("href") or "").startswith("#")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_what_the_keyboard_stands_on_can_be_seen(page: Page, site: str) -> None:
    page.goto(f"{site}/practices/success-canada/")
    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]; })()"
        )
        assert style[0] != "none", page.evaluate("document.activeElement.outerHTML")
        assert style[1] != "0px"


def test_a_search_by_keyboard_finds_and_says_how_many(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("combobox").first.fill("hotline")
    page.keyboard.press("Enter")
    page.wait_for_url("**/practices/?*q=hotline*")
    expect(page.get_by_role("heading", name=re.compile("hotline")).first).to_be_visible()


def test_the_map_is_used_with_the_keyboard_alone_or_skipped(page: Page, site: str) -> None:
    page.goto(f"{site}/countries/")
    skip = page.get_by_role("link", name="Skip the map")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Tab")
    mark = page.locator(".map-world a:focus-visible + .map-mark")
    expect(mark).to_be_visible()
    expect(mark).to_contain_text(re.compile(r"\bArgentina: \d+ practices\b"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Argentina")
    page.go_back()
    skip.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#countries') !== null")


def test_the_shapes_of_the_map_are_loaded_and_a_country_leads_to_its_page(page: Page, site: str) -> None:
    page.goto(site)
    country = page.locator(".map-world a[aria-label^='Australia']")
    box = country.bounding_box()
    assert box
    assert box["width"] > 40
    assert box["height"] > 30
    country.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Australia")
