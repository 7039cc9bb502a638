"""Exports read back, by the readers that others use: each format gives a list of records, each {field: text}."""

import csv
import io
from collections.abc import Callable
from typing import Any

import bibtexparser
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware

from practices.exports.csv import restored

Records = list[dict[str, Any]]


def read_csv(text: str) -> Records:
    """Return the rows of a table."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    return [{name: restored(cell) for name, cell in row.items()} for row in rows]


def read_bib(text: str) -> Records:
    """Return the entries of a bibliography, as LaTeX would print them."""
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert library.failed_blocks == []
    assert len(library.blocks) == len(library.entries)
    return [{"ref": one.key, "type": one.entry_type, **{f.key: f.value for f in one.fields}} for one in library.entries]


def read_ris(text: str) -> Records:
    """Return the records of a RIS file."""
    found = rispy.loads(text)
    assert not [one for one in found if "unknown_tag" in one]
    return [{"ref": one["id"], **one} for one in found]


READERS: dict[str, Callable[[str], Records]] = {"csv": read_csv, "bib": read_bib, "ris": read_ris}


def refs(suffix: str, text: str) -> list[str]:
    """Return the refs of the practices in an export, in its order."""
    return [one["ref"] for one in READERS[suffix](text) if one["ref"].startswith("IPK-")]
