"""Records of the database in the shape in which files state them: values by column, rows in their order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Model

from practices.curation.importing.cells import plain
from practices.curation.importing.columns import Column, Sheet, rows_of

#: what a record or row states, by column: texts, numbers, codes, names as dictionaries, primary keys, sets of these
Values = dict[str, Any]
#: how many records are read at once
CHUNK = 500


@dataclass
class StoredRow:
    """A row of a record."""

    instance: Any
    values: Values


@dataclass
class Stored:
    """A record of the database, and the rows that it owns by sheet, in their order."""

    instance: Any
    values: Values
    rows: dict[str, list[StoredRow]] = field(default_factory=lambda: defaultdict(list))


def read(sheet: Sheet, keys: Iterable[int]) -> dict[int, Stored]:
    """Return the records of a sheet with these primary keys, in the order of the keys that there are."""
    ordered, records = list(keys), dict[int, Stored]()
    for chunk in (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)):
        instances = sheet.model._default_manager.filter(pk__in=chunk)
        stored = {instance.pk: Stored(instance, {}) for instance in instances}
        for pk, values in _values(sheet, [record.instance for record in stored.values()]):
            stored[pk].values = values
        for rows in rows_of(sheet):
            for owner, row in _rows(rows, chunk):
                stored[owner].rows[rows.name].append(row)
        records |= {pk: stored[pk] for pk in chunk if pk in stored}
    return records


def _rows(sheet: Sheet, owners: Sequence[int]) -> Iterator[tuple[int, StoredRow]]:
    rows = list(sheet.model._default_manager.filter(**{f"{sheet.owner}__in": owners}).order_by(sheet.owner, "position"))
    for row, (_pk, values) in zip(rows, _values(sheet, rows), strict=True):
        yield getattr(row, f"{sheet.owner}_id"), StoredRow(row, values)


def _values(sheet: Sheet, instances: Sequence[Model]) -> Iterator[tuple[int, Values]]:
    """Yield (primary key, values) of records of a sheet; one query for each column that names many."""
    own = [column for column in sheet.columns if column.kind != "records"]
    links = {column.name: _links(column, instances) for column in sheet.columns if column.kind == "records"}
    for instance in instances:
        values = {column.name: stated(column, getattr(instance, column.field.attname)) for column in own}
        yield instance.pk, values | {name: frozenset(of[instance.pk]) for name, of in links.items()}


def _links(column: Column, instances: Sequence[Model]) -> dict[int, list[int]]:
    relation, keys = column.field, defaultdict[int, list[int]](list)
    owner, target = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
    rows = relation.remote_field.through.objects.filter(**{f"{owner}__in": [instance.pk for instance in instances]})
    for pk, other in rows.order_by().values_list(owner, target):
        keys[pk].append(other)
    return keys


def stated(column: Column, value: Any) -> Any:
    """Return a value of the database as a file would state it."""
    if column.kind == "text":
        return plain(value)
    if column.kind == "names":
        return [{part: plain(str(text)) for part, text in sorted(name.items())} for name in value]
    if column.kind == "decimal":
        return value if value is None else Decimal(value).normalize()
    return value


def empty(column: Column) -> Any:
    """Return the value of a cell that is empty: the field's default where it has one and cannot be empty."""
    if column.field.has_default() and not column.field.blank:
        return column.field.get_default()
    empties: dict[str, Any] = {"text": "", "choice": "", "names": [], "records": frozenset()}
    return empties.get(column.kind)
