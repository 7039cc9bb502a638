"""What one cell says in its column."""

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from practices.curation.importing.cells import Cell, parted, pieces, plain
from practices.curation.importing.columns import Column
from practices.curation.importing.matching import Directories
from practices.curation.importing.reading import Misfit
from practices.curation.importing.records import empty
from practices.models.curated import NAME_KINDS

WHOLE = re.compile(r"(-?\d{1,18})(?:\.0+)?")
DECIMAL = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?")
NAME_PARTS = ("text", "lang", "kind")


class Unreadable(Exception):
    """A cell does not say what its column holds; the message says what to write."""


def parsed(column: Column, cell: Cell | Misfit, directories: Directories) -> Any:
    """Return the value that a cell states. Raises Unreadable, or Unknown where it names what there is not."""
    if isinstance(cell, Misfit):
        raise Unreadable(cell.reason)
    if cell is None:
        return empty(column)
    text = as_text(cell)
    if column.kind == "text":
        return text
    if column.kind == "number":
        return _number(text)
    if column.kind == "decimal":
        return _decimal(text)
    if column.kind == "names":
        return [_name(part) for part in parted(text)]
    if column.kind == "records":
        named = (directories.named(column, part) for part in parted(text))
        return frozenset(value for value in named if value is not None)
    named_one = directories.named(column, text)
    return empty(column) if named_one is None else named_one


def as_text(cell: Cell) -> str:
    """Return what a cell holds as a text, a whole number without decimals."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else plain(str(cell))


def _number(text: str) -> int:
    if whole := WHOLE.fullmatch(text):
        return int(whole[1])
    raise Unreadable(_("Write a whole number, such as 2006."))


def _decimal(text: str) -> Decimal:
    if not DECIMAL.fullmatch(text):
        raise Unreadable(_("Write a number in digits, such as 1200 or 12.5."))
    return Decimal(text).normalize()


def _name(text: str) -> dict[str, str]:
    parts = pieces(text, "|")
    if len(parts) == 1:
        return {"kind": NAME_KINDS[0], "lang": "und", "text": parts[0]}
    if len(parts) != len(NAME_PARTS):
        raise Unreadable(_("Write a name as text | language | kind."))
    return dict(sorted(zip(NAME_PARTS, parts, strict=True)))


def written(column: Column, value: Any, directories: Directories) -> Cell:
    """Return the cell that states a value."""
    if value is None or value in ("", [], frozenset()):
        return None
    if column.kind == "names":
        return "; ".join(_written_name(name).replace(";", ";;") for name in value)
    if column.kind == "records":
        names = sorted(directories.written(column, key) for key in value)
        return "; ".join(name.replace(";", ";;") for name in names)
    if column.kind in ("record", "choice"):
        return directories.written(column, value)
    if column.kind == "decimal":
        return f"{value:f}"
    number_or_text: str | int = value
    return number_or_text


def _written_name(name: dict[str, str]) -> str:
    return " | ".join(name[part].replace("|", "||") for part in NAME_PARTS)
