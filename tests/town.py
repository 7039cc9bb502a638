"""A small report with its text, for tests of what only a text can tell: four paragraphs in two sections."""

from pathlib import Path
from typing import Any

from practices import models as kb
from practices.curation.sources.verification import Verification
from practices.provenance.sections import SectionMark, cite
from tests import factories

KEY = "town-report"
TEXT = """\
# Markets

The fish market opens at six. Stalls are let by the week.

Every stall has a number, and nearly sixty are let at any time.

# Schools

Pupils may choose between two languages from the first day on.

In 2005 the town opened twenty-eight classes for 1,500 pupils.
"""
MARKS = [SectionMark.of(1, "Markets"), SectionMark.of(2, "Schools")]


def make_town(key: str = KEY, **fields: object) -> kb.Source:
    """Return the report, public, with nothing cited from it yet."""
    source = factories.make_source(slug=key, **fields)
    source.sections.all().delete()
    for mark, title in zip(MARKS, ["Markets", "Schools"], strict=True):
        kb.Section.objects.create(
            source=source,
            position=mark.position,
            title=title,
            paragraphs=2,
            heading_fingerprint=mark.fingerprint,
            heading_words=mark.words,
        )
    return source


def cite_town(source: kb.Source, anchor: str, **changes: Any) -> kb.Citation:
    """Return a citation of the sentence that starts with `anchor`, changed as a mistake would change it."""
    passage = cite(TEXT, MARKS, anchor)
    values = {"section": passage.section, "paragraph": passage.paragraph}
    values |= {"fingerprint": passage.fingerprint, "words": passage.words, **changes}
    values["section"] = source.sections.get(position=values["section"])
    return kb.Citation.objects.create(**values)


def read_town(source: kb.Source, text: str = TEXT) -> list[Verification]:
    """Return what the text says of the report, as the gates take it."""
    return [Verification.of(source, text)]


def write_town(folder: Path, text: str = TEXT) -> Path:
    """Return a file that holds the text."""
    path = folder / "town.txt"
    path.write_text(text, encoding="utf-8")
    return path
