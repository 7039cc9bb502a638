"""Fixtures: the one list of files, the dump that writes them and the loader that keeps what curators changed.

To add a model: its name and key fields in `FILES`. `loaddata`, `dump_fixtures`, `quickstart` and tests follow it.
Records are Django's own fixture format with natural keys; history tables are never part of it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.core.serializers.json import DjangoJSONEncoder
from django.core.serializers.python import Deserializer
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from simple_history.utils import get_history_manager_for_model

from practices import models as kb

BASELINE = "Loaded from fixtures"
#: what Django raises for a record that cannot be read or saved
UNUSABLE = (DeserializationError, FieldDoesNotExist, IntegrityError, ObjectDoesNotExist, TypeError, ValueError)
Record = dict[str, Any]
Key = tuple[str, str]


class FixtureError(Exception):
    """A fixture cannot be loaded. The message names file, record and reason; nothing was written."""


@dataclass(frozen=True)
class Entry:
    """One model of a fixture file: its natural key, as fields, and the field that leads to the record owning it."""

    model: type[models.Model]
    key: tuple[str, ...]
    owner: str = ""

    def rows(self) -> QuerySet[Any]:
        """Return what is dumped: everything but pending edits, which are not records of their own."""
        rows = self.model._default_manager.all()
        if self.model is kb.Practice:
            rows = rows.filter(draft_of=None)
        elif issubclass(self.model, kb.PracticeRow):
            rows = rows.filter(practice__draft_of=None)
        to_one = [f.name for f in self.model._meta.fields if f.is_relation]
        to_many = [f.name for f in self.model._meta.many_to_many]
        deep = [f"{name}__section__source" for name in [*to_one, *to_many] if name in ("citation", "citations")]
        if "section" in to_one:
            deep.append("section__source")
        return rows.prefetch_related(*to_one, *to_many, *deep)


#: every fixture file, in loading order, with the models it holds, in the order in which they depend on each other
FILES: dict[str, list[Entry]] = {
    "01_vocabularies": [Entry(model, ("code",)) for model in kb.VOCABULARIES],
    "02_countries": [
        Entry(kb.Region, ("code",)),
        Entry(kb.Country, ("alpha2",)),
        Entry(kb.Place, ("country", "name")),
    ],
    "03_stakeholders": [Entry(kb.Stakeholder, ("slug",))],
    "04_sources": [
        Entry(kb.Source, ("slug",)),
        Entry(kb.Section, ("source", "position"), owner="source"),
        Entry(kb.Citation, ("section", "paragraph", "fingerprint", "words")),
        Entry(kb.ParagraphNote, ("section", "paragraph")),
    ],
    "05_practices": [
        Entry(kb.Practice, ("slug",)),
        *(Entry(model, ("practice", "position"), owner="practice") for model in kb.PRACTICE_ROWS),
    ],
    "06_findings": [Entry(kb.Finding, ("slug",))],
    "07_events": [
        Entry(kb.Event, ("slug",)),
        Entry(kb.Session, ("event", "position"), owner="event"),
        Entry(kb.Representation, ("event", "position"), owner="event"),
    ],
    "08_concepts": [Entry(kb.Concept, ("slug",)), Entry(kb.FormerSlug, ("model", "slug"))],
}
ENTRIES: dict[str, Entry] = {entry.model._meta.label_lower: entry for group in FILES.values() for entry in group}


# Dumping


def key_of(record: Record) -> Key:
    """Return what identifies a record among all fixtures: its model and natural key."""
    fields = ENTRIES[record["model"]].key
    return record["model"], json.dumps([record["fields"].get(name) for name in fields])


def records_of(entry: Entry) -> list[Record]:
    """Return the database's rows of one model as records, ordered by natural key, the same on every database."""
    records = serializers.serialize(
        "python", entry.rows(), use_natural_foreign_keys=True, use_natural_primary_keys=True
    )
    to_many = [f.name for f in entry.model._meta.many_to_many]
    for record in records:
        for name in to_many:
            record["fields"][name] = sorted(list(key) for key in record["fields"][name])
    # through JSON and back: what a file would hold, so that records compare equal to those read from files
    plain: list[Record] = json.loads(json.dumps(records, cls=DjangoJSONEncoder))
    return sorted(plain, key=_order)


def _order(record: Record) -> list[Any]:
    parts: list[Any] = []
    for name in ENTRIES[record["model"]].key:
        value = record["fields"][name]
        parts.extend(value if isinstance(value, list) else [value])
    return [(0, part, "") if isinstance(part, int) else (1, 0, part) for part in parts]


def dump(directory: Path, report: Callable[[str], None] = lambda line: None) -> None:
    """Write every fixture file to `directory`, byte for byte the same for the same data."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, entries in FILES.items():
        records = [record for entry in entries for record in records_of(entry)]
        text = json.dumps(records, indent=1, ensure_ascii=False, sort_keys=False)
        path = directory / f"{name}.json"
        temporary = path.with_suffix(".json.new")
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.replace(path)
        report(f"{path.name}: {len(records)} records")


# Loading


@dataclass
class Loaded:
    """What a load did: how many records it created, updated, removed, and left as curators made them."""

    created: int = 0
    updated: int = 0
    removed: int = 0
    kept: int = 0
    files: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.created or self.updated or self.removed)


@dataclass(frozen=True)
class Found:
    """A record as read from a file, with what an error message needs."""

    file: str
    number: int
    record: Record

    def error(self, reason: object) -> FixtureError:
        """Return the error that names file, record and reason."""
        model, key = key_of(self.record)
        return FixtureError(f"{self.file}, record {self.number} ({model} {key}): {reason}")


def read(directory: Path) -> dict[Key, Found]:
    """Return all records of the fixture files in `directory`, by key, in loading order."""
    found: dict[Key, Found] = {}
    for name in FILES:
        path = directory / f"{name}.json"
        for number, record in enumerate(_parse(path), start=1):
            if not isinstance(record, dict) or record.get("model") not in ENTRIES or "fields" not in record:
                raise FixtureError(f"{path.name}, record {number}: not a record of a model that fixtures hold")
            item = Found(path.name, number, record)
            if key_of(record) in found:
                raise item.error("stands in the fixtures twice")
            found[key_of(record)] = item
    return found


def _parse(path: Path) -> list[Any]:
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FixtureError(f"{path.name}: no such file in {path.parent}") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise FixtureError(f"{path.name}: not a JSON file: {error}") from None
    if not isinstance(records, list):
        raise FixtureError(f"{path.name}: a fixture is a list of records")
    return records


@transaction.atomic
def load(directory: Path) -> Loaded:
    """Create what is missing, update what no curator has touched, remove rows that an update dropped.

    All or nothing: raises FixtureError and writes nothing when one record cannot be loaded. Writes nothing, and
    leaves the data version alone, when there is nothing to do.
    """
    found = read(directory)
    current = {key_of(record): record for entry in ENTRIES.values() for record in records_of(entry)}
    touched = Touched()
    result = Loaded()
    todo: list[Found] = []
    for key, item in found.items():
        if key in current and current[key]["fields"] == item.record["fields"]:
            continue
        if touched.by_a_curator(item.record, exists=key in current):
            result.kept += 1
            continue
        todo.append(item)
        if key in current:
            result.updated += 1
        else:
            result.created += 1
    stale = [record for key, record in current.items() if key not in found and _dropped(record, found, touched)]
    result.removed = len(stale)
    if result.changed:
        _remove(stale)
        _write(todo, current)
        kb.DataVersion.raise_number()
    return result


class Touched:
    """Which records curators have changed or deleted, read once from the history tables."""

    def __init__(self) -> None:
        self._keys: dict[str, set[str]] = {}

    def by_a_curator(self, record: Record, *, exists: bool) -> bool:
        """Tell whether the record, or the record that owns it, has any history but the loader's own."""
        entry = ENTRIES[record["model"]]
        if entry.owner:
            owner = entry.model._meta.get_field(entry.owner).related_model
            label = owner._meta.label_lower  # type: ignore[union-attr]
            return json.dumps(record["fields"][entry.owner]) in self._of(label)
        return json.dumps([record["fields"][name] for name in entry.key]) in self._of(record["model"])

    def _of(self, label: str) -> set[str]:
        if label not in self._keys:
            self._keys[label] = set(self._read(ENTRIES[label]))
        return self._keys[label]

    def _read(self, entry: Entry) -> Iterator[str]:
        plain = all(not entry.model._meta.get_field(name).is_relation for name in entry.key)
        if plain and hasattr(entry.model, "history"):
            yield from (json.dumps(list(key)) for key in _edited(entry.model, entry.key))
        for row in ENTRIES.values():
            if row.owner and row.model._meta.get_field(row.owner).related_model is entry.model:
                owners = {pk for (pk,) in _edited(row.model, (f"{row.owner}_id",))}
                yield from (json.dumps([slug]) for slug in _slugs(entry.model, owners))


def _edited(model: Any, fields: tuple[str, ...]) -> set[tuple[Any, ...]]:
    rows = model.history.exclude(history_change_reason=BASELINE) | model.history.filter(history_change_reason=None)
    return set(rows.order_by().values_list(*fields))


def _slugs(model: Any, pks: set[int]) -> list[str]:
    return list(model._default_manager.filter(pk__in=pks).values_list("slug", flat=True))


def _dropped(record: Record, found: dict[Key, Found], touched: Touched) -> bool:
    """Tell whether a row in the database is owned by a fixture's record that no longer has it."""
    entry = ENTRIES[record["model"]]
    if not entry.owner:
        return False
    owner = entry.model._meta.get_field(entry.owner).related_model
    owner_key = (owner._meta.label_lower, json.dumps(record["fields"][entry.owner]))  # type: ignore[union-attr]
    return owner_key in found and not touched.by_a_curator(record, exists=True)


def _remove(records: list[Record]) -> None:
    for record in records:
        model = ENTRIES[record["model"]].model
        key = [record["fields"][name] for name in ENTRIES[record["model"]].key]
        flat = [part for value in key for part in (value if isinstance(value, list) else [value])]
        row = model._default_manager.get_by_natural_key(*flat)  # type: ignore[attr-defined]
        row._change_reason = BASELINE
        row.delete()


def _write(todo: list[Found], current: dict[Key, Record]) -> None:
    """Save the records, those that point forward to a later one last, then their baseline history."""
    created: list[models.Model] = []
    updated: list[models.Model] = []
    deferred: list[tuple[Found, DeserializedObject]] = []
    for item in todo:
        saved = _save(item)
        (updated if key_of(item.record) in current else created).append(saved.object)
        if saved.deferred_fields:
            deferred.append((item, saved))
    for item, saved in deferred:
        with _named(item):
            saved.save_deferred_fields()
    _write_history(created, update=False)
    _write_history(updated, update=True)


def _save(item: Found) -> DeserializedObject:
    with _named(item):
        [deserialized] = Deserializer([item.record], handle_forward_references=True)
        record = deserialized.object
        record.skip_history_when_saving = True
        record._state.adding = record.pk is None  # else a record's own row would count as a duplicate of it
        forward = {f.name for f in deserialized.deferred_fields or {}}
        for name in forward - {f.name for f in record._meta.get_fields() if f.null or f.many_to_many}:
            raise DeserializationError(f"{name} names an unknown {name}: {item.record['fields'][name]}")
        record.clean_fields(exclude=forward)
        record.validate_constraints(exclude=forward)
        deserialized.save()
        return deserialized


class _named:
    """Turn whatever a record raises into a FixtureError that names it."""

    def __init__(self, item: Found) -> None:
        self.item = item

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ValidationError):
            raise self.item.error("; ".join(error.messages)) from error
        if isinstance(error, UNUSABLE):
            raise self.item.error(error) from error


def _write_history(saved: list[Any], *, update: bool) -> None:
    """Write one history row for each saved record that keeps history, with its many-to-many rows."""
    by_model: dict[type[models.Model], list[Any]] = {}
    for record in saved:
        if hasattr(record, "history"):
            by_model.setdefault(type(record), []).append(record)
    for model, records in by_model.items():
        manager = get_history_manager_for_model(model)
        rows = manager.bulk_history_create(records, update=update, default_change_reason=BASELINE)
        for many in manager.model._history_m2m_fields:
            _write_many(many, rows)


def _write_many(many: Any, rows: list[Any]) -> None:
    history_model = getattr(rows[0], many.name).model
    through, owner = many.remote_field.through, many.m2m_field_name()
    by_owner = {row.id: row for row in rows}
    links = through.objects.filter(**{f"{owner}__in": list(by_owner)}).values()
    history_model.objects.bulk_create(history_model(history=by_owner[link[f"{owner}_id"]], **link) for link in links)
