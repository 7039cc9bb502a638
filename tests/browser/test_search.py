"""The search page in a browser: results that follow what is typed and ticked, suggestions, the same without scripts."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import faults_on_screens

pytestmark = pytest.mark.browser


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """Return a wide page on which nothing goes wrong: no error, nothing that the policy refuses."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_viewport_size({"width": 1280, "height": 900})
    yield page
    assert faults == []


@pytest.fixture
def search(quiet: Page, site: str) -> Page:
    """Return the search page as it is before anything is asked."""
    quiet.goto(f"{site}/practices/")
    return quiet


def heading(page: Page) -> Locator:
    """Return the sentence that says how many there are."""
    return page.locator("#count")


def titles(page: Page) -> list[str]:
    """Return the titles of the results."""
    return page.locator("#results h3 a").all_inner_texts()


def box(page: Page, name: str, value: str) -> Locator:
    """Return the checkbox of a value of a filter."""
    return page.locator(f"input[name={name}][value={value}]")


def asked(page: Page) -> dict[str, str]:
    """Return what the address asks for, without what is empty."""
    return dict(parse_qsl(urlsplit(page.url).query))


def focused(page: Page) -> str:
    """Return what has the focus: its id, or name and value."""
    return str(page.evaluate("(e => e.id || `${e.name}=${e.value}`)(document.activeElement)"))


def unload_marker(page: Page) -> None:
    """Leave a mark that a page loses when another one is loaded."""
    page.evaluate("window.stillHere = true")


def still_here(page: Page) -> bool:
    return bool(page.evaluate("window.stillHere === true"))


# Results that follow


def test_results_follow_what_is_typed_and_the_address_with_them(search: Page) -> None:
    unload_marker(search)
    search.locator("#q").press_sequentially("hotline", delay=20)
    expect(heading(search)).to_have_text(re.compile(r"^\s*\d practices match\s*$"))
    expect(search).to_have_url(re.compile(r"\?q=hotline$"))
    assert "hotline" in titles(search)[0]
    assert still_here(search)
    assert focused(search) == "q"
    expect(search.locator("#said")).to_have_text(re.compile(r"^\d practices match$"))
    expect(search).to_have_title(re.compile("hotline"))


def test_while_somebody_types_the_history_keeps_one_entry(search: Page) -> None:
    before = search.evaluate("history.length")
    for words in ("wor", "work", "worke"):
        search.locator("#q").fill(words)
        expect(search).to_have_url(re.compile(rf"\?q={words}$"))
    assert search.evaluate("history.length") == before + 1


def test_the_enter_key_does_not_ask_again(search: Page) -> None:
    requests: list[str] = []
    search.on("request", lambda request: requests.append(request.url) if "?" in request.url else None)
    search.locator("#q").press_sequentially("hotline", delay=20)
    search.keyboard.press("Enter")
    expect(search).to_have_url(re.compile(r"\?q=hotline$"))
    search.wait_for_timeout(500)
    assert len(requests) == 1


def test_a_box_that_is_ticked_keeps_the_focus_and_its_filter_its_place(search: Page) -> None:
    unload_marker(search)
    fieldset = search.locator("fieldset:has(#options-country)")
    box(search, "country", "MA").scroll_into_view_if_needed()
    scrolled = fieldset.evaluate("element => element.scrollTop = 60")
    box(search, "country", "MA").focus()
    scrolled = fieldset.evaluate("element => element.scrollTop")
    search.keyboard.press("Space")
    expect(search).to_have_url(re.compile(r"\?country=MA$"))
    expect(search.locator("#chosen-country")).to_have_text("1 chosen")
    expect(box(search, "country", "MA")).to_be_checked()
    assert focused(search) == "country=MA"
    assert fieldset.evaluate("element => element.scrollTop") == scrolled
    assert still_here(search)
    search.keyboard.press("Tab")
    search.keyboard.press("Space")
    expect(search.locator("#chosen-country")).to_have_text("2 chosen")


def test_filters_that_are_open_stay_open_and_their_counts_follow(search: Page) -> None:
    search.locator("summary", has_text="Dimension").click()
    social = search.locator("label", has=box(search, "dimension", "social")).locator(".count")
    before = int(social.inner_text())
    box(search, "country", "MA").check()
    expect(social).not_to_have_text(str(before))
    assert int(social.inner_text()) < before
    expect(social).to_be_visible()


def test_a_choice_is_taken_away_by_its_link(search: Page, site: str) -> None:
    search.goto(f"{site}/practices/?q=work&country=PH&year_from=1990")
    unload_marker(search)
    search.get_by_role("link", name="Remove: Country: Philippines").click()
    expect(search).to_have_url(re.compile(r"\?q=work&year_from=1990$"))
    expect(search.locator("#options-country :checked")).to_have_count(0)
    assert focused(search) == "count"
    search.get_by_role("link", name="Remove: “work”").click()
    expect(search.locator("#q")).to_have_value("")
    expect(search.locator("#year-from")).to_have_value("1990")
    search.get_by_role("link", name="Remove: From 1990").click()
    expect(search.locator("#year-from")).to_have_value("")
    expect(search.locator(".chips")).to_have_count(0)
    assert still_here(search)


def test_orders_and_views_change_in_place_and_stay_with_the_search(search: Page, site: str) -> None:
    search.goto(f"{site}/practices/?q=work")
    unload_marker(search)
    search.get_by_role("link", name="Title").click()
    expect(search.locator("#sort-title")).to_have_attribute("aria-current", "true")
    expect(search.locator("#sort-title")).to_be_focused()
    search.get_by_role("link", name="Table").click()
    expect(search.get_by_role("table")).to_be_visible()
    expect(search.get_by_role("columnheader")).to_have_count(6)
    search.get_by_role("link", name="By name").click()
    expect(search).to_have_url(re.compile("facet_order=name"))
    box(search, "country", "CA").check()
    expect(search).to_have_url(re.compile("country=CA"))
    wanted = {"q": "work", "country": "CA", "sort": "title", "view": "table", "facet_order": "name"}
    assert asked(search) == wanted
    assert still_here(search)


def test_after_a_page_is_turned_the_focus_is_on_the_heading(search: Page) -> None:
    unload_marker(search)
    search.get_by_role("link", name="Next").click()
    expect(heading(search)).to_contain_text("page 2 of")
    expect(heading(search)).to_be_focused()
    expect(heading(search)).to_be_in_viewport()
    assert still_here(search)


def test_the_back_button_goes_back_to_what_was_asked_before(search: Page) -> None:
    search.locator("#q").fill("hotline")
    expect(search).to_have_url(re.compile(r"\?q=hotline$"))
    box(search, "country", "US").check()
    expect(search).to_have_url(re.compile("country=US"))
    search.go_back()
    expect(search).to_have_url(re.compile(r"\?q=hotline$"))
    expect(box(search, "country", "US")).not_to_be_checked()
    expect(search.locator("#q")).to_have_value("hotline")
    expect(search.get_by_role("link", name="Remove: Country")).to_have_count(0)
    search.go_back()
    expect(search.locator("#q")).to_have_value("")
    expect(search).to_have_url(re.compile(r"/practices/$"))
    search.go_forward()
    expect(search.locator("#q")).to_have_value("hotline")
    expect(heading(search)).to_contain_text("match")


def test_from_a_result_the_back_button_leads_to_the_results(search: Page) -> None:
    search.locator("#q").fill("hotline")
    expect(search).to_have_url(re.compile(r"\?q=hotline$"))
    expect(heading(search)).to_contain_text("match")
    before = titles(search)
    search.locator("#results h3 a").first.click()
    expect(search).to_have_url(re.compile(r"/practices/[a-z]"))
    search.go_back()
    expect(search.locator("#q")).to_have_value("hotline")
    assert titles(search) == before


def test_where_nothing_is_left_a_link_leads_on(search: Page, site: str) -> None:
    search.goto(f"{site}/practices/?q=hotline&country=PH")
    expect(heading(search)).to_contain_text("No practice matches all of this")
    search.get_by_role("link", name="Without Country: Philippines").click()
    expect(heading(search)).to_contain_text("practices match")
    expect(box(search, "country", "PH")).to_have_count(0)


def test_when_the_site_does_not_answer_the_browser_asks_itself(page: Page, site: str) -> None:
    page.goto(f"{site}/practices/")
    page.route(
        "**/practices/?*", lambda route: route.abort() if route.request.resource_type == "xhr" else route.continue_()
    )
    page.locator("#q").fill("hotline")
    expect(page.locator("#results h3").first).to_contain_text("hotline")
    expect(page).to_have_url(re.compile(r"\?q=hotline$"))


# Long filters


def test_a_value_is_found_in_a_long_filter_without_asking_the_site(search: Page) -> None:
    requests: list[str] = []
    search.on("request", lambda request: requests.append(request.url) if "?" in request.url else None)
    field = search.get_by_label("Find in the values of Country")
    field.press_sequentially("por", delay=20)
    shown = search.locator("#options-country label:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Portugal")
    expect(search.locator("#said")).to_have_text("Values: 1")
    search.keyboard.press("Enter")
    search.keyboard.press("Tab")
    search.wait_for_timeout(400)
    assert requests == []
    search.keyboard.press("Space")
    expect(search).to_have_url(re.compile(r"\?country=PT$"))
    expect(field).to_have_value("por")
    expect(shown).to_have_count(1)


def test_a_short_filter_has_no_field_to_find_a_value_in(search: Page) -> None:
    search.locator("summary", has_text="Dimension").click()
    expect(box(search, "dimension", "social")).to_be_visible()
    expect(search.get_by_label("Find in the values of Dimension")).to_be_hidden()


# On a phone


def test_on_a_phone_the_filters_close_and_show_what_they_found(search: Page, site: str) -> None:
    search.set_viewport_size({"width": 320, "height": 640})
    search.goto(f"{site}/practices/?q=work")
    search.get_by_text("Filters", exact=True).click()
    box(search, "country", "PH").check()
    expect(search).to_have_url(re.compile("country=PH"))
    search.get_by_role("button", name="Apply the filters").click()
    expect(box(search, "country", "PH")).to_be_hidden()
    expect(heading(search)).to_be_focused()
    expect(heading(search)).to_be_in_viewport()


# Suggestions


def test_suggestions_are_chosen_with_the_keyboard(quiet: Page, site: str) -> None:
    quiet.goto(site)
    field = quiet.get_by_role("combobox")
    field.press_sequentially("moro", delay=20)
    expect(quiet.get_by_role("listbox")).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(quiet.get_by_role("group", name="Country").get_by_role("option")).to_have_text("Morocco")
    expect(quiet.get_by_text(re.compile(r"^Suggestions: \d+"))).to_be_attached()
    quiet.keyboard.press("ArrowDown")
    chosen = quiet.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_text("Morocco")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    quiet.keyboard.press("ArrowUp")
    expect(chosen).to_have_count(0)
    quiet.keyboard.press("ArrowDown")
    quiet.keyboard.press("Enter")
    expect(quiet).to_have_url(re.compile("/countries/morocco/$"))


def test_escape_closes_the_suggestions_and_keeps_the_words(quiet: Page, site: str) -> None:
    quiet.goto(site)
    field = quiet.get_by_role("combobox")
    field.press_sequentially("moro", delay=20)
    expect(quiet.get_by_role("listbox")).to_be_visible()
    quiet.keyboard.press("Escape")
    expect(quiet.locator(".suggestions")).to_be_hidden()
    expect(field).to_have_value("moro")
    expect(field).to_have_attribute("aria-expanded", "false")
    quiet.keyboard.press("ArrowDown")
    expect(quiet.locator("[role=option][aria-selected=true]")).to_have_text("Morocco")


def test_enter_without_a_choice_searches(quiet: Page, site: str) -> None:
    quiet.goto(f"{site}/about/")
    quiet.get_by_role("combobox").press_sequentially("moro", delay=20)
    expect(quiet.get_by_role("listbox")).to_be_visible()
    quiet.keyboard.press("Enter")
    expect(quiet).to_have_url(re.compile(r"/practices/\?q=moro$"))


def test_a_suggestion_is_chosen_with_the_mouse(quiet: Page, site: str) -> None:
    quiet.goto(f"{site}/about/")
    quiet.get_by_role("combobox").press_sequentially("moro", delay=20)
    quiet.get_by_role("option", name="Morocco", exact=True).click()
    expect(quiet).to_have_url(re.compile("/countries/morocco/$"))


def test_leaving_the_field_closes_the_suggestions(quiet: Page, site: str) -> None:
    quiet.goto(site)
    quiet.get_by_role("combobox").press_sequentially("moro", delay=20)
    expect(quiet.get_by_role("listbox")).to_be_visible()
    quiet.keyboard.press("Tab")
    expect(quiet.locator(".suggestions")).to_be_hidden()


def test_where_results_follow_suggestions_wait_for_the_arrow_key(search: Page) -> None:
    search.locator("#q").press_sequentially("moro", delay=20)
    expect(search).to_have_url(re.compile(r"\?q=moro$"))
    expect(search.locator(".suggestions")).to_be_hidden()
    search.keyboard.press("ArrowDown")
    expect(search.locator("[role=option][aria-selected=true]")).to_have_text("Morocco")
    search.keyboard.press("c")
    expect(search.locator(".suggestions")).to_be_hidden()
    expect(search).to_have_url(re.compile(r"\?q=moroc$"))


# For everyone


@pytest.mark.parametrize(
    "query",
    [
        "q=moroco+economic+carvan",
        "q=work&country=CA&topic=work&view=table",
        "q=training&country=PT&role=ngo&function=funder",
    ],
    ids=["corrected, in part", "table", "nothing left"],
)
def test_no_state_of_the_page_has_an_accessibility_fault(page: Page, site: str, query: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}/practices/?{query}")
    page.eval_on_selector_all(".facet", "all => all.forEach(one => one.open = true)")
    assert faults_on_screens(page) == {}


def test_open_suggestions_have_no_accessibility_fault(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("combobox").press_sequentially("moro", delay=20)
    page.keyboard.press("ArrowDown")
    assert faults_on_screens(page) == {}


# Without JavaScript


def test_without_javascript_the_form_finds_the_same(browser: Browser, search: Page, site: str) -> None:
    search.locator("#q").fill("work")
    expect(search).to_have_url(re.compile(r"\?q=work$"))
    for code in ("PH", "IT"):
        box(search, "country", code).check()
        expect(search).to_have_url(re.compile(f"country={code}"))
    search.locator("#view-list").wait_for()

    plain = browser.new_page(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    plain.goto(f"{site}/practices/")
    plain.locator("#q").fill("work")
    for code in ("PH", "IT"):
        box(plain, "country", code).check()
    expect(plain.get_by_label("Find in the values of Country")).to_be_hidden()
    plain.get_by_role("button", name="Apply the filters").click()
    assert sorted(parse_qsl(urlsplit(plain.url).query)) == sorted(parse_qsl(urlsplit(search.url).query))
    expect(heading(plain)).to_have_text(heading(search).inner_text())
    assert titles(plain) == titles(search)
    plain.close()
