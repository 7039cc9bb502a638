"""The selection tray and the printed brief in a real browser: kept over pages, by keyboard, and two pages of A4."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from practices import models as kb

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ONE, TWO = "success-canada", "adult-migrant-english-programme"


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """Return a reader's page whose browser has kept nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def select(page: Page, site: str, slug: str) -> None:
    page.goto(f"{site}/practices/{slug}/")
    page.get_by_role("button", name="Add to selection").click()


def test_a_selection_goes_with_the_reader_from_page_to_page(reader: Page, site: str) -> None:
    select(reader, site, ONE)
    expect(reader.locator("#selection-status")).to_have_text("1 practice selected")
    expect(reader.get_by_role("button", name="Remove from selection")).to_be_visible()
    select(reader, site, TWO)
    expect(reader.locator("#selection-status")).to_have_text("2 practices selected")
    reader.get_by_role("link", name="2 practices selected").click()
    assert reader.url == f"{site}/selection/?practice={ONE}&practice={TWO}"
    tray = reader.get_by_role("complementary", name="Selection")
    tray.get_by_role("link", name="Compare").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("2 practices compared")


def test_a_practice_is_selected_and_left_out_again_by_keyboard(reader: Page, site: str) -> None:
    reader.goto(f"{site}/practices/{ONE}/")
    button = reader.locator("[data-select]").first
    button.focus()
    reader.keyboard.press("Enter")
    expect(reader.locator("#selection-tray")).to_be_visible()
    expect(button).to_be_focused()
    reader.keyboard.press("Space")
    expect(reader.locator("#selection-tray")).to_be_hidden()
    expect(reader.locator("#selection-status")).to_have_text("Nothing selected")


def test_what_has_the_focus_is_not_behind_the_tray(reader: Page, site: str) -> None:
    reader.goto(f"{site}/practices/{ONE}/")
    reader.locator("[data-select]").first.click()
    for _ in range(40):
        reader.keyboard.press("Tab")
        covered = reader.evaluate(
            """() => {
                const tray = document.getElementById("selection-tray"), at = document.activeElement;
                if (tray.contains(at)) return false;
                return at.getBoundingClientRect().bottom > tray.getBoundingClientRect().top + 1;
            }"""
        )
        assert not covered, reader.evaluate("document.activeElement.outerHTML")


def test_removing_from_the_page_of_one_s_own_selection_removes_it_everywhere(reader: Page, site: str) -> None:
    select(reader, site, ONE)
    select(reader, site, TWO)
    reader.goto(f"{site}/selection/?practice={ONE}&practice={TWO}")
    reader.get_by_role("link", name=re.compile("Remove from this list.*SUCCESS")).click()
    reader.wait_for_url(f"**/selection/?practice={TWO}")
    expect(reader.get_by_role("link", name="1 practice selected")).to_be_visible()


def test_a_selection_that_someone_sent_changes_one_s_own_only_when_asked(reader: Page, site: str) -> None:
    select(reader, site, TWO)
    reader.goto(f"{site}/selection/?practice={ONE}")
    expect(reader.get_by_role("link", name="1 practice selected")).to_have_attribute(
        "href", f"/selection/?practice={TWO}"
    )
    reader.get_by_role("button", name="Keep as my selection").click()
    expect(reader.get_by_role("link", name="1 practice selected")).to_have_attribute(
        "href", f"/selection/?practice={ONE}"
    )
    expect(reader.get_by_role("button", name="Clear my selection")).to_be_focused()


def test_the_page_of_no_selection_leads_to_the_reader_s_own(reader: Page, site: str) -> None:
    reader.goto(f"{site}/selection/")
    expect(reader.get_by_text("Nothing is selected yet")).to_be_visible()
    select(reader, site, ONE)
    select(reader, site, TWO)
    reader.goto(f"{site}/selection/")
    reader.wait_for_url(f"**/selection/?practice={ONE}&practice={TWO}")
    reader.get_by_role("button", name="Clear my selection").click()
    reader.goto(f"{site}/selection/")
    expect(reader.get_by_text("Nothing is selected yet")).to_be_visible()


def test_what_was_kept_by_something_else_is_ignored(reader: Page, site: str) -> None:
    reader.goto(f"{site}/about/")
    for kept in ("{", '"x"', "[1, null]", '["<img src=x onerror=alert(1)>", "a b"]'):
        reader.evaluate("kept => localStorage.setItem('selection', kept)", kept)
        reader.reload()
        expect(reader.locator("#selection-tray")).to_be_hidden()


def test_without_javascript_a_link_starts_a_selection(browser: Browser, site: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{site}/practices/{ONE}/")
    page.get_by_role("link", name="Add to selection").click()
    assert page.url == f"{site}/selection/?practice={ONE}"
    expect(page.get_by_role("heading", name=re.compile("SUCCESS"))).to_be_visible()
    page.close()


def pages_on_paper(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4", prefer_css_page_size=True)))


def test_a_brief_is_two_pages_of_a4_at_most(page: Page, site: str) -> None:
    countries = sorted(kb.Country.objects.all(), key=lambda country: -country.links.count())
    longest = [f"?country={country.alpha2}" for country in countries[:3]]
    for query in [*longest, "", "?role=migrants-and-families", "?role=host-national-government", "?q=integration"]:
        page.goto(f"{site}/brief/{query}")
        assert 1 <= pages_on_paper(page) <= 2, query
