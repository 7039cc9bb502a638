"""Paragraphs, sections, citations and their verification, on made-up texts and, where they are, on the reports."""

import hashlib
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from practices.provenance.fingerprints import fingerprint, words
from practices.provenance.paragraphs import Paragraph, paragraphs
from practices.provenance.sections import (
    AnchorError,
    CitedPassage,
    HeadingNotFoundError,
    Location,
    Reading,
    SectionMark,
    cite,
    missing_headings,
)
from practices.provenance.verification import VerdictKind, verify

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT.parent / "shared" / "sources"
FILES = {
    "idm-11": "idm-11.txt",
    "background-2006": "background-paper-2006.txt",
    "unitar-2007": "unitar-2007.txt",
    "idm-2010": "idm-2010.txt",
}

#: full width is about 60; the first paragraph ends with a short line, the second too
WRAPPED = """\
The harbour office opened its doors in spring and gave each
newcomer a map of the town. It also lent bicycles. Nobody at
the time asked what this would cost or why.
Some years later the council counted what had come back, and
the answer was every single bicycle but one.
A third paragraph starts here and runs on for a little while
until it reaches the end of the page.
"""

TOWN = """\
# Contents

Markets 3

Schools 5

## Markets

The fish market opens at six. Stalls are let by the week. Nobody pays twice.

Traders from three countries hold a breakfast there on the first day of every month.

- Licences are free for the first year.
- Every stall has a number.

## Schools

Lessons. Pupils may choose between two languages from the first day on, whatever they spoke before that.

Every stall has a number.
"""

MARKS = [SectionMark.of(1, "Contents"), SectionMark.of(2, "Markets"), SectionMark.of(3, "Schools", "The schools")]


def split(text: str) -> list[str]:
    """Return the texts of the paragraphs of `text`."""
    return [paragraph.text for paragraph in paragraphs(text)]


def sentences(text: str) -> list[str]:
    """Return the first word of each sentence of a one-paragraph text."""
    [paragraph] = paragraphs(text)
    return [paragraph.words[start] for start in paragraph.sentences]


# -- words and fingerprints


def sections_of(paragraphs: list[Paragraph], marks: list[SectionMark]) -> dict[int, list[Paragraph]]:
    """Return the paragraphs of each section by its position, headings left out."""
    reading = Reading(paragraphs, marks)
    reading.check()
    sections: dict[int, list[Paragraph]] = {mark.position: [] for mark in marks}
    for paragraph, location in zip(paragraphs, reading.locations, strict=True):
        if location.section and location.paragraph:
            sections[location.section].append(paragraph)
    return sections


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two-way, 3 streets!", ["two", "way", "3", "streets"]),
        (
            "the migrant’s, the migrants’ and 'quoted' O'Neill",
            ["the", "migrant's", "the", "migrants", "and", "quoted", "o'neill"],
        ),
        ("snake_case", ["snake", "case"]),
        ("oﬃce ﬁle Ｆｕｌｌ", ["office", "file", "full"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Éire\u00a0note¹", ["éire", "note1"]),
        ("E\u0301ire", ["éire"]),
    ],
    ids=["runs", "apostrophes", "underscore", "ligatures", "folded", "superscript", "composed"],
)
def test_words_are_folded_runs_of_letters_and_digits(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_fingerprint_is_the_hash_of_the_words_with_single_spaces() -> None:
    assert fingerprint(words("Two,\n words.")) == hashlib.sha256(b"two words").hexdigest()


def test_a_fingerprint_covers_ten_words() -> None:
    assert fingerprint(words("a b c d e f g h i j k")) == fingerprint(words("a b c d e f g h i j"))


# -- paragraphs


def test_a_text_without_words_has_no_paragraphs() -> None:
    assert paragraphs("") == paragraphs(" \n\n---\n 12 \n\f\n") == []


def test_a_blank_line_ends_a_paragraph() -> None:
    assert split("One is here.\n\nTwo is there.\n \t\nThree.") == ["One is here.", "Two is there.", "Three."]


def test_windows_line_ends_are_line_ends() -> None:
    assert split("One is here.\r\n\r\nTwo is there.\r\n") == ["One is here.", "Two is there."]


def test_a_paragraph_knows_its_first_line() -> None:
    assert [paragraph.line for paragraph in paragraphs("\nOne is\nhere.\n\n\nTwo.")] == [2, 6]


@pytest.mark.parametrize(
    "heading", ["## The market", "THE MARKET", "The market", "1. The market", "Is THIS the market"]
)
def test_a_heading_is_a_paragraph_of_its_own(heading: str) -> None:
    found = paragraphs(f"All of this comes before.\n\n{heading}\n\nAll of this comes after.")
    assert [paragraph.heading for paragraph in found] == [False, True, False]
    assert found[1].words == tuple(words(heading))


def test_markdown_and_capitals_need_no_blank_lines_around_them() -> None:
    assert split("Before it.\n# One\nAfter it.\nTWO\nThe end.") == ["Before it.", "One", "After it.", "TWO", "The end."]


def test_capitals_are_no_heading_after_a_word_that_ends_no_sentence() -> None:
    assert split("A meeting held with the\nUNITED TRADERS\nof the town.") == [
        "A meeting held with the UNITED TRADERS of the town."
    ]


def test_a_short_line_is_a_heading_of_a_hard_wrapped_text() -> None:
    found = paragraphs(f"The bicycles\n{WRAPPED}")
    assert (found[0], len(found)) == (Paragraph("The bicycles", 1, heading=True), 4)


@pytest.mark.parametrize("mark", ["- ", "* ", "+ ", "o ", "• ", "•", "■ ", "\uf0b7 ", "\uf0a7"])
def test_a_bullet_starts_a_paragraph_and_is_no_part_of_it(mark: str) -> None:
    assert split(f"We sell:\n{mark}Fish of all kinds\n{mark}Bread") == ["We sell:", "Fish of all kinds", "Bread"]


@pytest.mark.parametrize("line", ["o barco", "-5 degrees", "*emphasis* here"])
def test_what_looks_like_a_bullet_may_be_text(line: str) -> None:
    assert split(f"The sentence goes on with\n{line} until it ends.") == [
        f"The sentence goes on with {line} until it ends."
    ]


def test_a_paragraph_ends_before_an_indented_line() -> None:
    assert split("We sell these;\n Fish of all kinds,\n for instance;\n   Bread.") == [
        "We sell these;",
        "Fish of all kinds, for instance;",
        "Bread.",
    ]


def test_lines_aligned_with_a_bullet_belong_to_it() -> None:
    text = "- The first thing that we sell\n  Is fish. The second\n  Is bread.\n- The third is nothing at all."
    assert len(split(text)) == 2


def test_an_indented_line_inside_a_sentence_ends_nothing() -> None:
    assert split("The page ends in the middle of\n a sentence.") == ["The page ends in the middle of a sentence."]


def test_a_short_line_that_closes_a_sentence_ends_the_paragraph() -> None:
    assert [paragraph.line for paragraph in paragraphs(WRAPPED)] == [1, 4, 6]


def test_a_line_of_full_width_that_closes_a_sentence_ends_nothing() -> None:
    text = WRAPPED.replace("It also lent bicycles. Nobody at\n", "It also lent out bicycles.\n")
    assert [paragraph.line for paragraph in paragraphs(text)] == [1, 4, 6]


def test_a_short_line_that_closes_no_sentence_ends_nothing() -> None:
    text = WRAPPED.replace("cost or why.\n", "cost\n")
    assert [paragraph.line for paragraph in paragraphs(text)] == [1, 6]


def test_a_colon_closes_no_sentence() -> None:
    text = WRAPPED.replace("cost or why.\n", "cost:\n")
    assert [paragraph.line for paragraph in paragraphs(text)] == [1, 6]


def test_where_lines_are_whole_paragraphs_each_that_closes_a_sentence_ends_one() -> None:
    long = "This line holds a whole paragraph, " * 5 + "and here it ends."
    assert split(f"{long}\nShort one.\n{long}\nNot\nClosed.") == [long, "Short one.", long, "Not Closed."]


@pytest.mark.parametrize(
    "between",
    ["\n\n", "\n\n\n 17 \n\n", "\n---\n", "\n\f", "\n- 17 -\n", "\nPage 17\n\f\n"],
    ids=["blank", "page number", "rule", "form feed", "number in dashes", "page and feed"],
)
@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("They spoke of the market", "and of its stalls."),
        ("They spoke about it with", "Traders of the town."),
        ("They spoke about it to Dr.", "Fisher of the town."),
        ("They spoke of fish, bread,", "Flour and milk."),
        ("They spoke of fish;", "others spoke of bread."),
        ("The price had risen by 3.6", "per cent."),
    ],
    ids=["lower case", "unending word", "abbreviation", "comma", "semicolon", "decimal"],
)
def test_a_page_break_inside_a_sentence_ends_nothing(above: str, between: str, below: str) -> None:
    assert split(f"First sentence. {above}{between}{below}") == [f"First sentence. {above} {below}"]


@pytest.mark.parametrize(
    "above",
    ["They spoke of this:", "They spoke of this.", "“They spoke of this.”", "They spoke.12", "FISHER John, H.E. Mr."],
)
@pytest.mark.parametrize("below", ["and of that.", "The town answered."])
def test_a_blank_line_after_a_closed_sentence_ends_a_paragraph(above: str, below: str) -> None:
    assert split(f"{above}\n\n{below}") == [above, below]


def test_a_blank_line_after_a_full_line_of_a_hard_wrapped_text_is_inside_its_sentence() -> None:
    text = WRAPPED.replace("and gave each\n", "and gave each\n\n").replace("newcomer a map", "Newcomer a Map")
    assert [paragraph.line for paragraph in paragraphs(text)] == [1, 5, 7]


def test_a_running_head_inside_a_sentence_is_dropped() -> None:
    text = "The Town 1\n\nOne is.\n\nThe Town 2\n\nThey spoke of the market\n\nThe Town 3\n\nand of its stalls."
    assert split(text)[-1] == "They spoke of the market and of its stalls."


def test_a_footnote_inside_a_sentence_stands_after_its_paragraph() -> None:
    text = "They spoke of the\nSee also www.example.org/town/.\nhttps://example.org\n market. It closed."
    assert split(text) == [
        "They spoke of the market. It closed.",
        "See also www.example.org/town/.",
        "https://example.org",
    ]


def test_a_web_address_of_the_sentence_stays_in_it() -> None:
    text = "They wrote about it at\nwww.example.org\nand nowhere else."
    assert split(text) == ["They wrote about it at www.example.org and nowhere else."]


# -- sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One is. Two is! Three is? Four.", ["one", "two", "three", "four"]),
        ("He met Mr. Fisher, Dr. Baker and J. R. Miller. They ate.", ["he", "they"]),
        ("Some, e.g. Fisher, i.e. He, sold fish cf. Bread vs. Milk.", ["some"]),
        ("The law No. 25 says no. Nobody minds.", ["the", "nobody"]),
        ("See p. 12 and vol. 3. Then rest.", ["see", "then"]),
        ("It closed in 1999.4 The next “opened.” (It is open.) 12 stalls.", ["it", "the", "it", "12"]),
        ("1. Sell fish. 2. Sell bread.", ["1", "2"]),
        ("It rose by 3.5 Million, etc. and fell.", ["it"]),
        ("The **bold.** Then plain.", ["the", "then"]),
    ],
    ids=["marks", "titles", "latin", "numbers", "pages", "notes", "enumerated", "decimal", "markdown"],
)
def test_abbreviations_and_decimals_end_no_sentence(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


# -- sections


def test_a_section_runs_from_its_heading_to_the_next() -> None:
    sections = sections_of(paragraphs(TOWN), MARKS)
    assert {position: len(found) for position, found in sections.items()} == {1: 2, 2: 4, 3: 2}
    assert sections[2][0].words[:3] == ("the", "fish", "market")


def test_a_line_of_the_contents_is_not_the_heading_it_names() -> None:
    [first, second] = sections_of(paragraphs(TOWN), MARKS)[1]
    assert (first.text, second.text) == ("Markets 3", "Schools 5")


def test_a_short_heading_that_opens_a_paragraph_must_end_a_sentence_there() -> None:
    marks = [SectionMark.of(1, "Bread")]
    assert missing_headings("Bread is sold.", marks) == marks
    assert missing_headings("Bread. It is sold.", marks) == []


def test_headings_are_searched_in_order() -> None:
    text = "# End\n\nFirst end.\n\n# Middle\n\nIn between.\n\n# End\n\nLast end."
    marks = [SectionMark.of(1, "Middle"), SectionMark.of(2, "End")]
    assert [found.text for found in sections_of(paragraphs(text), marks)[2]] == ["Last end."]


def test_a_heading_that_opens_its_paragraph_is_part_of_it() -> None:
    text = "Keep fish cold. Ice is brought every morning before the stalls open.\n\nBread needs none."
    [first, _] = sections_of(paragraphs(text), [SectionMark.of(1, "Keep fish cold.")])[1]
    assert first.text.startswith("Keep fish cold.")


def test_a_long_heading_broken_over_lines_is_found_by_its_first_ten_words() -> None:
    heading = "Of the many things that a town may do for those who come to sell there."
    text = heading.replace(" may", "\nmay") + "\n\nIt may do much."
    assert [found.text for found in sections_of(paragraphs(text), [SectionMark.of(1, heading)])[1]] == [
        "It may do much."
    ]


def test_a_heading_broken_into_paragraphs_is_left_out_whole() -> None:
    marks = [SectionMark.of(1, "The Market and the Town")]
    found = sections_of(paragraphs("# The Market\n\n# and the Town\n\nText."), marks)[1]
    assert [paragraph.text for paragraph in found] == ["Text."]


def test_what_precedes_the_first_heading_is_in_no_section() -> None:
    sections = sections_of(paragraphs("Before it all.\n\n# Only\n\nText."), [SectionMark.of(1, "Only")])
    assert [found.text for found in sections[1]] == ["Text."]


def test_a_heading_that_is_not_found_is_named() -> None:
    with pytest.raises(HeadingNotFoundError, match=r"section 3 \(The schools\)"):
        sections_of(paragraphs(TOWN.replace("## Schools", "## Lessons")), MARKS)


# -- citing


def test_a_citation_is_the_place_and_the_first_ten_words_of_its_sentence() -> None:
    anchor = "Traders from three countries"
    expected = fingerprint(words("traders from three countries hold a breakfast there on the"))
    assert cite(TOWN, MARKS, anchor) == CitedPassage(2, 2, expected, 10)


@pytest.mark.parametrize(
    ("anchor", "place", "number"),
    [
        ("Stalls are let", Location(2, 1), 6),
        ("Nobody pays", Location(2, 1), 3),
        ("- Licences are FREE", Location(2, 3), 7),
        ("Lessons", Location(3, 1), 1),
        ("Schools Lessons. Pupils", Location(3, 1), 1),
    ],
    ids=["shorter sentence", "last sentence", "bullet", "one word", "heading"],
)
def test_a_shorter_sentence_is_cited_by_fewer_words(anchor: str, place: Location, number: int) -> None:
    passage = cite(TOWN, MARKS, anchor)
    assert (passage.location, passage.words) == (place, number)


def test_a_citation_may_leave_out_the_number_of_its_sentence() -> None:
    text = "# Rules\n\nThere are two. 1. Sell fish. 2. Sell bread.\n\n3 See the note below."
    marks = [SectionMark.of(1, "Rules")]
    for anchor in ("Sell bread", "See the note"):
        assert cite(text, marks, anchor).fingerprint == fingerprint(words(anchor + " below" * anchor.startswith("See")))


def test_a_citation_runs_on_over_a_page_break() -> None:
    text = "# Rules\n\nNobody may sell fish that is older than\n\n12\n\none day."
    assert cite(text, [SectionMark.of(1, "Rules")], "Nobody may sell fish that is older than one").words == 10


def test_an_anchor_that_is_not_in_the_text_is_refused() -> None:
    with pytest.raises(AnchorError, match="Not found in the text: “Traders from four”"):
        cite(TOWN, MARKS, "Traders from four")


def test_an_anchor_without_words_is_refused() -> None:
    with pytest.raises(AnchorError, match="Not found"):
        cite(TOWN, MARKS, " … ")


def test_an_anchor_inside_a_sentence_is_refused() -> None:
    with pytest.raises(AnchorError, match=r"start of a sentence or bullet \(section 2, paragraph 2\)"):
        cite(TOWN, MARKS, "hold a breakfast there")


def test_an_ambiguous_anchor_is_refused() -> None:
    with pytest.raises(AnchorError, match=r"At 2 places \(section 2, paragraph 4; section 3, paragraph 2\)"):
        cite(TOWN, MARKS, "Every stall")


def test_nth_says_which_is_meant() -> None:
    assert [cite(TOWN, MARKS, "Every stall has", nth).location for nth in (1, 2)] == [Location(2, 4), Location(3, 2)]


@pytest.mark.parametrize("nth", [0, 3, -1])
def test_nth_must_exist(nth: int) -> None:
    with pytest.raises(AnchorError, match="Not found"):
        cite(TOWN, MARKS, "Every stall", nth)


def test_a_text_without_the_heading_cannot_be_cited() -> None:
    with pytest.raises(HeadingNotFoundError):
        cite("Nothing of the kind.", MARKS, "Nothing")


# -- verification


def passage(section: int, paragraph: int, text: str) -> CitedPassage:
    return CitedPassage(section, paragraph, fingerprint(words(text)), min(10, len(words(text))))


STALL = "every stall has a number"


@pytest.mark.parametrize(
    ("cited", "outcome", "others"),
    [
        (passage(2, 1, "stalls are let by the week"), VerdictKind.FOUND, ()),
        (passage(2, 4, STALL), VerdictKind.REPEATED, (Location(3, 2),)),
        (passage(3, 1, STALL), VerdictKind.ELSEWHERE, (Location(2, 4), Location(3, 2))),
        (passage(2, 2, "stalls are let by the week"), VerdictKind.ELSEWHERE, (Location(2, 1),)),
        (passage(2, 1, "stalls are let by the month"), VerdictKind.MISSING, ()),
    ],
    ids=["found", "repeated", "other section", "other paragraph", "missing"],
)
def test_a_citation_is_found_wherever_it_stands(
    cited: CitedPassage, outcome: VerdictKind, others: tuple[Location, ...]
) -> None:
    [verdict] = verify(TOWN, MARKS, [cited])
    assert (verdict.citation, verdict.kind, verdict.others) == (cited, outcome, others)


def test_words_that_stand_twice_in_the_cited_paragraph_are_said_to() -> None:
    [verdict] = verify("# One\n\nGo on. Go on.", [SectionMark.of(1, "One")], [passage(1, 1, "go on")])
    assert (verdict.kind, verdict.others) == (VerdictKind.REPEATED, (Location(1, 1),))


@pytest.mark.parametrize(
    ("section", "expected"), [(2, True), (3, True), (1, False)], ids=["first place", "second place", "neither"]
)
def test_a_verdict_tells_whether_the_section_is_right(section: int, expected: bool) -> None:
    [verdict] = verify(TOWN, MARKS, [passage(section, 1, STALL)])
    assert verdict.in_section is expected


def test_verdicts_keep_the_order_of_the_citations() -> None:
    cited = [passage(3, 2, STALL), passage(2, 1, "nobody pays twice"), passage(2, 1, "nobody pays thrice")]
    assert [verdict.citation for verdict in verify(TOWN, MARKS, iter(cited))] == cited


def test_the_number_of_words_is_part_of_a_citation() -> None:
    wrong = CitedPassage(2, 1, fingerprint(["nobody", "pays", "twice"]), 4)
    assert verify(TOWN, MARKS, [wrong, passage(2, 1, "nobody pays twice")])[0].kind == VerdictKind.MISSING


def test_citations_of_a_text_are_all_found_in_it_again() -> None:
    cited = [cite(TOWN, MARKS, anchor) for anchor in ("The fish market", "Licences", "Pupils may choose")]
    assert {verdict.kind for verdict in verify(TOWN, MARKS, cited)} == {VerdictKind.FOUND}


def test_a_missing_heading_does_not_hide_the_other_sections() -> None:
    text = TOWN.replace("## Markets", "## Stalls")
    assert missing_headings(text, MARKS) == [MARKS[1]]
    assert [verdict.kind for verdict in verify(text, MARKS, [passage(3, 1, "lessons")])] == [VerdictKind.FOUND]


# -- the reports


def fixture_rows(model: str) -> list[dict[str, Any]]:
    """Return the fields of every row of `model` in the fixtures."""
    files = sorted((ROOT / "fixtures").glob("*.json"))
    rows = [row for file in files for row in json.loads(file.read_text(encoding="utf-8"))]
    return [row["fields"] for row in rows if row["model"] == model]


def marks_of(key: str) -> list[SectionMark]:
    """Return the section marks of a source in the fixtures; skip the test where it has none."""
    rows = [row for row in fixture_rows("practices.section") if row["source"] == [key]]
    if not rows:
        pytest.skip(f"the fixtures have no sections of {key}")
    return [
        SectionMark(row["position"], row["heading_fingerprint"], row["heading_words"], row["title"])
        for row in sorted(rows, key=lambda row: row["position"])
    ]


def report(key: str) -> str:
    return (SOURCES / FILES[key]).read_text(encoding="utf-8")


def open_pairs(text: str) -> Iterator[tuple[Paragraph, Paragraph]]:
    """Yield each paragraph that is no heading and closes nothing, with the one that follows it."""
    for above, below in pairwise(paragraphs(text)):
        if not above.heading and not re.search(r"([.!?:;][\"”')\]>*_]*\s?\d*|www\.\S+)$", above.text):
            yield above, below


@pytest.mark.sources
@pytest.mark.parametrize("key", FILES)
def test_no_paragraph_of_a_report_goes_on_in_the_next(key: str) -> None:
    lines = report(key).splitlines()
    for above, below in open_pairs(report(key)):
        first = re.sub(r"[\W_]+", "", below.text)[:1]
        is_bullet = re.match(r"[-•]|o ", lines[below.line - 1].strip())
        assert is_bullet or not first.islower(), f"line {below.line} goes on with line {above.line}"


@pytest.mark.sources
@pytest.mark.parametrize(
    ("key", "unclosed"),
    [("idm-11", 1), ("background-2006", 0), ("unitar-2007", 0), ("idm-2010", 0)],
    ids=lambda value: str(value),
)
def test_paragraphs_of_several_sentences_are_closed_but_where_the_report_forgot_it(key: str, unclosed: int) -> None:
    found = [above for above, _ in open_pairs(report(key)) if len(above.sentences) > 2]
    assert len(found) == unclosed, [paragraph.line for paragraph in found]


@pytest.mark.sources
@pytest.mark.parametrize("key", FILES)
def test_every_word_of_a_report_is_in_a_paragraph(key: str) -> None:
    lines = [line for line in report(key).splitlines() if not re.fullmatch(r"\W*\d*\W*", line)]
    bare = [re.sub(r"^\s*o (?=[A-Z])", "", line) for line in lines]
    kept = [word for paragraph in paragraphs(report(key)) for word in paragraph.words]
    assert sorted(kept) == sorted(words("\n".join(bare)))


@pytest.mark.sources
@pytest.mark.parametrize("key", FILES)
def test_every_section_of_the_fixtures_is_found_with_its_paragraphs(key: str) -> None:
    sections = sections_of(paragraphs(report(key)), marks_of(key))
    counts = {row["position"]: row["paragraphs"] for row in fixture_rows("practices.section") if row["source"] == [key]}
    assert {position: len(found) for position, found in sections.items()} == counts


@pytest.mark.sources
@pytest.mark.parametrize("key", FILES)
def test_every_citation_of_the_fixtures_is_found_where_it_says(key: str) -> None:
    marks = marks_of(key)
    cited = [
        CitedPassage(row["section"][1], row["paragraph"], row["fingerprint"], row["words"])
        for row in fixture_rows("practices.citation")
        if row["section"][0] == key
    ]
    lost = [verdict for verdict in verify(report(key), marks, cited) if not verdict.in_section]
    misplaced = [verdict for verdict in verify(report(key), marks, cited) if verdict.kind == VerdictKind.ELSEWHERE]
    assert (lost, misplaced) == ([], [])
