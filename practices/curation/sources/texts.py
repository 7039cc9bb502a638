"""The texts of sources that curators load to work with: private files, kept for a day and never shown to readers.

The reports are their publishers'. So a text stands in a folder of its own, outside the database and what is backed up
with it, only for whom the site runs as; it enters no record, history, export, fixture or log. Every use of this module
removes the texts that have become too old, and so does `remove_old_texts`, for a timer.
"""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkstemp

from django.conf import settings
from django.utils.translation import gettext as _

from practices.curation.sources.verification import Verification, section_mark
from practices.models import Section, Source
from practices.provenance.fingerprints import words
from practices.provenance.paragraphs import Paragraph, paragraphs
from practices.provenance.sections import CitedPassage, Location, Reading
from practices.provenance.sentences import sentence_offsets

#: how long a text is kept, in seconds
KEPT = 24 * 60 * 60
#: the largest file that is taken, in bytes
LARGEST = 10 * 1024 * 1024
#: twenty times as many as the longest report has; a page that splits so many takes some seconds
MOST_WORDS = 400_000


class TextError(ValueError):
    """A file cannot be the text of a source; the message says why, in words for the curator."""


@dataclass(frozen=True)
class LoadedText:
    """The text of a source, as paragraphs with their places in its sections."""

    source: Source
    #: by position
    sections: dict[int, Section]
    reading: Reading
    paragraphs: list[Paragraph]

    @classmethod
    def of(cls, source: Source, text: str) -> "LoadedText":
        """Split a text by the sections of its source. One query."""
        sections = {section.position: section for section in source.sections.all()}
        for section in sections.values():
            section.source = source
        marks = [section_mark(section) for section in sections.values() if section.heading_fingerprint]
        split = paragraphs(text)
        return cls(source, sections, Reading(split, marks), split)

    @cached_property
    def found(self) -> set[int]:
        """The positions of the sections whose headings stand in the text."""
        return {location.section for location in self.reading.locations}

    @cached_property
    def _indexes(self) -> dict[Location, list[int]]:
        """Which of the paragraphs stand at each place; the heading of a section is its paragraph 0."""
        places: dict[Location, list[int]] = {}
        for index, location in enumerate(self.reading.locations):
            places.setdefault(location, []).append(index)
        return places

    def at(self, section: Section, paragraph: int) -> str:
        """Return the text of a paragraph, "" where it is not found."""
        indexes = self._indexes.get(Location(section.position, paragraph), [])
        return " ".join(self.paragraphs[index].text for index in indexes)

    def first_passage(self, section: Section, paragraph: int) -> CitedPassage | None:
        """Return the passage with which a paragraph begins, None where it is not found."""
        indexes = self._indexes.get(Location(section.position, paragraph))
        return self.reading.passage_at(self.reading.offsets[indexes[0]]) if indexes else None

    def sentences(self, section: Section, paragraph: int) -> list[str]:
        """Return the sentences of a paragraph, none where it is not found."""
        text = self.at(section, paragraph)
        offsets = sentence_offsets(text)
        return [text[start:end].strip() for start, end in zip(offsets, [*offsets[1:], len(text)], strict=True)]

    def name(self, location: Location) -> str:
        """Return a place in words."""
        section = self.sections.get(location.section)
        if section is None:
            return _("what precedes the first section")
        names = {"position": section.position, "title": section.numbered_title, "paragraph": location.paragraph}
        return _("section %(position)d (%(title)s), paragraph %(paragraph)d") % names


def decoded(data: bytes) -> str:
    """Return the text of a file. Raises TextError unless it holds words in UTF-8."""
    if data.startswith(b"%PDF"):
        raise TextError(_("This is a PDF. Save it as plain text first, for example with: pdftotext -layout report.pdf"))
    if len(data) > LARGEST:
        raise TextError(too_large())
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TextError(_("The file is no plain text in UTF-8. Save it again with this encoding.")) from None
    if "\0" in text:
        raise TextError(_("The file is no plain text."))
    count = len(words(text))
    if not count:
        raise TextError(_("The file holds no words."))
    if count > MOST_WORDS:
        raise TextError(_("The file holds more than %(n)d words. Load a part of it.") % {"n": MOST_WORDS})
    return text


def too_large() -> str:
    """Return what is said of a file that is larger than a text may be."""
    return _("The file is too large: a text has at most %(mb)d MB.") % {"mb": LARGEST // 1024**2}


def load(source: Source, text: str) -> None:
    """Keep the text of a source for a day, in place of one that was loaded before.

    Raises TextError where it is the text of something else.
    """
    if Verification.of(source, text).is_of_another_text:
        message = _("This is not the text of %(source)s: hardly any of its headings and citations are found there.")
        raise TextError(message % {"source": source})
    remove_old_texts()
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    number, new = mkstemp(dir=folder)  # which nobody else can read
    with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    Path(new).replace(_path(source))


def loaded_text(source: Source) -> LoadedText | None:
    """Return the text of a source with its paragraphs, None where none is loaded. One query."""
    text = raw_text(source)
    return None if text is None else LoadedText.of(source, text)


def raw_text(source: Source) -> str | None:
    """Return the text of a source as it was loaded, None where none is."""
    remove_old_texts()
    try:
        return _path(source).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def hours_left(source: Source) -> int | None:
    """Return for how many hours, rounded up, the text of a source is still kept; None where none is loaded."""
    remove_old_texts()
    try:
        age = time.time() - _path(source).stat().st_mtime
    except FileNotFoundError:
        return None
    return max(1, -int(-(KEPT - age) // 3600))


def forget(source: Source) -> None:
    """Delete the text of a source, if there is one."""
    _path(source).unlink(missing_ok=True)


def remove_old_texts() -> int:
    """Delete the texts that were loaded more than a day ago; returns how many."""
    old = [path for path in _files() if _is_old(path)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return Path(settings.KB_PRIVATE) / "texts"


def _path(source: Source) -> Path:
    return _folder() / f"{source.pk}.txt"


def _files() -> Iterable[Path]:
    folder = _folder()
    return list(folder.iterdir()) if folder.is_dir() else []


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > KEPT
    except FileNotFoundError:  # another process was quicker
        return False
