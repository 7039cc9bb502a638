"""What a record says of one part of it, and the passages that support it: what a curator compares a suggestion with."""

from typing import Any

from django.db import models
from django.db.models import Model
from django.utils.text import capfirst

from practices.models import Citation, Practice, RecordPart, Supports
from practices.models.suggestion import REWRITABLE
from practices.provenance.citing import CITING, citations_of, practice_citations, public_citations, reading_order

#: the fields and rows that say something of a part, of whichever kind of record has them
SAID_BY: dict[str, tuple[str, ...]] = {
    RecordPart.YEARS: ("year_start", "year_end", "starts", "ends", "year", "reported_year"),
    RecordPart.COUNTRIES: ("country_links", "countries", "country", "city", "places"),
    RecordPart.ACTORS: ("involvements", "representations"),
    RecordPart.OUTCOMES: ("outcomes",),
}
#: the rows of a practice with citations of their own, by the part of which they say something
CITING_ROWS: dict[str, str] = {RecordPart.ACTORS: "involvement", RecordPart.OUTCOMES: "outcome"}


def statements(record: Model, part: str) -> list[str]:
    """Return what a record says of a part of it; all its texts where it has no such part."""
    texts = REWRITABLE[type(record)]
    names = (part,) if part in texts else SAID_BY.get(part, texts)
    there = [name for name in names if hasattr(record, name)]
    return [text for name in there for text in _texts(record, name, labelled=len(there) > 1)]


def _texts(record: Any, name: str, *, labelled: bool) -> list[str]:
    value = getattr(record, name)
    if isinstance(value, models.Manager):
        to_one = [field.name for field in value.model._meta.fields if field.is_relation]
        rows = value.select_related(*to_one) if to_one else value.all()
        return [str(row) for row in rows]
    label = capfirst(str(record._meta.get_field(name).verbose_name))
    return [f"{label}: {value}" if labelled else str(value)] if value not in (None, "") else []


def supporting_citations(record: Model, part: str) -> list[Citation]:
    """Return the citations that support a part of a record, in reading order; those of the record where it has none.

    Only those of sources that are public, and one of each paragraph.
    """
    by_paragraph = {(citation.section_id, citation.paragraph): citation for citation in _citations(record, part)}
    return list(by_paragraph.values())


def _citations(record: Any, part: str) -> list[Citation]:
    if not isinstance(record, Practice):
        return citations_of(type(record), [record.pk]).get(record.pk, []) if type(record) in CITING else []
    rows = list(practice_citations([record.pk], "citation_id"))
    row = CITING_ROWS.get(part)
    keys = {key for kind, owner, _practice, key in rows if kind == row or (kind == "practice" and owner == part)}
    keys = keys or {key for kind, owner, _practice, key in rows if kind == "practice" and owner == Supports.RECORD}
    return sorted(public_citations(keys).values(), key=reading_order)
