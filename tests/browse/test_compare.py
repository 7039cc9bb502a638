"""Compare and selection: what is shared is said once, what differs is marked, what is not public is not there."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from practices import models as kb
from practices.browse.compare import MOST, PracticesCompared, Row, compare_practices, heading
from practices.browse.compare_countries import compare_countries
from practices.browse.counting import telling
from practices.browse.filters import PracticeFilter
from practices.browse.results import Results
from practices.browse.selection import MOST as MOST_SELECTED
from practices.browse.selection import named_countries, selected
from practices.search import index
from tests import factories

pytestmark = pytest.mark.django_db


def published(*practices: kb.Practice) -> None:
    """Make what a test has written known to what is kept in memory, as publishing does."""
    index.update(practice.pk for practice in practices)
    kb.DataVersion.raise_number()


def row(compared: PracticesCompared, label: str) -> Row:
    return next(one for one in compared.rows if one.label == label)


def said(items: list[Any]) -> list[str]:
    return [str(item.shown) for item in items]


# Practices


def test_what_all_share_is_said_once_and_the_rest_under_each() -> None:
    one = factories.make_practice(dimensions=("social", "legal"), topics=("language",))
    two = factories.make_practice(dimensions=("social", "political"), topics=("language",))
    compared = compare_practices([one, two])
    dimensions = row(compared, "Dimensions")
    assert said(dimensions.shared) == ["Social"]
    assert [said(items) for _practice, items in dimensions.cells] == [["Legal"], ["Political"]]
    assert not dimensions.same
    topics = row(compared, "Topics")
    assert topics.same
    assert said(topics.shared) == ["Language"]


def test_among_three_what_one_alone_has_is_known() -> None:
    practices = [
        factories.make_practice(dimensions=codes)
        for codes in (("social",), ("social", "legal"), ("political", "legal"))
    ]
    dimensions = row(compare_practices(practices), "Dimensions")
    political = kb.Dimension.objects.get(code="political").pk
    assert dimensions.shared == []
    assert dimensions.single == {political}


def test_a_country_in_another_role_is_a_difference() -> None:
    one = factories.make_practice(countries=(("PT", "destination"),))
    two = factories.make_practice(countries=(("PT", "origin"),))
    countries = row(compare_practices([one, two]), "Countries")
    assert countries.shared == []
    assert [[item.aside for item in items] for _practice, items in countries.cells] == [["Destination"], ["Origin"]]


def test_citations_are_kept_and_numbered_through_all_practices() -> None:
    source = factories.make_source()
    same = factories.make_citation(source)
    practices = [factories.make_practice(citation=same), factories.make_practice(citation=same)]
    other = factories.make_citation(source, paragraph=2)
    practices[0].outcomes.create(statement="It grew.").citations.add(other)
    compared = compare_practices(practices)
    assert [(note.number, note.citation.paragraph) for note in compared.notes] == [(1, 1), (2, 2)]
    [(_, first), (_, second)] = row(compared, "What it is").cells
    assert first[0].notes == second[0].notes == (compared.notes[0],)
    [(_, [result]), (_, nothing)] = row(compared, "Results").cells
    assert [note.number for note in result.shown.notes] == [2]
    assert nothing == []


def test_an_organisation_that_does_the_same_in_both_is_said_once() -> None:
    actor = factories.make_stakeholder()
    one = factories.make_practice(involvements=(("ngo", "lead", actor),))
    two = factories.make_practice(involvements=(("ngo", "lead", actor), ("ngo", "funder", None)))
    actors = row(compare_practices([one, two]), "Who does what")
    assert [item.shown.stakeholder for item in actors.shared] == [actor]
    assert [len(items) for _practice, items in actors.cells] == [0, 1]


def test_what_no_source_says_of_any_of_them_makes_no_row() -> None:
    compared = compare_practices([factories.make_practice(), factories.make_practice()])
    assert "Limits" not in [one.label for one in compared.rows]


def test_a_page_of_two_practices_marks_differences_in_words(client: Client) -> None:
    one = factories.make_practice(title="One of them", dimensions=("social",))
    two = factories.make_practice(title="Two of them", dimensions=("legal",))
    html = client.get(f"/compare/?practice={one.slug}&practice={two.slug}").content.decode()
    assert "One of them" in html
    assert "≠ different" in html
    assert "= the same" in html
    assert 'id="citation-1"' in html


@pytest.mark.parametrize("state", [state for state in kb.State if state != kb.State.PUBLISHED])
@pytest.mark.parametrize("page", ["compare/", "selection/", "brief/", "brief.md"])
def test_what_is_not_public_is_left_out_like_what_never_was(client: Client, page: str, state: kb.State) -> None:
    public = [factories.make_practice(), factories.make_practice()]
    hidden = factories.make_practice(title="Qcanary hidden", summary="Qcanary hidden.", state=state)
    named = "&".join(f"practice={one.slug}" for one in public)
    with_hidden = client.get(f"/{page}?{named}&practice={hidden.slug}")
    with_nothing = client.get(f"/{page}?{named}&practice=never-was-at-all")
    assert with_hidden.status_code == 200
    assert with_hidden.content == with_nothing.content
    assert b"Qcanary" not in with_hidden.content


def test_a_hidden_actor_or_source_of_a_practice_is_not_shown(client: Client) -> None:
    actor = factories.make_stakeholder(name="Qcanary actor", state=kb.State.DRAFT)
    source = factories.make_source(title="Qcanary report", state=kb.State.ARCHIVED)
    practices = [
        factories.make_practice(involvements=(("ngo", "lead", actor),), citation=factories.make_citation(source))
        for _ in range(2)
    ]
    published(*practices)
    named = "&".join(f"practice={one.slug}" for one in practices)
    for page in ("compare/", "selection/", "brief/", "brief.md"):
        assert "Qcanary" not in client.get(f"/{page}?{named}").content.decode()


def test_one_practice_alone_is_kept_and_the_page_says_how_to_go_on(client: Client) -> None:
    practice = factories.make_practice(title="The only one")
    html = client.get(f"/compare/?practice={practice.slug}").content.decode()
    assert "The only one" in html
    assert "two to four" in html


def test_a_fifth_is_left_out_with_a_word(client: Client) -> None:
    named = "&".join(f"practice={factories.make_practice().slug}" for _ in range(MOST + 1))
    html = client.get(f"/compare/?{named}").content.decode()
    assert "There is room for 4: 1 more was left out." in html


def test_a_heading_names_all() -> None:
    assert heading(["A", "B", "C"]) == "A, B and C"
    assert heading(["A"]) == "A"


# Countries


@pytest.mark.parametrize(
    "query", ["country=PT&country=KR", "country=pt&country=kr", "country=Pt&country=kR&country=PT"]
)
def test_countries_are_named_by_their_codes_in_any_case(client: Client, query: str) -> None:
    names = [kb.Country.objects.get(alpha2=code).name for code in ("PT", "KR")]
    assert " and ".join(names) in client.get(f"/compare/?{query}").content.decode()


def test_a_code_that_no_country_has_is_left_out_with_a_word(client: Client) -> None:
    html = client.get("/compare/?country=PT&country=CA&country=XX&country=%00").content.decode()
    assert "2 names in the address are not in the collection" in html


def test_every_count_of_countries_is_what_its_address_finds() -> None:
    countries = named_countries(["AU", "CA", "ES", "MA"], most=MOST).countries
    seen = 0
    for _label, rows in compare_countries(countries).groups:
        for one in rows:
            for country, cell in one.cells:
                found = Results(PracticeFilter(QueryDict(cell.url[1:])))
                assert found.count == cell.count, (country, one.label)
                seen += 1
    assert seen > 100


def test_what_only_one_country_has_is_what_no_other_has() -> None:
    one = factories.make_practice(countries=(("AD", "destination"),), dimensions=("legal",), topics=("housing",))
    two = factories.make_practice(countries=(("MC", "destination"),), dimensions=("legal",), topics=("health",))
    published(one, two)
    andorra, monaco = compare_countries(named_countries(["AD", "MC"], most=MOST).countries).sides
    assert {label: [named.name for named in found] for label, found in andorra.alone}["Topic"] == ["Housing"]
    assert "Dimension" not in dict(andorra.alone)
    assert monaco.total == 1
    assert "Economic" in monaco.without_dimension
    assert (andorra.without_outcome, andorra.without_years) == (1, 1)


def test_countries_without_practices_are_compared_as_a_gap(client: Client) -> None:
    html = client.get("/compare/?country=AD&country=SM").content.decode()
    assert "That is a gap in these reports" in html


def test_a_broader_value_that_says_no_more_than_a_narrower_one_is_not_told() -> None:
    choices = PracticeFilter().lists["topic"].choices
    broad, narrow, other = [choices[code] for code in ("services", "housing", "health")]
    few = {one.value: one for one in (broad, narrow, other)}
    assert telling(few, {"services": 2, "housing": 2}) == [narrow]
    assert telling(few, {"services": 3, "housing": 2, "health": 1}) == [broad, narrow, other]


# Selection


def test_a_selection_keeps_its_order_and_each_name_once() -> None:
    one, two = factories.make_practice(), factories.make_practice()
    chosen = selected([two.slug, one.slug, two.slug, "never-was", "\0", "ü"])
    assert chosen.practices == [two, one]
    assert (chosen.unknown, chosen.beyond) == (3, 0)
    assert chosen.query == f"?practice={two.slug}&practice={one.slug}"
    assert chosen.without(two) == f"?practice={one.slug}"


def test_a_practice_that_moved_is_found_by_its_former_name() -> None:
    practice = factories.make_practice()
    kb.FormerSlug.objects.create(model="practice", slug="as-it-was-called", ref=practice.ref)
    assert selected(["as-it-was-called"]).practices == [practice]
    assert selected(["as-it-was-called", practice.slug]).practices == [practice]


def test_a_selection_holds_a_hundred() -> None:
    slugs = [one.slug for one in kb.Practice.objects.published()[: MOST_SELECTED + 3]]
    chosen = selected(slugs)
    assert (len(chosen.practices), chosen.beyond) == (MOST_SELECTED, 3)


def test_the_page_of_a_selection_removes_compares_and_briefs(client: Client) -> None:
    one, two = factories.make_practice(), factories.make_practice()
    html = client.get(f"/selection/?practice={one.slug}&practice={two.slug}").content.decode()
    assert f'href="/selection/?practice={two.slug}"' in html
    for page in ("compare/", "brief/", "brief.docx", "brief.md"):
        assert f'href="/{page}?practice={one.slug}&amp;practice={two.slug}"' in html, page


def test_an_empty_selection_says_how_to_fill_it(client: Client) -> None:
    assert "Nothing is selected yet" in client.get("/selection/").content.decode()


def test_without_javascript_a_practice_has_a_link_that_selects_it(client: Client) -> None:
    practice = factories.make_practice()
    assert f'href="/selection/?practice={practice.slug}"' in client.get(practice.get_absolute_url()).content.decode()
