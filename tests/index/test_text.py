"""Words: what is written in many ways becomes one word, what means something else stays another."""

import re
import time
from types import ModuleType

import pytest

from practices.index import text
from practices.search import query

SAME = [
    ("Language", "LANGUAGE"),
    ("training", "trainings"),
    ("migrant", "migrants"),
    ("policy", "policies"),
    ("child", "child's"),
    ("women's", "women"),
    ("women’s", "women"),
    ("Português", "portugues"),
    ("Éireann", "eireann"),
    ("Łódź", "lodz"),
    ("Ærø", "aero"),
    ("Straße", "strasse"),
    ("ﬁnance", "finance"),
    ("Ⅷ", "viii"),
    ("ＡＢＣ", "abc"),
    ("U.S.", "USA"),
    ("US", "USA"),
    ("U.S.A.", "usa"),
    ("N.G.O.", "NGO"),
    ("N.G.O.s", "NGOs"),
    ("CO.RE.IS.", "coreis"),
    ("P&G", "pg"),
    ("labour", "labor"),
    ("labours", "labors"),
    ("neighbourhood", "neighborhood"),
    ("behavioural", "behavioral"),
    ("organise", "organize"),
    ("organisation", "organization"),
    ("organising", "organizing"),
    ("stabilisation", "stabilization"),
    ("naturalisation", "naturalization"),
    ("centre", "center"),
    ("centres", "centers"),
    ("programme", "program"),
    ("programmes", "programs"),
    ("licence", "license"),
    ("counselling", "counseling"),
    ("counsellor", "counselor"),
    ("traveller", "traveler"),
    ("dialogue", "dialog"),
    ("ageing", "aging"),
    ("enrol", "enroll"),
    ("МИГРАЦИЯ", "миграция"),
    ("Ελλάδα", "ελλαδα"),
    ("departments", "department"),
    ("universities", "university"),
    ("minorities", "minority"),
]
DIFFERENT = [
    ("US", "us"),
    ("national", "nationality"),
    ("house", "housing"),
    ("universal", "university"),
    ("apart", "apartment"),
    ("depart", "department"),
    ("govern", "government"),
    ("author", "authority"),
    ("office", "officer"),
    ("minor", "minority"),
    ("employer", "employment"),
    ("internal", "intern"),
    ("public", "publicity"),
    ("regular", "regularisation"),
    ("four", "for"),
    ("hour", "hor"),
    ("rise", "rize"),
    ("wise", "wize"),
    ("移民", "移住"),
]
TEXTS = {
    "Two words": ["two", "word"],
    "one-stop shop": ["one", "stop", "shop"],
    "(in brackets), and; punctuation!": ["in", "bracket", "and", "punctuat"],
    "snake_case": ["snake", "case"],
    "1,500 pupils in 2006": ["1", "500", "pupil", "in", "2006"],
    "R2P 3rd": ["r2p", "3rd"],
    "移民の統合": ["移民の統合"],
    "": [],
    "… — “ ” *": [],
    "\0\x1b\u202e": [],
    "🌍 world": ["world"],
    "e.g. this": ["eg", "this"],
    "the U.S. and us": ["the", "usa", "and", "us"],
    "Work with P&G.": ["work", "with", "pg"],
    "https://example.org/a": ["https", "exampl", "org", "a"],
}


def word(written: str) -> str:
    """Return the one word that the index knows something as."""
    [stem] = text.stems(written)
    return stem


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_one_word_in_two_spellings_is_one_word(one: str, other: str) -> None:
    assert word(one) == word(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_means_something_else_is_another_word(one: str, other: str) -> None:
    assert word(one) != word(other)


@pytest.mark.parametrize("kept", sorted(text._KEPT))
def test_a_word_that_is_kept_is_itself_in_singular_and_plural(kept: str) -> None:
    plural = f"{kept[:-1]}ies" if kept.endswith("y") else f"{kept}s"
    assert word(kept) == word(plural) == kept


@pytest.mark.parametrize("british", sorted(text._SPELLINGS))
def test_a_british_spelling_is_the_american_one_in_singular_and_plural(british: str) -> None:
    american = text._SPELLINGS[british]
    assert word(british) == word(american)
    assert text.fold(f"{british}s") == f"{american}s"


@pytest.mark.parametrize(("written", "words"), TEXTS.items(), ids=ascii)
def test_a_text_is_cut_into_its_words(written: str, words: list[str]) -> None:
    assert text.stems(written) == words


def test_a_word_says_where_it_stands() -> None:
    written = "The  women’s café, U.S."
    assert [written[one.start : one.end] for one in text.tokens(written)] == ["The", "women’s", "café", "U.S."]


def test_a_word_holds_letters_and_digits_only_and_is_never_too_long() -> None:
    every = "".join(map(chr, range(0x3000))) + "ﬀ①Ⅷ½™\ud83d🌍" + "x" * 300
    for one in text.tokens(every):
        assert one.surface.isalnum(), ascii(one.surface)
        assert one.stem.isalnum(), ascii(one.stem)
        assert len(one.surface) <= text.LONGEST_WORD


def test_no_text_holds_the_gap_between_texts() -> None:
    assert text.GAP not in text.stems(f"a {text.GAP} b{text.GAP}c")


@pytest.mark.parametrize(
    ("written", "joined"),
    [
        ("pre-departure training", ["predeparture"]),
        ("pre‑departure", ["predeparture"]),
        ("one-stop-shop", ["onestopshop"]),
        ("anti-discrimination/equality", ["antidiscriminationequality"]),
        ("inter-cultural, non-profit", ["intercultural", "nonprofit"]),
        ("a - b", []),
        ("-word- ", []),
        ("well-", []),
        ("1-2-3-4-5", []),
        ("Plain words", []),
        ("co-organise", ["coorganize"]),
    ],
)
def test_a_hyphenated_compound_is_also_one_word(written: str, joined: list[str]) -> None:
    assert [one for one, _parts in text.compounds(written)] == joined


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Japan International Press Syndicate Agency", "JIPSA"),
        ("Office for the Coordination of Immigrants", "OCI"),
        ("High Commissioner for Immigration and Ethnic Minorities", "HCIEM"),
        ("Metro Éireann", ""),
        ("no capitals at all", ""),
        ("", ""),
    ],
)
def test_initials_are_those_of_the_capitalised_words_of_a_long_name(name: str, initials: str) -> None:
    assert text.initials(name) == initials


def regexes(module: ModuleType) -> dict[str, re.Pattern[str]]:
    return {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}


REGEXES = regexes(text) | regexes(query)
PIECES = ["a", "a.", "a.b", "&", "a&", "a&b", "'", "a's", "’", "-", "--", '"', '"a', "a ", " ", ".", "é", "ise", "our"]
PIECES += ["ll", "counsell", "aour", "abcise", "_", "\n", "\0", "移", "1", "-a", '-"']


@pytest.mark.parametrize("name", REGEXES)
def test_p9_no_expression_takes_long_on_fifty_thousand_characters(name: str) -> None:
    slowest = 0.0
    for piece in PIECES:
        for ending in ("", "!", "é", '"', "x"):
            worst = (piece * 50_000)[:50_000] + ending
            started = time.process_time()
            for _found in REGEXES[name].finditer(worst):
                pass
            slowest = max(slowest, time.process_time() - started)
    assert slowest < 0.25  # the limit is 50 ms; a busy machine is given five times as long


@pytest.mark.parametrize("piece", PIECES)
def test_p9_no_text_takes_long_to_be_cut_into_words(piece: str) -> None:
    started = time.process_time()
    text.stems((piece * 50_000)[:50_000])
    list(text.compounds((piece * 50_000)[:50_000]))
    query.parse((piece * 50_000)[:50_000])
    assert time.process_time() - started < 3
