"""The paragraphs of a text: one rule, since texts taken from printed pages break their lines and pages anywhere.

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

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Self

from practices.provenance.fingerprints import WORD, normalised, words
from practices.provenance.sentences import CLOSERS, DECIMAL_END, ENUMERATOR, is_abbreviation, sentence_offsets


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
        return self._words_before(sentence_offsets(self.text))

    @cached_property
    def openings(self) -> tuple[int, ...]:
        """The number of words before each place where a citation may start: its sentences, with or without "1."."""
        numbers = (ENUMERATOR.match(self.text, offset) for offset in sentence_offsets(self.text))
        return self.sentences + self._words_before(number.end() for number in numbers if number)

    def _words_before(self, offsets: Iterable[int]) -> tuple[int, ...]:
        wanted = set(offsets)
        return tuple(number for number, word in enumerate(WORD.finditer(self.text)) if word.start() in wanted)


def paragraphs(text: str) -> list[Paragraph]:
    """Split `text` into its paragraphs, by the rule that the module's docstring defines."""
    lines = _lines(normalised(text))
    layout = _Layout.of(lines)
    result: list[Paragraph] = []
    block = _Block()
    for position, line in enumerate(lines):
        if block.lines and layout.is_foot_of_page(block, lines[position : position + FOOT_LINES]):
            block.notes += [line] if _ends_with_address(line.text) else []
            continue
        if block.lines and layout.starts_paragraph(block, line):
            result += block.paragraphs()
            block = _Block()
        if not block.lines:
            block.heading = layout.is_heading(line)
        block.lines.append(line)
    return result + block.paragraphs()


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

SENTENCE_END = re.compile(rf"[.!?]{CLOSERS}\s?\d{{0,3}}{CLOSERS}$")
STOP = re.compile(rf"[.!?:;]{CLOSERS}\s?\d{{0,3}}{CLOSERS}$")


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
    return last.endswith(".") and is_abbreviation(last[:-1], "") and before[-1:].isalnum()
