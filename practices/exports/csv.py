"""CSV: UTF-8 with a byte-order mark, by which spreadsheets know it; commas, CRLF, and no cell that is a formula."""

import csv
import re
from collections.abc import Iterable, Iterator

from practices.exports.citation import Edition
from practices.exports.entries import Entry
from practices.exports.table import COLUMNS, Cell, rows

CONTENT_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"
#: what a spreadsheet may pass over before a formula
BLANK = r"['\" \x00\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*+"
#: where a cell begins that is a formula; within our cells too, for those who take the semicolon for the separator
FORMULA = rf"(?:\A(?={BLANK}[\t\r\n])|(?:\A|(?<=[;\t\r\n]))(?={BLANK}[=+\-@＝＋－＠]))"
NEUTRALISE, RESTORE = re.compile(FORMULA), re.compile(f"{FORMULA}'")


def neutral(text: str) -> str:
    """Return a text with an apostrophe before whatever a spreadsheet would calculate."""
    return NEUTRALISE.sub("'", text)


def restored(text: str) -> str:
    """Return the text of which `neutral` made this one."""
    return RESTORE.sub("", text)


def practices(entries: Iterable[Entry], edition: Edition) -> Iterator[str]:
    """Yield the table of practices, line by line, the names of its columns first."""
    return written([list(COLUMNS)], rows(entries, edition))


def written(*tables: Iterable[list[Cell]]) -> Iterator[str]:
    """Yield the lines of tables one below the other."""
    writer = csv.writer(_Passing())
    yield BOM
    for table in tables:
        for row in table:
            yield writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])


class _Passing:
    """What csv takes for a file: it hands back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line
