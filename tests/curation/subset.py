"""A small folder of fixtures: some practices of the real ones with all that they need, and a database of only that."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from practices import models as kb
from practices.curation.fixtures import FILES, FIXTURE_MODELS, PRIVATE, Key, Record, key_of, loading
from practices.curation.fixtures.baseline import owner_model
from practices.index.backends.postgres import no_timeout

#: how many records of some models are kept besides the practices; of other models, those that these need
FIRST = {kb.Finding: 10, kb.Event: 1, kb.Concept: 5, kb.FormerSlug: 5, kb.SynonymRing: 5}
#: how many rows of each kind a record keeps: one meeting alone has 130 delegations, with all whom and what these name
ROWS = 3
#: what a record does not need: it is left out of its lists
NOT_NEEDED = {(kb.Finding, "practices"), (kb.Relation, "other"), (kb.Finding, "parent")}


def write_subset(source: Path, target: Path, practices: int = 20, whole: Iterable[type[Model]] = ()) -> Path:
    """Write to `target` the fixture files of `source` with few records, but all of `whole`; returns it."""
    records = {key_of(record): record for name in FILES for record in _read(source, name)}
    kept = _needed(records, {kb.Practice: practices, **FIRST, **dict.fromkeys(whole, len(records))})
    target.mkdir()
    for name in FILES:
        subset = [_without_others(record, kept) for record in _read(source, name) if key_of(record) in kept]
        (target / f"{name}.json").write_text(json.dumps(subset), encoding="utf-8")
    return target


@contextmanager
def only(folder: Path) -> Iterator[None]:
    """Let the database hold nothing but these fixtures within, for any number of tests."""
    with transaction.atomic():
        empty_database()
        loading.load(folder)
        yield
        transaction.set_rollback(True)


def empty_database() -> None:
    """Delete all records of the practices app, but not the data version: caches hang on it."""
    tables = [name for name in connection.introspection.django_table_names(only_existing=True) if _is_ours(name)]
    with no_timeout() if connection.vendor == "postgresql" else nullcontext():  # of a hundred tables, on a busy machine
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables, allow_cascade=True))


def _is_ours(table: str) -> bool:
    return table.startswith("practices_") and table != kb.DataVersion._meta.db_table


def _read(folder: Path, name: str) -> list[Record]:
    records: list[Record] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return records


def _needed(records: dict[Key, Record], first: dict[type[Model], int]) -> set[Key]:
    """Return the keys of the first records of some models, of the rows they own, and of what all these name."""
    kept: set[Key] = set()
    by_model: defaultdict[str, list[Key]] = defaultdict(list)
    for key in records:
        by_model[key[0]].append(key)
    pending = [key for model, number in first.items() for key in by_model[model._meta.label_lower][:number]]
    practices = set(pending)
    while pending:
        key = pending.pop()
        if key not in kept:
            kept.add(key)
            pending += [other for name in _relations(key) for other in _named(records[key], name)]
            pending += [row for row in _owned(key, by_model, records) if _is_whole(records[row], practices)]
    return kept


def _owned(owner: Key, by_model: dict[str, list[Key]], records: dict[Key, Record]) -> list[Key]:
    """Return the first rows that a record owns of each kind; sections, which only citations need, are left out."""
    entries = [entry for entry in FIXTURE_MODELS.values() if entry.owner and entry.model is not kb.Section]
    owned = list[Key]()
    for entry in entries:
        if owner_model(entry.label) is FIXTURE_MODELS[owner[0]].model:
            rows = by_model[entry.model._meta.label_lower]
            owned += [key for key in rows if _named(records[key], entry.owner) == [owner]][:ROWS]
    return owned


def _is_whole(row: Record, practices: set[Key]) -> bool:
    return row["model"] != "practices.relation" or _named(row, "other")[0] in practices


def _relations(key: Key) -> list[str]:
    model = FIXTURE_MODELS[key[0]].model
    fields = [*model._meta.fields, *model._meta.many_to_many]
    named = [field.name for field in fields if field.is_relation and field.name not in PRIVATE]
    return [name for name in named if (model, name) not in NOT_NEEDED]


def _named(record: Record, name: str) -> list[Key]:
    """Return the keys of the records that a relation of a record names."""
    model = FIXTURE_MODELS[record["model"]].model
    field: Any = model._meta.get_field(name)
    value = record["fields"][name]
    naturals = value if field.many_to_many else [value] if value else []
    label = field.related_model._meta.label_lower
    return [(label, json.dumps(_nested(label, list(natural)))) for natural in naturals]


def _nested(label: str, flat: list[object]) -> list[object]:
    """Return a flat natural key with those of relations in it as lists of their own; they come first."""
    entry = FIXTURE_MODELS[label]
    if not entry.model._meta.get_field(entry.key[0]).is_relation:
        return flat
    size = len(flat) - len(entry.key) + 1
    return [flat[:size], *flat[size:]]


def _without_others(record: Record, kept: set[Key]) -> Record:
    """Return a record whose lists and optional relations name only what is kept."""
    fields = dict(record["fields"])
    for model, name in NOT_NEEDED:
        if record["model"] == model._meta.label_lower:
            keys = _named(record, name)
            if model._meta.get_field(name).many_to_many:
                fields[name] = [value for value, key in zip(fields[name], keys, strict=True) if key in kept]
            elif not set(keys) <= kept:
                fields[name] = None
    return {**record, "fields": fields}
