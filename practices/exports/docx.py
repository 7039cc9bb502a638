"""A brief as DOCX: real headings, tables and a numbered list of sources to which every number in the text leads.

python-docx knows no footnotes, so the notes stand at the end as bookmarked paragraphs. Nothing is fetched: the
document's style comes with python-docx. Text passes `_clean`, and lxml escapes it, so that no record writes XML.
"""

import re
from collections.abc import Iterable
from datetime import UTC
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import get_language
from docx import Document
from docx.document import Document as Docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from practices.exports.citation import NAME
from practices.pages.brief.content import Brief, BriefEntry, BriefGroup, CitedSource, Endnote, Fact

#: what XML 1.0 cannot hold
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
INK = RGBColor(0x0B, 0x52, 0x60)
#: sizes of the styles of the document, in points
SIZES = {"Normal": 9, "Title": 20, "Heading 1": 12, "Heading 2": 10, "List Bullet": 9, "List Number": 8}


def brief(brief: Brief) -> bytes:
    """Return the brief as the bytes of a document."""
    document = Document()
    _set_up(document, brief)
    headings = brief.headings()
    document.add_paragraph(_clean(brief.subject), style="Title")
    document.add_paragraph(_clean(brief.answer))
    document.add_paragraph(_clean(brief.reading_note))
    _table(document, headings["facts"], brief.facts)
    _groups(document, headings["practices"], brief.practices, brief.site, brief.dimension_note)
    if brief.more_note:
        document.add_paragraph(_clean(brief.more_note))
    _groups(document, headings["outcomes"], brief.outcomes, brief.site)
    _table(document, headings["actors"], brief.actors)
    _gaps(document, headings["gaps"], brief.gaps)
    _sources(document, headings["sources"], brief.sources)
    document.add_paragraph(_clean(brief.provenance))
    file = BytesIO()
    document.save(file)
    return _dated(file, brief)


def _dated(file: BytesIO, brief: Brief) -> bytes:
    """Return the archive with the date of the data on every part: the same brief is the same bytes."""
    dated = BytesIO()
    with ZipFile(file) as parts, ZipFile(dated, "w", ZIP_DEFLATED) as archive:
        for part in parts.infolist():
            part.date_time = brief.version.date.astimezone(UTC).timetuple()[:6]
            archive.writestr(part, parts.read(part), ZIP_DEFLATED)
    return dated.getvalue()


def _clean(text: str) -> str:
    """Return a text on one line without what a document cannot hold."""
    return " ".join(NOT_XML.sub(" ", text).split())


def _set_up(document: Docx, brief: Brief) -> None:
    """Give the document its properties, an A4 page, and styles small enough for two of them."""
    properties, date = document.core_properties, brief.version.date.astimezone(UTC).replace(tzinfo=None)
    properties.title, properties.subject = _clean(brief.title)[:255], _clean(brief.kicker)
    properties.author = properties.last_modified_by = str(NAME)
    properties.comments, properties.language = _clean(brief.provenance)[:255], get_language() or "en"
    properties.keywords = ""
    properties.created = properties.modified = date
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin = page.bottom_margin = Mm(15)
    for name, size in SIZES.items():
        style = document.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_after = Pt(2)
        style.paragraph_format.space_before = Pt(6 if name.startswith("Heading") else 0)
        if name.startswith(("Heading", "Title")):
            style.font.color.rgb = INK


def _table(document: Docx, heading: str, facts: list[Fact]) -> None:
    if not facts:
        return
    document.add_heading(_clean(heading), 1)
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for fact in facts:
        label, values = table.add_row().cells
        label.text, values.text = _clean(fact.label), _clean(str(fact))
        label.width, values.width = Mm(38), Mm(136)


def _groups(document: Docx, heading: str, groups: Iterable[BriefGroup], site: str, remark: str = "") -> None:
    for place, group in enumerate(groups):
        if place == 0:
            document.add_heading(_clean(heading), 1)
        if place == 0 and remark:
            document.add_paragraph(_clean(remark))
        document.add_heading(_clean(group.label), 2)
        for entry in group.entries:
            _entry(document.add_paragraph(style="List Bullet"), entry, site)


def _entry(paragraph: Paragraph, entry: BriefEntry, site: str) -> None:
    """Write a practice with its address, and numbers that lead to the sources."""
    address = paragraph.part.relate_to(site + entry.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    _link(paragraph, entry.title, {"r:id": address}, bold=True)
    aside = f" ({_clean(entry.aside)})" if entry.aside else ""
    paragraph.add_run(f"{aside}: {_clean(entry.text)}")
    for number in entry.notes:
        paragraph.add_run(" ")
        _link(paragraph, f"[{number}]", {"w:anchor": _bookmark(number)})


def _link(paragraph: Paragraph, text: str, target: dict[str, str], *, bold: bool = False) -> None:
    """Add a link: to an address by its relation, or to a bookmark by its name."""
    link = OxmlElement("w:hyperlink")
    for name, value in target.items():
        link.set(qn(name), value)
    run = paragraph.add_run(_clean(text))
    run.bold, run.font.color.rgb = bold or None, INK
    link.append(run._r)
    paragraph._p.append(link)


def _bookmark(number: int) -> str:
    return f"source_{number}"


def _gaps(document: Docx, heading: str, sentences: list[str]) -> None:
    if sentences:
        document.add_heading(_clean(heading), 1)
    for sentence in sentences:
        document.add_paragraph(_clean(sentence), style="List Bullet")


def _sources(document: Docx, heading: str, sources: list[CitedSource]) -> None:
    """Write the sources, each with its notes; the numbers are text, as they are those of the brief everywhere."""
    if sources:
        document.add_heading(_clean(heading), 1)
    for source in sources:
        document.add_paragraph(_clean(source.reference)).paragraph_format.keep_with_next = True
        for note in source.endnotes:
            _endnote(document, note)


def _endnote(document: Docx, note: Endnote) -> None:
    paragraph = document.add_paragraph(style="Normal")
    paragraph.paragraph_format.left_indent = Mm(9)
    paragraph.paragraph_format.first_line_indent = Mm(-9)
    paragraph.paragraph_format.space_after = Pt(0)
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(note.number))
    start.set(qn("w:name"), _bookmark(note.number))
    paragraph._p.append(start)
    paragraph.add_run(f"[{note.number}]\t").font.size = Pt(8)
    paragraph._p.append(end)
    paragraph.add_run(_clean(note.where)).font.size = Pt(8)
