"""What a query finds: by the words themselves, synonyms, beginnings and other spellings, fully or in part, in order."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from practices import models as kb
from practices.catalog import current
from practices.catalog.snapshot import Snapshot
from practices.search.expansion import MAX_CORRECTIONS
from practices.search.matching import FEW, QueryMatch, match
from practices.search.query import parse
from tests import factories
from tests.search.asking import full, ordered, partial, results

pytestmark = pytest.mark.django_db


def make(slug: str, title: str = "A plain title", summary: str = "Nothing to be said.", **fields: Any) -> kb.Practice:
    return factories.make_practice(slug=slug, title=title, summary=summary, **fields)


def ring(*words: str) -> None:
    """Make a ring of synonyms, known to the next search."""
    kb.SynonymRing.objects.create(code=f"ring-{words[0]}".replace(" ", "-"), words=list(words))
    kb.DataVersion.raise_number()


def understood(query: str, *, typing: bool = False) -> QueryMatch:
    return match(parse(query, typing=typing), current().snapshot)


# All words must match


def test_a_practice_is_found_by_any_text_of_it() -> None:
    actor = factories.make_stakeholder(name="Guild of Zorblers", other_names=[names("Zorbelgilde")])
    practice = make(
        "all-texts",
        title="Quixwhist academy",
        title_original="Akademia Kwikswist",
        other_names=[names("Quixie")],
        summary="A school of brimstack.",
        description="Where flumps are taught.",
        involvements=(("ngo", "lead", actor),),
        countries=(("PT", "destination"),),
    )
    practice.outcomes.create(position=1, statement="Forty grumbets learned it.")
    factories.make_finding(title="Snorfel first", statement="Begin with trundling.", practices=(practice,))
    words = ["quixwhist", "kwikswist", "quixie", "brimstack", "flumps", "zorblers", "zorbelgilde", "grumbets"]
    for word in (*words, "snorfel", "trundling"):
        assert full(f'"{word}"') == {"all-texts"}, word
    assert "all-texts" in full("quixwhist Portugal") & full("quixwhist PRT") & full("quixwhist language")
    assert "all-texts" in full(f'quixwhist "{kb.StakeholderRole.objects.get(code="ngo").label}"')


def names(text: str) -> dict[str, str]:
    return {"text": text, "lang": "en", "kind": "name"}


def test_every_word_must_match_in_any_order_and_any_field() -> None:
    make("both", title="Zorble", summary="Of quixwhist.")
    make("one", title="Zorble")
    assert full("quixwhist zorble") == {"both"}


def test_a_phrase_must_stand_as_it_is() -> None:
    make("in-order", title="Zorble quixwhist")
    make("apart", title="Zorble and quixwhist")
    make("reversed", title="Quixwhist zorble")
    assert full('"zorble quixwhist"') == {"in-order"}
    assert full('"zorble and quixwhist"') == {"apart"}


def test_a_phrase_never_runs_from_one_text_into_the_next() -> None:
    actors = [factories.make_stakeholder(name=name) for name in ("Ministry of Zorble", "Quixwhist Union")]
    make("two-actors", involvements=tuple(("ngo", "lead", actor) for actor in actors))
    assert full('"zorble quixwhist"') == set()
    assert full("zorble quixwhist") == {"two-actors"}


def test_a_phrase_in_another_spelling_is_found() -> None:
    make("british", title="The neighbourhood zorble centre")
    assert full('"neighborhood zorble centers"') == {"british"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("pre-zorble", {"hyphen", "one", "two"}),
        ("pre‑zorble", {"hyphen", "one", "two"}),
        ("pre zorble", {"hyphen", "one", "two"}),
        ("prezorble", {"hyphen", "one"}),
        ('"pre zorble"', {"hyphen", "two"}),
    ],
)
def test_a_compound_is_found_however_it_is_written(query: str, found: set[str]) -> None:
    for slug, title in (("hyphen", "Pre-zorble talks"), ("one", "Prezorble talks"), ("two", "Pre zorble talks")):
        make(slug, title=title)
    assert full(query) == found


def test_words_that_stand_everywhere_are_left_out_unless_they_are_all_there_is() -> None:
    make("zorble", title="Zorble")
    assert full("what is the zorble of you") == {"zorble"}
    assert full('"yourselves zorble"') == set()
    assert full("the of") == {practice.slug for practice in kb.Practice.objects.published() if holds_both(practice)}


def holds_both(practice: kb.Practice) -> bool:
    document = kb.SearchDocument.objects.get(pk=practice.pk)
    words = {*document.text_a.split(), *document.text_b.split(), *document.text_c.split()}
    return {"the", "of"} <= words


# Exclusions


def test_a_single_letter_or_digit_is_left_out_unless_it_is_all_there_is() -> None:
    make("jobs", title="Zorble quixwhists")
    make("four", title="Zorble 4")
    assert full("zorble 4 quixwhist") == {"jobs"}
    assert full("zorble q") == {"jobs", "four"}
    assert full("4") == full('zorble "4"') == {"four"}


def test_what_is_excluded_is_left_out_also_of_partial_matches() -> None:
    make("with", title="Zorble quixwhist brimstack")
    make("without", title="Zorble quixwhist")
    make("part", title="Zorble brimstack")
    assert full("zorble quixwhist -brimstack") == {"without"}
    assert partial("zorble quixwhist -brimstack") == set()
    assert partial("zorble quixwhist") == {"part"}
    assert full('zorble -"quixwhist brimstack"') == {"without", "part"}


def test_a_query_of_exclusions_finds_all_else() -> None:
    make("zorble", title="Zorble")
    everything = set(kb.Practice.objects.published().values_list("slug", flat=True))
    assert full("-zorble") == everything - {"zorble"}
    assert len(ordered("-zorble")) == results("-zorble").count == len(everything) - 1


def test_what_is_excluded_is_neither_corrected_nor_widened() -> None:
    ring("zorble", "quixwhist")
    make("one", title="Zorble")
    make("other", title="Quixwhist")
    assert full("zorble -quixwhist") == {"one"}
    assert full("zorble -zorbel") == {"one", "other"}


# Synonyms


def test_a_word_of_a_ring_finds_the_others_below_itself() -> None:
    ring("zorble", "quixwhist", "brimstack flump")
    make("zorble", title="Zorble")
    make("quixwhist", title="Quixwhist")
    make("phrase", title="A brimstack flump")
    make("apart", title="A flump with brimstack")
    assert ordered("zorble") == ["zorble", "quixwhist", "phrase"]
    assert ordered("Quixwhists") == ["quixwhist", "zorble", "phrase"]


def test_words_that_are_a_phrase_of_a_ring_find_the_others() -> None:
    ring("zorble", "quixwhist", "brimstack flump")
    make("zorble", title="Zorble")
    make("phrase", title="A brimstack flump")
    make("apart", title="A flump with brimstack")
    assert full("brimstack flump") == {"phrase", "zorble", "apart"}
    assert full("brimstack flump snorfel") == set()
    assert full('"brimstack flump"') == {"phrase"}


def test_a_phrase_of_a_ring_may_hold_words_that_stand_everywhere() -> None:
    ring("zorble", "flump of the brimstack")
    make("zorble", title="Zorble")
    make("phrase", title="Flump of the brimstack")
    make("parts", title="Flump, brimstack")
    assert full("flump of the brimstack") == {"zorble", "phrase", "parts"}
    assert full("zorble") == {"zorble", "phrase"}


def test_the_longest_phrase_of_rings_is_taken() -> None:
    ring("zorble", "flump brimstack")
    ring("quixwhist", "flump brimstack snorfel")
    make("zorble", title="Zorble")
    make("quixwhist", title="Quixwhist")
    assert full("flump brimstack snorfel") == {"quixwhist"}
    assert full("flump brimstack") == {"zorble"}


def test_a_word_in_quotes_has_no_synonyms() -> None:
    ring("zorble", "quixwhist")
    make("zorble", title="Zorble")
    make("quixwhist", title="Quixwhist")
    assert full('"zorble"') == {"zorble"}


def test_a_word_of_several_rings_finds_all_of_them() -> None:
    ring("zorble", "quixwhist")
    ring("brimstack", "zorble")
    for word in ("zorble", "quixwhist", "brimstack"):
        make(word, title=word)
    assert full("zorble") == {"zorble", "quixwhist", "brimstack"}
    assert full("quixwhist") == {"quixwhist", "zorble"}


def test_a_word_of_a_ring_is_never_taken_for_a_slip() -> None:
    ring("zorble", "quixwhist")
    make("synonym", title="Quixwhist")
    make("similar", title="Zorbla")
    assert full("zorble") == {"synonym"}
    assert understood("zorble").corrections == {}


# Other spellings


@pytest.mark.parametrize(
    "typed", ["zorblefnip", "zorblfnips", "zorbelfnips", "zoorblefnips", "xorblefnips", "zrblefnip", "zorbelfnisp"]
)
def test_a_word_that_nothing_holds_is_searched_for_in_the_nearest_spelling(typed: str) -> None:
    make("zorblefnips", title="Zorblefnips")
    assert full(typed) == {"zorblefnips"}
    if typed != "zorblefnip":  # the same word
        assert understood(typed).corrections == {typed: ["zorblefnips"]}


def test_a_word_in_quotes_is_never_corrected() -> None:
    make("zorblefnips", title="Zorblefnips")
    assert full('"zorbelfnips"') == set()


def test_a_short_word_is_corrected_by_one_letter_and_a_very_short_one_not_at_all() -> None:
    make("zorb", title="Zorbq")
    make("zq", title="Zqx")
    assert full("zrobq") == {"zorb"}
    assert full("zrobqy") == set()
    assert full("zqy") == set()


def test_of_equally_near_spellings_the_most_frequent_are_taken() -> None:
    for number, letter in enumerate("abcde"):
        for copy in range(number + 1):
            make(f"{letter}-{copy}", title=f"Zorblef{letter}")
    assert len(understood("zorblefx").corrections["zorblefx"]) == MAX_CORRECTIONS
    assert set(understood("zorblefx").corrections["zorblefx"]) == {"zorblefe", "zorblefd", "zorblefc"}


def test_a_correction_brings_its_synonyms() -> None:
    ring("zorblefnips", "quixwhist")
    make("zorblefnips", title="Zorblefnips")
    make("quixwhist", title="Quixwhist")
    assert ordered("zorbelfnips") == ["zorblefnips", "quixwhist"]


def test_a_slip_of_a_word_that_only_a_ring_knows_finds_its_synonyms() -> None:
    ring("zorblefnips", "quixwhist", "brimstack hall")
    make("quixwhist", title="Quixwhist")
    assert full("zorbelfnips") == {"quixwhist"}
    assert understood("zorbelfnips").corrections == {"zorbelfnips": ["zorblefnips"]}
    assert understood("brimstaks").corrections == {}  # no word of the ring, only part of one


def test_of_equally_near_spellings_those_count_most_whose_synonyms_are_frequent() -> None:
    ring("zorblefa", "quixwhist")
    for number in range(3):
        make(f"quixwhist-{number}", title=f"Quixwhist {number}")
    make("other", title="Zorblefb")
    assert understood("zorblefx").corrections == {"zorblefx": ["zorblefa", "zorblefb"]}


def test_words_that_only_hidden_practices_hold_are_no_corrections() -> None:
    practice = make("zorblefnips", title="Zorblefnips")
    kb.Practice.objects.filter(pk=practice.pk).update(state=kb.State.DRAFT)
    factories.publish_all()
    assert kb.SearchWord.objects.filter(surface="zorblefnips").exists()
    assert understood("zorbelfnips").corrections == {}


def test_two_words_written_in_one_are_found_and_one_written_in_two() -> None:
    make("two", title="Zorble quixwhist")
    make("one", title="Brimstackflump")
    assert full("zorblequixwhist") == {"two"}
    assert understood("zorblequixwhist").corrections == {"zorblequixwhist": ["zorble quixwhist"]}
    assert full("brimstack flump") == {"one"}


def test_two_words_written_in_one_bring_their_synonyms() -> None:
    ring("zorble quixwhist", "snorfel")
    make("two", title="Zorble quixwhist")
    make("synonym", title="Snorfel")
    assert full("zorblequixwhist") == {"two", "synonym"}


def test_the_last_word_may_be_begun() -> None:
    make("zorblefnips", title="Zorblefnips")
    make("zorblefnoddle", title="Zorblefnoddle")
    assert full("zorblefn") == {"zorblefnips", "zorblefnoddle"}
    assert full("zorblefn*") == {"zorblefnips", "zorblefnoddle"}
    assert full("zorblefn* title") == {"zorblefnips", "zorblefnoddle"} & full("title")
    assert understood("zorblefn").corrections == {}


def test_a_word_begun_that_is_a_word_itself_is_widened_only_while_typing() -> None:
    make("word", title="Zorblef")
    make("longer", title="Zorblefnips")
    assert full("zorblef") == {"word"}
    assert len(understood("zorblef", typing=True).full) == 2


def test_an_asterisk_widens_also_a_word_that_is_found() -> None:
    make("word", title="Zorblef")
    make("longer", title="Zorblefnips")
    make("compound", title="Pre-zorblefnips")
    assert full("zorblef*") == {"word", "longer", "compound"}
    assert full("pre-zorblef*") == {"compound"}
    assert understood("zorblefx*").corrections  # what begins nothing may still be a slip


def test_a_name_stored_with_separate_accents_is_found() -> None:
    make("accents", title="Fe\u0301lixwhistle in Que\u0301bec")
    assert full("félixwhistle") == full("felixwhistle") == full("fe\u0301lixwhistle") == {"accents"}


def test_two_letters_begin_no_word() -> None:
    make("zqxx", title="Zqxxtle")
    assert full("zq") == set()
    assert full("zqx") == {"zqxx"}


# In part


def test_where_few_match_fully_those_with_half_of_the_words_follow() -> None:
    make("all", title="Zorble quixwhist brimstack flump")
    make("three", title="Zorble quixwhist brimstack")
    make("half", title="Brimstack flump")
    make("quarter", title="Zorble")
    query = "zorble quixwhist brimstack flump"
    assert full(query) == {"all"}
    assert partial(query) == {"three", "half"}
    assert ordered(query)[:1] == ["all"]
    assert [hit.partial for hit in results(query).hits(results(query).ordered(0, 3))] == [False, True, True]
    assert (results(query).count, results(query).full) == (3, 1)


def test_where_enough_match_fully_none_follows_in_part() -> None:
    for number in range(FEW):
        make(f"full-{number}", title="Zorble quixwhist")
    make("part", title="Zorble")
    assert partial("zorble quixwhist") == set()
    kb.Practice.objects.filter(slug="full-0").update(state=kb.State.DRAFT)
    factories.publish_all()
    assert partial("zorble quixwhist") == {"part"}


def test_of_an_odd_number_of_words_the_larger_half_must_match() -> None:
    make("one", title="Zorble")
    make("two", title="Zorble quixwhist")
    make("third", title="Brimstack")
    assert partial("zorble quixwhist brimstack") == {"two"}


def test_where_none_matches_half_of_the_words_those_with_the_most_are_found() -> None:
    make("two", title="Zorble quixwhist")
    make("one", title="Trundling")
    for title in ("Brimstack", "Flump", "Snorfel"):
        make(title.lower(), title=title)
    query = "zorble quixwhist brimstack flump snorfel trundling"
    assert partial(query) == {"two"}
    assert partial("zorble brimstack trundling") == {"two", "brimstack", "one"}


def test_words_that_nothing_holds_do_not_count() -> None:
    make("one", title="Zorble")
    make("two", title="Quixwhist")
    assert partial('zorble quixwhist "xqjwv" "vwjqx"') == {"one", "two"}


def test_one_word_never_matches_in_part() -> None:
    make("one", title="Zorble")
    assert partial("zorble") == set()


def test_a_compound_counts_as_the_words_it_is_made_of() -> None:
    make("compound", title="Zorble-quixwhist")
    make("plain", title="Brimstack")
    make("other", title="Snorfel")
    assert partial("zorble-quixwhist brimstack snorfel") == {"compound"}


# In order


def test_the_title_comes_before_the_summary_and_the_summary_before_the_rest() -> None:
    make("rest", description="A zorble.")
    make("summary", summary="A zorble.")
    make("title", title="A zorble")
    make("other-name", other_names=[names("A zorble")])
    found = ordered("zorble")
    assert set(found[:2]) == {"title", "other-name"}
    assert found[2:] == ["summary", "rest"]


def test_an_exact_match_comes_before_a_synonym_in_the_same_field() -> None:
    ring("zorble", "quixwhist")
    make("synonym", title="A quixwhist")
    make("exact", title="The zorble of all")
    assert ordered("zorble") == ["exact", "synonym"]


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    for number in range(6):
        make(f"frequent-{number}", title="Zorble")
    make("rare", title="Quixwhist")
    make("rare-too", title="Quixwhist")
    assert ordered("zorble quixwhist brimstack")[:2] == ["rare", "rare-too"]


def test_of_equal_matches_the_shorter_title_comes_first_then_the_alphabet_decides() -> None:
    for slug, title in (("c", "Zorble three more words"), ("b", "Zorble beta"), ("a", "Zorble alpha")):
        make(slug, title=title)
    assert ordered("zorble") == ["a", "b", "c"]


def test_two_ways_of_the_same_worth_are_one() -> None:
    """A synonym in the title is worth what the word itself is in the summary."""
    ring("zorble", "quixwhist")
    make("summary-long", title="Beta and two more words", summary="Of zorble.")
    make("title", title="Quixwhist alpha")
    make("summary-short", title="Alpha", summary="Of zorble.")
    assert ordered("zorble") == ["summary-short", "title", "summary-long"]


def test_the_order_is_the_same_every_time() -> None:
    queries = ["language training", "women xyzzy police", "integration", "-integration", "traning"]
    first = [ordered(query) for query in queries]
    kb.DataVersion.raise_number()
    assert [ordered(query) for query in queries] == first


# What it costs


@pytest.mark.parametrize(
    "query",
    [
        "language",
        "a b c d e f g h i j k l",
        "xyzzy plugh integrtaion lenguage corses womn traning polise helth scool houzing famly",
        '"labour market" -training pre-departure one-stop',
    ],
)
def test_a_query_asks_the_index_twice_at_most(query: str) -> None:
    held = Snapshot()  # which knows no phrase yet
    held.words, held.surfaces, held.rings  # noqa: B018 (read now, not below)
    with CaptureQueriesContext(connection) as captured:
        match(parse(query), held)
    assert len(captured) <= 2
    with CaptureQueriesContext(connection) as captured:
        match(parse(query), held)
    assert len(captured) == 0
