"""Cells as they stand in workbooks, tables and JSON."""

import json
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from practices.curation.importing import json_text, reading
from practices.curation.importing.cells import joined, parted
from practices.curation.importing.files import LIMITS, Limits, Refused
from practices.curation.importing.reading import Misfit, RawSheet, read, read_all
from tests.curation.importing.sheets import as_json, practice, replaced, table, workbook

pytestmark = pytest.mark.once


def text(tmp_path: Path, content: str, name: str = "practices.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_text(content, encoding=encoding, newline="")
    return path


def only(path: Path) -> RawSheet:
    (found,) = read(path, path.name)
    return found


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_m8_a_table_is_read_with_any_usual_separator_and_byte_order_mark(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    lines = [practice(title="Côte d'Ivoire, “évening”; class", topics="language; education")]
    found = only(text(tmp_path, table(lines, delimiter), encoding=encoding))
    assert found.header == list(lines[0])
    assert found.lines[0].number == 2
    assert found.lines[0].cells == list(lines[0].values())


def test_m8_a_separator_that_nobody_expects_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="commas, semicolons or tabs"):
        read(text(tmp_path, "key|title\na|b\n"), "practices.csv")


def test_m8_quotation_marks_that_do_not_pair_are_named_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Line 2"):
        read(text(tmp_path, 'key,title\na,"b\nc,d\n'), "practices.csv")


def test_m8_a_formula_is_a_fault_of_its_cell_and_a_text_like_one_is_a_text(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    page.title = "practices"
    page.append(["key", "title", "summary", "year_start", "description"])
    page.append(["a", "=1+1", "text", date(2006, 7, 1), "#REF!"])
    page["C2"].value, page["C2"].data_type = "=1+1", "s"
    book.save(tmp_path / "formula.xlsx")
    _key, title, summary, year, description = only(tmp_path / "formula.xlsx").lines[0].cells
    assert isinstance(title, Misfit) and "formula" in title.reason
    assert summary == "=1+1"
    assert isinstance(year, Misfit) and "date" in year.reason
    assert isinstance(description, Misfit) and "error" in description.reason


def test_m8_a_formula_in_a_table_is_a_fault_and_one_with_an_apostrophe_a_text(tmp_path: Path) -> None:
    _key, title, summary = only(text(tmp_path, "key,title,summary\na,=1+1,'=1+1\n")).lines[0].cells
    assert isinstance(title, Misfit)
    assert summary == "=1+1"


def test_lines_keep_their_numbers_whatever_is_blank_between(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    page["A3"], page["B3"] = "key", "title"
    page["A900"], page["B900"] = "a", "Title"
    page["A901"] = " "
    book.save(tmp_path / "sparse.xlsx")
    assert [(line.number, line.cells) for line in only(tmp_path / "sparse.xlsx").lines] == [(900, ["a", "Title"])]


def test_json_has_a_list_of_records_for_each_sheet(tmp_path: Path) -> None:
    path = as_json(tmp_path / "all.json", practices=[practice(topics=["language", "work; pay"])], countries=[])
    found = only(path)
    assert (found.name, found.lines[0].number) == ("practices", 1)
    assert dict(zip(found.header, found.lines[0].cells, strict=True))["topics"] == "language; work;; pay"


@pytest.mark.parametrize(
    "content", ["[", "[]", '{"practices": {}}', '{"practices": [1]}', "{}", "[" * 100_000, "1e999"]
)
def test_m8_json_of_another_shape_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(Refused):
        read(text(tmp_path, content, "all.json"), "all.json")


def test_m8_a_file_without_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no lines"):
        read(workbook(tmp_path / "empty.xlsx", practices=[]), "empty.xlsx")


def test_m6_lines_columns_and_characters_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LIMITS", Limits(rows=3, columns=10, characters=20))
    four = workbook(tmp_path / "rows.xlsx", practices=[{"key": number} for number in range(4)])
    with pytest.raises(Refused, match="more than 3 lines"):
        read(four, "rows.xlsx")
    two = workbook(tmp_path / "two.xlsx", practices=[{"key": number} for number in range(2)])
    with pytest.raises(Refused, match="more than 3 lines"):
        read_all([(two, "two.xlsx"), (two, "two.xlsx")])
    wide = workbook(tmp_path / "wide.xlsx", practices=[{f"c{number}": 1 for number in range(11)}])
    with pytest.raises(Refused, match="more than 10 columns"):
        read(wide, "wide.xlsx")
    gap = workbook(tmp_path / "gap.xlsx", practices=[{"key": 1}])
    book = load_workbook(gap)
    book.active["Z2"] = "far to the right"
    book.save(gap)
    with pytest.raises(Refused, match="more than 10 columns"):
        read(gap, "gap.xlsx")
    long = workbook(tmp_path / "long.xlsx", practices=[{"key": "a" * 21}])
    assert isinstance(only(long).lines[0].cells[0], Misfit)


def test_m6_a_cell_of_a_table_that_is_too_long_is_a_fault_of_its_own(tmp_path: Path) -> None:
    (cell,) = only(text(tmp_path, f'key\n"{"a" * 200_000}"\n')).lines[0].cells
    assert isinstance(cell, Misfit) and "20000" in cell.reason


def test_m6_json_with_more_records_than_lines_are_taken_is_refused(tmp_path: Path) -> None:
    path = text(tmp_path, json.dumps({"practices": [{"key": "a"}, *({} for _ in range(LIMITS.rows))]}), "all.json")
    with pytest.raises(Refused, match="more than 10000 lines"):
        read(path, path.name)


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="2000000000"><c><v>1</v></c></row>',
        b'<row><c r="XFD1"/></row>' * 7,
    ],
    ids=["a line that no spreadsheet has", "wide lines without end"],
)
def test_m6_blank_cells_that_a_workbook_only_speaks_of_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: bytes
) -> None:
    monkeypatch.setattr(reading, "LAST_LINE", 1000)
    monkeypatch.setattr(reading, "MOST_CELLS", 100_000)
    path = workbook(tmp_path / "far.xlsx", practices=[{"key": 1}])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    replaced(path, "xl/worksheets/sheet1.xml", sheet.replace(b"</sheetData>", rows + b"</sheetData>"))
    with pytest.raises(Refused, match="damaged"):
        read(path, path.name)


#: files of nine megabytes of which much more would be made when they are parsed: how each begins, and what it repeats
HOSTILE = {
    "commas.csv": ("key,title\n", ","),
    "rows without end.csv": ("key,title\n", ',,,"\n",'),
    "wide.csv": ("key,title\n\N{BOMB}", "a"),
    "objects.json": ('{"practices": [{"key": "a"}', ", {}"),
    "lists.json": ('{"practices": [[]', ", []"),
    "a record without end.json": ('{"practices": [{"key": [{}', ", {}"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_m6_what_would_grow_when_it_is_parsed_is_refused_while_it_is_read(tmp_path: Path, name: str) -> None:
    begin, part = HOSTILE[name]
    path = text(tmp_path, begin + part * (9_000_000 // len(part)), name)
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            read(path, name)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 60_000_000


def test_m6_blank_lines_of_a_table_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LAST_LINE", 10)
    with pytest.raises(Refused, match="more than 10000 lines"):
        read(text(tmp_path, "key,title\na,b\n" + "\n" * 10), "practices.csv")


def test_json_is_read_to_its_end_wherever_it_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "LIMITS", Limits(line=200))
    lines = [{"key": f"{n}", "title": 'é{[,"]}' * (n % 4) or "–", f"more {n % 3}": n} for n in range(50)]
    path = text(tmp_path, json.dumps({"practices": lines, "stakeholders": lines[:1]}, indent=1), "all.json")
    practices, stakeholders = read(path, path.name)
    found = [dict(zip(practices.header, line.cells, strict=False)) for line in practices.lines]
    assert [{name: cell for name, cell in line.items() if cell is not None} for line in found] == lines
    assert [line.cells for line in stakeholders.lines] == [list(lines[0].values())]


@pytest.mark.parametrize("values", [["a"], ["a", "b"], ["a; b", "c"], ["a;", ";b"], ["a;;b"], ["; ;"]])
def test_values_of_a_cell_come_back_as_they_were(values: list[str]) -> None:
    assert parted(joined(values)) == [value.strip() for value in values]
