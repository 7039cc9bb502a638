"""Files as curators make them: workbooks, tables and JSON of a few lines."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from practices.curation.importing.planned import Choices, Plan
from practices.curation.importing.planning import plan
from practices.curation.importing.reading import read

Lines = Sequence[Mapping[str, Any]]
SUMMARY = "A programme of a city that teaches newcomers the language of the country in small groups after their work."


def practice(key: str = "a", **values: object) -> dict[str, Any]:
    """Return a line of the sheet of practices, complete, with other values."""
    line = {"key": key, "title": f"Evening classes {key}", "summary": SUMMARY, "kind": "programme", "level": "local"}
    return {**line, "dimensions": "social", "topics": "language", **values}


def workbook(path: Path, **sheets: Lines) -> Path:
    """Write a workbook; the keys of the lines of a sheet are its columns."""
    book = Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        page = book.create_sheet(name)
        header = list(dict.fromkeys(key for line in lines for key in line))
        page.append(header)
        for line in lines:
            page.append([line.get(key) for key in header])
    book.save(path)
    return path


def table(lines: Lines, delimiter: str = ",") -> str:
    """Return lines as CSV."""
    header = list(dict.fromkeys(key for line in lines for key in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def as_json(path: Path, **sheets: Lines) -> Path:
    """Write our own JSON."""
    path.write_text(json.dumps(sheets), encoding="utf-8")
    return path


def with_member(path: Path, name: str, content: bytes) -> Path:
    """Add a part to a workbook."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


def replaced(path: Path, name: str, content: bytes) -> Path:
    """Put another content in the place of a part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, old in parts.items():
            archive.writestr(one, content if one == name else old)
    return path


def planned(path: Path, choices: Choices | None = None) -> Plan:
    """Return what an import of a file would write."""
    return plan(read(path, path.name), choices)


def faults(plan: Plan) -> list[tuple[str, int, str]]:
    """Return where a plan finds something wrong."""
    return [(fault.sheet, fault.line, fault.column) for fault in plan.report.faults]
