"""Writing the sections of a new report, and why paragraphs of a section are not used."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction

from practices.curation.publishing import refresh_public_data
from practices.models import ParagraphNote, Section, Source
from practices.provenance.outline import Heading, lengths, marks_of
from practices.provenance.paragraphs import Paragraph


class SectionsThere(Exception):
    """A source has sections already; nothing was written."""


class NewSection(NamedTuple):
    """A heading of a text with what the section that it begins is called."""

    heading: Heading
    number: str
    title: str
    page: int | None


@transaction.atomic
def begin_sections(source: Source, sections: Sequence[NewSection], split: Sequence[Paragraph]) -> int:
    """Make the sections of a source that has none, with their paragraphs and fingerprints; returns how many.

    `split` are the paragraphs of its text. A section stands under the one before it of a lower level. Raises
    SectionsThere where it has any.
    """
    Source.objects.select_for_update().get(pk=source.pk)
    if source.sections.exists():
        raise SectionsThere
    headings = [section.heading for section in sections]
    above: list[tuple[int, Section]] = []
    for new, mark, length in zip(sections, marks_of(headings, split), lengths(headings, split), strict=True):
        above = [heading for heading in above if heading[0] < new.heading.level]
        section = Section.objects.create(
            source=source,
            parent=above[-1][1] if above else None,
            position=mark.position,
            number=new.number,
            title=new.title,
            heading_fingerprint=mark.fingerprint,
            heading_words=mark.words,
            paragraphs=length or 0,
            page=new.page,
        )
        above.append((new.heading.level, section))
    _shown(source)
    return len(sections)


@transaction.atomic
def note_unused(section: Section, paragraphs: Iterable[int], reason: str) -> int:
    """Note why some paragraphs are not used, as far as no note says so yet; returns how many were noted."""
    number_made = 0
    for number in paragraphs:
        values = {"defaults": {"reason": reason}}
        number_made += ParagraphNote.objects.get_or_create(section=section, paragraph=number, **values)[1]
    if number_made:
        _shown(section.source)
    return number_made


def _shown(source: Source) -> None:
    if source.is_published:
        refresh_public_data(())
