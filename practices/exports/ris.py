"""RIS: practices and reports as records, a line for each field; no text can begin a line of its own."""

from collections.abc import Iterable, Iterator

from practices.exports.citation import NAME, CitationContext, Work, of_practices
from practices.exports.entries import ExportEntry


def practices(entries: Iterable[ExportEntry], context: CitationContext) -> Iterator[str]:
    """Yield practices and the reports that they cite."""
    return works(of_practices(entries, context))


def works(references: Iterable[Work]) -> Iterator[str]:
    """Yield the record of each work."""
    for work in references:
        lines = [f"{tag}  - {value}\r\n" for tag, value in _fields(work) if value]
        yield "".join([*lines, "ER  - \r\n\r\n"])


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    """Yield the fields of a work, the type first. A comma ends the name of a body, which has no first name."""
    yield "TY", "RPRT" if work.is_report else "ELEC"
    yield "ID", work.key
    yield "AU", f"{work.author.rstrip(',')},"
    yield "TI", work.title
    yield "T2", work.series if work.is_report else str(NAME)
    yield "PY", str(work.year)
    yield "DA", work.date
    yield "ET", work.edition
    yield "PB", work.author if work.is_report else str(NAME)
    yield "CY", work.place
    yield "M1", work.number
    yield "SN", work.isbn or work.issn
    yield "UR", work.url
    yield "AB", work.abstract
    yield from (("KW", word) for word in work.keywords)
    yield "N1", work.note
