"""Rows of the database as plain values, read and put back exactly: past what models do of their own when they save."""

import datetime
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CASCADE, DO_NOTHING, Model

from practices.curation.fixtures import FIXTURE_MODELS
from practices.index.documents import chunks
from practices.models import SearchDocument

#: the values of a row in the order of its columns, as JSON has them
Values = list[Any]
#: so many columns has the table of a many-to-many relation
FEW = 3
#: the rows of a table by primary key
Rows = dict[int, Values]


def columns(model: type[Model]) -> list[str]:
    """Return the columns of a model's table."""
    return [field.attname for field in model._meta.concrete_fields]


def read(model: type[Model], column: str, keys: Iterable[int], names: list[str] | None = None) -> Rows:
    """Return the rows with one of these keys in a column, locked until the transaction ends.

    `names` are the columns to read, all of them where it is left out.
    """
    names, rows = names or columns(model), Rows()
    for chunk in chunks(keys):
        records = model._base_manager.select_for_update().order_by("pk").filter(**{f"{column}__in": chunk})
        rows |= {key: [plain(value) for value in values] for key, *values in records.values_list("pk", *names)}
    return rows


def read_parts(model: type[Model], column: str, keys: Iterable[int]) -> Iterator[tuple[type[Model], Rows]]:
    """Yield the rows with one of these keys in a column, and those that would fall with them, table by table."""
    seen: set[tuple[type[Model], int]] = set()
    waiting = [(model, column, list(keys))]
    while waiting:
        model, column, keys = waiting.pop()
        rows = {key: values for key, values in read(model, column, keys).items() if (model, key) not in seen}
        seen |= {(model, key) for key in rows}
        if rows:
            yield model, rows
            waiting += [
                (relation.related_model, relation.field.name, list(rows))
                for relation in relations_to(model)
                if relation.on_delete is CASCADE
            ]


def put(model: type[Model], names: list[str], rows: Rows) -> None:
    """Write rows as they are, in place of those with their keys; in a transaction, in which foreign keys may wait."""
    wanted = records(model, names, rows.values())
    others = [field.name for field in model._meta.concrete_fields if field.attname in names and not field.primary_key]
    over: dict[str, Any] = {"update_conflicts": True, "unique_fields": [model._meta.pk.name], "update_fields": others}
    try:
        with transaction.atomic():
            model._base_manager.bulk_create(wanted, **over)
    except IntegrityError:  # two of them may have changed places: neither can be first where it was
        remove(model, rows)
        model._base_manager.bulk_create(wanted)


def records(model: type[Model], names: list[str], lines: Iterable[Values]) -> list[Model]:
    """Return rows as records, which are not saved."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [
        model(**{field.attname: field.to_python(value) for field, value in zip(fields, values, strict=True)})
        for values in lines
    ]


def remove(model: type[Model], keys: Iterable[int]) -> None:
    """Delete rows alone: neither what hangs on them, nor with history."""
    for chunk in chunks(keys):
        model._base_manager.filter(pk__in=chunk)._raw_delete(model._base_manager.db)


def mark(values: Values | None) -> Values | str | None:
    """Return what tells values of a row from others: a digest, of a few columns these themselves; None for no row."""
    if values is None or len(values) <= FEW:
        return values
    return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


@cache
def relations_to(model: type[Model]) -> list[Any]:
    """Return the relations by which other tables name the rows of a model, without those of history and index."""
    relations: list[Any] = [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    return [
        relation
        for relation in relations
        if relation.on_delete is not DO_NOTHING and relation.related_model is not SearchDocument
    ]


def name(model: type[Model]) -> str:
    """Return what the rows of a model are called: those of a many-to-many relation as "topics (practice)"."""
    declared = owner(model) if model._meta.auto_created else None
    if declared is None:
        return str(model._meta.verbose_name_plural)
    field = next(field for field in declared[0]._meta.many_to_many if field.remote_field.through is model)
    return f"{field.verbose_name} ({declared[0]._meta.verbose_name})"


@cache
def owner(model: type[Model]) -> tuple[type[Model], str] | None:
    """Return the model whose records own the rows of a model, many-to-many rows included, and the column; or None."""
    declared: Any = model._meta.auto_created
    if declared:
        field = next(field for field in declared._meta.many_to_many if field.remote_field.through is model)
        return declared, f"{field.m2m_field_name()}_id"
    entry = FIXTURE_MODELS.get(model._meta.label_lower)
    if entry is None or not entry.owner:
        return None
    relation: Any = model._meta.get_field(entry.owner)
    return relation.related_model, relation.attname


def plain(value: object) -> object:
    """Return a value of a column as JSON has it."""
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
