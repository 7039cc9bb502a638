"""What readers come for, done in a real browser: with a mouse, with the keyboard alone, and without JavaScript."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import rispy
from docx import Document
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser


#: what the focus rests on: how its outline looks, and how large it is (of a box, with its label)
STOP = """(() => {
    const at = document.activeElement, style = getComputedStyle(at);
    const {width, height} = (at.closest("label") ?? at).getBoundingClientRect();
    return {html: at.outerHTML.slice(0, 160), style: style.outlineStyle, line: style.outlineWidth, width, height};
})()"""
both_ways = pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])


def downloaded(page: Page, link: Locator) -> Path:
    """Return the file that a link gives to keep."""
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path())


def seen(page: Page) -> dict[str, Any]:
    """Return what the focus rests on, which can be seen."""
    stop: dict[str, Any] = page.evaluate(STOP)
    assert stop["style"] != "none", stop["html"]
    assert stop["line"] != "0px", stop["html"]
    return stop


def walk(page: Page, target: Locator) -> None:
    """Go with the Tab key to what is wanted: every stop can be seen, and the last is large enough to hit."""
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = seen(page)
        if target.evaluate("one => one === document.activeElement"):
            expect(target).to_be_in_viewport()
            assert min(stop["width"], stop["height"]) >= 24, stop
            return
    raise AssertionError(f"the Tab key does not lead to {target}")


@both_ways
def test_a_policy_officer_goes_from_a_country_to_a_practice_and_its_like_and_takes_a_brief(
    browser: Browser, site: str, javascript: bool
) -> None:
    page = browser.new_page(java_script_enabled=javascript)
    heading = page.get_by_role("heading", level=1)
    page.goto(site)
    page.get_by_role("link", name="Morocco").first.click()
    expect(heading).to_contain_text("Morocco")
    page.get_by_role("link", name=re.compile("FINCOME")).first.click()
    expect(heading).to_contain_text("FINCOME")
    like = page.get_by_role("region", name="Related practices").get_by_role("listitem")
    elsewhere = like.filter(has_not_text=re.compile("Morocc")).first
    expect(elsewhere.locator(".reason")).to_contain_text(re.compile(r"\w+"))
    title = elsewhere.get_by_role("link").first.inner_text()
    elsewhere.get_by_role("link").first.click()
    expect(heading).to_have_text(title)
    country = page.locator(".facts a[href^='/countries/']").first
    name = country.inner_text()
    assert name != "Morocco"
    country.click()
    page.get_by_role("link", name="Brief of two pages").click()
    expect(heading).to_have_text(name)
    document = Document(str(downloaded(page, page.get_by_role("link", name="DOCX"))))
    assert name in [paragraph.text for paragraph in document.paragraphs]
    assert title in "\n".join(paragraph.text for paragraph in document.paragraphs)
    page.close()


@both_ways
def test_a_researcher_filters_by_role_function_and_dimension_and_takes_table_and_citation(
    browser: Browser, site: str, javascript: bool
) -> None:
    page = browser.new_page(java_script_enabled=javascript)
    page.goto(f"{site}/practices/")
    for name, value in (("role", "ngo"), ("function", "lead"), ("dimension", "social")):
        box = page.locator(f"input[name={name}][value={value}]")
        page.locator("details.facet", has=box).locator("summary").click()
        box.check()
    page.get_by_role("button", name="Apply the filters").click()
    page.wait_for_url(re.compile("role=ngo&function=lead.*dimension=social|dimension=social.*role=ngo&function=lead"))
    page.get_by_role("link", name="Table", exact=True).click()
    page.wait_for_url(re.compile("view=table"))
    count = int(page.locator("#count").inner_text().split()[0])
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(count)
    page.get_by_text("Cite this search").click()
    expect(page.locator(".cite-text")).to_contain_text(
        f"Stakeholder role: Non-governmental organisation; Function: Lead: {count} practices. Data version"
    )
    text = downloaded(page, page.get_by_role("link", name="CSV table")).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len({row["ref"] for row in rows}) == len(rows) == count
    entries = rispy.loads(
        downloaded(page, page.get_by_role("link", name="RIS (Zotero, EndNote)")).read_text(encoding="utf-8-sig")
    )
    practices = [entry["title"] for entry in entries if entry["type_of_reference"] == "ELEC"]  # and the reports
    assert sorted(practices) == sorted(row["title"] for row in rows)
    page.close()


def test_on_a_phone_without_javascript_a_reader_goes_from_a_search_to_its_source_and_back(
    browser: Browser, site: str
) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": 320, "height": 640}, has_touch=True)

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url

    page.goto(site)
    fits()
    page.get_by_label("Search the practices").fill("skills abroad")
    page.get_by_role("button", name="Search").tap()
    page.wait_for_url(re.compile("q=skills"))
    results = page.url
    fits()
    page.get_by_role("link", name=re.compile("FINCOME")).first.tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("FINCOME")
    practice = page.url
    fits()
    page.get_by_role("region", name="Notes").get_by_role("link", name=re.compile("paragraph")).first.tap()
    page.wait_for_url("**/sources/unitar-2007/#section-*")
    expect(page.locator(":target")).to_be_in_viewport()
    fits()
    page.go_back()
    page.wait_for_url(practice)
    page.get_by_role("link", name=re.compile(r"Back to \d+ results")).tap()
    page.wait_for_url(results)
    fits()
    expect(page.get_by_role("link", name=re.compile("FINCOME")).first).to_be_visible()
    page.close()


def test_a2_the_keyboard_alone_searches_filters_selects_compares_and_exports(page: Page, site: str) -> None:
    page.goto(f"{site}/practices/")
    walk(page, page.locator("#q"))
    page.keyboard.type("language")
    expect(page).to_have_url(re.compile(r"\?q=language$"))
    walk(page, page.get_by_label("Find in the values of Country"))
    page.keyboard.type("cana")
    walk(page, page.locator("input[name=country][value=CA]"))
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("country=CA"))
    expect(page.locator("#count")).to_have_text(re.compile("match"))
    walk(page, page.locator("#results h3 a").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/practices/[a-z]"))
    walk(page, page.get_by_role("link", name=re.compile("Back to .* result")))
    walk(page, page.get_by_role("button", name="Add to selection"))
    page.keyboard.press("Enter")
    page.go_back()
    page.wait_for_url(re.compile(r"practices/\?.*country=CA"))
    walk(page, page.get_by_role("link", name="Skip to the results"))
    page.keyboard.press("Enter")
    walk(page, page.locator("#results [data-select]").nth(1))
    page.keyboard.press("Space")
    expect(page.locator("#selection-status")).to_have_text("2 practices selected")
    tray = page.get_by_role("complementary", name="Selection")
    page.locator(".site-footer a").last.focus()  # past the other results
    walk(page, tray.get_by_role("link", name="2 practices selected"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/selection/?*")
    walk(page, page.get_by_role("link", name="Compare them"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare/?*")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 practices compared")
    walk(page, page.get_by_role("link", name="Selection").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/selection/?*")
    walk(page, page.get_by_role("link", name="CSV table"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert len(list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))) == 2


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
        seen(page)


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


def test_a_note_leads_to_a_paragraph_with_its_section_and_its_source_in_sight(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site}/practices/success-canada/")
    page.locator(".footnotes").get_by_role("link", name="paragraph 2", exact=True).first.click()
    page.wait_for_url(re.compile("/sources/.*-paragraph-2$"))
    section = page.locator(".sections > li", has=page.locator(":target"))
    for seen in (page.locator(":target"), section.locator(".section-title")):
        expect(seen).to_be_in_viewport(ratio=0.9)
    assert section.locator(".section-title").bounding_box()["y"] < page.locator(":target").bounding_box()["y"]
    section.get_by_role("link", name=re.compile("^Top of ")).click()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
