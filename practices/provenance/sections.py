"""The sections of a text: where each begins, and in which one and which paragraph a word stands."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple, Self

from practices.provenance.fingerprints import WINDOW, fingerprint, words
from practices.provenance.paragraphs import Paragraph, paragraphs

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
        heading_words = words(heading)
        return cls(position, fingerprint(heading_words), len(heading_words), title)

    def __str__(self) -> str:
        return f"{self.position} ({self.title})" if self.title else str(self.position)


class Location(NamedTuple):
    """A paragraph of a section. Section 0 is what stands before the first heading."""

    section: int
    paragraph: int


@dataclass(frozen=True)
class CitedPassage:
    """A sentence as a citation stores it: where it stands, and the fingerprint of its first words."""

    section: int
    paragraph: int
    fingerprint: str
    words: int

    @property
    def location(self) -> Location:
        return Location(self.section, self.paragraph)


def cite(text: str, marks: Sequence[SectionMark], anchor: str, nth: int | None = None) -> CitedPassage:
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
        self.locations = list(self._locations(self._headings(marks), [paragraph.heading for paragraph in paragraphs]))

    def check(self) -> None:
        """Raise HeadingNotFoundError where a section is missing."""
        if self.missing:
            raise HeadingNotFoundError(f"The heading of section {self.missing[0]} is not found where it should stand.")

    def location(self, word: int) -> Location:
        """Return where the word with this number stands. A heading counts with the first paragraph below it."""
        section, paragraph = self.locations[bisect_right(self.offsets, word) - 1]
        return Location(section, max(1, paragraph))

    def passage(self, anchor: str, nth: int | None) -> CitedPassage:
        """Return the passage whose sentence starts with the words of `anchor`."""
        return self.passage_at(self._start(anchor, nth))

    def passage_at(self, start: int) -> CitedPassage:
        """Return the passage that starts with the word of this number."""
        following = bisect_right(self.sentences, start)
        end = self.sentences[following] if following < len(self.sentences) else len(self.words)
        window = self.words[start : min(end, start + WINDOW)]
        return CitedPassage(*self.location(start), fingerprint(window), len(window))

    def windows(self, size: int) -> Iterator[tuple[int, str]]:
        """Yield each run of `size` words: the number of its first word, and its fingerprint."""
        for start in range(len(self.words) - size + 1):
            yield start, fingerprint(self.words[start : start + size])

    def _headings(self, marks: Sequence[SectionMark]) -> dict[int, SectionMark]:
        """Return the mark at each paragraph that starts a section; those of no paragraph go to `missing`."""
        headings: dict[int, SectionMark] = {}
        after = 0
        for mark in marks:
            index = self._find_heading(mark, after)
            if index is None:
                self.missing.append(mark)
            else:
                headings[index], after = mark, index + 1
        return headings

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

    def _locations(self, headings: dict[int, SectionMark], is_heading: Sequence[bool]) -> Iterator[Location]:
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
            yield Location(section, number)

    def _start(self, anchor: str, nth: int | None) -> int:
        """Return the number of the word at which the sentence that `anchor` means starts."""
        matches = self.occurrences(words(anchor))
        if nth is not None:
            matches = matches[nth - 1 : nth] if nth > 0 else []
        if not matches:
            raise AnchorError(f"Not found in the text: “{anchor}”")
        starts = [word for word in matches if word in self.openings]
        if not starts:
            raise AnchorError(f"Not at the start of a sentence or bullet ({self._where(matches)}): “{anchor}”")
        if len(starts) > 1:
            raise AnchorError(f"At {len(starts)} places ({self._where(starts)}), so add words or say which: “{anchor}”")
        return starts[0]

    def occurrences(self, anchor: list[str]) -> list[int]:
        """Return the number of the first word wherever these words stand one after the other."""
        positions = self._positions[anchor[0]] if anchor else []
        return [word for word in positions if self.words[word : word + len(anchor)] == anchor]

    def _where(self, matches: Iterable[int]) -> str:
        locations = map(self.location, matches)
        return "; ".join(f"section {location.section}, paragraph {location.paragraph}" for location in locations)

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


def missing_headings(text: str, marks: Sequence[SectionMark]) -> list[SectionMark]:
    """Return the sections whose headings are not found where they should stand."""
    return Reading(paragraphs(text), marks).missing
