"""The form of a record in a real browser: typed into, moved in and saved by keyboard, on a phone and a desk."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import SCROLLED, faults_on_screens, painted
from tests.browser.conftest import CURATOR, NEW, PASSWORD, SENT, watched
from tests.report import REPORT, SECTIONS

pytestmark = pytest.mark.browser

#: milliseconds: to check a password takes long on purpose, and longer on a busy machine
expect.set_options(timeout=30_000)
ADD = "/admin/practices/practice/add/"
#: a page of each kind on which curators write, choose or review, and the widths at which it is looked at
SCREENS = [
    ADD,
    "/admin/practices/source/1/paragraphs/",
    "/admin/practices/citation/cite/",
    "/admin/",
    "/admin/import/",
    "/admin/practices/practice/",
    f"/admin/practices/practice/{SENT}/review/",
    "/admin/auth/user/",
    "/admin/account/",
]
WIDTHS = (1280, 320, 390)
#: what is typed into the picker of a country, and what is meant
COUNTRIES = {
    "UK": "United Kingdom",
    "turkey": "Türkiye",
    "cote d": "Côte d’Ivoire",
    "Holland": "Netherlands",
}


def log_in(page: Page) -> None:
    page.fill("#id_username", CURATOR)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")


@pytest.fixture(scope="module")
def curator(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """Return the browser of a curator who is logged in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{site}/admin/")
    log_in(page)
    expect(page.get_by_role("heading", name="Desk")).to_be_visible()
    page.close()
    yield context
    context.close()


@pytest.mark.parametrize("path", SCREENS)
def test_a1_no_screen_of_curators_scrolls_sideways_or_has_an_accessibility_fault(
    curator: BrowserContext, site: str, path: str
) -> None:
    page = curator.new_page()
    faults = watched(page, site)
    page.goto(site + path)
    painted(page)
    assert faults == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.evaluate(SCROLLED) == []  # on a phone the tables of lists may
    wrong = faults_on_screens(page, widths=WIDTHS)
    page.close()
    assert wrong == {}


def choose(page: Page, typed: str, meant: str) -> None:
    """Type into the picker that has the focus, and take what is offered first."""
    page.keyboard.press("Enter")
    expect(page.locator(".select2-search__field:focus")).to_be_visible()
    page.keyboard.type(typed)
    expect(page.locator(".select2-results__option--highlighted")).to_contain_text(meant)
    page.keyboard.press("Enter")


def test_a_practice_is_written_moved_and_saved_by_keyboard(curator: BrowserContext, site: str) -> None:
    page = curator.new_page()
    faults = watched(page, site)
    page.goto(site + ADD)
    lacks = page.locator("[data-beside] .lacks")
    expect(page.locator("#id_title")).to_be_focused()
    expect(lacks).to_contain_text("Title")
    page.keyboard.type("Night school of Zembla")
    expect(lacks).not_to_contain_text("Title")
    page.locator("#id_summary").fill("What it is.")
    for lack, typed, meant in (("A topic", "employment", "Work and business"), ("A dimension", "cultur", "Cultural")):
        lacks.get_by_role("link", name=lack).press("Enter")
        choose(page, typed, meant)
        expect(lacks).not_to_contain_text(lack)
    for typed, meant in COUNTRIES.items():
        page.get_by_role("button", name="Add another country").press("Enter")
        choose(page, typed, meant)
    rows = page.locator("#country_links-group [data-row]:visible")
    for _ in range(2):
        rows.filter(has_text="Netherlands").get_by_role("button", name="Up").press("Enter")
    page.locator("#id_kind").select_option(index=1)
    page.locator("#id_level").select_option(index=1)
    page.get_by_role("button", name="Save and continue editing").press("Enter")
    expect(page.locator(".messagelist .success")).to_be_visible()
    names = [row.split(" (")[0] for row in rows.locator(".row-name").all_inner_texts()]
    assert names == ["United Kingdom", "Netherlands", "Türkiye", "Côte d’Ivoire"]
    assert faults == []
    page.close()


def test_no_slug_is_asked_for_while_a_title_is_pasted(curator: BrowserContext, site: str) -> None:
    page = curator.new_page()
    page.goto(site + ADD)
    advice = page.get_by_text("No address can be made of this title")
    page.locator("#id_title").focus()
    page.keyboard.insert_text("Night school")  # as it is pasted: no key goes up
    page.wait_for_timeout(0)
    assert not advice.is_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#id_slug")).to_have_value("night-school")
    page.close()


def test_what_was_typed_is_restored_after_the_session_ended(curator: BrowserContext, site: str) -> None:
    page = curator.new_page()
    faults = watched(page, site)
    page.goto(site + ADD)
    page.keyboard.type("Typed before the session ended")
    curator.clear_cookies(name="sessionid")
    page.locator("#id_summary").fill("A summary that nobody wants to write twice.")
    expect(page.get_by_text("You were logged out meanwhile.")).to_be_visible()
    page.get_by_role("button", name="Save draft").click()
    log_in(page)
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("#id_title")).to_have_value("Typed before the session ended")
    expect(page.locator("#id_summary")).to_have_value("A summary that nobody wants to write twice.")
    assert faults == []
    page.close()


def test_what_was_typed_is_kept_where_withdraw_leads_away_from_the_form(curator: BrowserContext, site: str) -> None:
    page = curator.new_page()
    page.goto(f"{site}/admin/practices/practice/1/change/")
    page.locator("#id_description").fill("What nobody has saved yet.")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("#id_description")).to_have_count(0)
    key = page.evaluate("Object.keys(localStorage).find((key) => key.endsWith('practice 1'))")
    kept = json.loads(page.evaluate("(key) => localStorage[key]", key))
    assert kept["fields"]["description"] == "What nobody has saved yet."
    assert "sent" not in kept  # which would be forgotten once something was said to be done
    page.close()


def test_what_was_typed_into_the_sections_of_a_new_report_is_restored_rows_that_were_added_too(
    curator: BrowserContext, site: str
) -> None:
    page = curator.new_page()
    faults = watched(page, site)
    page.goto(f"{site}/admin/practices/source/{NEW}/paragraphs/")
    page.set_input_files("[type=file]", {"name": "a.txt", "mimeType": "text/plain", "buffer": REPORT.encode()})
    page.get_by_role("button", name="Load it").click()
    page.get_by_role("link", name="Propose its sections").click()
    page.locator("#id_form-2-title").fill("Opening")
    page.get_by_label("A heading that is missing").fill("Stalls are let by")
    page.get_by_role("button", name="Add it").click()
    rows = page.locator(".source-outline > li")
    expect(rows).to_have_count(len(SECTIONS) + 1)
    page.locator("#id_form-8-what").select_option("none")
    curator.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save the sections").click()
    log_in(page)
    page.get_by_role("button", name="Restore").click()
    expect(rows).to_have_count(len(SECTIONS) + 1)
    expect(page.locator("#id_form-2-title")).to_have_value("Opening")
    expect(rows.nth(5)).to_contain_text("Stalls are let by")
    expect(page.locator("#id_form-8-what")).to_have_value("none")
    assert faults == []
    page.close()


def test_a_passage_of_one_field_is_used_in_another_with_a_click(curator: BrowserContext, site: str) -> None:
    page = curator.new_page()
    faults = watched(page, site)
    page.goto(f"{site}/admin/practices/practice/add/?cite=1")
    passage = page.locator("#citation_links-group select option:checked").first.inner_text()
    page.get_by_role("button", name="Add another outcome").click()
    outcome = page.locator("#outcomes-group [data-row]:visible")
    outcome.get_by_role("button", name="Cite a passage").click()
    box = page.get_by_role("dialog", name="Cite a passage")
    expect(box.get_by_label("Source")).to_be_visible()
    box.get_by_role("button", name="Use it").click()
    expect(box).to_be_hidden()
    expect(outcome.locator("select[name$=citations] option:checked")).to_have_text(passage)
    assert faults == []
    page.close()
