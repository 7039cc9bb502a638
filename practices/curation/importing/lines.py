"""The lines of a sheet by what its columns are: which of ours each is, and by which key lines belong together."""

from collections.abc import Iterator
from dataclasses import dataclass

from practices.curation.importing.cells import Cell
from practices.curation.importing.columns import KEY, SHEETS, Column, Sheet
from practices.curation.importing.matching import ref_in
from practices.curation.importing.parsing import as_text
from practices.curation.importing.reading import Line, Misfit, RawSheet
from practices.models.curated import sort_key

#: the names of the column by which lines belong together
KEY_NAMES = (KEY, "ref")


@dataclass
class SheetLines:
    """The lines of one sheet of a file, its columns by position, and the position of the key."""

    sheet: Sheet
    table: RawSheet
    columns: dict[int, Column]
    key: int | None

    def keyed(self) -> Iterator[tuple[str, Line]]:
        """Yield each line with its key, "" where it has none."""
        for line in self.table.lines:
            text = _readable(cell_of(line, self.key))
            yield ref_in(text) or text, line

    def text(self, line: Line, name: str) -> str:
        """Return what stands in a column of a line, "" where the sheet has no such column."""
        position = next((at for at, column in self.columns.items() if column.name == name), None)
        return _readable(cell_of(line, position))


def cell_of(line: Line, position: int | None) -> Cell | Misfit:
    """Return the cell of a line at a position, None where there is none."""
    return line.cells[position] if position is not None and position < len(line.cells) else None


def _readable(cell: Cell | Misfit) -> str:
    return "" if isinstance(cell, Misfit) else as_text(cell)


def sheet_of(table: RawSheet) -> Sheet | None:
    """Return the sheet that a table is, by its name, else by its columns; None where neither says so."""
    name = sort_key(table.name).replace(" ", "")
    if sheet := next((sheet for sheet in SHEETS if name in (sheet.name, sort_key(sheet.label).replace(" ", ""))), None):
        return sheet
    headers = [header for header in table.header if header]
    known = {sheet.name: sum(column_of(sheet, header) is not None for header in headers) for sheet in SHEETS}
    best = max(SHEETS, key=lambda sheet: known[sheet.name])
    return best if known[best.name] * 2 > len(headers) else None


def column_of(sheet: Sheet, header: str) -> Column | None:
    """Return the column with this name or label, None where there is none."""
    name = header.strip().casefold()
    if name in sheet.by_name:
        return sheet.by_name[name]
    label = sort_key(header)
    return next((column for column in sheet.columns if label and sort_key(column.label) == label), None)
