"""From the lines of a file to what would be written: what each cell says, what is wrong, what differs.

Everything is only read here, outside any transaction. A line is known by its key: a ref is a record that is there; any
other key is a new record, unless one with its slug is there already and says the same, so that a file can be imported
twice. Rows stand in sheets of their own: the lines of one record are all its rows of that kind; a record without a line
there keeps its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from practices.curation.importing import records
from practices.curation.importing.columns import BY_NAME, KEY, OF_MODEL, SHEETS, Sheet
from practices.curation.importing.lines import KEY_NAMES, SheetLines, cell_of, column_of, sheet_of
from practices.curation.importing.matching import ALIKE, Directories, Unknown, directory_name, ref_in
from practices.curation.importing.parsing import Unreadable, parsed
from practices.curation.importing.planned import Choices, Plan, PlannedRecord, PlannedRow, slug_of
from practices.curation.importing.reading import Line, RawSheet
from practices.curation.importing.records import Stored
from practices.curation.importing.report import (
    NAMED,
    Affected,
    Effect,
    Fault,
    Faults,
    ImportReport,
    UnknownColumn,
)
from practices.curation.importing.validation import Validation
from practices.curation.quality.duplicates import PRACTICES_ALIKE, folded_name
from practices.index.documents import chunks
from practices.models import State
from practices.models.curated import sort_key


def plan(tables: Sequence[RawSheet], choices: Choices | None = None) -> Plan:
    """Return what an import of these tables would write."""
    return _Planner(choices or Choices()).plan(tables)


class _Planner:
    """Makes one plan; what it finds wrong goes into its report."""

    def __init__(self, choices: Choices) -> None:
        self.report = ImportReport()
        self.faults = Faults(self.report)
        self.choices = choices
        self.directories = Directories(choices.values)
        self.records: dict[tuple[str, str], PlannedRecord] = {}

    def plan(self, tables: Sequence[RawSheet]) -> Plan:
        sheets = self._sheets(tables)
        for sheet in (sheet for sheet in SHEETS if sheet.name in sheets):
            if not sheet.owner:
                self._identify(sheets[sheet.name])
        for sheet in (sheet for sheet in SHEETS if sheet.name in sheets):
            if sheet.owner:
                self._read_rows(sheets[sheet.name])
            else:
                self._read_values(sheets[sheet.name])
        self._find_stored()
        validation = Validation(self.records, self.faults)
        for record in self.records.values():
            if record.stored:
                self._compare(record, record.stored)
            validation.check(record)
        validation.check_together()
        like = self._like_others()
        for record in self.records.values():
            place = (record.sheet.name, record.line, record.key, record.name)
            changes = (record.effect, tuple(record.changed), like.get((record.sheet.name, record.key), ""))
            self.report.add_record(Affected(*place, *changes))
        return Plan(list(self.records.values()), self.report)

    # Sheets and columns

    def _sheets(self, tables: Sequence[RawSheet]) -> dict[str, SheetLines]:
        sheets: dict[str, SheetLines] = {}
        for table in tables:
            sheet = sheet_of(table)
            if sheet is None:
                reason = _("This sheet is none of ours. Call it one of: %(sheets)s.")
                self.faults.note(table.name, 0, "", reason % {"sheets": ", ".join(BY_NAME)})
            elif sheet.name in sheets:
                self.faults.note(table.name, 0, "", _("Another sheet holds %(sheet)s already.") % {"sheet": sheet.name})
            else:
                sheets[sheet.name] = self._columns(sheet, table)
        return sheets

    def _columns(self, sheet: Sheet, table: RawSheet) -> SheetLines:
        """Return a sheet with its columns; a header that is no column, or one for the second time, is a fault."""
        lines, columns = SheetLines(sheet, table, {}, None), self.choices.columns.get(sheet.name, {})
        for position, header in enumerate(table.header):
            name = columns.get(header, header)
            column = column_of(sheet, name)
            if name.strip().casefold() in KEY_NAMES and lines.key is None:
                lines.key = position
            elif column is None and name:
                self._unknown_column(sheet, header)
            elif column in lines.columns.values():
                self.faults.note(sheet.name, 0, header, _("This column is there twice."))
            elif column:
                lines.columns[position] = column
        if sheet.owner and lines.key is None:
            self.faults.note(sheet.name, 0, KEY, _("Without this column nobody knows to which record a line belongs."))
        return lines

    def _unknown_column(self, sheet: Sheet, header: str) -> None:
        names = {column.name: sort_key(f"{column.name} {column.label}") for column in sheet.columns}
        alike = process.extract(sort_key(header), names, scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=3)
        offers = tuple((name, sheet.by_name[name].label) for _text, _score, name in alike)
        self.report.columns.append(UnknownColumn(sheet.name, header, offers))
        self.faults.note(sheet.name, 0, header, _("This column is none of ours: choose which it is, or leave it out."))

    # Lines

    def _identify(self, lines: SheetLines) -> None:
        """Find out which record each line of a sheet means, so that other lines can name it."""
        sheet, model = lines.sheet, lines.sheet.model
        directory = self.directories.of_model(model)
        slugs = {entry.names[0]: entry.value for entry in directory.entries}
        for given, line in lines.keyed():
            key = given or f"line {line.number}"
            if earlier := self.records.get((sheet.name, key)):
                self.faults.note(
                    sheet.name, line.number, KEY, _("Line %(n)d has this key already.") % {"n": earlier.line}
                )
                continue
            record = PlannedRecord(sheet, key, line.number)
            if entry := directory.by_code.get(key):
                record.there = entry.value
            elif ref_in(key):
                self.faults.note(
                    sheet.name, line.number, KEY, _("There is no record %(ref)s of this kind.") % {"ref": key}
                )
            else:
                slug = lines.text(line, "slug") or slug_of(lines.text(line, model.name_field))  # type: ignore[attr-defined]
                record.there = slugs.get(slug)
                record.by_slug = record.there is not None
            self.records[sheet.name, key] = record
            self.directories.keys[sheet.name, key] = record.itself

    def _read_values(self, lines: SheetLines) -> None:
        for given, line in lines.keyed():
            record = self.records.get((lines.sheet.name, given or f"line {line.number}"))
            if record and record.line == line.number:
                record.values = dict(self._values(lines, line))

    def _read_rows(self, lines: SheetLines) -> None:
        """Read the lines of a sheet of rows: those of one record are then all its rows of this kind."""
        owners = OF_MODEL[lines.sheet.owner_model]
        for key, line in lines.keyed():
            owner = self.records.get((owners.name, key)) or self._only_with_rows(owners, key, lines, line)
            if owner:
                values = {**dict(self._values(lines, line)), lines.sheet.owner: owner.itself}
                owner.rows.setdefault(lines.sheet.name, []).append(PlannedRow(line.number, values))

    def _only_with_rows(self, owners: Sheet, key: str, lines: SheetLines, line: Line) -> PlannedRecord | None:
        """Return a record that is there and has no line of its own, only rows; notes a fault where there is none."""
        entry = self.directories.of_model(owners.model).by_code.get(key)
        if entry is None:
            values = {"sheet": owners.name, "key": key}
            reason = _("No line of %(sheet)s has the key “%(key)s”, and it is no ref.") % values
            self.faults.note(lines.sheet.name, line.number, KEY, reason)
            return None
        return self.records.setdefault((owners.name, key), PlannedRecord(owners, key, 0, entry.value))

    def _values(self, lines: SheetLines, line: Line) -> Iterator[tuple[str, Any]]:
        """Yield (column, value) of the cells of a line that say something; the others are faults."""
        for position, column in lines.columns.items():
            place = (lines.sheet.name, line.number, column.name)
            try:
                yield column.name, parsed(column, cell_of(line, position), self.directories)
            except Unreadable as reason:
                self.faults.note(*place, str(reason))
            except Unknown as unknown:
                offers = tuple((offer.code, offer.label) for offer in unknown.suggestions)
                directory = directory_name(column)
                fault = Fault(*place, str(unknown), directory, unknown.text, offers)
                self.faults.add(fault)

    # What is there, and what differs

    def _find_stored(self) -> None:
        for sheet in (sheet for sheet in SHEETS if not sheet.owner):
            there = [record for record in self.records.values() if record.sheet is sheet and record.there]
            stored = records.read(sheet, (record.there for record in there if record.there))
            pending = records.read(sheet, _pending_edits(sheet, stored))
            by_original = {edit.instance.draft_of_id: edit for edit in pending.values()}
            for record in there:
                record.stored, record.pending = stored.get(record.there or 0), by_original.get(record.there)

    def _compare(self, record: PlannedRecord, stored: Stored) -> None:
        """Note what becomes of a record that is there, and where it may not be changed."""
        record.changed = list(_differences(record, stored))
        reason = ""
        if not record.changed or (record.pending and not list(_differences(record, record.pending))):
            record.changed, record.effect = [], Effect.UNCHANGED
            return
        if record.by_slug:
            reason = _("%(ref)s has this slug already and says something else: give its ref as key to change it.")
        elif record.pending:
            reason = _("%(ref)s has a pending edit already, which says something else: approve or discard that first.")
        elif stored.instance.state == State.ARCHIVED:
            reason = _("%(ref)s is archived: return it to draft first.")
        elif stored.instance.published_at and "slug" in record.changed:
            reason = _("The slug of %(ref)s was public and is permanent.")
        if reason:
            column = "slug" if record.by_slug or "slug" in record.changed else KEY
            self.faults.note(record.sheet.name, record.line, column, reason % {"ref": stored.instance.ref})
        record.effect = Effect.PENDING if stored.instance.is_published else Effect.CHANGED

    def _like_others(self) -> dict[tuple[str, str], str]:
        """Return, of the first new records, one that is there and has a like name: "IPK-0042 Evening classes"."""
        likenesses: dict[tuple[str, str], str] = {}
        new = [record for record in self.records.values() if record.effect == Effect.NEW][:NAMED]
        for sheet in {record.sheet.name: record.sheet for record in new}.values():
            there = self.directories.of_model(sheet.model).entries
            names = {entry.code: folded_name(entry.label) for entry in there}
            labels = {entry.code: entry.label for entry in there}
            for record in (record for record in new if record.sheet is sheet):
                name = folded_name(record.name)
                if alike := process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=PRACTICES_ALIKE):
                    likenesses[sheet.name, record.key] = f"{alike[2]} {labels[alike[2]]}"
        return likenesses


def _differences(record: PlannedRecord, stored: Stored) -> Iterator[str]:
    """Yield the columns, and sheets of rows, in which a record of the file differs from one that is there."""
    yield from (name for name, value in record.values.items() if value != stored.values[name])
    for name, rows in record.rows.items():
        owner = BY_NAME[name].owner
        there = [row.values for row in stored.rows[name]]
        given = [{column: value for column, value in row.values.items() if column != owner} for row in rows]
        if len(given) != len(there) or any(
            value != old[column] for new, old in zip(given, there, strict=True) for column, value in new.items()
        ):
            yield name


def _pending_edits(sheet: Sheet, originals: Iterable[int]) -> Iterator[int]:
    model: Any = sheet.model
    for chunk in chunks(originals):
        yield from model.objects.filter(draft_of__in=chunk).values_list("pk", flat=True)
