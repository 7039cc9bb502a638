"""Rows on their way into the database in bulk: made ready beforehand, so that the transaction only hands them over.

Each new row gets its primary key first, from the database's own counters. Taking numbers is a write of its own, which
keeps others waiting for a moment only; numbers of an import that then fails are lost, as with any that is rolled back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any

from django.db import connection, transaction
from django.db.models import CharField, ForeignKey, IntegerField, Max, Model, TextField

from practices.curation.fixtures.baseline import history_of, history_of_terms
from practices.curation.operations.rows import columns, mark, plain
from practices.curation.roles import Person
from practices.models import Curated, RefSequence

#: how far beyond what is there the numbers of a dry run lie, which are rolled back with it
BEYOND = 1_000_000
#: what stands for itself in the text of a COPY only when escaped
NOT_COPIED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
Row = tuple[Any, ...]


class Numbers:
    """Primary keys and refs for new rows. Those of a dry run lie beyond all others and are taken by nobody."""

    def __init__(self, rows: Mapping[type[Model], int], records: Mapping[type[Curated], int], *, dry_run: bool) -> None:
        self._keys: dict[type[Model], Iterator[int]] = {}
        self._refs: dict[type[Curated], Iterator[int]] = {}
        with transaction.atomic():
            for model, count in rows.items():
                self._keys[model] = iter(_beyond(model, count) if dry_run else _taken(model, count))
            for model_of_records, count in records.items():
                self._refs[model_of_records] = iter(_refs(model_of_records, count, dry_run=dry_run))
            transaction.set_rollback(dry_run)

    def key(self, model: type[Model]) -> int:
        """Return the primary key of the next new row of a model."""
        return next(self._keys[model])

    def ref(self, model: type[Curated]) -> str:
        """Return the ref of the next new record of a model."""
        return f"{model.prefix}-{next(self._refs[model]):04}"


def _beyond(model: type[Model], count: int) -> range:
    last = model._base_manager.aggregate(last=Max("pk"))["last"] or 0
    return range(last + BEYOND, last + BEYOND + count)


def _taken(model: type[Model], count: int) -> Iterable[int]:
    """Take numbers from the counter of a table."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sql, [f'"{table}"', column, count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last = max(row[0] if row else 0, model._base_manager.aggregate(last=Max("pk"))["last"] or 0)
        if row:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last + count, table])
        else:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last + count])
        return range(last + 1, last + 1 + count)


def _refs(model: type[Curated], count: int, *, dry_run: bool) -> range:
    """Return the next numbers of refs, which nobody else gets from then on but in a dry run."""
    RefSequence.objects.get_or_create(prefix=model.prefix)
    sequence = RefSequence.objects.select_for_update().get(prefix=model.prefix)
    highest = model._default_manager.aggregate(ref=Max("ref"))["ref"]
    last = max(sequence.last, int(highest.partition("-")[2]) if highest else 0)
    if dry_run:
        return range(last + BEYOND, last + BEYOND + count)
    sequence.last = last + count
    sequence.save()
    return range(last + 1, last + 1 + count)


class NewTable:
    """Rows to be inserted into one table, ready for the database: for PostgreSQL as the text of a COPY.

    That takes it half as long as INSERT, and no time of ours while others wait.
    """

    def __init__(self, model: type[Model], columns: Sequence[Any]) -> None:
        quote = connection.ops.quote_name
        names = ", ".join(quote(str(column.column)) for column in columns)
        self._into, self._marks = f"{quote(model._meta.db_table)} ({names})", ", ".join(["%s"] * len(columns))
        self._columns = [(column, _taken_as_it_is(column)) for column in columns]
        self._text = BytesIO() if connection.vendor == "postgresql" else None
        self._rows: list[Row] = []

    def add(self, row: Iterable[object]) -> None:
        """Add a row: the values of the columns."""
        values = tuple(
            value if value is None or type(value) is plain_type else column.get_db_prep_save(value, connection)
            for (column, plain_type), value in zip(self._columns, row, strict=True)
        )
        if self._text is not None:
            self._text.write("\t".join(map(_copied, values)).encode() + b"\n")
        else:
            self._rows.append(values)

    def write(self) -> None:
        """Insert all rows by one statement."""
        with connection.wrap_database_errors, connection.cursor() as cursor:
            if self._text is not None:
                self._text.seek(0)
                cursor.copy_expert(f"COPY {self._into} FROM STDIN", self._text)
            else:
                cursor.executemany(f"INSERT INTO {self._into} VALUES ({self._marks})", self._rows)  # noqa: S608


def _taken_as_it_is(column: Any) -> type | None:
    """Return the type of values that the database takes as they are in a column: to ask Django of each takes long."""
    if isinstance(column, CharField | TextField):
        return str
    return int if isinstance(column, IntegerField | ForeignKey) else None  # keys are integers everywhere


def _copied(value: Any) -> str:
    """Return a value as the text of a COPY has it. https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.2"""
    if value is None:
        return r"\N"
    text = value.dumps(value.adapted) if hasattr(value, "adapted") else str(value)  # JSON comes in a wrapper
    return text.translate(NOT_COPIED)


class NewRows:
    """Rows to be inserted into several tables."""

    def __init__(self) -> None:
        self._tables: dict[type[Model], NewTable] = {}

    def add_row(self, model: type[Model], columns: Sequence[Any], row: Iterable[object]) -> None:
        """Add a row: the values of these columns, which are the same for each of a model."""
        if model not in self._tables:
            self._tables[model] = NewTable(model, columns)
        self._tables[model].add(row)

    def write(self) -> None:
        """Insert all rows, table by table."""
        for table in self._tables.values():
            table.write()


class Inserts(NewRows):
    """Records and many-to-many rows to be inserted; and what tells each of them from a later state."""

    def __init__(self) -> None:
        super().__init__()
        self._digests: dict[type[Model], dict[str, Any]] = defaultdict(dict)

    def add(self, record: Model) -> None:
        """Add a record that has its primary key."""
        model, fields = type(record), record._meta.concrete_fields
        values = [getattr(record, column.attname) for column in fields]
        self.add_row(model, fields, values)
        read = [plain(_as_read(column, value)) for column, value in zip(fields, values, strict=True)]
        self._digests[model][str(record.pk)] = [None, mark(read)]

    def add_link(self, through: type[Model], row: Row) -> None:
        """Add a row of a many-to-many relation: its primary key, the owner's, the target's."""
        self.add_row(through, through._meta.concrete_fields, row)
        self._digests[through][str(row[0])] = [None, mark(list(row))]

    def changes(self) -> dict[str, Any]:
        """Return what this adds, in the shape of `Operation.changes`."""
        return {
            model._meta.label: {"columns": columns(model), "rows": digests} for model, digests in self._digests.items()
        }


def update(records: Iterable[Model]) -> None:
    """Write every column of records that are there."""
    by_model: dict[type[Model], list[Model]] = defaultdict(list)
    for record in records:
        by_model[type(record)].append(record)
    quote = connection.ops.quote_name
    for model, changed in by_model.items():
        fields = [column for column in model._meta.concrete_fields if not column.primary_key]
        sets = ", ".join(f"{quote(str(column.column))} = %s" for column in fields)
        sql = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote(str(model._meta.pk.column))} = %s"  # noqa: S608
        rows = [
            (*(column.get_db_prep_save(getattr(record, column.attname), connection) for column in fields), record.pk)
            for record in changed
        ]
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


class History(NewRows):
    """Rows of history to be inserted with the rows that they are about: who wrote these, when and why."""

    def __init__(self, user: Person | None, date: datetime, reason: str) -> None:
        super().__init__()
        self._signed = {
            "history_user_id": user and user.pk,
            "history_date": date,
            "history_change_reason": reason,
        }

    def add(self, record: Model, sign: str, links: Mapping[str, Sequence[Row]], numbers: Numbers) -> None:
        """Add a version of a record: "+", "~" or "-", with the rows of its many-to-many fields by name."""
        model: type[Model] = type(record)
        history = history_of(model)
        columns = history._meta.concrete_fields
        key = numbers.key(history)
        own = {**self._signed, "history_id": key, "history_type": sign}
        values = (
            own[column.attname] if column.attname in own else getattr(record, column.attname) for column in columns
        )
        self.add_row(history, columns, values)
        for name, rows in links.items():
            of_terms = history_of_terms(model, name)
            for link in rows:
                self.add_row(of_terms, _link_columns(of_terms), (key, *link))


@cache
def _link_columns(model: Any) -> list[Any]:
    """Return the columns of the history of a many-to-many relation: the version, then those of the relation's row."""
    names = ["history", *(column.name for column in model.instance_type._meta.concrete_fields)]
    return [model._meta.get_field(name) for name in names]


def _as_read(column: Any, value: Any) -> Any:
    """Return a value as it will be read from the database, where the two differ."""
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-column.decimal_places))
    return value
