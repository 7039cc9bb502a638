"""BibTeX: practices and reports as entries; what is special to BibTeX or LaTeX stands for itself."""

import re
from collections.abc import Iterable, Iterator

from practices.exports.citation import CitationContext, Work, of_practices
from practices.exports.entries import ExportEntry

#: braces are named: BibTeX counts those with a backslash too
ESCAPES = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        **{character: f"\\{character}" for character in "#$%&_"},
    }
)
#: pairs that LaTeX prints as one sign, such as a dash
LIGATURES = re.compile(r"(['`-])(?=\1)")


def practices(entries: Iterable[ExportEntry], context: CitationContext) -> Iterator[str]:
    """Yield practices and the reports that they cite."""
    return works(of_practices(entries, context))


def works(references: Iterable[Work]) -> Iterator[str]:
    """Yield the entry of each work."""
    for work in references:
        kind = "techreport" if work.is_report else "misc"
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _fields(work) if value)
        yield f"@{kind}{{{work.key},\n{fields}}}\n\n"


def _fields(work: Work) -> Iterator[tuple[str, str]]:
    """Yield the fields of a work. Names of bodies and titles stand in braces of their own, to be kept as they are."""
    author = f"{{{escaped(work.author)}}}"
    yield "author", author
    yield "title", f"{{{escaped(work.title)}}}"
    yield "year", str(work.year)
    if work.is_report:
        yield "institution", author
    yield "address", escaped(work.place)
    yield "series", escaped(work.series)
    yield "number", escaped(work.number)
    yield "issn", escaped(work.issn)
    yield "isbn", escaped(work.isbn)
    yield "howpublished", escaped(work.edition)
    yield "url", work.url
    yield "abstract", escaped(work.abstract)
    yield "keywords", escaped(", ".join(work.keywords))
    yield "note", escaped(work.note)


def escaped(text: str) -> str:
    """Return what LaTeX prints as this text."""
    return LIGATURES.sub(r"\1{}", text.translate(ESCAPES))
