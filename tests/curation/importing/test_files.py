"""What is refused before anything is parsed, with harmless files that only look like what is dangerous."""

import random
import time
import zipfile
from pathlib import Path

import pytest

from practices.curation.importing import files
from practices.curation.importing.files import Refused, checked
from tests.curation.importing.sheets import practice, replaced, with_member, workbook

pytestmark = pytest.mark.once


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return workbook(tmp_path / "book.xlsx", practices=[practice()])


def refusal(path: Path, name: str = "") -> str:
    start = time.perf_counter()
    with pytest.raises(Refused) as refused:
        checked(path, name or path.name)
    assert time.perf_counter() - start < 5
    return str(refused.value)


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_workbook_of_a_spreadsheet_is_taken(book: Path) -> None:
    assert checked(book, "Records.XLSX") == "xlsx"


def test_m6_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(files.LIMITS.size + 1)
    assert "larger than 10 MB" in refusal(path)


def test_m6_a_workbook_that_would_grow_is_refused_unparsed(book: Path) -> None:
    assert "grow" in refusal(with_member(book, "xl/media/zeros.xml", b" " * 3_000_000))


def test_m6_the_sizes_of_all_parts_together_are_bounded(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LIMITS", files.Limits(unpacked=2000))
    assert "Unpacked" in refusal(book)


def test_m6_a_workbook_of_too_many_parts_is_refused(book: Path) -> None:
    with zipfile.ZipFile(book, "a") as archive:
        for number in range(files.LIMITS.members):
            archive.writestr(f"xl/part{number}.xml", b"<a/>")
    assert "more than 200 parts" in refusal(book)


def test_m6_an_archive_in_a_workbook_is_refused(book: Path, tmp_path: Path) -> None:
    inner = workbook(tmp_path / "inner.xlsx", practices=[practice()]).read_bytes()
    assert "another archive" in refusal(with_member(book, "xl/embeddings/inner.xlsx", inner))


ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
AFTER_MUCH_ELSE = random.Random(1).randbytes(150_000).hex().encode()


@pytest.mark.parametrize(
    "xml",
    [
        ENTITY,
        ENTITY.lower(),
        ENTITY.decode().encode("utf-16"),
        random.Random(1).randbytes(150_000).hex().encode() + ENTITY,
    ],
)
def test_m7_xml_that_declares_entities_is_refused(book: Path, xml: bytes) -> None:
    assert "XML that no spreadsheet writes" in refusal(with_member(book, "docProps/more.xml", xml))


def test_m7_the_reader_of_workbooks_is_the_one_that_refuses_entities() -> None:
    import openpyxl

    assert openpyxl.DEFUSEDXML is True


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.csv", b"", "is empty"),
        ("text.xlsx", b"key,title\na,b\n", "is no workbook"),
        ("old.xlsx", files.OLE + b"\0" * 100, "has a password or is of an old kind"),
        ("cut.xlsx", files.ZIP + b"\0" * 100, "is damaged"),
        ("macros.xlsm", files.ZIP, "with macros"),
        ("sheet.ods", files.ZIP, "Give a workbook"),
        ("no-ending", b"key", "Give a workbook"),
        ("zip.csv", files.ZIP + b"key", "is a workbook or archive"),
        ("wide.csv", "key,title\na,é\n".encode("utf-16"), "UTF-16"),
        ("wide-without-mark.csv", "key,title\na,é\n".encode("utf-16-le"), "no text in UTF-8"),
        ("latin.csv", "key,title\na,Foyer d'été\n".encode("latin-1"), "no text in UTF-8"),
        ("latin-at-the-end.csv", "key,title\na,été".encode("latin-1"), "no text in UTF-8"),
    ],
)
def test_m8_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    assert reason in refusal(write(tmp_path / name, content))


def test_m8_a_workbook_with_macros_is_refused_whatever_its_name(book: Path) -> None:
    assert "with macros" in refusal(with_member(book, "xl/vbaProject.bin", b"no macro at all"))


def test_m8_a_workbook_that_says_that_it_has_macros_is_refused(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        types = archive.read("[Content_Types].xml")
    types = types.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
    assert "with macros" in refusal(replaced(book, "[Content_Types].xml", types))


def test_m8_an_encrypted_part_is_refused(book: Path) -> None:
    content = bytearray(book.read_bytes())
    place = content.index(b"PK\x01\x02")  # the first entry of the table of contents
    content[place + 8] |= 1
    assert "password" in refusal(write(book, bytes(content)))


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "any.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", b"hello")
    assert "is no workbook" in refusal(path)
