"""What the list of practices says: how many, what was searched for instead, what matches in part, what to do next."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.test import Client

from practices.models import Practice
from practices.search.results import Hit, Results
from tests import factories

pytestmark = pytest.mark.django_db

ADDRESS = "/practices/"
HOSTILE = '<script>alert("x")</script>'


def page(client: Client, query: str) -> str:
    """Return the page for a query string."""
    response = client.get(f"{ADDRESS}?{query}")
    assert response.status_code == 200
    html: str = response.content.decode()
    return html


def between(html: str, start: str, end: str) -> str:
    """Return what stands between two pieces of markup, as text."""
    found = re.search(f"{start}(.*?){end}", html, re.DOTALL)
    return words(found[1]) if found else ""


def words(html: str) -> str:
    """Return the text of some markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def count(html: str) -> str:
    """Return the sentence that says how many there are."""
    return between(html, '<h2 class="result-count"[^>]*>', "</h2>")


def links(html: str) -> dict[str, str]:
    """Return the addresses that a page links to, by the text of the link."""
    found = re.findall(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return {words(text): unescape(address) for address, text in found}


class Ticked(HTMLParser):
    """Collects the checkboxes of a page and those that are ticked."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: set[tuple[str, str]] = set()
        self.ticked: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("type") == "checkbox":
            box = (values["name"] or "", values["value"] or "")
            self.all.add(box)
            self.ticked |= {box} if "checked" in values else set()


# How many


def test_it_says_how_many_practices_there_are(client: Client) -> None:
    assert count(page(client, "")) == f"{Practice.objects.published().count()} practices"


def test_it_says_how_many_match(client: Client) -> None:
    factories.make_practice(title="Quokka school")
    assert count(page(client, "q=quokka")) == "1 practice matches"
    factories.make_practice(title="Quokka library")
    assert count(page(client, "q=quokka")) == "2 practices match"


def test_it_says_how_many_match_every_word_and_puts_the_others_under_a_heading(client: Client) -> None:
    factories.make_practice(title="Quokka school with numbats")
    factories.make_practice(title="Quokka library")
    html = page(client, "q=quokka+numbat")
    assert count(html) == "2 practices match; 1 of them matches every word"
    assert html.count("These match part of your search") == 1
    assert html.index("school") < html.index("These match part") < html.index("library")


def test_in_another_order_what_matches_in_part_says_so_itself(client: Client) -> None:
    factories.make_practice(title="Quokka aaa")
    factories.make_practice(title="Quokka zzz with numbats")
    html = page(client, "q=quokka+numbat&sort=title")
    assert "These match part of your search" not in html
    assert html.count("matches part of your search") == 1


def test_it_says_when_none_matches_every_word(client: Client) -> None:
    factories.make_practice(title="Quokka school")
    factories.make_practice(title="Numbat school")
    assert count(page(client, "q=quokka+numbat")) == "No practice matches every word; 2 match part of them"


def test_a_further_page_says_which_it_is(client: Client) -> None:
    assert re.search(r"page 2 of \d+$", count(page(client, "page=2")))


# What was made of the words


def test_a_spelling_that_nothing_holds_is_told_with_a_way_to_search_exactly(client: Client) -> None:
    html = page(client, "q=moroco+caravan")
    assert "No results for “moroco”. Showing results for morocco." in words(html)
    exact = links(html)["Search for exactly what you typed"]
    assert "%22moroco%22" in exact
    assert "also searched" not in page(client, exact[1:])


def test_a_long_search_is_told_that_it_was_cut(client: Client) -> None:
    said = "Your search was long: only its first 200 characters or 12 words were used."
    assert said in page(client, f"q={'training+' * 13}")
    assert said in page(client, f"q={'a' * 201}")
    assert said not in page(client, "q=training")


def test_a_result_says_where_else_it_matches_and_what_for(client: Client) -> None:
    factories.make_practice(title="Quokka school", description="The numbat teaches.")
    html = page(client, "q=quokka+numbat")
    reasons = between(html, '<ul class="reasons"', "</ul>")
    assert "Description: The numbat teaches." in reasons
    assert "<mark>numbat</mark>" in html
    assert "(spelling of “numbatt”)" in words(page(client, "q=quokka+numbatt"))


# What is chosen


def test_each_value_that_was_chosen_can_be_taken_away_by_itself(client: Client) -> None:
    found = links(page(client, "q=work&country=PH&country=IT&year_from=1990&year_to=2010"))
    taken = {text: address for text, address in found.items() if text.startswith("Remove:")}
    assert set(taken) == {
        "Remove: “work”",
        "Remove: Country: Philippines",
        "Remove: Country: Italy",
        "Remove: From 1990",
        "Remove: Up to 2010",
    }
    assert taken["Remove: Country: Italy"] == "?q=work&country=PH&year_from=1990&year_to=2010"
    assert taken["Remove: “work”"] == "?country=PH&country=IT&year_from=1990&year_to=2010"
    assert taken["Remove: From 1990"] == "?q=work&country=PH&country=IT&year_to=2010"


def test_the_form_holds_what_is_chosen_even_where_it_finds_nothing(client: Client) -> None:
    html = page(client, "q=quokka&country=PT&topic=work&year_from=1990&sort=newest&view=table")
    assert {("country", "PT"), ("topic", "work")} == Ticked(html).ticked
    for field in ('name="sort" value="newest"', 'name="view" value="table"', 'value="1990"', 'value="quokka"'):
        assert field in " ".join(html.split())


def test_no_value_of_a_filter_is_left_out(client: Client) -> None:
    asked = client.get(ADDRESS).context["results"]
    wanted = {(facet.name, option.value) for facet in asked.facets for option in facet.values}
    assert len(wanted) > 100
    assert Ticked(page(client, "")).all == wanted


def test_the_order_of_the_values_can_be_chosen(client: Client) -> None:
    found = links(page(client, "q=work"))
    assert found["By name"] == "?q=work&facet_order=name"
    html = page(client, found["By name"][1:])
    codes = re.findall(r'name=country value="(\w+)"', html)
    assert len(codes) > 5
    assert codes[:2] == ["AR", "AU"]


# Nothing left


def test_when_nothing_is_left_it_says_what_each_choice_takes_away(client: Client) -> None:
    factories.make_practice(title="Quokka school", countries=(("PT", "destination"),))
    html = page(client, "q=quokka&country=PH")
    assert count(html) == "No practice matches all of this"
    assert "Without Country: Philippines: 1 practice" in words(html)
    found = links(html)
    assert found["Without Country: Philippines"] == "?q=quokka"
    assert found["every practice"] == ADDRESS


def test_where_to_take_one_away_is_not_enough_it_says_what_each_finds_alone(client: Client) -> None:
    html = page(client, "q=training&country=PT&function=funder&role=ngo")
    assert "Removing one filter is not enough." in html
    alone = links(html)["Only “training”"]
    assert alone == "?q=training"
    number = count(page(client, "q=training")).split()[0]
    assert f"Only “training”: {number} practices" in words(html)


def test_words_that_nothing_holds_offer_other_ways_in(client: Client) -> None:
    html = page(client, "q=zzzzqqqq")
    assert count(html) == "No practice matches all of this"
    assert {"countries", "topics", "stakeholders", "every practice"} <= links(html).keys()


def test_a_result_leads_to_its_files_from_above(client: Client) -> None:
    tools = page(client, "q=training&country=CA").partition('<div class="tools">')[2].partition("</div>")[0]
    for suffix, name in (("csv", "CSV"), ("bib", "BibTeX"), ("ris", "RIS")):
        assert (
            f'<a href="/practices.{suffix}?q=training&amp;country=CA" rel="nofollow" hx-boost="false">{name}</a>'
            in tools
        )


# The table


def test_the_table_shows_the_same_practices_without_marks(client: Client) -> None:
    factories.make_practice(
        title="Quokka school",
        description="The numbat teaches.",
        countries=(("PT", "origin"),),
        year_start=1999,
        year_end=2003,
    )
    html = page(client, "q=quokka+numbat&view=table")
    row = between(html, '<tbody role="rowgroup">', "</tbody>")
    for shown in ("Quokka school", "Portugal Origin", "Programme", "Social", "1999–2003"):
        assert shown in row
    assert "Description: The numbat teaches." in row
    assert "<mark>" not in html
    assert count(html) == "1 practice matches"


def test_what_is_only_close_in_meaning_stands_apart_and_is_not_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Close in meaning" not in page(client, "q=work")
    factories.make_practice(title="Quokka school")

    def similar(results: Results) -> list[Hit]:
        return results.hits(list(Practice.objects.published().values_list("pk", flat=True)[:1]))

    monkeypatch.setattr(Results, "similar", property(similar))
    html = page(client, "q=quokka")
    assert count(html) == "1 practice matches"
    assert html.index("Quokka") < html.index("Close in meaning") < html.index("are not counted above")


# Hostile words


@pytest.mark.parametrize("view", ["list", "table"])
def test_nothing_that_is_typed_or_stored_becomes_markup(client: Client, view: str) -> None:
    factories.make_practice(
        title=f"Quokka {HOSTILE}", summary=f"Numbat {HOSTILE} " * 4, description=f"Bilby {HOSTILE} & so on"
    )
    for query in ("quokka+numbat+bilby", "%3Cscript%3Ealert(%22x%22)%3C/script%3E", "script+bilby"):
        html = page(client, f"q={query}&view={view}&country=%22%3E{HOSTILE}")
        assert "Quokka" in html
        assert "<script>" not in html
        assert "alert(&quot;x&quot;)" in re.sub("</?mark>", "", html)


def test_reasons_in_the_table_show_what_is_stored_as_it_is(client: Client) -> None:
    factories.make_practice(title="Quokka school", description="The <b>numbat</b> & co teaches.")
    html = page(client, "q=quokka+numbat&view=table")
    assert "The &lt;b&gt;numbat&lt;/b&gt; &amp; co teaches." in html
