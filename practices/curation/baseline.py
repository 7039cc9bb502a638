"""The history of loaded records: rows signed by the loaders, which tells what curators did from what they loaded."""

from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from simple_history.signals import pre_create_historical_record

from practices.curation.fixtures import FIXTURE_MODELS, FixtureModel
from practices.index.documents import chunks
from practices.models import Curated

#: the reason in history rows that loaders write
BASELINE = "Loaded from fixtures"


def owner_model(label: str) -> type[Model] | None:
    """Return the model whose records own the rows of the model with this label, or None."""
    entry = FIXTURE_MODELS[label]
    related: Any = entry.model._meta.get_field(entry.owner).related_model if entry.owner else None
    return related


class CuratorEdits:
    """What curators did to which records, by primary key. Each history table is read when first needed, in one query.

    `present` are the records of the database, as (label of the model, primary key).
    """

    def __init__(self, present: Container[tuple[str, int]]) -> None:
        self._present = present
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._edited: dict[str, set[int]] = {}

    def edited(self, label: str) -> set[int]:
        """Return the records of a model that curators changed or deleted, themselves or rows that they own."""
        if label not in self._edited:
            owned = (
                _owned_by(entry, row)
                for entry in FIXTURE_MODELS.values()
                if entry.owner and owner_model(entry.label) is FIXTURE_MODELS[label].model
                for row in self._history(entry)
                if row["history_change_reason"] != BASELINE and not self._fell_with_another(entry, row)
            )
            self._edited[label] = {row["id"] for row in self._history(FIXTURE_MODELS[label])} | set(owned)
        return self._edited[label]

    def former_keys(self, label: str) -> Iterator[tuple[int, list[Any]]]:
        """Yield (primary key, key) of what curators touched, oldest first; relations in keys are primary keys."""
        entry = FIXTURE_MODELS[label]
        fields: list[Any] = [entry.model._meta.get_field(name) for name in entry.key]
        yield from ((row["id"], [row[field.attname] for field in fields]) for row in self._history(entry))

    def _history(self, entry: FixtureModel) -> list[dict[str, Any]]:
        """Return the history of those records of a model of which a row of it is a curator's, the oldest first."""
        if entry.label not in self._rows:
            self._rows[entry.label] = list(_read_history(entry)) if hasattr(entry.model, "history") else []
        return self._rows[entry.label]

    def _fell_with_another(self, entry: FixtureModel, row: dict[str, Any]) -> bool:
        """Whether a row was deleted, and another record than its owner that it needs is gone: no edit of the owner."""
        needed: list[Any] = [field for field in entry.model._meta.fields if field.is_relation and not field.null]
        return row["history_type"] == "-" and any(
            (field.related_model._meta.label_lower, row[field.attname]) not in self._present
            for field in needed
            if field.name != entry.owner
        )


def _owned_by(entry: FixtureModel, row: dict[str, Any]) -> int:
    """Return the primary key of the owner of a row of history."""
    owner: int = row[f"{entry.owner}_id"]
    return owner


def _read_history(entry: FixtureModel) -> Iterator[dict[str, Any]]:
    history = cast("Any", entry.model).history.order_by("history_id")
    if issubclass(entry.model, Curated):
        history = history.filter(draft_of=None)  # a pending edit has the key of its original
    by_curators = history.exclude(history_change_reason=BASELINE) | history.filter(history_change_reason=None)
    columns = [field.attname for field in entry.model._meta.fields if field.is_relation or field.name in entry.key]
    rows = history.filter(id__in=by_curators.order_by().values("id"))
    yield from rows.values("id", "history_type", "history_change_reason", *columns)


# Where history is


@cache
def history_of(model: type[Model]) -> Any:
    """Return the model of the history of another; to ask for it takes simple-history most of a millisecond."""
    return cast(Any, model).history.model


@cache
def history_of_terms(model: type[Model], name: str) -> Any:
    """Return the model of the history of a many-to-many field of a model."""
    return getattr(history_of(model), name).model


# Writing


@contextmanager
def signed_history() -> Iterator[None]:
    """Sign, as the loaders', the history that this process writes of its own accord within; for commands only.

    Rows that are there already, and those that other processes write meanwhile, stay as they are.
    """

    def sign(history_instance: Any, **kwargs: object) -> None:
        history_instance.history_change_reason = history_instance.history_change_reason or BASELINE

    pre_create_historical_record.connect(sign)
    try:
        yield
    finally:
        pre_create_historical_record.disconnect(sign)


def write_history(
    records: Iterable[Any], sign: str, *, reason: str | None = BASELINE, user: AbstractBaseUser | None = None
) -> None:
    """Write one row of history for each record that keeps any, with its many-to-many rows: "+", "~" or "-".

    `reason` is the loaders' unless another is given; `user` whoever the request is of. Some queries for each model.
    """
    by_model: dict[type[Model], list[Any]] = {}
    for record in records:
        by_model.setdefault(type(record), []).append(record)
    for model, instances in by_model.items():
        if not keeps_history(model):
            continue
        past = history_of(model)
        author = user or past.get_default_history_user(instances[0])
        signed = {"history_date": timezone.now(), "history_type": sign, "history_change_reason": reason}
        rows = [past(**signed, history_user=author, **_values(record, past)) for record in instances]
        past.objects.bulk_create(rows, batch_size=500)
        if sign != "-" and past._history_m2m_fields:
            _write_terms(model, rows)


def keeps_history(model: type[Model]) -> bool:
    """Whether history is kept of the records of a model."""
    return hasattr(model._meta, "simple_history_manager_attribute")


def _values(record: Model, past: Any) -> dict[str, object]:
    return {field.attname: getattr(record, field.attname) for field in past.tracked_fields}


def _write_terms(model: type[Model], versions: list[Any]) -> None:
    """Copy the many-to-many rows of some records to their versions, within the database."""
    past, quote = history_of(model), connection.ops.quote_name
    for field in past._history_m2m_fields:
        through: Any = field.remote_field.through
        copies = history_of_terms(model, field.name)
        columns = [item.column for item in through._meta.concrete_fields]
        into = ", ".join(map(quote, [copies._meta.get_field("history").column, *columns]))
        read = ", ".join(f"link.{quote(column)}" for column in columns)
        owner = through._meta.get_field(field.m2m_field_name()).column
        for keys in chunks(version.pk for version in versions):
            # written out: Django would read the rows first, in six tables for each practice
            sql = (
                f"INSERT INTO {quote(copies._meta.db_table)} ({into}) SELECT version.history_id, {read} "  # noqa: S608
                f"FROM {quote(through._meta.db_table)} AS link JOIN {quote(past._meta.db_table)} AS version "
                f"ON version.id = link.{quote(owner)} WHERE version.history_id IN ({', '.join(['%s'] * len(keys))})"
            )
            with connection.cursor() as cursor:
                cursor.execute(sql, keys)
