"""Writing what was planned, all of it or nothing, in one transaction that is as short as it can be.

Records, rows, history and the note of what was done are made ready outside the transaction, which then inserts them in
bulk: on SQLite, where others wait meanwhile, they wait for a second or two. A dry run is the same, rolled back. What is
imported is drafts and pending edits, which no reader sees: index and data version stay as they are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.curation import timeouts
from practices.curation.changes.pending import Basis
from practices.curation.fixtures.baseline import history_of
from practices.curation.importing.columns import BY_NAME, Column, Sheet, rows_of
from practices.curation.importing.matching import NewPassage, NewRecord
from practices.curation.importing.planned import Plan, PlannedRecord
from practices.curation.importing.records import StoredRow, Values, empty
from practices.curation.importing.report import Effect
from practices.curation.importing.tables import History, Inserts, Numbers, Row, update
from practices.curation.operations import Recording
from practices.curation.operations import rows as stored_rows
from practices.curation.roles import Person
from practices.index.documents import chunks
from practices.models import Citation, Curated, Operation, OperationKind, State
from practices.models.curated import sort_key

#: how long one statement may take on PostgreSQL, where nobody waits for it
STATEMENT_LIMIT = "30s"


class ChangedMeanwhile(Exception):
    """Somebody saved what an import builds on after it was checked; nothing was written."""

    def __init__(self) -> None:
        super().__init__(_("Somebody saved what this import builds on meanwhile. Nothing was written: check it again."))


def write(
    plan: Plan,
    user: Person | None,
    title: str,
    *,
    dry_run: bool = False,
    kind: OperationKind = OperationKind.IMPORT,
    new_are: State = State.DRAFT,
) -> Operation | None:
    """Write a plan without faults; returns the operation, None for a dry run and where there is nothing to do.

    `kind` is that of the operation, `new_are` the state of the drafts and pending edits that are new.

    Raises ChangedMeanwhile, and writes nothing, where the database is no longer as the plan found it.
    """
    if not plan.changes:
        return None
    writer = _Writer(plan.changes, user, title, dry_run=dry_run, kind=kind, new_are=new_are)
    try:
        with transaction.atomic():
            operation = writer.write()
            transaction.set_rollback(dry_run)
    except IntegrityError as error:
        raise ChangedMeanwhile from error
    return None if dry_run else operation


class _Writer:
    """Makes everything ready; `write` hands it to the database."""

    def __init__(
        self,
        planned: list[PlannedRecord],
        user: Person | None,
        title: str,
        *,
        dry_run: bool,
        kind: OperationKind,
        new_are: State,
    ) -> None:
        self.user, self.title, self.planned, self.now = user, title, planned, timezone.now()
        self.kind, self.new_are = kind, new_are
        self.inserts, self.history = Inserts(), History(user, self.now, title)
        #: the records that are there and change, with their new values; what they were when they were read
        self.updates: list[Curated] = []
        self.versions: dict[type[Model], dict[int, int]] = defaultdict(dict)
        #: rows that go, and many-to-many rows that go, by model
        self.removals: dict[type[Model], list[int]] = defaultdict(list)
        self.links = _stored_links(planned)
        new_passages = list(dict.fromkeys(_new_passages(planned)))
        self.numbers = _numbers(planned, new_passages, dry_run=dry_run)
        #: the primary keys of what the file adds
        self.keys: dict[Any, int] = {passage: self.numbers.key(Citation) for passage in new_passages}
        self._prepare(new_passages)
        self.recording = Recording(title)
        with transaction.atomic():  # one of its own: to read how much is now takes as long as to write it
            self.recording.watch(*self.updates)

    def write(self) -> Operation:
        """Write everything; in a transaction. Raises ChangedMeanwhile."""
        timeouts.extend(statement_timeout=STATEMENT_LIMIT)
        self._check_versions()
        for model, keys in self.removals.items():
            stored_rows.remove(model, keys)
        update(self.updates)
        self.inserts.write()
        self.history.write()
        changes = merged(self.recording.changes(), self.inserts.changes())
        values: dict[str, Any] = {"kind": self.kind, "title": self.title[:250], "by": self.user}
        return Operation.objects.create(**values, changes=changes)

    def _check_versions(self) -> None:
        for model, versions in self.versions.items():
            records = model._base_manager
            for chunk in chunks(versions):
                now = dict(records.select_for_update().filter(pk__in=chunk).values_list("pk", "version"))
                if any(now.get(pk) != versions[pk] for pk in chunk):
                    raise ChangedMeanwhile

    # Making ready

    def _prepare(self, new_passages: list[NewPassage]) -> None:
        for record in self.planned:
            if record.effect == Effect.NEW:
                self.keys[record.itself] = self.numbers.key(record.sheet.model)
        for passage in new_passages:
            values = {"section_id": passage.section, "paragraph": passage.paragraph, "words": passage.words}
            citation = Citation(pk=self.keys[passage], fingerprint=passage.fingerprint, **values)
            self.inserts.add(citation)
            self.history.add(citation, "+", {}, self.numbers)
        changed = _last_changes([record for record in self.planned if record.effect == Effect.PENDING])
        for record in self.planned:
            if record.effect == Effect.CHANGED:
                self._prepare_changed(record)
            else:
                self._prepare_new(record, changed)

    def _prepare_new(self, record: PlannedRecord, changed: Mapping[Any, datetime]) -> None:
        """Make a new record ready, or the pending edit of one that is there."""
        model: Any = record.sheet.model
        if record.stored:
            original = record.stored.instance
            self.versions[model][original.pk] = original.version
            instance = copy(original)
            instance.pk, instance.draft_of_id = self.numbers.key(model), original.pk
        else:
            instance = model(pk=self.keys[record.itself], ref=self.numbers.ref(model))
        instance.state, instance.version, instance.published_at = self.new_are, 1, None
        instance.created = instance.modified = self.now
        values = record.full_values
        self._set(instance, record.sheet, values)
        instance.sort_key = sort_key(getattr(instance, model.name_field))
        parts = rows_of(record.sheet)
        copies: Any = {rows.model: self._add_rows(rows, instance, self._rows(record, rows)) for rows in parts}
        if record.stored:
            instance.basis = Basis(changed[record.itself], copies).as_json()
        self.inserts.add(instance)
        self.history.add(instance, "+", self._add_links(instance, record.sheet, values), self.numbers)

    def _prepare_changed(self, record: PlannedRecord) -> None:
        """Make the changes of a record ready that nobody has published."""
        assert record.stored  # noqa: S101 (what changes is there)
        instance = record.stored.instance
        self.versions[type(instance)][instance.pk] = instance.version
        self._set(instance, record.sheet, record.values)
        instance.version, instance.modified = instance.version + 1, self.now
        instance.sort_key = sort_key(getattr(instance, instance.name_field))
        self.updates.append(instance)
        links = self._add_links(instance, record.sheet, record.full_values)
        self.history.add(instance, "~", links, self.numbers)
        for rows in rows_of(record.sheet):
            if rows.name in record.changed:
                self._change_rows(record, rows)

    def _change_rows(self, record: PlannedRecord, rows: Sheet) -> None:
        """Make ready that rows which are not as the file has them go, and others come in their places."""
        assert record.stored  # noqa: S101
        pairs = zip_longest(record.stored.rows[rows.name], self._rows(record, rows))
        for position, (old, given) in enumerate(pairs, 1):
            if old and given and old.values == given[0] and old.instance.position == position:
                continue
            if old:
                self._remove_row(rows, old)
            if given:
                self._add_row(rows, record.stored.instance.pk, position, given[0])

    def _remove_row(self, rows: Sheet, old: StoredRow) -> None:
        for column in rows.columns:
            if column.kind == "records":
                through = column.field.remote_field.through
                self.removals[through] += self.links[through].get(old.instance.pk, {}).values()
        self.removals[rows.model].append(old.instance.pk)
        self.history.add(old.instance, "-", {}, self.numbers)

    def _rows(self, record: PlannedRecord, rows: Sheet) -> list[tuple[Values, StoredRow | None]]:
        """Return the rows that a record has in the end, each with the one that is there already and says the same.

        Where the file has only some columns, a row keeps the others of the row in its place.
        """
        there = list(record.stored.rows[rows.name]) if record.stored else []
        if rows.name not in record.rows:
            return [(row.values, row) for row in there]
        planned, result = record.rows[rows.name], list[tuple[Values, StoredRow | None]]()
        same_number = len(planned) == len(there)
        unused = list(there)
        for place, row in enumerate(planned):
            given = {name: value for name, value in row.values.items() if name != rows.owner}
            origin = next((old for old in unused if _agrees(old.values, given)), None)
            base = origin or (there[place] if same_number else None)
            if origin:
                unused.remove(origin)
            others = base.values if base else {column.name: empty(column) for column in rows.columns}
            result.append(({**others, **given}, origin))
        return result

    def _add_rows(self, rows: Sheet, owner: Any, given: Iterable[tuple[Values, StoredRow | None]]) -> dict[int, int]:
        """Make rows ready; returns the primary keys of those that they are copies of, by their own."""
        copies = {}
        for position, (values, origin) in enumerate(given, 1):
            key = self._add_row(rows, owner.pk, position, values)
            if origin:
                copies[key] = origin.instance.pk
        return copies

    def _add_row(self, rows: Sheet, owner: int, position: int, values: Values) -> int:
        key = self.numbers.key(rows.model)
        instance = rows.model(pk=key, position=position, **{f"{rows.owner}_id": owner})
        self._set(instance, rows, values)
        self.inserts.add(instance)
        self.history.add(instance, "+", self._add_links(instance, rows, values), self.numbers)
        return key

    def _set(self, instance: Any, sheet: Sheet, values: Values) -> None:
        for column in sheet.columns:
            if column.name in values and column.kind != "records":
                value = values[column.name]
                setattr(instance, column.field.attname, self._key(value) if column.kind == "record" else value)

    def _key(self, named: Any) -> Any:
        return self.keys[named] if isinstance(named, (NewRecord, NewPassage)) else named

    def _add_links(self, instance: Any, sheet: Sheet, values: Values) -> dict[str, list[Row]]:
        """Make many-to-many rows ready, those that go included; returns all that there will be, by field."""
        links: dict[str, list[Row]] = {}
        for column in (column for column in sheet.columns if column.kind == "records"):
            through = column.field.remote_field.through
            targets = sorted(self._key(member) for member in values.get(column.name, ()))
            there = self.links[through].get(instance.pk, {})
            self.removals[through] += [key for target, key in there.items() if target not in targets]
            links[column.name] = []
            for target in targets:
                key = there.get(target)
                row = (key or self.numbers.key(through), instance.pk, target)
                links[column.name].append(row)
                if key is None:
                    self.inserts.add_link(through, row)
        return links


def _agrees(values: Values, given: Values) -> bool:
    return all(values[name] == value for name, value in given.items())


def merged(changes: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    """Return what two parts of an operation changed, which share no row, in the shape of `Operation.changes`."""
    for label, table in others.items():
        changes.setdefault(label, {"columns": table["columns"], "rows": {}})["rows"].update(table["rows"])
    return changes


def _new_passages(planned: Iterable[PlannedRecord]) -> Iterator[NewPassage]:
    for record in planned:
        parts = [record.values, *(row.values for rows in record.rows.values() for row in rows)]
        for value in (value for values in parts for value in values.values()):
            named = value if isinstance(value, frozenset) else (value,)
            yield from (passage for passage in named if isinstance(passage, NewPassage))


def _numbers(planned: Iterable[PlannedRecord], passages: list[NewPassage], *, dry_run: bool) -> Numbers:
    """Take the numbers for all that may be new: rather too many than too few."""
    counts, refs = Counter[type[Model]](), Counter[type[Curated]]()
    if passages:
        counts[Citation] += len(passages)
        counts[history_of(Citation)] += len(passages)
    for record in planned:
        model: Any = record.sheet.model
        refs[model] += record.effect == Effect.NEW
        _count(counts, record.sheet, [record.full_values])
        for rows in rows_of(record.sheet):
            there = [row.values for row in record.stored.rows[rows.name]] if record.stored else []
            _count(counts, rows, [*there, *(row.values for row in record.rows.get(rows.name, ()))])
    return Numbers(counts, +refs, dry_run=dry_run)


def _count(counts: Counter[type[Model]], sheet: Sheet, parts: list[Values]) -> None:
    model = sheet.model
    counts[model] += len(parts)
    counts[history_of(model)] += len(parts)
    for column in (column for column in sheet.columns if column.kind == "records"):
        counts[column.field.remote_field.through] += sum(len(values.get(column.name, ())) for values in parts)


def _stored_links(planned: Iterable[PlannedRecord]) -> dict[Any, dict[int, dict[int, int]]]:
    """Return the many-to-many rows of the records that are to change: by relation, owner and target, their keys."""
    owners: dict[Column, list[int]] = defaultdict(list)
    for record in (record for record in planned if record.effect == Effect.CHANGED and record.stored):
        stored: Any = record.stored
        parts = [(record.sheet, [stored.instance.pk])]
        parts += [(BY_NAME[name], [row.instance.pk for row in rows]) for name, rows in stored.rows.items()]
        for sheet, keys in parts:
            for column in (column for column in sheet.columns if column.kind == "records"):
                owners[column] += keys
    positions: dict[Any, dict[int, dict[int, int]]] = defaultdict(dict)
    for column, keys in owners.items():
        relation, through = column.field, column.field.remote_field.through
        owner, target = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
        for chunk in chunks(keys):
            links = through.objects.filter(**{f"{owner}__in": chunk}).values_list("pk", owner, target)
            for key, of, other in links:
                positions[through].setdefault(of, {})[other] = key
    return positions


def _last_changes(edited: list[PlannedRecord]) -> dict[Any, datetime]:
    """Return when each of these records, rows included, was last changed; a query for each chunk of each kind."""
    changes: dict[Any, datetime] = {}
    for sheet in {record.sheet.name: record.sheet for record in edited}.values():
        keys = [record.itself for record in edited if record.sheet is sheet]
        parts = [(sheet.model, "id"), *((rows.model, f"{rows.owner}_id") for rows in rows_of(sheet))]
        for model, column in parts:
            history = history_of(model).objects
            for chunk in chunks(keys):
                dates = history.filter(**{f"{column}__in": chunk}).order_by().values_list(column)
                for key, date in dates.annotate(last=Max("history_date")):
                    changes[key] = max(date, changes.get(key, date))
    return defaultdict(timezone.now, changes)
