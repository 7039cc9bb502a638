"""The history of loaded records: rows signed by the loaders, which tells what curators did from what they loaded."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import ManyToManyField, Model
from simple_history.signals import pre_create_historical_record
from simple_history.utils import get_history_manager_for_model

from practices.curation.fixtures import FIXTURE_MODELS, FixtureModel, Record

#: the reason in history rows that loaders write
BASELINE = "Loaded from fixtures"


def owner_model(label: str) -> type[Model] | None:
    """Return the model whose records own the rows of the model with this label, or None."""
    entry = FIXTURE_MODELS[label]
    related: Any = entry.model._meta.get_field(entry.owner).related_model if entry.owner else None
    return related


class CuratorEdits:
    """Which records curators have changed or deleted. Each history table is read when first needed, in one query."""

    def __init__(self) -> None:
        self._keys: dict[str, set[str]] = {}

    def edited_by_curator(self, record: Record) -> bool:
        """Whether the record, or the record that owns it, has any history but the loaders' own."""
        entry, owner = FIXTURE_MODELS[record["model"]], owner_model(record["model"])
        if owner:
            return json.dumps(record["fields"][entry.owner]) in self._edited(owner._meta.label_lower)
        return json.dumps([record["fields"].get(name) for name in entry.key]) in self._edited(record["model"])

    def _edited(self, label: str) -> set[str]:
        """Return the natural keys of the edited records of a model, as JSON."""
        if label not in self._keys:
            self._keys[label] = set(self._read(FIXTURE_MODELS[label]))
        return self._keys[label]

    def _read(self, entry: FixtureModel) -> Iterator[str]:
        plain = all(not entry.model._meta.get_field(name).is_relation for name in entry.key)
        if plain and hasattr(entry.model, "history"):
            yield from (json.dumps(list(key)) for key in _values_by_curators(entry.model, entry.key))
        for row in FIXTURE_MODELS.values():
            if row.owner and owner_model(row.model._meta.label_lower) is entry.model:
                owners = {pk for (pk,) in _values_by_curators(row.model, (f"{row.owner}_id",))}
                slugs = entry.model._default_manager.filter(pk__in=owners).values_list("slug", flat=True)
                yield from (json.dumps([slug]) for slug in slugs)


def _values_by_curators(model: Any, fields: tuple[str, ...]) -> set[tuple[Any, ...]]:
    """Return the values of some fields in the history rows that no loader wrote."""
    rows = model.history.exclude(history_change_reason=BASELINE) | model.history.filter(history_change_reason=None)
    return set(rows.order_by().values_list(*fields))


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


def write_history(records: list[Any], *, update: bool) -> None:
    """Write one signed history row for each saved record that keeps history, with its many-to-many rows."""
    by_model: dict[type[Model], list[Any]] = {}
    for record in records:
        if hasattr(record, "history"):
            by_model.setdefault(type(record), []).append(record)
    for model, instances in by_model.items():
        manager = get_history_manager_for_model(model)
        rows = manager.bulk_history_create(instances, update=update, default_change_reason=BASELINE, batch_size=500)
        for field in manager.model._history_m2m_fields:
            _write_many_history(field, rows)


def _write_many_history(field: "ManyToManyField[Any, Any]", rows: list[Any]) -> None:
    history_model = getattr(rows[0], field.name).model
    through: Any = field.remote_field.through
    owner = field.m2m_field_name()
    by_owner = {row.id: row for row in rows}
    links = through.objects.filter(**{f"{owner}__in": list(by_owner)}).values()
    history_model.objects.bulk_create(
        (history_model(history=by_owner[link[f"{owner}_id"]], **link) for link in links), batch_size=2000
    )
