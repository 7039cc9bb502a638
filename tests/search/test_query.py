"""What a reader types is a query, whatever it is: words, phrases, exclusions, compounds; never an error."""

import time

import pytest

from practices.search.query import LONGEST, MAX_WORDS, Query, parse

QUOTES = ['"{}"', "“{}”", "„{}“", "«{}»", "″{}″", "”{}“"]
NOTHING = ["", " ", "\0", '"', '""', '"" ""', "-", "--", "- -", "...", "*", "()", "🌍", "\ud83d", "\u202e", '-"', '-""']


def phrases(written: str) -> list[tuple[str, ...]]:
    return [term.phrase for term in parse(written).terms]


def excluded(written: str) -> list[tuple[str, ...]]:
    return [term.phrase for term in parse(written).excluded]


def test_each_word_is_a_clue_once() -> None:
    assert phrases("Training for WOMEN, training women!") == [("train",), ("for",), ("women",)]


@pytest.mark.parametrize("quotes", QUOTES)
def test_words_in_quotes_of_any_kind_are_one_phrase(quotes: str) -> None:
    query = parse(f"migrants {quotes.format('Labour Market')} women")
    assert [term.phrase for term in query.terms] == [("migrant",), ("labor", "market"), ("women",)]
    assert [term.quoted for term in query.terms] == [False, True, False]


def test_a_quote_that_is_not_closed_reaches_to_the_end() -> None:
    assert phrases('women "labour market') == [("women",), ("labor", "market")]
    assert parse('women "labour market').terms[1].quoted


def test_a_quote_within_a_word_starts_a_phrase() -> None:
    assert phrases('women"labour market"now') == [("women",), ("labor", "market"), ("now",)]


def test_one_word_in_quotes_is_meant_as_it_stands() -> None:
    [term] = parse('"jobs"').terms
    assert (term.phrase, term.quoted) == (("job",), True)


@pytest.mark.parametrize("written", ["women -training", "-training women", "women  -Trainings"])
def test_a_hyphen_before_a_word_excludes_it(written: str) -> None:
    assert (phrases(written), excluded(written)) == ([("women",)], [("train",)])


def test_a_hyphen_before_a_phrase_excludes_it() -> None:
    assert excluded('women -"labour market"') == [("labor", "market")]


def test_a_query_may_exclude_only() -> None:
    query = parse("-training")
    assert query
    assert not query.terms
    assert query.size == 0


def test_a_hyphen_by_itself_or_doubled_excludes_nothing() -> None:
    assert excluded("women - training") == []
    assert excluded("women --training") == []
    assert phrases("women - training") == phrases("women --training") == [("women",), ("train",)]


@pytest.mark.parametrize("written", ["pre-departure", "pre‑departure", "pre‐departure", "pre/departure"])
def test_a_compound_is_one_word_and_its_parts(written: str) -> None:
    [term] = parse(written).terms
    assert term.phrase == ("predepartur",)
    assert [part.phrase for part in term.parts] == [("pre",), ("departur",)]
    assert term.size == 2


def test_a_compound_may_be_excluded() -> None:
    [term] = parse("-pre-departure").excluded
    assert [part.phrase for part in term.parts] == [("pre",), ("departur",)]


def test_stop_words_need_not_be_looked_for_beside_others_and_are_where_they_are_all() -> None:
    query = parse("what is the training of women")
    assert [term.text for term in query.terms if not query.is_stopword(term)] == ["training", "women"]
    assert query.size == 2
    alone = parse("who are we")
    assert not any(alone.is_stopword(term) for term in alone.terms)
    assert alone.size == 3


def test_a_stop_word_in_quotes_is_looked_for() -> None:
    query = parse('training "who"')
    assert query.size == 2


def test_a_compound_is_no_stop_word_though_its_letters_make_one() -> None:
    assert parse("training i-t").size == 3


def test_the_country_is_no_stop_word_and_the_pronoun_is() -> None:
    assert parse("training US").size == 2
    assert parse("training us").size == 1


def test_the_last_word_may_be_begun_and_others_with_an_asterisk() -> None:
    assert [term.is_prefix for term in parse("integ* women train").terms] == [True, False, True]
    assert [term.is_prefix for term in parse("women -train").excluded] == [False]
    assert [part.is_prefix for part in parse("pre-depart").terms[0].parts] == [False, True]


def test_a_query_of_200_characters_is_whole_and_what_is_longer_is_cut_and_says_so() -> None:
    assert not parse("x" * LONGEST).truncated
    longer = parse("x" * (LONGEST + 1))
    assert longer.truncated
    assert len(longer.text) == LONGEST


def test_a_query_of_twelve_words_is_whole_and_what_is_longer_is_cut_and_says_so() -> None:
    words = [f"word{number}" for number in range(MAX_WORDS + 1)]
    assert not parse(" ".join(words[:MAX_WORDS])).truncated
    longer = parse(" ".join(words))
    assert longer.truncated
    assert len(longer.terms) == MAX_WORDS


def test_a_phrase_is_cut_with_the_rest() -> None:
    words = " ".join(f"word{number}" for number in range(20))
    assert [len(term.phrase) for term in parse(f'first "{words}"').terms] == [1, MAX_WORDS - 1]
    assert [len(term.phrase) for term in parse(f'"{words}" last').terms] == [MAX_WORDS]


@pytest.mark.parametrize("written", NOTHING, ids=ascii)
def test_what_holds_no_word_is_no_query(written: str) -> None:
    query = parse(written)
    assert not query
    assert query.size == 0


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("women\0training", [("women",), ("train",)]),
        ("🌍 women 👩‍👩‍👧", [("women",)]),
        ("women\ud83d", [("women",)]),
        ("\u202ewomen\u202c", [("women",)]),
        ("women\x1b[31m", [("women",), ("31m",)]),
        ("ma\u0301laga", [("malaga",)]),
        ("women\u3000training", [("women",), ("train",)]),
        ("women\r\n\ttraining", [("women",), ("train",)]),
        ("миграция", [("миграция",)]),
        ("移民", [("移民",)]),
        ("مرحبا", [("مرحبا",)]),
    ],
    ids=ascii,
)
def test_odd_characters_leave_the_words_beside_them(written: str, words: list[tuple[str, ...]]) -> None:
    found = [term.phrase for whole in parse(written).terms for term in (whole.parts or (whole,))]
    assert found == words


def test_a_word_that_a_soft_hyphen_parts_is_one_word() -> None:
    assert phrases("wo\u00admen") == [("women",)]


def test_what_was_typed_is_kept_in_one_line_without_nul() -> None:
    assert parse("  women\0\n training ").text == "women training"


@pytest.mark.parametrize("piece", ['"', '-"', "-", "a-", "a ", "a.", '"a', "&", "'s", "\ud83d", "é"])
def test_p9_no_query_takes_long(piece: str) -> None:
    started = time.process_time()
    assert isinstance(parse(piece * 25_000), Query)
    assert time.process_time() - started < 0.25
