"""A matrix as CSV, whole: the number of practices in every row and column; empty, not 0, where no record names it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from practices.exports.csv import written
from practices.exports.table import Cell
from practices.pages.matrix import Matrix


def as_csv(matrix: Matrix) -> Iterator[str]:
    """Yield the lines of a matrix: the code and label of each row, its cells, its total."""
    columns = matrix.all_columns
    head: list[Cell] = ["", matrix.row_label, *(one.choice.label for one in columns), _("All")]
    totals = [one.total if one.named else "" for one in columns]
    return written([head], _rows(matrix), [["", _("All"), *totals, matrix.results.count]])


def _rows(matrix: Matrix) -> Iterator[list[Cell]]:
    for row in matrix.rows:
        counts = matrix.counts(row)
        cells = [
            counts.get(column.choice.value, 0) if row.named and column.named else "" for column in matrix.all_columns
        ]
        yield [row.choice.value, row.choice.label, *cells, row.total if row.named else ""]
