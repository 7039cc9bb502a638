"""The pages of compare and selection: what they show, what they leave out, where they lead."""

import pytest
from django.test import Client

from practices import models as kb
from practices.pages.compare import MAX_COMPARED
from tests import factories
from tests.pages.test_compare import published

pytestmark = pytest.mark.django_db


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
    # the page names its own address
    same = with_nothing.content.replace(b"never-was-at-all", hidden.slug.encode())
    assert with_hidden.content == same
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
    named = "&".join(f"practice={factories.make_practice().slug}" for _ in range(MAX_COMPARED + 1))
    html = client.get(f"/compare/?{named}").content.decode()
    assert "There is room for 4: 1 more was left out." in html


@pytest.mark.parametrize(
    "query", ["country=PT&country=KR", "country=pt&country=kr", "country=Pt&country=kR&country=PT"]
)
def test_countries_are_named_by_their_codes_in_any_case(client: Client, query: str) -> None:
    names = [kb.Country.objects.get(alpha2=code).name for code in ("PT", "KR")]
    assert " and ".join(names) in client.get(f"/compare/?{query}").content.decode()


def test_a_code_that_no_country_has_is_left_out_with_a_word(client: Client) -> None:
    html = client.get("/compare/?country=PT&country=CA&country=XX&country=%00").content.decode()
    assert "2 names in the address are not in the collection" in html


def test_up_to_four_countries_are_chosen_by_name_and_empty_choices_are_none(client: Client) -> None:
    assert client.get("/compare/").content.decode().count('name="country"') == MAX_COMPARED
    html = client.get("/compare/?country=PT&country=KR&country=&country=").content.decode()
    assert "Republic of Korea" in html
    assert "in the address" not in html


def test_countries_without_practices_are_compared_as_a_gap(client: Client) -> None:
    html = client.get("/compare/?country=AD&country=SM").content.decode()
    assert "That is a gap in these reports" in html


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
