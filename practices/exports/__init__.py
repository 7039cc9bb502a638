"""Exports: results, selections, records, briefs and matrices in the formats of `FORMATS`.

Each stands at the address of its page with another suffix. To add a format: a writer in a module of its family, and one
entry in `FORMATS`. Addresses, links and tests follow.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from practices.catalog.link import Link
from practices.exports import bibtex, csv, docx, json, markdown, ris
from practices.exports.citation import CitationContext, Work
from practices.exports.entries import ExportEntry, entries_of
from practices.pages.brief.content import Brief
from practices.pages.matrix import Matrix
from practices.search.results import Results

Writer = TypeVar("Writer")


@dataclass(frozen=True)
class Format:
    """A format: the suffix of its addresses and files, its name, short and in full, and a writer for each content.

    A writer is None where the format has no file of that content. `practices` and `matrix` are written piece by piece;
    `works` are what a reference list names, for pages of any kind; `results_page` is one page of a result, by number.
    """

    suffix: str
    short: str
    label: str | Promise
    content_type: str
    practices: Callable[[Iterable[ExportEntry], CitationContext], Iterator[str]] | None = None
    works: Callable[[Iterable[Work]], Iterator[str]] | None = None
    matrix: Callable[[Matrix], Iterator[str]] | None = None
    brief: Callable[[Brief], str | bytes] | None = None
    results_page: Callable[[Results, str | None], str] | None = None


FORMATS = [
    Format("csv", "CSV", _("CSV table"), "text/csv; charset=utf-8", practices=csv.practices, matrix=csv.matrix),
    Format(
        "bib",
        "BibTeX",
        _("BibTeX"),
        "application/x-bibtex; charset=utf-8",
        practices=bibtex.practices,
        works=bibtex.works,
    ),
    Format(
        "ris",
        "RIS",
        _("RIS (Zotero, EndNote)"),
        "application/x-research-info-systems; charset=utf-8",
        practices=ris.practices,
        works=ris.works,
    ),
    Format("json", "JSON", _("JSON, by page"), "application/json", results_page=json.results_page),
    Format(
        "docx",
        "DOCX",
        _("DOCX"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        brief=docx.brief,
    ),
    Format("md", "Markdown", _("Markdown"), "text/markdown; charset=utf-8", brief=markdown.brief),
]
#: the formats of each content, by suffix; `OF_PAGES` are those in which any page can be cited
OF_PRACTICES = {to.suffix: to for to in FORMATS if to.practices}
OF_RESULTS = {to.suffix: to for to in FORMATS if to.practices or to.results_page}
OF_PAGES = {to.suffix: to for to in FORMATS if to.works}
OF_MATRIX = {to.suffix: to for to in FORMATS if to.matrix}
OF_BRIEF = {to.suffix: to for to in FORMATS if to.brief}


def supported(writer: Writer | None) -> Writer:
    """Return a writer of a format. Raises ValueError where the format has none: no address of the site leads there."""
    if writer is None:
        raise ValueError("The format has no writer of this content.")
    return writer


def export(to: Format, practices: Sequence[int], context: CitationContext) -> Iterator[str]:
    """Yield an export of the practices with these primary keys, in this order; what is not public is left out."""
    return supported(to.practices)(entries_of(practices, context.vocabularies), context)


def suffixed(url: str, suffix: str) -> str:
    """Return the address of a page in a format: "/practices.csv?q=a" of "/practices/?q=a"."""
    path, mark, query = url.partition("?")
    return f"{path.rstrip('/')}.{suffix}{mark}{query}"


def downloads(url: str, formats: Iterable[Format]) -> list[Link]:
    """Return the links to a page in each format, with its label."""
    return [Link(str(to.label), suffixed(url, to.suffix), code=to.suffix) for to in formats]
