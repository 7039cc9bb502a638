"""The cells of a file as they stand, line by line, whatever its format: workbook, CSV or JSON.

Values are read, never calculated: a formula is a fault of its cell. The limits of `files` are held while reading.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path, PurePath
from typing import IO, Any

from django.utils.translation import gettext as _

from practices.curation.importing import columns
from practices.curation.importing.cells import Cell, joined
from practices.curation.importing.files import LIMITS, Refused, checked
from practices.curation.importing.json_text import JsonText
from practices.models.curated import sort_key

#: sheets of our own workbooks that hold no records
OTHER_SHEETS = frozenset(["help", "lists"])
DELIMITERS = ",;\t"
#: an apostrophe by which a table marks a text that a spreadsheet would calculate
MARKED = re.compile(r"'(?=[=+\-@\t\r])")
#: openpyxl's type of a cell with a formula, and of one with an error
FORMULA, ERROR = "f", "e"
#: the last line of any spreadsheet, and how many cells a sheet may have, blank ones that nobody wrote counted too
LAST_LINE, MOST_CELLS = 1_048_576, 10_000_000
# a cell that is too long is a fault of its own, see `_text`, and no reason to give up the file
csv.field_size_limit(LIMITS.line)


@dataclass(frozen=True)
class Misfit:
    """A cell that cannot be taken as it stands, and why."""

    reason: str


@dataclass
class Line:
    """A line of a sheet: its number as a spreadsheet counts it, and its cells by position."""

    number: int
    cells: list[Cell | Misfit]


@dataclass
class RawSheet:
    """A sheet of a file: its name there, the names of its columns by position, its lines."""

    name: str
    header: list[str]
    lines: list[Line] = field(default_factory=list)


def read(path: Path, name: str) -> list[RawSheet]:
    """Return the sheets of a file that has this name, those without any line left out. Raises Refused."""
    read_format = {"xlsx": _workbook, "csv": _csv, "json": _json}[checked(path, name)]
    tables = []
    for table in read_format(path, name):
        if table.header and table.lines:
            tables.append(table)
    if not tables:
        raise Refused(_("The file holds no lines. The first line of a sheet names its columns, records stand below."))
    return tables


def read_all(files: Iterable[tuple[Path, str]]) -> list[RawSheet]:
    """Return the sheets of several files, of which all lines together are within the limit. Raises Refused."""
    tables = [table for path, name in files for table in read(path, name)]
    if sum(len(table.lines) for table in tables) > LIMITS.rows:
        raise Refused(_too_many())
    return tables


def _too_many() -> str:
    return _("There are more than %(n)d lines: import them in parts.") % {"n": LIMITS.rows}


def _too_wide(sheet: str) -> str:
    return _("%(sheet)s has more than %(n)d columns.") % {"sheet": sheet, "n": LIMITS.columns}


def _table(name: str, rows: Iterable[tuple[int, list[Any]]], header: list[str] | None = None) -> RawSheet:
    """Return the table of (number, cells), of which the first that is not blank names the columns.

    Where a header is given, that does; `rows` may add to it as they are read.
    """
    table = RawSheet(name, [] if header is None else header)
    for number, row in rows:
        if any(value not in (None, "") for value in row[LIMITS.columns :]):
            raise Refused(_too_wide(name))
        cells = [_cell(value) for value in row[: LIMITS.columns]]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if not table.header:
            table.header = [_column(cell) for cell in cells]
        elif len(table.lines) >= LIMITS.rows:
            raise Refused(_too_many())
        else:
            table.lines.append(Line(number, cells))
    return table


def _column(cell: Cell | Misfit) -> str:
    """Return the name of a column that stands in a cell."""
    return str(cell).strip() if isinstance(cell, (str, int, float)) else ""


def _cell(value: Any) -> Cell | Misfit:
    if value is None or isinstance(value, Misfit):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (date, time)):
        return Misfit(_("The spreadsheet made a date of this. Give the cell the format “text” and write it again."))
    return Misfit(_("This is neither a text nor a number."))


def _text(value: str) -> Cell | Misfit:
    if len(value) > LIMITS.characters:
        return Misfit(_("The cell has more than %(n)d characters.") % {"n": LIMITS.characters})
    return value if value and not value.isspace() else None


# Workbooks


def _workbook(path: Path, name: str) -> Iterator[RawSheet]:
    import openpyxl  # 10 MB, without which processes do that only serve readers

    if not openpyxl.DEFUSEDXML:
        raise Refused(_("The server cannot read workbooks safely: defusedxml is not installed."))
    with path.open("rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # whatever a file can make a parser raise: the file is at fault
            raise Refused(_("The workbook is damaged. Save it anew as .xlsx.")) from error
        for sheet in book.worksheets:
            if sheet.title.casefold() not in OTHER_SHEETS:
                yield _worksheet(sheet)


def _worksheet(sheet: Any) -> RawSheet:
    sheet.reset_dimensions()  # what a file says of its own size need not be so
    try:
        return _table(sheet.title, _filled(sheet))
    except Refused:
        raise
    except Exception as error:
        raise Refused(_damaged(sheet)) from error


def _damaged(sheet: Any) -> str:
    return _("The sheet %(sheet)s is damaged. Save the workbook anew.") % {"sheet": sheet.title}


def _filled(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield each line of a sheet with its number, those that the file leaves out too. Raises Refused.

    A file may number its lines and columns as it likes: blank ones up to there are made, so these are counted.
    """
    cells = 0
    for number, line in enumerate(sheet.iter_rows(max_row=LAST_LINE + 1), 1):
        cells += len(line)
        if number > LAST_LINE or cells > MOST_CELLS:
            raise Refused(_damaged(sheet))
        yield number, [_value(cell) for cell in line]


def _value(cell: Any) -> Any:
    value = cell.value
    if value is not None and cell.data_type in (FORMULA, ERROR):
        if cell.data_type == ERROR:
            return Misfit(_("The spreadsheet shows an error here."))
        return Misfit(_("A formula stands here: put its value in its place."))
    return value


# CSV


def _csv(path: Path, name: str) -> Iterator[RawSheet]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = file.readline(LIMITS.characters)
        file.seek(0)
        delimiter = max(DELIMITERS, key=lambda candidate: _known(header.split(candidate)))
        if not _known(header.split(delimiter)):
            raise Refused(
                _("The first line names no column that we know. Columns are parted by commas, semicolons or tabs.")
            )
        yield _table(PurePath(name).stem, _numbered(file, delimiter))


def _numbered(file: IO[str], delimiter: str) -> Iterator[tuple[int, list[Any]]]:
    """Yield each row of a table with the number of the line at which it begins. Raises Refused."""
    lines = _Lines(file)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 1
    try:
        for row in rows:
            if number > LAST_LINE:
                raise Refused(_too_many())
            yield number, [_marked(cell) for cell in row]
            number, lines.left = rows.line_num + 1, LIMITS.line
    except csv.Error as error:
        words = _(
            "Line %(n)d cannot be read: its quotation marks do not pair, or it has more than %(most)d characters."
        )
        raise Refused(words % {"n": number, "most": LIMITS.line}) from error


class _Lines:
    """The lines of a table, so many characters of which are `left` to the row that is being read. Raises csv.Error."""

    def __init__(self, file: IO[str]) -> None:
        self.file, self.left = file, LIMITS.line

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.file.readline(self.left + 1)
        self.left -= len(line)
        if self.left < 0:
            raise csv.Error("too long")
        if not line:
            raise StopIteration
        return line


def _known(names: list[str]) -> int:
    """Return how many of some names are those of columns."""
    known = {columns.KEY} | {column.name for sheet in columns.SHEETS for column in sheet.columns}
    labels = {sort_key(column.label) for sheet in columns.SHEETS for column in sheet.columns}
    return sum(name.strip(' "\r\n') in known or sort_key(name) in labels for name in names)


def _marked(cell: str) -> Any:
    """Return a text without the mark that kept it from being calculated; what begins like a formula is none."""
    if cell.startswith("="):
        return Misfit(_("A formula stands here: put its value in its place."))
    return MARKED.sub("", cell, count=1) if cell.startswith("'") else cell


# JSON


def _json(path: Path, name: str) -> Iterator[RawSheet]:
    """Yield the sheets of {"practices": [{"key": …, "title": …}], "countries": […]}."""
    with path.open(encoding="utf-8-sig") as file:
        for sheet, records in JsonText(file).sheets():
            header: list[str] = []
            yield _table(sheet, _rows(sheet, records, header), header)


def _rows(sheet: str, records: Iterable[dict[str, Any]], header: list[str]) -> Iterator[tuple[int, list[Any]]]:
    """Yield each record with its number, as the cells of the columns in `header`, to which new ones are added."""
    places: dict[str, int] = {}
    for number, record in enumerate(records, 1):
        if number > LIMITS.rows:
            raise Refused(_too_many())
        new = [name for name in record if name not in places]
        if len(header) + len(new) > LIMITS.columns:
            raise Refused(_too_wide(sheet))
        places |= {name: place for place, name in enumerate(new, len(header))}
        header += [_column(_cell(name)) for name in new]
        cells: list[Any] = [None] * len(header)
        for name, value in record.items():
            cells[places[name]] = _listed(value)
        yield number, cells


def _listed(value: Any) -> Any:
    """Return a list of texts as one cell, everything else as it is."""
    is_list = isinstance(value, list) and all(isinstance(part, str) for part in value)
    return joined(value) if is_list else value
