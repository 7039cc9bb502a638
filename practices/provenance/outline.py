"""The sections of a new report, proposed from how its text is set; a person corrects them.

A heading is proposed where a paragraph is set as one, or where what follows shows that it is: a numbered sentence with
others of its series after it, or a paragraph with bullets of another kind below it, whose first sentence is then the
heading. A heading without any prose below it is proposed only if the table of contents names it, and what stands in
that table is none. How headings are set tells their levels: one set like an earlier one stands beside it, one set in a
new way stands under the heading above; parts and annexes stand at the top.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from practices.provenance.fingerprints import WINDOW, WORD, fingerprint, normalised, words
from practices.provenance.paragraphs import BULLET, SENTENCE_END, Paragraph, paragraphs
from practices.provenance.sections import OPENING_WORDS, Reading, SectionMark

#: how a heading is set: markdown level, part, capitals, numbered with its depth, run in, or plain
Style = tuple[str, int | str]

PART = re.compile(
    r"(?P<number>(?:part|annex|appendix|chapter)\s+(?:[ivxlc]+|\d+|[a-z])\b|(?:annex|appendix)(?=:))\W*(?P<title>.*)",
    re.IGNORECASE,
)
SERIES = re.compile(r"(?P<number>\d{1,2})[.)]\s+\D.*")
NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2})*[.)]?)\s+(?P<title>\D.*)")
MARKDOWN = re.compile(r"#{1,6}(?=\s)")
CONTENTS = ("contents", "table of contents")
ENTRY = re.compile(r"(?P<title>.*?\w)\W+(?P<page>\d{1,3})")
#: a paragraph of fewer words is no prose, and a numbered sentence of more is no heading
PROSE, LONGEST_SENTENCE = 8, 30
#: so often at least does a line occur that heads pages, not sections
RUNNING = 3
#: so many paragraphs without a page may stand between two entries of a table of contents
GAP = 4


@dataclass(frozen=True)
class Heading:
    """A heading: the number of its paragraph in the text, how many words it has from there, and what it says."""

    start: int
    words: int
    text: str
    style: Style = ("plain", 0)
    level: int = 1
    page: int | None = None

    @property
    def number(self) -> str:
        """The report's own number, "" where it gives none."""
        parts = _numbered(self.text)
        return parts["number"] if parts else ""

    @property
    def title(self) -> str:
        """What it says without its number."""
        parts = _numbered(self.text)
        return (parts["title"] if parts else self.text) or self.text


def propose(text: str) -> list[Heading]:
    """Return the headings of a text, in its order, the first of them at its first paragraph."""
    split = paragraphs(text)
    if not split:
        return []
    lines = normalised(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    pages, entries = _contents(split)
    headings = [*_set_as_headings(split, lines), *_numbered_sentences(split), *_run_in(split, lines)]
    headings = _without_running(sorted(headings, key=lambda heading: heading.start))
    headings = [heading for heading in headings if heading.start not in entries]
    known = {heading.start for heading in headings if _letters(heading.text) in pages or heading.start + 1 in entries}
    headings = list(_with_prose(headings, split, known))
    if not headings or headings[0].start:
        opening = split[0]
        size = len(opening.words) if opening.heading else min(len(opening.words), WINDOW)
        headings.insert(0, Heading(0, size, opening_text(opening, size)))
    return [replace(heading, page=pages.get(_letters(heading.text))) for heading in levelled(headings)]


def opening_text(paragraph: Paragraph, size: int) -> str:
    """Return the text of the first `size` words of a paragraph."""
    starts = [word.start() for word in WORD.finditer(paragraph.text)]
    return paragraph.text[: starts[size]].strip() if size < len(starts) else paragraph.text


def heading_at(split: Sequence[Paragraph], line: str) -> Heading | None:
    """Return the first paragraph that starts with the words of `line`, as a heading of these; None without any."""
    wanted = tuple(words(line))
    starts = (index for index, paragraph in enumerate(split) if paragraph.words[: len(wanted)] == wanted)
    index = next(starts, None) if wanted else None
    return None if index is None else Heading(index, len(wanted), " ".join(line.split()))


def marks_of(headings: Iterable[Heading], split: Sequence[Paragraph]) -> list[SectionMark]:
    """Return how the sections that these headings begin are recognised, numbered from 1."""
    return [
        SectionMark(
            position, fingerprint(_words_from(split, heading.start)[: min(heading.words, WINDOW)]), heading.words
        )
        for position, heading in enumerate(headings, 1)
    ]


def lengths(headings: Sequence[Heading], split: Sequence[Paragraph]) -> list[int | None]:
    """Return how many paragraphs each section has; None where its heading is found in another place of the text.

    A section is found by its words alone, in the order of the text: where the same words stand alone before, after the
    heading above, these would be taken for it.
    """
    reading = Reading(split, marks_of(headings, split))
    starts: dict[int, int] = {}
    counts: Counter[int] = Counter()
    for index, location in enumerate(reading.locations):
        starts.setdefault(location.section, index)
        counts[location.section] = max(counts[location.section], location.paragraph)
    return [
        counts[position] if starts.get(position) == heading.start else None
        for position, heading in enumerate(headings, 1)
    ]


def levelled(headings: Iterable[Heading]) -> Iterator[Heading]:
    """Yield headings with the levels that their styles tell; nothing stands under the title of the whole report."""
    headings, above = list(headings), list[Style]()
    for heading in headings:
        style = heading.style
        if heading is headings[0] and _is_title(headings):
            yield replace(heading, level=1)
            continue
        if style[0] == "part":
            above = []
        elif style[0] == "markdown":
            above = [style_above for style_above in above if style_above[0] == "markdown" and style_above[1] < style[1]]  # type: ignore[operator]
        elif style in above:
            above = above[: above.index(style)]
        above.append(style)
        yield replace(heading, level=len(above))


def _is_title(headings: list[Heading]) -> bool:
    """Whether the first heading is the title of the whole: it is set like no other, or right above the contents."""
    alike = sum(heading.style == headings[0].style for heading in headings)
    return alike == 1 or (len(headings) > 1 and headings[1].text.casefold() in CONTENTS)


# Candidates


def _set_as_headings(split: list[Paragraph], lines: list[str]) -> Iterator[Heading]:
    """Yield the paragraphs that are set as headings; where a text has marks of Markdown, only those that have them."""
    marks = {
        index: len(mark[0])
        for index, paragraph in enumerate(split)
        if paragraph.heading and (mark := MARKDOWN.match(lines[paragraph.line - 1].strip()))
    }
    for index, paragraph in enumerate(split):
        if paragraph.heading and (index in marks or len(marks) < RUNNING):
            text = paragraph.text.strip("*_ ")
            style: Style = ("markdown", marks[index]) if index in marks else _style(text)
            yield Heading(index, len(paragraph.words), text, style)


def _numbered_sentences(split: list[Paragraph]) -> Iterator[Heading]:
    """Yield single sentences that are numbered 1, 2, 3 …, with other text between them."""
    numbered = [
        (index, int(match["number"]))
        for index, paragraph in enumerate(split)
        if not paragraph.heading
        and len(paragraph.words) <= LONGEST_SENTENCE
        and (match := SERIES.fullmatch(paragraph.text))
    ]
    for (index, number), (following, after) in pairwise([*numbered, (len(split), -1)]):
        in_series = after == number + 1 or any(number == before + 1 for _, before in numbered)
        if in_series and following > index + 1:
            yield Heading(index, len(split[index].words), split[index].text, ("numbered", 1))


def _run_in(split: list[Paragraph], lines: list[str]) -> Iterator[Heading]:
    """Yield the first sentences of paragraphs that have bullets of another kind right below, of a text with several."""
    marks = [_mark(paragraph, lines) for paragraph in split]
    headings = [
        Heading(index, size, opening_text(paragraph, size), ("run in", 0))
        for index, paragraph in enumerate(split[:-1])
        if not paragraph.heading
        and marks[index + 1] not in ("", marks[index])
        and len(paragraph.sentences) > 1
        and SENTENCE_END.search(paragraph.text)
        and OPENING_WORDS <= (size := paragraph.sentences[1]) <= LONGEST_SENTENCE
    ]
    yield from headings if len(headings) >= RUNNING else ()


def _mark(paragraph: Paragraph, lines: list[str]) -> str:
    """Return the mark of the bullet that a paragraph is, which may stand on a line of its own; "" where it is none."""
    own = BULLET.match(lines[paragraph.line - 1].strip())
    if own:
        return own[0].strip()
    above = next((line.strip() for line in reversed(lines[: paragraph.line - 1]) if line.strip()), "")
    return above if len(above) == 1 and BULLET.match(f"{above} A") else ""


def _style(text: str) -> Style:
    if PART.fullmatch(text):
        return ("part", 0)
    if match := NUMBERED.fullmatch(text):
        return ("numbered", match["number"].strip(".)").count(".") + 1)
    return ("capitals", 0) if text.isupper() else ("plain", 0)


def _numbered(text: str) -> re.Match[str] | None:
    return PART.fullmatch(text) or NUMBERED.fullmatch(text)


# What is left of them


def _without_running(headings: list[Heading]) -> list[Heading]:
    lines = [_letters(heading.text.rstrip("0123456789 ")) for heading in headings]  # without the number of the page
    counts = Counter(lines)
    return [heading for heading, line in zip(headings, lines, strict=True) if counts[line] < RUNNING]


def _with_prose(headings: list[Heading], split: list[Paragraph], known: set[int]) -> Iterator[Heading]:
    """Yield the headings that have prose below them, right away or after further headings, and those that are known."""
    starts = [*(heading.start for heading in headings), len(split)]
    kept: list[Heading] = []
    for heading, (start, end) in zip(reversed(headings), reversed(list(pairwise(starts))), strict=True):
        below = split[start:end]
        leads_on = bool(kept) and end == kept[-1].start == start + 1 and kept[-1].style != heading.style
        if start in known or leads_on or heading.style[0] == "part" or any(map(_is_prose, below)):
            kept.append(heading)
    yield from reversed(kept)


def _is_prose(paragraph: Paragraph) -> bool:
    return not paragraph.heading and len(paragraph.words) >= PROSE and bool(SENTENCE_END.search(paragraph.text))


def _contents(split: list[Paragraph]) -> tuple[dict[str, int], range]:
    """Return the page of each entry of the table of contents, by its letters, and which paragraphs the entries are."""
    titles = (index for index, paragraph in enumerate(split) if " ".join(paragraph.words) in CONTENTS)
    start = next(titles, None)
    pages: dict[str, int] = {}
    if start is None:
        return pages, range(0)
    last = start
    for index, paragraph in enumerate(split[start + 1 :], start + 1):
        entry = ENTRY.fullmatch(paragraph.text)
        if entry:
            pages[_letters(entry["title"])], last = int(entry["page"]), index
        elif _is_prose(paragraph) or index > last + GAP:
            break
    return pages, range(start + 1, last + 1)


def _letters(text: str) -> str:
    return "".join(words(text))


def _words_from(split: Sequence[Paragraph], start: int) -> list[str]:
    """Return the first words of the text from a paragraph on, as many as a fingerprint covers."""
    words: list[str] = []
    for paragraph in split[start:]:
        words += paragraph.words
        if len(words) >= WINDOW:
            break
    return words
