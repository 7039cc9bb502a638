"""Writing the records of fixtures in bulk, with an error that names the record where one cannot be written.

Django's deserializer asks the database some ten questions a record; here natural keys are looked up in memory and rows
are written in bulk. Where the database refuses a batch, its rows are tried one
by one, so that the error names the record.
"""

from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction

from practices.curation.baseline import write_history
from practices.curation.fixtures import FIXTURE_MODELS, FixtureRecord, Key, key_named


class UnknownRecordError(LookupError):
    """A record names another one that does not exist."""


@dataclass
class PendingRecord:
    """A record on its way into the database: the object, its many-to-many rows, and what points forward."""

    source: FixtureRecord
    instance: Any
    exists: bool
    #: the keys of what it is to be linked to, by many-to-many field; a field that is not here keeps its rows
    many: dict[Any, list[int]] = field(default_factory=dict)
    #: by the column of a foreign key, the record that it is to name, written later than this one
    forward: dict[str, Key] = field(default_factory=dict)


class FixtureWriter:
    """Writes records model by model, knowing the primary key of every record by its natural key.

    `expected` are the keys of the records that will be there in the end: those that are, and those to be written.
    """

    def __init__(self, pks: dict[Key, int], expected: Container[Key]) -> None:
        self.pks = pks
        self.expected = expected

    def write(self, records: Iterable[FixtureRecord]) -> None:
        """Save the records in the order of the fixtures, then what points forward, then one row of history each."""
        written: list[PendingRecord] = []
        for _, batch in groupby(records, key=lambda record: record.key[0]):
            written += self._write_batch(list(batch))
        for record in written:
            self._point_forward(record)
        write_history([record.instance for record in written if not record.exists], "+")
        write_history([record.instance for record in written if record.exists], "~")

    def _write_batch(self, batch: list[FixtureRecord]) -> list[PendingRecord]:
        """Save records of one model and their many-to-many rows."""
        model = FIXTURE_MODELS[batch[0].key[0]].model
        existing = model._default_manager.in_bulk([self.pks[record.key] for record in batch if record.key in self.pks])
        records = [self._build(record, existing.get(self.pks.get(record.key))) for record in batch]
        self._insert([record for record in records if not record.exists])
        for record in records:
            if record.exists:
                with error_context(record.source):
                    record.instance.save_base(raw=True)
            self.pks[record.source.key] = record.instance.pk
        _write_many(records)
        return records

    def _build(self, source: FixtureRecord, existing: Any) -> PendingRecord:
        """Return the record with the values that the fixture gives, all others as they are or by default."""
        model: Any = FIXTURE_MODELS[source.key[0]].model
        record = PendingRecord(source, existing or model(), exists=existing is not None)
        with error_context(source):
            for name, value in source.fields.items():
                self._set(record, model._meta.get_field(name), value)
            unchecked = {column.name for column in model._meta.fields if column.is_relation}
            if record.exists:
                unchecked |= {column.name for column in model._meta.fields if column.name not in source.fields}
            record.instance.clean_fields(exclude=unchecked)
        return record

    def _set(self, record: PendingRecord, model_field: Any, value: Any) -> None:
        if model_field.many_to_many:
            record.many[model_field] = [self._pk(model_field, key) for key in value]
        elif model_field.is_relation:
            setattr(record.instance, model_field.attname, self._pk_or_later(model_field, value, record.forward))
        else:
            setattr(record.instance, model_field.name, model_field.to_python(value))

    def _pk(self, relation: Any, natural: object) -> int:
        """Return the primary key of the record with this natural key. Raises UnknownRecordError."""
        key = key_named(relation, natural)
        if key not in self.pks:
            raise UnknownRecordError(
                f"{relation.name} names an unknown {relation.related_model._meta.verbose_name}: {natural}"
            )
        return self.pks[key]

    def _pk_or_later(self, relation: Any, natural: object, forward: dict[str, Key]) -> int | None:
        """Return the primary key; None, and a note in `forward`, for a record that this load is still to write."""
        if natural is None:
            return None
        key = key_named(relation, natural)
        if relation.null and key not in self.pks and key in self.expected:
            forward[relation.attname] = key
            return None
        return self._pk(relation, natural)

    def _insert(self, records: list[PendingRecord]) -> None:
        if not records:
            return
        model = type(records[0].instance)
        try:
            with transaction.atomic():
                model._default_manager.bulk_create([record.instance for record in records], batch_size=500)
        except IntegrityError:
            for record in records:
                with error_context(record.source):
                    record.instance.pk = None
                    record.instance.save_base(raw=True, force_insert=True)
            raise

    def _point_forward(self, record: PendingRecord) -> None:
        if record.forward:
            values = {column: self.pks[key] for column, key in record.forward.items()}
            type(record.instance)._default_manager.filter(pk=record.instance.pk).update(**values)
            for column, pk in values.items():
                setattr(record.instance, column, pk)


@contextmanager
def error_context(record: FixtureRecord) -> Iterator[None]:
    """Turn whatever a record raises into a FixtureError that names it."""
    try:
        yield
    except ValidationError as error:
        fields = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
        raise record.error(fields) from error
    except IntegrityError as error:
        raise record.error(_constraint_message(error, FIXTURE_MODELS[record.key[0]].model)) from error
    except (FieldDoesNotExist, UnknownRecordError, ValueError, TypeError) as error:
        raise record.error(error) from error


def _constraint_message(error: IntegrityError, model: type[models.Model]) -> str:
    """Return the message of the constraint that is broken, or the database's words."""
    broken = next((constraint for constraint in model._meta.constraints if constraint.name in str(error)), None)
    return str(broken.get_violation_error_message() if broken else error)


def _write_many(records: list[PendingRecord]) -> None:
    """Write the many-to-many rows that records of one model are given, in place of those they had."""
    for relation in dict.fromkeys(relation for record in records for relation in record.many):
        linked = {record.instance.pk: record.many[relation] for record in records if relation in record.many}
        through, owner, target = (
            relation.remote_field.through,
            relation.m2m_field_name(),
            relation.m2m_reverse_field_name(),
        )
        through.objects.filter(**{f"{owner}__in": list(linked)}).delete()
        through.objects.bulk_create(
            (
                through(**{f"{owner}_id": pk, f"{target}_id": other})
                for pk, others in linked.items()
                for other in dict.fromkeys(others)
            ),
            batch_size=2000,
        )
