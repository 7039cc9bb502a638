"""Files with the columns of `SHEETS`: the workbook to be filled in, and records to be corrected and imported again.

In a workbook each column that has a list offers it in its cells; the lists stand in a hidden sheet. Every text is
written as a text, so that no spreadsheet calculates one.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from practices.curation.importing import records
from practices.curation.importing.cells import Cell
from practices.curation.importing.columns import BY_NAME, KEY, KEY_HELP, SHEETS, Column, Sheet, rows_of
from practices.curation.importing.files import LIMITS
from practices.curation.importing.matching import Directories, directory_name
from practices.curation.importing.parsing import written
from practices.models import Country, Term

HELP, LISTS = "help", "lists"
BOLD = Font(bold=True)
#: widths of columns, in characters, of texts that are long and of all others
WIDE, NARROW = 40, 18
#: what Excel shows at most when a cell is chosen
PROMPT = 255


def template() -> bytes:
    """Return an empty workbook with every sheet, what each column holds, and the lists to choose from."""
    return _workbook({sheet.name: [] for sheet in SHEETS}, Directories())


def export(keys: Mapping[str, Iterable[int]]) -> bytes:
    """Return a workbook of the records with these primary keys, by sheet, and their rows; other sheets are left out."""
    directories = Directories()
    return _workbook(_tables(keys, directories), directories)


def export_json(keys: Mapping[str, Iterable[int]]) -> bytes:
    """Return the same as JSON: a list of objects under the name of each sheet, without what is empty."""
    data = {}
    for name, lines in _tables(keys, Directories()).items():
        header = [KEY, *BY_NAME[name].by_name]
        objects = (zip(header, line, strict=True) for line in lines)
        data[name] = [{column: cell for column, cell in cells if cell is not None} for cells in objects]
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _tables(keys: Mapping[str, Iterable[int]], directories: Directories) -> dict[str, list[list[Cell]]]:
    tables: dict[str, list[list[Cell]]] = {}
    for sheet in (sheet for sheet in SHEETS if sheet.name in keys):
        stored = records.read(sheet, keys[sheet.name])
        tables[sheet.name] = list(_lines(sheet, stored, directories))
        for rows in rows_of(sheet):
            tables[rows.name] = list(_rows(rows, stored, directories))
    return tables


def _lines(sheet: Sheet, stored: dict[int, records.Stored], directories: Directories) -> Iterator[list[Cell]]:
    for record in stored.values():
        yield [record.instance.ref, *_cells(sheet, record.values, directories)]


def _rows(sheet: Sheet, stored: dict[int, records.Stored], directories: Directories) -> Iterator[list[Cell]]:
    for record in stored.values():
        for row in record.rows[sheet.name]:
            yield [record.instance.ref, *_cells(sheet, row.values, directories)]


def _cells(sheet: Sheet, values: records.Values, directories: Directories) -> list[Cell]:
    return [written(column, values[column.name], directories) for column in sheet.columns]


def _workbook(tables: Mapping[str, Iterable[list[Cell]]], directories: Directories) -> bytes:
    book = Workbook(write_only=True)
    lists = _offered(directories)
    for sheet in (sheet for sheet in SHEETS if sheet.name in tables):
        page: Any = book.create_sheet(sheet.name)
        page.freeze_panes = "B2"
        for position, name in enumerate([KEY, *(column.name for column in sheet.columns)], 1):
            long = name in sheet.by_name and sheet.by_name[name].kind in ("text", "records", "names")
            page.column_dimensions[get_column_letter(position)].width = WIDE if long else NARROW
        for position, column in enumerate(sheet.columns, 2):
            page.data_validations.append(_validation(column, get_column_letter(position), lists))
        page.append([_text(page, name, bold=True) for name in (KEY, *(column.name for column in sheet.columns))])
        for line in tables[sheet.name]:
            page.append([_text(page, cell) if isinstance(cell, str) else cell for cell in line])
    _add_help(book, tables)
    _add_lists(book, lists)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _text(page: Any, text: str, *, bold: bool = False) -> Any:
    """Return a cell that holds a text, whatever it begins with."""
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    if bold:
        cell.font = BOLD
    return cell


def _offered(directories: Directories) -> dict[str, list[tuple[str, str]]]:
    """Return the (code, label) of each list that columns offer: closed lists, vocabularies and countries."""
    lists: dict[str, list[tuple[str, str]]] = {}
    for column in (column for sheet in SHEETS for column in sheet.columns):
        if column.kind == "choice" or (column.kind in ("record", "records") and _is_listed(column)):
            lists[directory_name(column)] = [(entry.code, entry.label) for entry in directories.of(column).entries]
    return lists


def _is_listed(column: Column) -> bool:
    return column.target is Country or issubclass(column.target, Term)


def _validation(column: Column, letter: str, lists: dict[str, list[tuple[str, str]]]) -> DataValidation:
    """Return what a spreadsheet offers in a column, and what it says there; anything may be typed."""
    cells = f"{letter}2:{letter}{LIMITS.rows}"
    rule = DataValidation(sqref=cells, allow_blank=True, showErrorMessage=False, showInputMessage=True)
    name = directory_name(column)
    if column.kind in ("choice", "record", "records") and name in lists:
        code = get_column_letter(2 * list(lists).index(name) + 1)
        rule.type = "list"
        rule.formula1 = f"{quote_sheetname(LISTS)}!${code}$2:${code}${len(lists[name]) + 1}"
    rule.promptTitle, rule.prompt = str(capfirst(column.label))[:32], column.help[:PROMPT] or None
    return rule


def _add_help(book: Workbook, tables: Mapping[str, object]) -> None:
    page: Any = book.create_sheet(HELP)
    for letter, width in zip("ABCDE", (NARROW, NARROW, NARROW, NARROW, 2 * WIDE), strict=True):
        page.column_dimensions[letter].width = width
    heads = (_("sheet"), _("column"), _("what it is"), _("needed"), _("what to write"))
    page.append([_text(page, head, bold=True) for head in heads])
    for sheet in (sheet for sheet in SHEETS if sheet.name in tables):
        page.append([_text(page, text) for text in (sheet.name, KEY, "", "", str(KEY_HELP))])
        for column in sheet.columns:
            needed = _("yes") if column.required else ""
            words = (sheet.name, column.name, column.label, needed, column.help)
            page.append([_text(page, text) for text in words])


def _add_lists(book: Workbook, lists: dict[str, list[tuple[str, str]]]) -> None:
    page: Any = book.create_sheet(LISTS)
    page.sheet_state = "hidden"
    page.append([_text(page, text) for name in lists for text in (name, _("label"))])
    for number in range(max(map(len, lists.values()))):
        pairs = [entries[number] if number < len(entries) else ("", "") for entries in lists.values()]
        page.append([_text(page, text) for pair in pairs for text in pair])
