"""Operations: acts on many records, recorded so that each can be undone exactly, or refused where others went on.

    with recorded(OperationKind.BULK, title, user) as recording:
        recording.watch(*records)          # as they are, before they change
        …
        recording.created(*new_records)    # where the act makes any

What it changed is told by comparing the rows before and after, so that nobody has to say what an act does. It is one
transaction. History and index are up to the act itself; undoing writes both.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.curation.changes import workflow
from practices.curation.dependants import by_model, public_dependants
from practices.curation.fixtures.baseline import copy_history, history_of, keeps_history
from practices.curation.operations import rows
from practices.curation.operations.rows import Rows, Values
from practices.curation.publishing import refresh_public_data
from practices.curation.roles import Person
from practices.index import writer
from practices.index.documents import practices_affected
from practices.models import Curated, Operation, OperationKind, Practice

#: how many of the records that changed since are named
NAMED = 10


class AlreadyUndone(Exception):
    """An operation was undone before."""

    def __init__(self) -> None:
        super().__init__(_("This was undone already."))


class ChangedSince(Exception):
    """An operation cannot be undone: what it changed was changed again. `records` names that; nothing was changed."""

    def __init__(self, records: Iterable[str] = ()) -> None:
        self.records = list(dict.fromkeys(records))
        reason = _("This cannot be undone exactly: what it changed was changed since.")
        super().__init__(" ".join([reason, self._named()]).strip())

    def _named(self) -> str:
        more = len(self.records) - NAMED
        named = "; ".join(self.records[:NAMED])
        return _("%(named)s and %(more)s more.") % {"named": named, "more": more} if more > 0 else named


@dataclass(frozen=True)
class Watched:
    """Where to look for rows: those of a model with one of these keys in a column, with what would fall with them."""

    model: type[Model]
    column: str
    keys: list[int]
    parts: bool

    def read(self) -> Iterator[tuple[type[Model], Rows]]:
        """Yield the rows as they are now, table by table."""
        if self.parts:
            yield from rows.read_parts(self.model, self.column, self.keys)
        else:
            yield self.model, rows.read(self.model, self.column, self.keys)


class Recording:
    """An operation while it is under way. `title` may still be set; `operation` is there when it is over.

    `before` are the rows that are watched, as they were. An act that changes nothing leaves no operation.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.operation: Operation | None = None
        self._watched: list[Watched] = []
        self.before: defaultdict[type[Model], Rows] = defaultdict(dict)

    def watch(self, *records: Model, parts: bool = True) -> None:
        """Note records as they are before they change, with their many-to-many rows and the rows that they own.

        Without `parts`, only what stands in their own columns. They are locked from here on.
        """
        for model, keys in by_model(records).items():
            self.watch_rows(model, "pk", keys, parts=parts)

    def watch_rows(self, model: type[Model], column: str, keys: Iterable[int], *, parts: bool = False) -> None:
        """Note the rows of a model, such as that of a many-to-many relation, with one of these keys in a column."""
        watched = Watched(model, column, list(keys), parts)
        self._watched.append(watched)
        for table, current in watched.read():
            self.before[table].update({key: values for key, values in current.items() if key not in self.before[table]})

    def created(self, *records: Model) -> None:
        """Note that the act made these records, with their rows."""
        self._watched += [Watched(model, "pk", keys, parts=True) for model, keys in by_model(records).items()]

    def changes(self) -> dict[str, object]:
        """Return what differs now from what was noted, in the shape of `Operation.changes`."""
        after: defaultdict[type[Model], Rows] = defaultdict(dict)
        for watched in self._watched:
            for table, current in watched.read():
                after[table].update(current)
        for table, before in self.before.items():  # what went to a record that is not watched
            after[table].update(rows.read(table, "pk", before.keys() - after[table].keys()))
        changes = dict[str, Any]()
        for table, current in after.items():
            before = self.before[table]
            changed = {
                str(key): [before.get(key), rows.mark(current.get(key))]
                for key in sorted(before.keys() | current.keys())
                if before.get(key) != current.get(key)
            }
            if changed:
                changes[table._meta.label] = {"columns": rows.columns(table), "rows": changed}
        return changes


@contextmanager
def recorded(kind: str, title: str, user: Person | None, *records: Model) -> Iterator[Recording]:
    """Make one transaction of what is done within, and an `Operation` of what it changes of what is watched."""
    with transaction.atomic():
        recording = Recording(title)
        recording.watch(*records)
        yield recording
        if changes := recording.changes():
            values: dict[str, Any] = {"kind": kind, "title": recording.title[:250], "by": user, "changes": changes}
            recording.operation = Operation.objects.create(**values)


def delete(records: Iterable[Model], title: str, user: Person | None) -> Operation | None:
    """Delete records with what falls with them, in a fixed number of queries; history says so of each.

    Raises IntegrityError where others name any of them.
    """
    with recorded(OperationKind.DELETION, title, user) as recording:
        keys = by_model(records)
        for model, pks in keys.items():
            recording.watch_rows(model, "pk", pks, parts=True)
        practices = {practice for model, pks in keys.items() for practice in practices_affected(model, pks)}
        naming = set[str]()
        for table, current in recording.before.items():
            copy_history(table, current, "-", reason=None, user=user)
            rows.remove(table, current)
            naming |= {relation.related_model._meta.db_table for relation in rows.relations_to(table)}
        if any(not issubclass(model, Curated) for model in keys):
            refresh_public_data(practices)
        else:
            writer.update(practices)
        connection.check_constraints(sorted(naming))
    return recording.operation


@dataclass
class Table:
    """What an operation changed in one table: the rows before by key, and marks of those after."""

    model: type[Model]
    columns: list[str]
    before: dict[int, Values | None] = field(default_factory=dict)
    after: dict[int, Any] = field(default_factory=dict)
    #: the rows as they are now
    current: Rows = field(default_factory=dict)

    @property
    def made(self) -> list[int]:
        """The rows that the operation made."""
        return [key for key, values in self.before.items() if values is None]

    @property
    def former(self) -> Rows:
        """The rows that it changed or removed, as they were."""
        return {key: values for key, values in self.before.items() if values is not None}

    def column(self, name: str) -> set[int]:
        """Return the keys that stand in a column now, or stood there before."""
        place = self.columns.index(name)
        return {values[place] for values in (*self.current.values(), *self.former.values())} - {None}


@transaction.atomic
def undo(operation: Operation, user: Person | None) -> None:
    """Put back every row that an operation changed, as it was: the same keys, times and versions.

    History says that it was undone, and by whom. Raises AlreadyUndone, ChangedSince where a row is not as the
    operation left it, NotReady where what would be public would lack something now; then nothing was changed.
    """
    locked = Operation.objects.select_for_update().get(pk=operation.pk)
    if locked.undone_at:
        raise AlreadyUndone
    tables = list(_tables(locked))
    if changed := list(_changed_since(tables)):
        raise ChangedSince(changed)
    records = _curated(tables)
    public, practices = _public(records), _practices(tables)
    watched = [*public, *public_dependants(public)]
    lacking = workflow.missing_requirements(*watched)
    try:
        _put_back(tables, locked, user)
    except IntegrityError:
        raise ChangedSince from None
    now_public = _public(records)
    if public or now_public or any(_is_always_public(table) for table in tables):
        refresh_public_data(practices | _practices(tables))
    stayed = set(_public(_curated_of(watched))).difference(now_public)
    missing = workflow.missing_requirements(*now_public, *stayed)
    if lacks := workflow.newly_missing(missing, lacking):
        raise workflow.NotReady(lacks)
    Operation.objects.filter(pk=locked.pk).update(undone_at=timezone.now(), undone_by=user)


class TableChanges(NamedTuple):
    """What an operation did to one table: its name, and how many rows it added, changed and removed."""

    name: str
    counts: tuple[int, int, int]


def changed_tables(operation: Operation) -> list[TableChanges]:
    """Return what an operation did, table by table, in words for the curator."""
    return [_counted(label, list(changes["rows"].values())) for label, changes in operation.changes.items()]


def _counted(label: str, changed: list[tuple[Values | None, Any]]) -> TableChanges:
    added = sum(before is None for before, _after in changed)
    removed = sum(after is None for _before, after in changed)
    return TableChanges(rows.name(apps.get_model(label)), (added, len(changed) - added - removed, removed))


def _tables(operation: Operation) -> Iterator[Table]:
    """Yield what an operation changed, with the rows as they are now, locked."""
    for label, changes in operation.changes.items():
        model = apps.get_model(label)
        table = Table(model, changes["columns"])
        for key, (before, after) in changes["rows"].items():
            table.before[int(key)], table.after[int(key)] = before, after
        table.current = rows.read(model, "pk", table.before, table.columns)
        yield table


def _changed_since(tables: list[Table]) -> Iterator[str]:
    """Yield the names of the records that are no longer as the operation left them."""
    ours = {(table.model, key) for table in tables for key in table.before}
    for table in tables:
        for key, after in table.after.items():
            current = table.current.get(key)
            if rows.mark(current) != after:
                known = (current, table.before[key], after)
                yield _name(table.model, key, next((values for values in known if isinstance(values, list)), None))
        for relation in rows.relations_to(table.model) if table.made else ():
            naming = relation.related_model
            for key in rows.read(naming, relation.field.name, table.made, [naming._meta.pk.attname]):
                if (naming, key) not in ours:
                    yield _name(naming, key)


def _name(model: type[Model], key: int, values: Values | None = None) -> str:
    """Return what a record is called, or what it was called when it was still there; of a row, its owner."""
    record = model._base_manager.filter(pk=key).first()
    past = history_of(model).objects.filter(id=key).first() if record is None and keeps_history(model) else None
    if record is None:
        held = rows.records(model, rows.columns(model), [values]) if values else [None]
        record = past.instance if past else held[0]
    if (owner := rows.owner(model)) and record is not None:
        return _name(owner[0], getattr(record, owner[1]))
    kind = model._meta.verbose_name
    name = f"{getattr(record, 'ref', kind)} {record}" if record is not None else f"{kind} {key}"
    return _("%(record)s (deleted)") % {"record": name} if past else name


def _restore(tables: list[Table]) -> None:
    """Put all rows back as they were. Raises IntegrityError where what is there now leaves no room for them."""
    for table in tables:
        rows.remove(table.model, table.made)
    for table in tables:
        rows.put(table.model, table.columns, table.former)
    connection.check_constraints([table.model._meta.db_table for table in tables])


def _put_back(tables: list[Table], operation: Operation, user: Person | None) -> None:
    """Restore all rows, with one row of history for each record that is removed, put back, or has other terms again."""
    signed: dict[str, Any] = {"reason": _("Undone: %(operation)s") % {"operation": operation}, "user": user}
    added, changed, removed = (defaultdict[type[Model], set[int]](set) for _sign in "+~-")
    for table in tables:
        removed[table.model] |= set(table.made)
        added[table.model] |= table.former.keys() - table.current.keys()
        changed[table.model] |= table.former.keys() & table.current.keys()
        owner = rows.owner(table.model) if table.model._meta.auto_created else None
        if owner:
            changed[owner[0]] |= table.column(owner[1])
    for model, keys in removed.items():
        copy_history(model, keys, "-", **signed)
    _restore(tables)
    for model, keys in added.items():
        copy_history(model, keys, "+", **signed)
    for model, keys in changed.items():
        copy_history(model, keys - removed[model] - added[model], "~", **signed)


def _curated(tables: list[Table]) -> dict[type[Curated], set[int]]:
    """Return the curated records that are changed, or own what is."""
    keys: defaultdict[type[Curated], set[int]] = defaultdict(set)
    for table in tables:
        owner = rows.owner(table.model)
        if issubclass(table.model, Curated):
            keys[table.model] |= table.before.keys()
        elif owner and issubclass(owner[0], Curated):
            keys[owner[0]] |= table.column(owner[1])
        elif owner and (above := rows.owner(owner[0])) and issubclass(above[0], Curated):
            owned = owner[0]._base_manager.filter(pk__in=table.column(owner[1]))
            keys[above[0]] |= set(owned.values_list(above[1], flat=True))
    return keys


def _curated_of(records: Iterable[Curated]) -> dict[type[Curated], set[int]]:
    keys: defaultdict[type[Curated], set[int]] = defaultdict(set)
    for record in records:
        keys[type(record)].add(record.pk)
    return keys


def _public(records: dict[type[Curated], set[int]]) -> list[Curated]:
    """Return those of some records that readers see now."""
    return [record for model, keys in records.items() for record in model.objects.published().filter(pk__in=keys)]


def _is_always_public(table: Table) -> bool:
    """Whether readers see the rows of a table whatever the state of a record: terms, places, addresses.

    What has no history and no owner is a note of curators.
    """
    if owned := rows.owner(table.model):
        above = rows.owner(owned[0])  # such as of the citations of a row
        return not issubclass(above[0] if above else owned[0], Curated)
    return keeps_history(table.model) and not issubclass(table.model, Curated)


def _practices(tables: list[Table]) -> set[int]:
    """Return the practices in whose documents the changed rows have a part, as they are now."""
    practices = set[int]()
    for table in tables:
        practices |= practices_affected(table.model, table.before)
        for name in table.columns:
            if table.model._meta.get_field(name).related_model is Practice:
                practices |= table.column(name)
    return practices
