"""Loading fixtures: what is missing is created, what no curator touched is updated, and all of it or nothing.

Records are made here rather than by Django's deserializer, which asks the database some ten questions a record: natural
keys are looked up in memory and rows are written in bulk. Where the database refuses a batch, its rows are tried one
by one, so that the error names the record.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction
from simple_history.utils import get_history_manager_for_model

from practices import models as kb
from practices.curation.fixtures import ENTRIES, Found, Key, Record, key_of, read, records_of
from practices.index import writer

BASELINE = "Loaded from fixtures"


@dataclass
class Loaded:
    """What a load did: how many records it created, updated, removed, and left as curators made them."""

    created: int = 0
    updated: int = 0
    removed: int = 0
    kept: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.created or self.updated or self.removed)


@transaction.atomic
def load(directory: Path) -> Loaded:
    """Bring the database up to the fixtures in `directory`, rows that an update dropped included.

    Raises FixtureError, which names file, record and reason, and writes nothing when one record cannot be loaded.
    Writes nothing, and leaves the data version alone, when there is nothing to do.
    """
    found = read(directory)
    current = {key_of(record): (pk, record) for entry in ENTRIES.values() for pk, record in records_of(entry)}
    touched, result, todo = Touched(), Loaded(), list[Found]()
    for key, item in found.items():
        if key in current and current[key][1]["fields"] == item.record["fields"]:
            continue
        if touched.by_a_curator(item.record):
            result.kept += 1
            continue
        todo.append(item)
        if key in current:
            result.updated += 1
        else:
            result.created += 1
    stale = [key for key, (_, record) in current.items() if key not in found and _dropped(record, found, touched)]
    result.removed = len(stale)
    if result.changed:
        _remove({key: current[key][0] for key in stale})
        Writer({key: pk for key, (pk, _) in current.items()}, found).write(todo)
    if writer.refresh().changed or result.changed:
        kb.DataVersion.raise_number()
    return result


# What curators did


def owner_model(label: str) -> type[models.Model] | None:
    """Return the model whose records own the rows of this model, or None."""
    entry = ENTRIES[label]
    related: Any = entry.model._meta.get_field(entry.owner).related_model if entry.owner else None
    return related


class Touched:
    """Which records curators have changed or deleted, read from the history tables as far as it is asked for."""

    def __init__(self) -> None:
        self._keys: dict[str, set[str]] = {}

    def by_a_curator(self, record: Record) -> bool:
        """Tell whether the record, or the record that owns it, has any history but the loader's own."""
        entry, owner = ENTRIES[record["model"]], owner_model(record["model"])
        if owner:
            return json.dumps(record["fields"][entry.owner]) in self._of(owner._meta.label_lower)
        return json.dumps([record["fields"].get(name) for name in entry.key]) in self._of(record["model"])

    def _of(self, label: str) -> set[str]:
        if label not in self._keys:
            self._keys[label] = set(self._read(label))
        return self._keys[label]

    def _read(self, label: str) -> Iterator[str]:
        entry = ENTRIES[label]
        plain = all(not entry.model._meta.get_field(name).is_relation for name in entry.key)
        if plain and hasattr(entry.model, "history"):
            yield from (json.dumps(list(key)) for key in _edited(entry.model, entry.key))
        for row in ENTRIES.values():
            if row.owner and owner_model(row.model._meta.label_lower) is entry.model:
                owners = {pk for (pk,) in _edited(row.model, (f"{row.owner}_id",))}
                slugs = entry.model._default_manager.filter(pk__in=owners).values_list("slug", flat=True)
                yield from (json.dumps([slug]) for slug in slugs)


def _edited(model: Any, fields: tuple[str, ...]) -> set[tuple[Any, ...]]:
    rows = model.history.exclude(history_change_reason=BASELINE) | model.history.filter(history_change_reason=None)
    return set(rows.order_by().values_list(*fields))


def _dropped(record: Record, found: dict[Key, Found], touched: Touched) -> bool:
    """Tell whether a row in the database is owned by a fixture's record that no longer has it."""
    owner = owner_model(record["model"])
    if owner is None:
        return False
    key = (owner._meta.label_lower, json.dumps([record["fields"][ENTRIES[record["model"]].owner][0]]))
    return key in found and not touched.by_a_curator(record)


def _remove(stale: dict[Key, int]) -> None:
    for (label, _), pk in stale.items():
        row: Any = ENTRIES[label].model._default_manager.get(pk=pk)
        row._change_reason = BASELINE
        row.delete()


# Writing


class Unknown(LookupError):
    """A record names another one that there is not."""


@dataclass
class Made:
    """A record on its way into the database: the object, its many-to-many rows, and what points forward."""

    item: Found
    record: Any
    many: dict[Any, list[int]]
    forward: dict[str, Key]


class Writer:
    """Writes records model by model, knowing the primary key of every record by its natural key."""

    def __init__(self, pks: dict[Key, int], found: dict[Key, Found]) -> None:
        self.pks = pks
        self.found = found

    def write(self, todo: list[Found]) -> None:
        """Save the records in the order of the fixtures, then what points forward, then one row of history each."""
        written: list[tuple[Made, bool]] = []
        for _, batch in groupby(todo, key=lambda item: item.record["model"]):
            made = [self._make(item) for item in batch]
            new = [one for one in made if one.record.pk is None]
            old = [one for one in made if one.record.pk is not None]
            self._insert(new)
            for one in old:
                with naming(one.item):
                    one.record.save_base(raw=True)
            for one in made:
                self.pks[key_of(one.item.record)] = one.record.pk
            _write_many(made)
            written += [(one, False) for one in new] + [(one, True) for one in old]
        for one, _ in written:
            self._point_forward(one)
        _write_history([one.record for one, update in written if not update], update=False)
        _write_history([one.record for one, update in written if update], update=True)

    def _make(self, item: Found) -> Made:
        with naming(item):
            model: Any = ENTRIES[item.record["model"]].model
            values: dict[str, Any] = {}
            many: dict[Any, list[int]] = {}
            forward: dict[str, Key] = {}
            for name, value in item.record["fields"].items():
                field: Any = model._meta.get_field(name)
                if field.many_to_many:
                    many[field] = [self._pk(field, key) for key in value]
                elif field.is_relation:
                    values[field.attname] = self._pk_or_later(field, value, forward)
                else:
                    values[name] = field.to_python(value)
            record = model(pk=self.pks.get(key_of(item.record)), **values)
            record.clean_fields(exclude={field.name for field in model._meta.fields if field.is_relation})
            return Made(item, record, many, forward)

    def _pk(self, field: Any, key: Any) -> int:
        label = field.related_model._meta.label_lower
        pk = self.pks.get(self._key(label, key))
        if pk is None:
            raise Unknown(f"{field.name} names an unknown {field.related_model._meta.verbose_name}: {key}")
        return pk

    def _pk_or_later(self, field: Any, key: Any, forward: dict[str, Key]) -> int | None:
        """Return the primary key; None, and a note in `forward`, for a record that this load is still to write."""
        if key is None:
            return None
        known = self._key(field.related_model._meta.label_lower, key)
        if field.null and known not in self.pks and known in self.found:
            forward[field.attname] = known
            return None
        return self._pk(field, key)

    def _key(self, label: str, natural: Any) -> Key:
        """Return the key of a record from its natural key, which is flat: (source, section, paragraph …)."""
        return label, json.dumps(_nested(label, list(natural) if isinstance(natural, list) else [natural]))

    def _insert(self, made: list[Made]) -> None:
        if not made:
            return
        model = type(made[0].record)
        try:
            with transaction.atomic():
                model._default_manager.bulk_create([one.record for one in made], batch_size=500)
        except IntegrityError:
            for one in made:
                with naming(one.item):
                    one.record.pk = None
                    one.record.save_base(raw=True, force_insert=True)
            raise

    def _point_forward(self, one: Made) -> None:
        if one.forward:
            values = {attname: self.pks[key] for attname, key in one.forward.items()}
            type(one.record)._default_manager.filter(pk=one.record.pk).update(**values)
            for attname, pk in values.items():
                setattr(one.record, attname, pk)


def _nested(label: str, flat: list[Any]) -> list[Any]:
    """Return a flat natural key as the fixtures' key of this model: relations in it as natural keys of their own."""
    entry, parts = ENTRIES[label], list[Any]()
    for position, name in enumerate(entry.key):
        field: Any = entry.model._meta.get_field(name)
        if not field.is_relation:
            parts.append(flat.pop(0))
            continue
        rest = len(entry.key) - position - 1
        parts.append([flat.pop(0) for _ in range(len(flat) - rest)])
    return parts


@contextmanager
def naming(item: Found) -> Iterator[None]:
    """Turn whatever a record raises into a FixtureError that names it."""
    try:
        yield
    except ValidationError as error:
        fields = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
        raise item.error(fields) from error
    except IntegrityError as error:
        raise item.error(_said(error, ENTRIES[item.record["model"]].model)) from error
    except (FieldDoesNotExist, Unknown, ValueError, TypeError) as error:
        raise item.error(error) from error


def _said(error: IntegrityError, model: type[models.Model]) -> str:
    """Return what a broken constraint has to say, or the database's words."""
    broken = next((one for one in model._meta.constraints if one.name in str(error)), None)
    return str(broken.get_violation_error_message() if broken else error)


def _write_many(made: list[Made]) -> None:
    """Write the many-to-many rows of records of one model, in place of those they had."""
    for field in made[0].many if made else ():
        through, owner, target = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
        through.objects.filter(**{f"{owner}__in": [one.record.pk for one in made]}).delete()
        through.objects.bulk_create(
            (
                through(**{f"{owner}_id": one.record.pk, f"{target}_id": pk})
                for one in made
                for pk in dict.fromkeys(one.many.get(field, []))
            ),
            batch_size=2000,
        )


def _write_history(saved: list[Any], *, update: bool) -> None:
    """Write one history row for each saved record that keeps history, with its many-to-many rows."""
    by_model: dict[type[models.Model], list[Any]] = {}
    for record in saved:
        if hasattr(record, "history"):
            by_model.setdefault(type(record), []).append(record)
    for model, records in by_model.items():
        manager = get_history_manager_for_model(model)
        rows = manager.bulk_history_create(records, update=update, default_change_reason=BASELINE, batch_size=500)
        for many in manager.model._history_m2m_fields:
            _write_history_of_many(many, rows)


def _write_history_of_many(many: Any, rows: list[Any]) -> None:
    history_model = getattr(rows[0], many.name).model
    through, owner = many.remote_field.through, many.m2m_field_name()
    by_owner = {row.id: row for row in rows}
    links = through.objects.filter(**{f"{owner}__in": list(by_owner)}).values()
    history_model.objects.bulk_create(
        (history_model(history=by_owner[link[f"{owner}_id"]], **link) for link in links), batch_size=2000
    )
