"""From the lines of a file to what would be written: what each cell says, what is wrong, what differs.

Everything is only read here, outside any transaction. A line is known by its key: a ref is a record that is there; any
other key is a new record, unless one with its slug is there already and says the same, so that a file can be imported
twice. Rows stand in sheets of their own: the lines of one record are all its rows of that kind; a record without a line
there keeps its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from practices.curation.duplicates import PRACTICES_ALIKE, folded_name
from practices.curation.importing import checks, records
from practices.curation.importing.cells import Cell
from practices.curation.importing.columns import BY_NAME, KEY, OF_MODEL, SHEETS, Column, Sheet
from practices.curation.importing.matching import ALIKE, Directories, NewRecord, Unknown, directory_name, ref_in
from practices.curation.importing.parsing import Unreadable, as_text, parsed
from practices.curation.importing.reading import Line, Misfit, RawSheet
from practices.curation.importing.records import CHUNK, Stored, Values, empty
from practices.curation.importing.report import NAMED, Affected, Effect, Fault, ImportReport, UnknownColumn
from practices.index.documents import chunks
from practices.models import Finding, FormerSlug, Relation, State
from practices.models.curated import sort_key
from practices.models.practice import ONE_WAY

#: the names of the column by which lines belong together
KEY_NAMES = (KEY, "ref")


@dataclass(frozen=True)
class Choices:
    """What a curator chose for what a file leaves open: columns by sheet and header, codes by directory and text.

    "" leaves a column, or a text, out.
    """

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class PlannedRow:
    """A row of a record, as a line of the file states it."""

    line: int
    values: Values


@dataclass
class PlannedRecord:
    """A record as the file states it: the values of the columns that the file has, its rows by sheet.

    `there` is its primary key where it is there already, which its key says or, `by_slug`, its slug.
    """

    sheet: Sheet
    key: str
    line: int
    there: int | None = None
    by_slug: bool = False
    values: Values = field(default_factory=dict)
    rows: dict[str, list[PlannedRow]] = field(default_factory=dict)
    stored: Stored | None = None
    pending: Stored | None = None
    effect: Effect = Effect.NEW
    #: the columns, and sheets of rows, in which it differs from what is there
    changed: list[str] = field(default_factory=list)

    @property
    def itself(self) -> Any:
        """What relations name it by."""
        return self.there or NewRecord(self.sheet.name, self.key)

    @property
    def full_values(self) -> Values:
        """What it states in the end: the file's values, all others as they are."""
        return {**(self.stored.values if self.stored else {}), **self.values}

    @property
    def name(self) -> str:
        """What it is called."""
        model: Any = self.sheet.model
        return str(self.full_values.get(model.name_field) or self.key)


@dataclass
class Plan:
    """What an import would write, and its report; where that has faults, nothing may be written."""

    records: list[PlannedRecord]
    report: ImportReport

    @property
    def changes(self) -> list[PlannedRecord]:
        """The records that are to be written, each after those that it names, but for records of its own kind."""
        return [record for record in self.records if record.effect != Effect.UNCHANGED]


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
            text = _readable(_cell(line, self.key))
            yield ref_in(text) or text, line

    def text(self, line: Line, name: str) -> str:
        """Return what stands in a column of a line, "" where the sheet has no such column."""
        position = next((at for at, column in self.columns.items() if column.name == name), None)
        return _readable(_cell(line, position))


def plan(tables: Sequence[RawSheet], choices: Choices | None = None) -> Plan:
    """Return what an import of these tables would write."""
    return _Planner(choices or Choices()).plan(tables)


class _Planner:
    """Makes one plan; what it finds wrong goes into its report."""

    def __init__(self, choices: Choices) -> None:
        self.report = ImportReport()
        self.choices = choices
        self.directories = Directories(choices.values)
        self.records: dict[tuple[str, str], PlannedRecord] = {}
        self._faulty = set[tuple[str, int, str]]()

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
        for record in self.records.values():
            self._check(record)
        self._check_slugs()
        self._check_circles()
        self._check_number()
        like = self._like_others()
        for record in self.records.values():
            place = (record.sheet.name, record.line, record.key, record.name)
            changes = (record.effect, tuple(record.changed), like.get((record.sheet.name, record.key), ""))
            self.report.add_record(Affected(*place, *changes))
        return Plan(list(self.records.values()), self.report)

    def _fault(self, sheet: str, line: int, column: str, reason: str) -> None:
        self._add(Fault(sheet, line, column, reason))

    def _add(self, fault: Fault) -> None:
        self._faulty.add((fault.sheet, fault.line, fault.column))
        self.report.add_fault(fault)

    # Sheets and columns

    def _sheets(self, tables: Sequence[RawSheet]) -> dict[str, SheetLines]:
        sheets: dict[str, SheetLines] = {}
        for table in tables:
            sheet = sheet_of(table)
            if sheet is None:
                reason = _("This sheet is none of ours. Call it one of: %(sheets)s.")
                self._fault(table.name, 0, "", reason % {"sheets": ", ".join(BY_NAME)})
            elif sheet.name in sheets:
                self._fault(table.name, 0, "", _("Another sheet holds %(sheet)s already.") % {"sheet": sheet.name})
            else:
                sheets[sheet.name] = self._columns(sheet, table)
        return sheets

    def _columns(self, sheet: Sheet, table: RawSheet) -> SheetLines:
        """Return a sheet with its columns; a header that is no column, or one for the second time, is a fault."""
        lines, chosen = SheetLines(sheet, table, {}, None), self.choices.columns.get(sheet.name, {})
        for position, header in enumerate(table.header):
            name = chosen.get(header, header)
            column = column_of(sheet, name)
            if name.strip().casefold() in KEY_NAMES and lines.key is None:
                lines.key = position
            elif column is None and name:
                self._unknown_column(sheet, header)
            elif column in lines.columns.values():
                self._fault(sheet.name, 0, header, _("This column is there twice."))
            elif column:
                lines.columns[position] = column
        if sheet.owner and lines.key is None:
            self._fault(sheet.name, 0, KEY, _("Without this column nobody knows to which record a line belongs."))
        return lines

    def _unknown_column(self, sheet: Sheet, header: str) -> None:
        names = {column.name: sort_key(f"{column.name} {column.label}") for column in sheet.columns}
        alike = process.extract(sort_key(header), names, scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=3)
        offers = tuple((name, sheet.by_name[name].label) for _text, _score, name in alike)
        self.report.columns.append(UnknownColumn(sheet.name, header, offers))
        self._fault(sheet.name, 0, header, _("This column is none of ours: choose which it is, or leave it out."))

    # Lines

    def _identify(self, lines: SheetLines) -> None:
        """Find out which record each line of a sheet means, so that other lines can name it."""
        sheet, model = lines.sheet, lines.sheet.model
        directory = self.directories.of_model(model)
        slugs = {entry.names[0]: entry.value for entry in directory.entries}
        for given, line in lines.keyed():
            key = given or f"line {line.number}"
            if earlier := self.records.get((sheet.name, key)):
                self._fault(sheet.name, line.number, KEY, _("Line %(n)d has this key already.") % {"n": earlier.line})
                continue
            record = PlannedRecord(sheet, key, line.number)
            if entry := directory.by_code.get(key):
                record.there = entry.value
            elif ref_in(key):
                self._fault(sheet.name, line.number, KEY, _("There is no record %(ref)s of this kind.") % {"ref": key})
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
            self._fault(lines.sheet.name, line.number, KEY, reason)
            return None
        return self.records.setdefault((owners.name, key), PlannedRecord(owners, key, 0, entry.value))

    def _values(self, lines: SheetLines, line: Line) -> Iterator[tuple[str, Any]]:
        """Yield (column, value) of the cells of a line that say something; the others are faults."""
        for position, column in lines.columns.items():
            place = (lines.sheet.name, line.number, column.name)
            try:
                yield column.name, parsed(column, _cell(line, position), self.directories)
            except Unreadable as reason:
                self._fault(*place, str(reason))
            except Unknown as unknown:
                offers = tuple((offer.code, offer.label) for offer in unknown.suggestions)
                directory = directory_name(column)
                fault = Fault(*place, str(unknown), directory, unknown.text, offers)
                self._add(fault)

    # What is there, and what differs

    def _find_stored(self) -> None:
        for sheet in (sheet for sheet in SHEETS if not sheet.owner):
            there = [record for record in self.records.values() if record.sheet is sheet and record.there]
            stored = records.read(sheet, (record.there for record in there if record.there))
            pending = records.read(sheet, _pending_edits(sheet, stored))
            by_original = {edit.instance.draft_of_id: edit for edit in pending.values()}
            for record in there:
                record.stored, record.pending = stored.get(record.there or 0), by_original.get(record.there)

    def _check(self, record: PlannedRecord) -> None:
        """Note what is wrong with a record, and what becomes of it."""
        if record.stored is None:
            self._check_values(record, record.sheet, record.line, record.values, new=True)
        else:
            self._compare(record, record.stored)
            if record.effect != Effect.UNCHANGED:
                self._check_values(record, record.sheet, record.line, record.values, new=False)
        for name, rows in record.rows.items():
            if record.effect in (Effect.NEW, Effect.PENDING) or name in record.changed:
                self._check_rows(record, BY_NAME[name], rows)

    def _compare(self, record: PlannedRecord, stored: Stored) -> None:
        record.changed = list(_differences(record, stored))
        reason = ""
        if not record.changed or (record.pending and not list(_differences(record, record.pending))):
            record.changed, record.effect = [], Effect.UNCHANGED
            return
        ref, name = stored.instance.ref, str(stored.instance)
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
            self._fault(record.sheet.name, record.line, column, reason % {"ref": ref, "name": name})
        record.effect = Effect.PENDING if stored.instance.is_published else Effect.CHANGED

    # What must hold

    def _check_values(self, record: PlannedRecord, sheet: Sheet, line: int, values: Values, *, new: bool) -> None:
        """Note where the values of a record or row are not what its model takes."""
        model: Any = sheet.model
        full = _completed(sheet, values) if new else record.full_values
        columns = [column for column in sheet.columns if column.name in values or new]
        instance = model()
        for column in columns:
            value = values.get(column.name, empty(column))
            if _is_missing(column, value) and (sheet.name, line, column.name) not in self._faulty:
                self._fault(sheet.name, line, column.name, _("This is needed."))
            if column.kind not in ("record", "records") and (column.name != "slug" or value):
                self._clean(instance, column, value, sheet, line)
        for message, names in checks.broken(model, full):
            if not any((sheet.name, line, name) in self._faulty for name in names):
                given = [name for name in names if name in values and name in sheet.by_name]
                self._fault(sheet.name, line, (given or [KEY])[-1], message)

    def _clean(self, instance: Any, column: Column, value: Any, sheet: Sheet, line: int) -> None:
        if value in ("", None) and not column.required:
            return
        try:
            column.field.clean(value, instance)
        except ValidationError as error:
            if not (column.required and value in ("", None, [])):  # which is said already
                self._fault(sheet.name, line, column.name, " ".join(error.messages))

    def _check_rows(self, record: PlannedRecord, sheet: Sheet, rows: list[PlannedRow]) -> None:
        for row in rows:
            self._check_values(record, sheet, row.line, row.values, new=True)
        completed = [_completed(sheet, row.values) for row in rows]
        for position, message in checks.repeated(sheet.model, completed, sheet.owner):
            self._fault(sheet.name, rows[position].line, KEY, message)

    def _check_slugs(self) -> None:
        """Note the slugs that two records have, or that were another's; give new records theirs."""
        for sheet in (sheet for sheet in SHEETS if not sheet.owner):
            taken: dict[str, int] = {}
            changing = [record for record in self.records.values() if record.sheet is sheet]
            changing = [record for record in changing if record.effect == Effect.NEW or "slug" in record.changed]
            for record in changing:
                slug = record.values.get("slug") or slug_of(record.name)
                record.values["slug"] = slug
                if not slug:
                    self._fault(sheet.name, record.line, "slug", _("Give a slug: none can be made of its name."))
                elif slug in taken:
                    reason = _("Line %(n)d has the slug “%(slug)s” already.") % {"n": taken[slug], "slug": slug}
                    self._fault(sheet.name, record.line, "slug", reason)
                taken.setdefault(slug, record.line)
            used = set(_slugs_of_others(sheet, changing))
            for record in changing:
                if record.values["slug"] in used:
                    reason = _("“%(slug)s” is or was the address of another record.") % {"slug": record.values["slug"]}
                    self._fault(sheet.name, record.line, "slug", reason)

    def _check_circles(self) -> None:
        """Note the relations and broader findings by which a record stands above itself."""
        planned = [record for record in self.records.values() if record.effect != Effect.UNCHANGED]
        related = [record for record in planned if "relations" in record.rows]
        for kind in ONE_WAY if related else ():
            rows = [(record, row) for record in related for row in record.rows["relations"]]
            rows = [(record, row) for record, row in rows if row.values.get("kind") == kind and row.values.get("other")]
            stored = Relation.objects.filter(kind=kind, practice__draft_of=None).exclude(
                practice__in=[record.there for record in related if record.there]
            )
            lines = {(record.itself, row.values["other"]): row.line for record, row in rows}
            for place in self._circles(stored.values_list("practice", "other"), lines):
                reason = _("By this relation the practice would stand above itself, directly or by way of others.")
                self._fault("relations", place, "other", reason)
        nested = [record for record in planned if record.sheet.model is Finding and record.values.get("parent")]
        if nested:
            others = Finding.objects.exclude(pk__in=[record.there for record in nested if record.there])
            lines = {(record.itself, record.values["parent"]): record.line for record in nested}
            for place in self._circles(others.exclude(parent=None).values_list("pk", "parent"), lines):
                self._fault("findings", place, "parent", _("It would stand under itself."))

    def _check_number(self) -> None:
        """Note where more drafts would change than one act changes, for which others wait on SQLite."""
        changed = sum(record.effect == Effect.CHANGED for record in self.records.values())
        if changed > settings.BULK_LIMIT:
            numbers = {"n": changed, "limit": settings.BULK_LIMIT}
            reason = _("This would change %(n)d drafts, and one import changes %(limit)d at most: import it in parts.")
            self._fault("", 0, "", reason % numbers)

    def _like_others(self) -> dict[tuple[str, str], str]:
        """Return, of the first new records, one that is there and has a like name: "IPK-0042 Evening classes"."""
        found: dict[tuple[str, str], str] = {}
        new = [record for record in self.records.values() if record.effect == Effect.NEW][:NAMED]
        for sheet in {record.sheet.name: record.sheet for record in new}.values():
            there = self.directories.of_model(sheet.model).entries
            names = {entry.code: folded_name(entry.label) for entry in there}
            labels = {entry.code: entry.label for entry in there}
            for record in (record for record in new if record.sheet is sheet):
                name = folded_name(record.name)
                if alike := process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=PRACTICES_ALIKE):
                    found[sheet.name, record.key] = f"{alike[2]} {labels[alike[2]]}"
        return found

    def _circles(self, stored: Iterable[tuple[Any, Any]], lines: dict[tuple[Any, Any], int]) -> Iterator[int]:
        above: dict[Any, list[Any]] = defaultdict(list)
        for record, over in (*stored, *lines):
            above[record].append(over)
        yield from (lines[pair] for pair in checks.circles(above, lines))


def _cell(line: Line, position: int | None) -> Cell | Misfit:
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


def slug_of(name: str) -> str:
    """Return the slug of a record with this name."""
    return slugify(sort_key(name))[:120].strip("-")


def _completed(sheet: Sheet, values: Values) -> Values:
    """Return values with those of the columns that a file does not have, as in a new record."""
    return {**{column.name: empty(column) for column in sheet.columns}, **values}


def _is_missing(column: Column, value: Any) -> bool:
    """Whether a value is needed and not given."""
    return column.required and column.kind != "records" and value in ("", None, [])


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


def _slugs_of_others(sheet: Sheet, changing: Sequence[PlannedRecord]) -> Iterator[str]:
    """Yield those of the slugs of some records that other records have, or once had in public."""
    model: Any = sheet.model
    own = {record.values["slug"]: record.stored.instance.ref if record.stored else "" for record in changing}
    slugs = list(own)
    for chunk in (slugs[start : start + CHUNK] for start in range(0, len(slugs), CHUNK)):
        rows = [
            *model.objects.filter(slug__in=chunk).values_list("slug", "ref"),
            *FormerSlug.objects.filter(model=model._meta.model_name, slug__in=chunk).values_list("slug", "ref"),
            *model.history.filter(slug__in=chunk, published_at__isnull=False).values_list("slug", "ref"),
        ]
        yield from (slug for slug, ref in rows if ref != own[slug])
