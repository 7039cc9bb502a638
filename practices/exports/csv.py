"""CSV: UTF-8 with a byte-order mark, by which spreadsheets know it; commas, CRLF, and no cell that is a formula."""

import csv
import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from practices.exports.citation import CitationContext
from practices.exports.entries import ExportEntry
from practices.exports.table import COLUMNS, Cell, rows
from practices.pages.matrix import Matrix

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


def practices(entries: Iterable[ExportEntry], context: CitationContext) -> Iterator[str]:
    """Yield the table of practices, line by line, the names of its columns first."""
    return lines([list(COLUMNS)], rows(entries, context))


def matrix(matrix: Matrix) -> Iterator[str]:
    """Yield a whole matrix: the code and label of each row, its cells, its total.

    A cell is empty, not 0, where no public record names the row or column.
    """
    columns = matrix.column_axis.headings
    header: list[Cell] = ["", matrix.row_axis.label, *(column.label for column in columns), _("All")]
    totals = [column.total if column.named else "" for column in columns]
    return lines([header], _matrix_rows(matrix), [["", _("All"), *totals, matrix.results.count]])


def _matrix_rows(matrix: Matrix) -> Iterator[list[Cell]]:
    columns = matrix.column_axis.headings
    for row in matrix.row_axis.headings:
        counts = matrix.counts(row)
        cells = [counts.get(column.value, 0) if row.named and column.named else "" for column in columns]
        yield [row.value, row.label, *cells, row.total if row.named else ""]


def lines(*tables: Iterable[list[Cell]]) -> Iterator[str]:
    """Yield the lines of tables one below the other, a byte-order mark first."""
    writer = csv.writer(_Echo())
    yield BOM
    for table in tables:
        for row in table:
            yield writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])


class _Echo:
    """What `csv.writer` takes for a file: it returns each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line
