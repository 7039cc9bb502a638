"""Whether a file is what its name says and safe to open, found out before anything in it is parsed.

A workbook is a zip archive of XML: what its members would take when unpacked is read from its table of contents, and no
member may declare a document type, by which XML names entities and other files.
"""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Literal

from django.utils.translation import gettext as _

Format = Literal["xlsx", "csv", "json"]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What a file may hold at most: bytes, those of all members unpacked, members, how many times one may grow."""

    size: int = 10 * MEGABYTE
    unpacked: int = 50 * MEGABYTE
    members: int = 200
    ratio: int = 100
    #: lines of all sheets together, columns of one, characters of a cell
    rows: int = 10_000
    columns: int = 100
    characters: int = 20_000
    #: characters of a line of a table, or of a record of JSON, whatever it holds
    line: int = 1_000_000


LIMITS = Limits()
#: of a member that is smaller, how many times it grows says nothing
SMALL_MEMBER = 100_000
ZIP, OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: what no XML of a workbook holds; a byte of zero stands in XML that is not UTF-8
DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)|\0", re.IGNORECASE)
MACROS = re.compile(r"vbaProject|macrosheets?/|\.bin$", re.IGNORECASE)
CHUNK = 256 * 1024


class Refused(Exception):
    """A file is not taken; the message says why, in words for the curator."""


def checked(path: Path, name: str) -> Format:
    """Return the format of a file, which has this name. Raises Refused unless it is safe to be read as that."""
    suffix = PurePath(name).suffix.lower()
    if path.stat().st_size > LIMITS.size:
        raise Refused(_("The file is larger than %(n)d MB.") % {"n": LIMITS.size // MEGABYTE})
    with path.open("rb") as file:
        head = file.read(8)
        if not head:
            raise Refused(_("The file is empty."))
        if suffix == ".xlsx":
            _check_workbook(file, head)
            return "xlsx"
        if suffix in (".csv", ".json"):
            _check_text(file, head)
            return "csv" if suffix == ".csv" else "json"
    if suffix in (".xlsm", ".xltm", ".xlsb"):
        raise Refused(_("A workbook with macros is not taken: save it as .xlsx."))
    raise Refused(_("Give a workbook (.xlsx), a table (.csv) or JSON (.json), not “%(name)s”.") % {"name": name[:80]})


def _check_workbook(file: IO[bytes], head: bytes) -> None:
    if head == OLE:
        raise Refused(_("The workbook has a password or is of an old kind: save it without a password, as .xlsx."))
    if not head.startswith(ZIP):
        raise Refused(_("The file is called .xlsx, but is no workbook. Save it anew as .xlsx."))
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_sizes(members)
            _check_members(archive, members)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refused(_("The workbook is damaged. Save it anew as .xlsx.")) from error


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    """Raise Refused where the members are too many or would be too large; nothing is unpacked."""
    if len(members) > LIMITS.members:
        raise Refused(_("The workbook has more than %(n)d parts: no spreadsheet has.") % {"n": LIMITS.members})
    if sum(member.file_size for member in members) > LIMITS.unpacked:
        limit = {"n": LIMITS.unpacked // MEGABYTE}
        raise Refused(_("Unpacked, the workbook would be larger than %(n)d MB.") % limit)
    for member in members:
        grows = member.file_size > LIMITS.ratio * max(member.compress_size, 1)
        if grows and member.file_size > SMALL_MEMBER:
            raise Refused(_("A part of the workbook would grow more than %(n)d times.") % {"n": LIMITS.ratio})


def _check_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Raise Refused where a member is encrypted, a macro, an archive, or XML that names entities or other files."""
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise Refused(_("The file is called .xlsx, but is no workbook. Save it anew as .xlsx."))
    if any(member.flag_bits & 1 for member in members):
        raise Refused(_("The workbook has a password: save it without."))
    for member in members:
        if MACROS.search(member.filename) and "printerSettings" not in member.filename:
            raise Refused(_("A workbook with macros is not taken: save it as .xlsx."))
        with archive.open(member) as part:
            _check_part(part, is_xml=member.filename.endswith((".xml", ".rels", ".vml")))
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise Refused(_("A workbook with macros is not taken: save it as .xlsx."))


def _check_part(part: IO[bytes], *, is_xml: bool) -> None:
    chunk = part.read(CHUNK)
    if chunk.startswith(ZIP):
        raise Refused(_("The workbook holds another archive."))
    end = b""
    while chunk and is_xml:
        if DOCUMENT_TYPE.search(end + chunk):
            raise Refused(_("The workbook holds XML that no spreadsheet writes."))
        end, chunk = chunk[-16:], part.read(CHUNK)


def _check_text(file: IO[bytes], head: bytes) -> None:
    if head.startswith((ZIP, OLE)):
        raise Refused(_("The file is a workbook or archive, not text: give it its own ending, or save it as CSV."))
    if head.startswith(UTF_16):
        raise Refused(_("The file is in UTF-16: save it as CSV UTF-8."))
    file.seek(0)
    end = b""
    while chunk := file.read(CHUNK):
        if b"\0" in chunk:
            raise Refused(_("The file is no text in UTF-8: save it as CSV UTF-8."))
        text, end = end + chunk, b""
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(text) - 3:
                raise Refused(_("The file is no text in UTF-8: save it as CSV UTF-8.")) from error
            end = text[error.start :]
    if end:
        raise Refused(_("The file is no text in UTF-8: save it as CSV UTF-8."))
