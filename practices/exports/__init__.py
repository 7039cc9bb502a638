"""Exports: a result, selection or record in every format of `FORMATS`, at its own address with another suffix.

To add a format: a writer in a module of its family, and one line in `FORMATS`. Addresses, links and tests follow.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from practices.exports import bibtex, csv, ris
from practices.exports.citation import Edition, Work
from practices.exports.entries import Entry, entries_of


@dataclass(frozen=True)
class Format:
    """A format: the suffix of its addresses and files, its name short and told, and who writes it, piece by piece.

    `practices` writes practices; None where another view answers the address. `works` writes what a reference list
    names, for pages of any kind; None where the format holds practices only.
    """

    suffix: str
    short: str
    label: Any
    content_type: str
    practices: Callable[[Iterable[Entry], Edition], Iterator[str]] | None
    works: Callable[[Iterable[Work]], Iterator[str]] | None = None


FORMATS = [
    Format("csv", "CSV", _("CSV table"), csv.CONTENT_TYPE, csv.practices),
    Format("bib", "BibTeX", _("BibTeX"), "application/x-bibtex; charset=utf-8", bibtex.practices, bibtex.works),
    Format(
        "ris",
        "RIS",
        _("RIS (Zotero, EndNote)"),
        "application/x-research-info-systems; charset=utf-8",
        ris.practices,
        ris.works,
    ),
    Format("json", "JSON", _("JSON, by page"), "application/json", None),  # answered by the search, for results only
]
OF_PRACTICES = {one.suffix: one for one in FORMATS if one.practices}
OF_PAGES = {one.suffix: one for one in FORMATS if one.works}


def export(to: Format, practices: Sequence[int], edition: Edition) -> Iterator[str]:
    """Yield an export of the practices with these primary keys, in this order; what is not public is left out."""
    if not to.practices:
        raise ValueError(f"{to.suffix} has no writer of practices.")
    return to.practices(entries_of(practices, edition.known), edition)


def suffixed(url: str, suffix: str) -> str:
    """Return the address of a page in a format: "/practices.csv?q=a" of "/practices/?q=a"."""
    path, mark, query = url.partition("?")
    return f"{path.rstrip('/')}.{suffix}{mark}{query}"


def downloads(url: str, formats: Iterable[Format]) -> list[tuple[str, str]]:
    """Return (label, address) of a page in each format."""
    return [(str(one.label), suffixed(url, one.suffix)) for one in formats]
