"""What stands in one cell: several values with semicolons between them, the parts of one with bars.

A semicolon or bar within a value is doubled. Nothing is calculated: a text that begins like a formula is a text.
"""

import re
from collections.abc import Iterable

#: what a reader of files hands on of a cell; None where it is empty
Cell = str | int | float | None
#: what XML 1.0, and so a workbook, cannot hold
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def joined(values: Iterable[str], separator: str = ";") -> str:
    """Return values as one cell: "a; b"."""
    return f"{separator} ".join(value.replace(separator, separator * 2) for value in values)


def parted(text: str, separator: str = ";") -> list[str]:
    """Return the values of a cell, without those that are empty."""
    return [part for part in pieces(text, separator) if part]


def pieces(text: str, separator: str) -> list[str]:
    """Return the parts of a text, the empty ones too."""
    parts = [""]
    for piece in re.split(f"({re.escape(separator)}{{1,2}})", text):
        if piece == separator:
            parts.append("")
        else:
            parts[-1] += separator if piece == separator * 2 else piece
    return [part.strip() for part in parts]


def plain(text: str) -> str:
    """Return a text as it is kept: one kind of line break, no blanks around it, nothing that a workbook cannot hold."""
    return NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
