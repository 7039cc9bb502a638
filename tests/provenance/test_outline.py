"""The sections proposed for a new report, on a made-up one and, where they are, on the reports."""

import pytest

from practices.provenance.outline import Heading, heading_at, lengths, marks_of, propose
from practices.provenance.paragraphs import paragraphs
from practices.provenance.sections import Reading
from tests.report import REPORT, SECTIONS


def outline(text: str) -> list[tuple[int, str, str]]:
    """Return level, number and title of each proposed section."""
    return [(heading.level, heading.number, heading.title) for heading in propose(text)]


def test_the_tree_of_a_report_is_proposed_from_how_it_is_set() -> None:
    assert [(level, title) for level, _, title in outline(REPORT)] == [(level, title) for level, title, _ in SECTIONS]


def test_paragraphs_are_counted_and_headings_marked_so_that_each_is_found_again() -> None:
    split, headings = paragraphs(REPORT), propose(REPORT)
    assert lengths(headings, split) == [count for _, _, count in SECTIONS]
    assert Reading(split, marks_of(headings, split)).missing == []


def test_pages_come_from_the_table_of_contents_whose_lines_are_no_headings() -> None:
    pages = {heading.title: heading.page for heading in propose(REPORT) if heading.page}
    assert pages == {"INTRODUCTION": 3, "MARKETS": 4, "Fish": 4, "Bread": 5, "SCHOOLS": 7, "THE DAY": 4}


PROSE = "\n\nNobody there has ever asked what any of this is good for.\n\n"


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["# Fish", "### Cold fish", "# Bread"], [(1, "Fish"), (2, "Cold fish"), (1, "Bread")]),
        (["1. Fish", "1.1 Cold fish", "2. Bread"], [(1, "Fish"), (2, "Cold fish"), (1, "Bread")]),
        (["FISH", "Cold fish", "Warm fish", "BREAD"], [(1, "FISH"), (2, "Cold fish"), (2, "Warm fish"), (1, "BREAD")]),
        (["FISH", "Annex II: Of ice", "How cold"], [(1, "FISH"), (1, "Of ice"), (2, "How cold")]),
    ],
    ids=["markdown", "numbers", "capitals", "annex"],
)
def test_levels_follow_how_headings_are_set(headings: list[str], expected: list[tuple[int, str]]) -> None:
    text = "".join(f"{heading}{PROSE}" for heading in headings)
    assert [(level, title) for level, _, title in outline(text)] == expected


def test_a_text_without_headings_is_one_section() -> None:
    [(level, number, title)] = outline("Only one paragraph that is a sentence of its own, and no more than that.")
    assert (level, number, title) == (1, "", "Only one paragraph that is a sentence of its own,")


def test_numbered_sentences_and_run_in_headings_begin_sections() -> None:
    text = "\n".join(
        f"{number}. Give all {what} a number, so that nobody who comes has to ask.\n\nIt is easily done, and cheap.\n\n"
        f"Counting all of the {what}. That takes a morning, and it is done in pairs.\n- Pairs are drawn by lot.\n"
        for number, what in enumerate(("stalls", "half-boats", "ovens"), 1)
    )
    assert [level for level, _, _ in outline(text)] == [1, 2, 1, 2, 1, 2]
    assert outline(text)[3][2] == "Counting all of the half-boats."


def test_a_running_head_is_no_heading() -> None:
    pages = "\n\n".join(
        f"The Town {number}\n\nIt says something of the town, at some length." for number in range(1, 5)
    )
    assert all("Town" not in title for _, _, title in outline(f"START\n\nIt starts with a sentence or two.\n\n{pages}"))


def test_a_text_without_words_has_no_sections() -> None:
    assert propose("") == propose(" \n --- \n 12\n") == []


def test_a_heading_that_stands_alone_before_is_told() -> None:
    text = "# Contents\n\nFish\n\n# Ice\n\nIt is cold.\n\n# Fish\n\nIt is sold."
    split = paragraphs(text)
    fish = next(index for index in range(len(split) - 1, 0, -1) if split[index].text == "Fish")
    assert lengths([Heading(0, 1, "Contents"), Heading(fish, 1, "Fish")], split) == [0, None]


def test_a_heading_is_found_by_its_first_words() -> None:
    split = paragraphs(REPORT)
    found = heading_at(split, "Stalls are let")
    assert found
    assert (split[found.start].text[:14], found.words) == ("Stalls are let", 3)
    assert heading_at(split, "no such words") is heading_at(split, " … ") is None


@pytest.mark.sources
def test_most_headings_of_the_reports_are_proposed_and_little_else() -> None:
    from bench.outline import match
    from tests.provenance.test_provenance import FILES, SOURCES

    matches = [match(key, (SOURCES / file).read_text(encoding="utf-8-sig")) for key, file in FILES.items()]
    known, proposed, found, parents, counted = map(sum, zip(*matches, strict=True))
    assert found / known > 0.8
    assert found / proposed > 0.8
    assert parents / found > 0.9
    assert counted / found > 0.85
