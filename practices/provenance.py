"""Where a cited passage stands in a text, and how it is recognised there without being stored.

A citation holds no text, only the section, the number of the paragraph within it, the fingerprint of the words at
which the cited sentence starts, and how many words those are: ten, or all of a shorter sentence. Whoever holds the
text can verify it. Nothing here knows of the database.

What a paragraph is
-------------------
Texts taken from printed pages break their lines and pages anywhere, so one rule decides, in `paragraphs`.

A paragraph ends

1. at a blank line. A page number, a rule such as `---` and a form feed count as blank, and are no text;
2. before and after a heading: a Markdown heading, a line of capitals, or a line of at most twelve words that starts
   with a capital or a digit, has no closing punctuation, stands alone (in hard-wrapped text: is short), and is not
   followed by a line that goes on in lower case;
3. before a bullet: `- `, `* `, `+ `, `o ` before a capital, a round or square bullet, or a private-use character,
   which is what a symbol font leaves behind; the mark itself is not part of the paragraph;
4. before a line indented more than the one above, unless it is aligned with the text of a bullet;
5. after a line that closes a sentence clearly short of full width. Full width is the length that 95 lines in 100 do
   not exceed, and clearly short is less than nine tenths of it. Where full width is over 120 characters, the lines
   are whole paragraphs, and each line that closes a sentence ends one.

None of 1, 4 and 5 holds inside a sentence. The text is inside one where the line above closes nothing (no full stop,
question or exclamation mark, colon or semicolon) and one of these is true:

- the line below starts in lower case (also where the one above ends with a semicolon);
- the line above ends with a comma, a hyphen, a word that ends no sentence ("with"), or an abbreviation such as "Mr."
  right after a word;
- the text is hard-wrapped, and the line above is of full width and does not end with a web address.

A line of capitals is no heading where the second of these is true. No sentence is cut by these rules.

What stands at the foot or head of a page inside a sentence is not part of it: a running head (a short line that occurs
three times or more) is dropped, and a footnote that ends with a web address becomes a paragraph of its own after the
one that it interrupts.
"""

import hashlib
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple, Self

#: the number of words that a fingerprint covers, where the sentence has so many
WINDOW = 10

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words(text: str) -> list[str]:
    """Return the words of `text` as fingerprints see them: folded runs of letters and digits."""
    return [match[0].casefold() for match in WORD.finditer(_normalised(text))]


def fingerprint(words: Sequence[str]) -> str:
    """Return the SHA-256 of up to ten first words, joined by single spaces, in hexadecimal."""
    return hashlib.sha256(" ".join(words[:WINDOW]).encode()).hexdigest()


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("’", "'")


# ---------------------------------------------------------------------------------------------- paragraphs


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, without the mark of its bullet or heading. `line` is the number of its first line in the text."""

    text: str
    line: int
    heading: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words as fingerprints see them."""
        return tuple(words(self.text))

    @cached_property
    def sentences(self) -> tuple[int, ...]:
        """The number of words before each of its sentences."""
        return self._words_before(_sentence_offsets(self.text))

    @cached_property
    def openings(self) -> tuple[int, ...]:
        """The number of words before each place where a citation may start: its sentences, with or without "1."."""
        numbers = (ENUMERATOR.match(self.text, offset) for offset in _sentence_offsets(self.text))
        return self.sentences + self._words_before(number.end() for number in numbers if number)

    def _words_before(self, offsets: Iterable[int]) -> tuple[int, ...]:
        wanted = set(offsets)
        return tuple(number for number, word in enumerate(WORD.finditer(self.text)) if word.start() in wanted)


def paragraphs(text: str) -> list[Paragraph]:
    """Split `text` into its paragraphs, by the rule that the module's docstring defines."""
    lines = _lines(_normalised(text))
    layout = _Layout.of(lines)
    found: list[Paragraph] = []
    block = _Block()
    for position, line in enumerate(lines):
        if block.lines and layout.is_foot_of_page(block, lines[position : position + FOOT_LINES]):
            block.notes += [line] if _ends_with_address(line.text) else []
            continue
        if block.lines and layout.starts_paragraph(block, line):
            found += block.paragraphs()
            block = _Block()
        if not block.lines:
            block.heading = layout.is_heading(line)
        block.lines.append(line)
    return found + block.paragraphs()


#: how far to look for the end of what stands between two pages
FOOT_LINES = 8
#: a longer line than this is no printed line
PRINTED_WIDTH = 120
HEADING_WORDS = 12
CAPITALS_WORDS = 20

PAGE_NUMBER = re.compile(r"[\s\-–|\[(]*(?:page\s+)?\d{1,3}[\s\-–|\])]*", re.IGNORECASE)
BULLET = re.compile(r"[-*+]\s+|o\s+(?=[\"“‘'(]*[^\W\d_a-z])|[•‣▪▫■□●○◦·\ue000-\uf8ff]\s*")
MARKDOWN_HEADING = re.compile(r"#{1,6}\s+")
MARK = re.compile(rf"^(?:{BULLET.pattern}|{MARKDOWN_HEADING.pattern})")
WEB_ADDRESS = ("http://", "https://", "www.")
NOT_OPENING = re.compile(r"[^\w,;)]*")

#: what may stand between a full stop and the end of the line, besides the number of a footnote
CLOSERS = r"[\"”'»)\]*_]*+"
SENTENCE_END = re.compile(rf"[.!?]{CLOSERS}\s?\d{{0,3}}{CLOSERS}$")
STOP = re.compile(rf"[.!?:;]{CLOSERS}\s?\d{{0,3}}{CLOSERS}$")
#: a decimal, unlike a year with the number of a footnote, such as 1999.4
DECIMAL_END = re.compile(r"(?<!\d)\d{1,3}\.\d{1,3}$")

#: no sentence ends with one of these
UNENDING = frozenset(
    WORD.findall(
        "a an the and or nor but of to in on at by for from with without into onto upon over under between among"
        " through during within than that which who whose whom as is are was were be been being has have had can could"
        " may might must shall should will would if when while because since its their his her our these those such"
        " both either every"
    )
)


class _Line(NamedTuple):
    """A line that holds words."""

    number: int
    text: str
    indent: int
    after_gap: bool
    next_text: str
    before_gap: bool


@dataclass
class _Block:
    """The lines of the paragraph that is being read, and the footnotes that interrupted it."""

    heading: bool = False
    lines: list[_Line] = field(default_factory=list)
    notes: list[_Line] = field(default_factory=list)

    @property
    def last(self) -> _Line:
        return self.lines[-1]

    def paragraphs(self) -> list[Paragraph]:
        if not self.lines:
            return []
        text = " ".join([MARK.sub("", self.lines[0].text), *(line.text for line in self.lines[1:])])
        own = Paragraph(text, self.lines[0].number, self.heading)
        return [own, *(Paragraph(note.text, note.number) for note in self.notes)]


def _lines(text: str) -> list[_Line]:
    """Return the lines of `text` that hold words, each with what stands around it."""
    raw = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [(number, line) for number, line in enumerate(raw, 1) if _holds_words(line)]
    numbers = [-1, *(number for number, _ in kept), len(raw) + 2]
    return [
        _Line(
            number=number,
            text=line.strip(),
            indent=_indent(line),
            after_gap=number > previous + 1 or "\f" in line,
            next_text=raw[following - 1].strip() if following <= len(raw) else "",
            before_gap=following > number + 1,
        )
        for previous, (number, line), following in zip(numbers, kept, numbers[2:], strict=False)
    ]


def _holds_words(line: str) -> bool:
    return bool(WORD.search(line)) and not PAGE_NUMBER.fullmatch(line)


def _indent(line: str) -> int:
    line = line.lstrip("\f").expandtabs()
    return len(line) - len(line.lstrip())


@dataclass(frozen=True)
class _Layout:
    """How a text is set: its full width, none where lines are whole paragraphs, and its running heads."""

    width: int | None
    running_heads: frozenset[str]

    @classmethod
    def of(cls, lines: Sequence[_Line]) -> Self:
        lengths = sorted(len(line.text) for line in lines) or [0]
        width = lengths[(len(lengths) - 1) * 95 // 100]
        counts = Counter(_without_digits(line.text) for line in lines)
        heads = {head for head, count in counts.items() if count >= 3 and 2 <= len(words(head)) <= HEADING_WORDS}
        return cls(width if width <= PRINTED_WIDTH else None, frozenset(heads))

    def starts_paragraph(self, block: _Block, line: _Line) -> bool:
        """Whether `line` starts a paragraph after `block`."""
        if BULLET.match(line.text) or MARKDOWN_HEADING.match(line.text):
            return True
        if block.heading or _is_in_capitals(line.text):
            return not _is_unending(block.last.text)
        if self.is_inside_sentence(block, line):
            return False
        if line.after_gap or _is_indented(block.last, line):
            return True
        return _closes_sentence(block.last.text) and self.is_short(block.last)

    def is_inside_sentence(self, block: _Block, line: _Line) -> bool:
        """Whether the sentence that `block` ends with goes on in `line`."""
        above = block.last
        if _closes(above.text):
            return _starts_lower(line.text) and (not line.after_gap or above.text.endswith(";"))
        if _starts_lower(line.text) or _is_unending(above.text):
            return True
        return bool(self.width) and not self.is_short(above) and not _ends_with_address(above.text)

    def is_short(self, line: _Line) -> bool:
        """Whether `line` is clearly short of full width. Where lines are whole paragraphs, each counts as short."""
        return self.width is None or len(line.text) < self.width * 0.9

    def is_heading(self, line: _Line) -> bool:
        """Whether `line` is a heading, given that it does not go on with a sentence."""
        if MARKDOWN_HEADING.match(line.text) or _is_in_capitals(line.text):
            return True
        alone = line.after_gap and line.before_gap if self.width is None else self.is_short(line)
        return (
            alone
            and not BULLET.match(line.text)
            and len(words(line.text)) <= HEADING_WORDS
            and not _starts_lower(line.text)
            and not _closes(line.text)
            and not _is_unending(line.text)
            and not _starts_lower(line.next_text)
        )

    def is_foot_of_page(self, block: _Block, lines: Sequence[_Line]) -> bool:
        """Whether the first of `lines` stands between two pages, inside the sentence that `block` ends with."""
        if block.heading or _closes(block.last.text):
            return False
        between = 0
        while between < len(lines) and self._may_stand_between_pages(lines[between]):
            between += 1
        if not 0 < between < len(lines):
            return False
        notes = any(_ends_with_address(line.text) for line in lines[:between])
        # a web address may also be the sentence's own; only a line indented as pages begin makes it a footnote
        return _starts_lower(lines[between].text) and (lines[between].indent > 0 or not notes)

    def _may_stand_between_pages(self, line: _Line) -> bool:
        return _without_digits(line.text) in self.running_heads or _ends_with_address(line.text)


def _without_digits(text: str) -> str:
    return " ".join(re.sub(r"\d+", "", text).split())


def _ends_with_address(text: str) -> bool:
    return text.rpartition(" ")[2].lstrip("<([").startswith(WEB_ADDRESS)


def _is_in_capitals(text: str) -> bool:
    return text.isupper() and len(words(text)) <= CAPITALS_WORDS and not text.endswith((".", ",", ";"))


def _is_indented(above: _Line, line: _Line) -> bool:
    bullet = BULLET.match(above.text)
    return line.indent > above.indent and not (bullet and line.indent == above.indent + bullet.end())


def _starts_lower(text: str) -> bool:
    """Whether `text` goes on with something: a small letter, or a mark that starts no sentence."""
    first = text[NOT_OPENING.match(text).end() :][:1]  # type: ignore[union-attr]
    return first.islower() or first in tuple(",;)")


def _closes(text: str) -> bool:
    """Whether a line closes a sentence or a part of one."""
    return bool(STOP.search(text)) and not DECIMAL_END.search(text) and not _is_unending(text)


def _closes_sentence(text: str) -> bool:
    return bool(SENTENCE_END.search(text)) and _closes(text)


def _is_unending(text: str) -> bool:
    """Whether a line cannot be the end of a sentence."""
    before, _, last = text.rstrip("*_").rpartition(" ")
    if last.endswith((",", "-", "–", "&", "/")) or last.casefold().strip("\"“‘'([") in UNENDING:
        return True
    # "they asked Mr." goes on; "Fisher, Mr." in a list of names does not
    return last.endswith(".") and _is_abbreviation(last[:-1], "") and before[-1:].isalnum()


# ----------------------------------------------------------------------------------------------- sentences

BOUNDARY = re.compile(rf"(?<![.!?])[.!?]++{CLOSERS}\d{{0,3}}+{CLOSERS}\s++")
#: the number of a list's item or of a footnote
ENUMERATOR = re.compile(r"\d{1,3}[.)]?\s+(?=[\"“‘'(\[*_]*[^\W\d_a-z])[\"“‘'(\[*_]*")
#: how far back to look for what a full stop belongs to
LONGEST_TOKEN = 40
INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
SHORTENED = frozenset(WORD.findall("mr mrs ms mme dr prof st sr sra jr cf vs viz approx ca"))
#: abbreviations only where a number follows
BEFORE_NUMBER = frozenset(WORD.findall("no nos art arts sec fig p pp vol vols para paras chap"))


def _sentence_offsets(text: str) -> list[int]:
    """Return where the first word of each sentence of `text` starts."""
    first = WORD.search(text)
    if not first:
        return []
    offsets = [first.start()]
    for match in BOUNDARY.finditer(text):
        word = WORD.search(text, match.end())
        before = text[max(offsets[-1], match.start() - LONGEST_TOKEN) : match.start()]
        if word and _ends_sentence(before, match[0], word[0]):
            offsets.append(word.start())
    return offsets


def _ends_sentence(before: str, mark: str, following: str) -> bool:
    """Whether `mark`, between the sentence so far and the word after it, ends the sentence."""
    if not (following[0].isupper() or following[0].isdigit()):
        return False
    if not mark.startswith("."):
        return True
    is_number = before.isdigit() or DECIMAL_END.search(before + mark.rstrip())
    return not is_number and not _is_abbreviation(before.rpartition(" ")[2], following)


def _is_abbreviation(token: str, following: str) -> bool:
    """Whether the full stop after `token` only shortens it, `following` being the next word if known."""
    token = token.casefold().strip("\"“‘'([*_")
    if token in BEFORE_NUMBER:
        return following[:1].isdigit()
    return token in SHORTENED or bool(INITIALS.fullmatch(token))


# ------------------------------------------------------------------------------------------------ sections


#: so many words at the start of a paragraph are a heading even where no sentence ends with them
OPENING_WORDS = 5


class ProvenanceError(ValueError):
    """Something that a text was said to hold, and does not."""


class HeadingNotFoundError(ProvenanceError):
    """A section's heading stands nowhere after the heading of the section before it."""


class AnchorError(ProvenanceError):
    """An anchor that points at no sentence, or at several."""


@dataclass(frozen=True)
class SectionMark:
    """How a section is recognised: the fingerprint of its heading, and the number of words in the whole heading.

    `title` only serves messages.
    """

    position: int
    fingerprint: str
    words: int
    title: str = ""

    @classmethod
    def of(cls, position: int, heading: str, title: str = "") -> Self:
        """Return the mark of the section with this `heading`."""
        found = words(heading)
        return cls(position, fingerprint(found), len(found), title)

    def __str__(self) -> str:
        return f"{self.position} ({self.title})" if self.title else str(self.position)


class Place(NamedTuple):
    """A paragraph of a section. Section 0 is what stands before the first heading."""

    section: int
    paragraph: int


@dataclass(frozen=True)
class Passage:
    """A sentence as a citation stores it: where it stands, and the fingerprint of its first words."""

    section: int
    paragraph: int
    fingerprint: str
    words: int

    @property
    def place(self) -> Place:
        return Place(self.section, self.paragraph)


def locate(paragraphs: Sequence[Paragraph], marks: Sequence[SectionMark]) -> dict[int, list[Paragraph]]:
    """Return the paragraphs of each section by its position: what stands between its heading and the next.

    Paragraphs are numbered from 1 in the order of their list. A heading by itself is no paragraph of its section;
    one that opens a longer paragraph is part of it. Raise HeadingNotFoundError, naming it, where a heading is not
    found after the one before it.
    """
    reading = Reading(paragraphs, marks)
    reading.check()
    sections: dict[int, list[Paragraph]] = {mark.position: [] for mark in marks}
    for paragraph, place in zip(paragraphs, reading.places, strict=True):
        if place.section and place.paragraph:
            sections[place.section].append(paragraph)
    return sections


def cite(text: str, marks: Sequence[SectionMark], anchor: str, nth: int | None = None) -> Passage:
    """Return the passage of the sentence that starts with the words of `anchor`.

    Without `nth`, the anchor must start one sentence only; with it, the nth place where its words occur is meant.
    Raise AnchorError where the words are not found, start no sentence, or start several.
    """
    return _read(text, tuple(marks)).passage(anchor, nth)


class Reading:
    """Paragraphs as one run of words, with the section and paragraph in which each word stands."""

    def __init__(self, paragraphs: Sequence[Paragraph], marks: Sequence[SectionMark]) -> None:
        self.words = [word for paragraph in paragraphs for word in paragraph.words]
        self.offsets = [0, *accumulate(len(paragraph.words) for paragraph in paragraphs)]
        starts = list(zip(self.offsets[:-1], paragraphs, strict=True))
        self.sentences = [offset + word for offset, paragraph in starts for word in paragraph.sentences]
        self.openings = frozenset(offset + word for offset, paragraph in starts for word in paragraph.openings)
        self.missing: list[SectionMark] = []
        self.places = list(self._places(self._headings(marks), [paragraph.heading for paragraph in paragraphs]))

    def check(self) -> None:
        """Raise HeadingNotFoundError where a section is missing."""
        if self.missing:
            raise HeadingNotFoundError(f"The heading of section {self.missing[0]} is not found where it should stand.")

    def place(self, word: int) -> Place:
        """Return where the word with this number stands. A heading counts with the first paragraph below it."""
        section, paragraph = self.places[bisect_right(self.offsets, word) - 1]
        return Place(section, max(1, paragraph))

    def passage(self, anchor: str, nth: int | None) -> Passage:
        """Return the passage whose sentence starts with the words of `anchor`."""
        start = self._start(anchor, nth)
        following = bisect_right(self.sentences, start)
        end = self.sentences[following] if following < len(self.sentences) else len(self.words)
        window = self.words[start : min(end, start + WINDOW)]
        return Passage(*self.place(start), fingerprint(window), len(window))

    def windows(self, size: int) -> Iterator[tuple[int, str]]:
        """Yield each run of `size` words: the number of its first word, and its fingerprint."""
        for start in range(len(self.words) - size + 1):
            yield start, fingerprint(self.words[start : start + size])

    def _headings(self, marks: Sequence[SectionMark]) -> dict[int, SectionMark]:
        """Return the mark found at each paragraph that starts a section; those not found go to `missing`."""
        found: dict[int, SectionMark] = {}
        after = 0
        for mark in marks:
            index = self._find_heading(mark, after)
            if index is None:
                self.missing.append(mark)
            else:
                found[index], after = mark, index + 1
        return found

    def _find_heading(self, mark: SectionMark, after: int) -> int | None:
        """Return the first paragraph from `after` on that is this heading, or else that opens with it."""
        size = min(mark.words, WINDOW)
        starts = [
            index
            for index, offset in enumerate(self.offsets[after:-1], after)
            if fingerprint(self.words[offset : offset + size]) == mark.fingerprint
        ]
        alone = (index for index in starts if self._ends_at(self.offsets, index, mark))
        # "Work 3" in a list of contents does not open with the heading "Work"; "Work. It is …" does
        opening = (i for i in starts if mark.words >= OPENING_WORDS or self._ends_at(self.sentences, i, mark))
        return next(alone, next(opening, None))

    def _ends_at(self, bounds: Sequence[int], index: int, mark: SectionMark) -> bool:
        end = self.offsets[index] + mark.words
        position = bisect_left(bounds, end)
        return position < len(bounds) and bounds[position] == end

    def _places(self, headings: dict[int, SectionMark], is_heading: Sequence[bool]) -> Iterator[Place]:
        """Yield the place of each paragraph, numbered 0 where it is the heading of its section or part of that."""
        section = number = heading_words = 0
        for index, (start, end) in enumerate(pairwise(self.offsets)):
            mark = headings.get(index)
            if mark:
                section, number, heading_words = mark.position, 0, mark.words
            if end - start <= heading_words or (mark and is_heading[index]):
                heading_words -= end - start
            else:
                number, heading_words = number + 1, 0
            yield Place(section, number)

    def _start(self, anchor: str, nth: int | None) -> int:
        """Return the number of the word at which the sentence that `anchor` means starts."""
        found = self._occurrences(words(anchor))
        if nth is not None:
            found = found[nth - 1 : nth] if nth > 0 else []
        if not found:
            raise AnchorError(f"Not found in the text: “{anchor}”")
        starts = [word for word in found if word in self.openings]
        if not starts:
            raise AnchorError(f"Not at the start of a sentence or bullet ({self._where(found)}): “{anchor}”")
        if len(starts) > 1:
            raise AnchorError(f"At {len(starts)} places ({self._where(starts)}), so add words or say which: “{anchor}”")
        return starts[0]

    def _occurrences(self, anchor: list[str]) -> list[int]:
        positions = self._positions[anchor[0]] if anchor else []
        return [word for word in positions if self.words[word : word + len(anchor)] == anchor]

    def _where(self, found: Iterable[int]) -> str:
        return "; ".join(f"section {place.section}, paragraph {place.paragraph}" for place in map(self.place, found))

    @cached_property
    def _positions(self) -> defaultdict[str, list[int]]:
        positions: defaultdict[str, list[int]] = defaultdict(list)
        for position, word in enumerate(self.words):
            positions[word].append(position)
        return positions


@lru_cache(maxsize=8)
def _read(text: str, marks: tuple[SectionMark, ...]) -> Reading:
    """Return the reading of a text, kept for the next anchor: hundreds are cited from the same few texts."""
    reading = Reading(paragraphs(text), marks)
    reading.check()
    return reading


# -------------------------------------------------------------------------------------------- verification


class Outcome(StrEnum):
    """What became of a citation. The values are words of the report."""

    FOUND = "found"
    REPEATED = "found more than once"
    ELSEWHERE = "in another place"
    MISSING = "missing"


@dataclass(frozen=True)
class Verdict:
    """What a text says of a citation: the outcome, and every place where its words stand."""

    citation: Passage
    outcome: Outcome
    places: tuple[Place, ...] = ()

    @property
    def in_section(self) -> bool:
        """Whether its words stand in the section that it names."""
        return any(place.section == self.citation.section for place in self.places)

    @property
    def others(self) -> tuple[Place, ...]:
        """The places besides the one cited; the cited one too if its words stand there more than once."""
        others = list(self.places)
        if self.citation.place in others:
            others.remove(self.citation.place)
        return tuple(others)


def verify(text: str, marks: Sequence[SectionMark], citations: Iterable[Passage]) -> list[Verdict]:
    """Return the verdict on each citation, in their order.

    Every window of the text is hashed, so that a citation is found wherever it stands. A section whose heading is
    missing is passed over here (`missing_headings` names it): what it held is then found in the section before it.
    """
    citations = list(citations)
    reading = Reading(paragraphs(text), marks)
    found: dict[tuple[int, str], list[Place]] = {(citation.words, citation.fingerprint): [] for citation in citations}
    for size in {citation.words for citation in citations}:
        for start, window in reading.windows(size):
            if (size, window) in found:
                found[size, window].append(reading.place(start))
    return [_verdict(citation, tuple(found[citation.words, citation.fingerprint])) for citation in citations]


def missing_headings(text: str, marks: Sequence[SectionMark]) -> list[SectionMark]:
    """Return the sections whose headings are not found where they should stand."""
    return Reading(paragraphs(text), marks).missing


def _verdict(citation: Passage, places: tuple[Place, ...]) -> Verdict:
    if not places:
        return Verdict(citation, Outcome.MISSING)
    if citation.place not in places:
        return Verdict(citation, Outcome.ELSEWHERE, places)
    return Verdict(citation, Outcome.FOUND if len(places) == 1 else Outcome.REPEATED, places)
