"""Why a practice was found: marks in escaped text, and a reason for each word that title and summary do not hold."""

import re

import pytest
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from practices import models as kb
from practices.search.results import Hit, described
from tests import factories
from tests.search.asking import hit
from tests.search.test_matching import make, names, ring

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> & <mark>zorble</mark> \"><svg onload=alert(2)> 'quixwhist'"


def reasons(found: Hit) -> list[tuple[str, str, str, str]]:
    return [(one.kind, str(one.passage), one.how, one.instead_of) for one in found.reasons]


def test_words_are_marked_where_they_stand_in_title_and_summary() -> None:
    make("one", title="The Zorbles’ hall", summary="A hall, for ZORBLE and quixwhists.")
    found = hit("zorble quixwhist", "one")
    assert found.title == "The <mark>Zorbles</mark>’ hall"
    assert found.summary == "A hall, for <mark>ZORBLE</mark> and <mark>quixwhists</mark>."
    assert found.reasons == []


def test_without_words_nothing_is_marked_and_no_reason_given() -> None:
    make("one", title="The Zorbles’ hall")
    found = hit("", "one")
    assert (found.title, found.reasons) == ("The Zorbles’ hall", [])
    assert "<mark>" not in hit("-quixwhist", "one").title


def test_a_phrase_is_marked_as_one_and_its_words_apart_are_not() -> None:
    make("one", title="Zorble hall, hall of zorble", summary="The zorble-hall.")
    found = hit('"zorble hall"', "one")
    assert found.title == "<mark>Zorble hall</mark>, hall of zorble"
    assert found.summary == "The <mark>zorble-hall</mark>."


def test_a_compound_is_marked_whole() -> None:
    make("one", title="Pre-zorble hall", summary="Prezorble, pre and zorble.")
    found = hit("prezorble", "one")
    assert found.title == "<mark>Pre-zorble</mark> hall"
    assert found.summary == "<mark>Prezorble</mark>, pre and zorble."
    assert "<mark>" in hit("pre-zorble", "one").title


def test_a_possessive_and_an_accent_are_marked_with_their_word() -> None:
    make("one", title="Zórble’s hall of P&G and U.S. towns")
    assert hit("zorble", "one").title == "<mark>Zórble’s</mark> hall of P&amp;G and U.S. towns"
    assert "<mark>P&amp;G</mark>" in hit("P&G zorble", "one").title
    assert "<mark>U.S.</mark>" in hit("usa zorble", "one").title


@pytest.mark.parametrize("query", ["zorble", "quixwhist script alert", "mark", "amp lt gt quot", "svg onload"])
def test_hostile_text_stays_text_whatever_is_marked_in_it(query: str) -> None:
    actor = factories.make_stakeholder(name=HOSTILE)
    practice = make(
        "hostile",
        title=HOSTILE,
        summary=HOSTILE * 3,
        description=HOSTILE * 5,
        other_names=[names(HOSTILE)],
        involvements=(("ngo", "lead", actor),),
    )
    found = hit(query, practice.slug)
    for shown in (found.title, found.summary, *(one.passage for one in found.reasons)):
        plain = shown.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in plain
        assert ">" not in plain
        assert '"' not in plain
        assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#x27;)", plain)
    assert found.title.replace("<mark>", "").replace("</mark>", "") == escape(HOSTILE)


@pytest.mark.parametrize("query", ["<script>zorble</script>", '"><mark>zorble', "zorble&lt;", "zorble<!--"])
def test_a_hostile_query_is_never_part_of_what_is_shown(query: str) -> None:
    make("one", title="Zorble script mark lt")
    found = hit(query, "one")
    assert re.sub("</?mark>", "", found.title) == "Zorble script mark lt"


def test_what_a_reason_says_instead_of_is_what_was_typed() -> None:
    ring("zorble", "quixwhist")
    make("one", title="Quixwhist", description="Of snorfelnips.")
    found = hit("zorble snorfelnipz", "one")
    assert ("description", "Of <mark>snorfelnips</mark>.", "corrected", "snorfelnipz") in reasons(found)
    assert found.title == "<mark>Quixwhist</mark>"


def test_each_word_that_title_and_summary_do_not_hold_has_the_first_passage_that_does() -> None:
    ring("brimstack", "flump")
    actor = factories.make_stakeholder(name="Guild of Zorblers", other_names=[names("Quixwhistgilde")])
    make("one", description="Snorfel. " + "filler " * 60 + "flump", involvements=(("ngo", "lead", actor),))
    assert reasons(hit("zorbler", "one")) == [("actor", "Guild of <mark>Zorblers</mark>", "exact", "")]
    assert reasons(hit("quixwhistgilde", "one")) == [("actor", "<mark>Quixwhistgilde</mark>", "exact", "")]
    [(kind, passage, how, instead_of)] = reasons(hit("brimstack", "one"))
    assert (kind, how, instead_of) == ("description", "synonym", "brimstack")
    assert passage.startswith("… ")
    assert passage.endswith("<mark>flump</mark>")
    assert len(passage) < 200


def test_a_reason_shows_whole_words_around_the_match_and_says_what_is_left_out() -> None:
    make("one", description="before " * 40 + "zorble" + " after" * 40)
    [(_, passage, _, _)] = reasons(hit("zorble", "one"))
    assert re.fullmatch(r"… (before )+<mark>zorble</mark>( after)+ …", passage)


def test_a_passage_of_one_endless_word_is_shown_all_the_same() -> None:
    make("one", description="x" * 500 + " zorble " + "y" * 500)
    [(_, passage, _, _)] = reasons(hit("zorble", "one"))
    assert "<mark>zorble</mark>" in passage


def test_three_reasons_are_the_most() -> None:
    words = ["zorble", "quixwhist", "brimstack", "flump", "snorfel"]
    actors = [factories.make_stakeholder(name=f"Guild of {word}") for word in words]
    make("one", involvements=tuple(("ngo", "lead", actor) for actor in actors))
    assert len(hit(" ".join(words), "one").reasons) == 3


def test_a_compound_in_two_passages_is_explained() -> None:
    make("one", title="Pre hall", description="Of zorble.")
    found = hit("pre-zorble", "one")
    assert found.title == "<mark>Pre</mark> hall"
    assert [kind for kind, *_ in reasons(found)] == ["description"]


def test_a_word_that_is_found_by_other_names_of_a_country_is_explained_by_it() -> None:
    make("one", title="Zorble", countries=(("PT", "destination"),))
    [(kind, passage, how, _)] = reasons(hit("zorble PRT", "one"))
    assert (kind, passage, how) == ("country", "<mark>PRT</mark>", "exact")


def test_plain_data_holds_no_markup() -> None:
    make("one", title="Zorble", description="A <b>quixwhist</b> & more.")
    one = described(hit("zorble quixwhist", "one"))
    assert one["slug"] == "one"
    assert one["title"] == "Zorble"
    assert one["why"] == [{"in": "description", "text": "A <b>quixwhist</b> & more.", "how": "exact", "for": ""}]


def test_every_hit_of_real_queries_says_why(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    from tests.search.asking import results

    for query in ("language", "elderly", "one-stop", "lenguage corses", '"labour market"', "coreis", "P&G", "job*"):
        found = results(query)
        with django_assert_max_num_queries(1):
            hits = found.hits(found.ordered(0, 20))
        assert hits, query
        for one in hits:
            shown = f"{one.title} {one.summary} {' '.join(str(reason.passage) for reason in one.reasons)}"
            assert "<mark>" in shown, f"{query}: {one.card.practice.slug}"


def test_what_is_shown_is_of_the_practice_as_it_is() -> None:
    practice = make("one", title="Zorble")
    assert kb.SearchDocument.objects.get(pk=practice.pk).passages[0] == ["title", "Zorble", []]
