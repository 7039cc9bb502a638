"""Fixtures: the one list of files, the dump that writes them, and reading them back as records.

To add a model: its name and key fields in `FILES`. `loaddata`, `dump_fixtures`, `quickstart` and tests follow it.
Records are Django's own fixture format with natural keys; history tables are never part of it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Model, QuerySet

from practices import models as kb

Record = dict[str, Any]
Key = tuple[str, str]


class FixtureError(Exception):
    """A fixture cannot be loaded. The message names file, record and reason; nothing was written."""


#: the fields that tell of pending edits, which are no part of the data
PRIVATE = frozenset(["draft_of", "basis"])
#: what the natural key of a record behind these fields is made of in turn
NAMED_THROUGH = {"citation": "section__source", "section": "source", "session": "event"}


@dataclass(frozen=True)
class FixtureModel:
    """One model of a fixture file: its natural key, as fields, and the field that leads to the record owning it."""

    model: type[models.Model]
    key: tuple[str, ...]
    owner: str = ""

    @property
    def label(self) -> str:
        """The name of the model in fixtures, such as practices.place."""
        return self.model._meta.label_lower

    def rows(self) -> QuerySet[Model]:
        """Return what is dumped: everything but pending edits, which are not records of their own."""
        rows = self.model._default_manager.all()
        if issubclass(self.model, kb.Curated):
            rows = rows.filter(draft_of=None)
        elif owner := "section__source" if self.key[0] == "section" else self.owner:
            rows = rows.filter(**{f"{owner}__draft_of": None})
        to_one = [f.name for f in self.model._meta.fields if f.is_relation and f.name not in PRIVATE]
        deep = [f"{name}__{path}" for name, path in NAMED_THROUGH.items() if name in to_one]
        if self.model is kb.Section:
            deep.append("parent__source")
        # joined, not prefetched: SQLite refuses the long chain of ORs by which Django prefetches by natural keys
        rows = rows.select_related(*to_one, *deep) if to_one else rows
        cited = models.Prefetch("citations", kb.Citation.objects.select_related("section__source"))
        to_many = [f.name for f in self.model._meta.many_to_many]
        return rows.prefetch_related(*(cited if name == "citations" else name for name in to_many))


#: every fixture file, in loading order, with the models it holds, in the order in which they depend on each other
FILES: dict[str, list[FixtureModel]] = {
    "01_vocabularies": [FixtureModel(model, ("code",)) for model in kb.VOCABULARIES],
    "02_countries": [
        FixtureModel(kb.Region, ("code",)),
        FixtureModel(kb.Country, ("alpha2",)),
        FixtureModel(kb.Place, ("country", "name")),
    ],
    "03_stakeholders": [FixtureModel(kb.Stakeholder, ("slug",))],
    "04_sources": [
        FixtureModel(kb.Source, ("slug",)),
        FixtureModel(kb.Section, ("source", "position"), owner="source"),
        FixtureModel(kb.Citation, ("section", "paragraph", "fingerprint", "words")),
        FixtureModel(kb.ParagraphNote, ("section", "paragraph")),
    ],
    "05_practices": [
        FixtureModel(kb.Practice, ("slug",)),
        *(FixtureModel(model, ("practice", "position"), owner="practice") for model in kb.PRACTICE_ROWS),
    ],
    "06_findings": [FixtureModel(kb.Finding, ("slug",))],
    "07_events": [
        FixtureModel(kb.Event, ("slug",)),
        FixtureModel(kb.Session, ("event", "position"), owner="event"),
        FixtureModel(kb.Representation, ("event", "position"), owner="event"),
    ],
    "08_concepts": [FixtureModel(kb.Concept, ("slug",)), FixtureModel(kb.FormerSlug, ("model", "slug"))],
    "09_synonyms": [FixtureModel(kb.SynonymRing, ("code",))],
}
FIXTURE_MODELS: dict[str, FixtureModel] = {
    entry.model._meta.label_lower: entry for entries in FILES.values() for entry in entries
}


def key_of(record: Record) -> Key:
    """Return what identifies a record among all fixtures: its model and natural key."""
    fields = FIXTURE_MODELS[record["model"]].key
    return record["model"], json.dumps([record["fields"].get(name) for name in fields])


def key_named(relation: Any, natural: object) -> Key:
    """Return the key of the record to which a relation leads by a natural key: a list, or a single value.

    Such a natural key is flat: (source, section, paragraph …). One that is too short gives a key that no record has.
    """
    entry = FIXTURE_MODELS[relation.related_model._meta.label_lower]
    flat = list(natural) if isinstance(natural, list) else [natural]
    parts = _nested(entry, flat) if len(flat) >= len(entry.key) else flat
    return entry.label, json.dumps(parts)


def _nested(entry: FixtureModel, flat: list[Any]) -> list[Any]:
    """Return a flat natural key as the fixtures' key of this model: relations in it as natural keys of their own."""
    parts = list[Any]()
    for position, name in enumerate(entry.key):
        if not entry.model._meta.get_field(name).is_relation:
            parts.append(flat.pop(0))
            continue
        rest = len(entry.key) - position - 1
        parts.append([flat.pop(0) for _ in range(len(flat) - rest)])
    return parts


def natural_key(key: Key) -> list[Any]:
    """Return the flat natural key by which others name the record with this key."""
    parts = list[Any]()
    for part in json.loads(key[1]):
        parts.extend(part if isinstance(part, list) else [part])
    return parts


def records_of(entry: FixtureModel) -> list[tuple[int, Record]]:
    """Return one model's rows as (primary key, record), by natural key: the same order on every database."""
    to_many = [f.name for f in entry.model._meta.many_to_many]
    fields = [f.name for f in entry.model._meta.fields if f.name not in PRIVATE]
    serialized = serializers.serialize(
        "python", entry.rows(), fields=[*fields, *to_many], use_natural_foreign_keys=True
    )
    for record in serialized:
        for name in to_many:
            record["fields"][name] = sorted(list(key) for key in record["fields"][name])
    # through JSON and back: what a file would hold, so that records compare equal to those read from files
    plain: list[dict[str, Any]] = json.loads(json.dumps(serialized, cls=DjangoJSONEncoder))
    for row in plain:
        row["fields"] = {name: _canonical(value) for name, value in row["fields"].items()}
    records = [(row["pk"], {"model": row["model"], "fields": row["fields"]}) for row in plain]
    return sorted(records, key=lambda pair: _order(pair[1]))


def _canonical(value: object) -> object:
    """Return a JSON value with its keys in order: PostgreSQL does not keep the order in which they were written."""
    if isinstance(value, list):
        return [_canonical(part) for part in value]
    return {key: _canonical(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


def _order(record: Record) -> list[Any]:
    parts: list[Any] = []
    for name in FIXTURE_MODELS[record["model"]].key:
        value = record["fields"][name]
        parts.extend(value if isinstance(value, list) else [value])
    return [(0, part, "") if isinstance(part, int) else (1, 0, part) for part in parts]


def dump(directory: Path, report: Callable[[str], None] = lambda line: None) -> None:
    """Write every fixture file to `directory`, byte for byte the same for the same data."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, entries in FILES.items():
        records = [record for entry in entries for _, record in records_of(entry)]
        text = json.dumps(records, indent=1, ensure_ascii=False, sort_keys=False)
        path = directory / f"{name}.json"
        temporary = path.with_suffix(".json.new")
        temporary.write_text(text + "\n", encoding="utf-8")
        temporary.replace(path)
        report(f"{path.name}: {len(records)} records")


@dataclass(frozen=True)
class FixtureRecord:
    """A record as read from a file, with what an error message needs."""

    file: str
    number: int
    record: Record

    @property
    def key(self) -> Key:
        """What identifies it among all fixtures."""
        return key_of(self.record)

    @property
    def fields(self) -> dict[str, Any]:
        """The values that the file gives; a field that it does not name is to be left alone."""
        fields: dict[str, Any] = self.record["fields"]
        return fields

    def error(self, reason: object) -> FixtureError:
        """Return the error that names file, record and reason."""
        return FixtureError(f"{self.file}, record {self.number} ({' '.join(self.key)}): {reason}")


def read(directory: Path) -> dict[Key, FixtureRecord]:
    """Return all records of the fixture files in `directory`, by key, in loading order."""
    records: dict[Key, FixtureRecord] = {}
    for name in FILES:
        path = directory / f"{name}.json"
        for number, content in enumerate(_parse(path), start=1):
            record = FixtureRecord(path.name, number, content)
            _check(record)
            if record.key in records:
                raise record.error("stands in the fixtures twice")
            records[record.key] = record
    return records


def _check(record: FixtureRecord) -> None:
    """Raise FixtureError unless it is a record of a model of FILES, with all fields of its natural key."""
    content: Any = record.record
    model = content.get("model") if isinstance(content, dict) else None
    if model not in FIXTURE_MODELS or not isinstance(content.get("fields"), dict):
        raise FixtureError(f"{record.file}, record {record.number}: not a record of a model that fixtures hold")
    if missing := [name for name in FIXTURE_MODELS[model].key if name not in content["fields"]]:
        raise record.error(f"it lacks what it is recognised by: {', '.join(missing)}")
    for name in PRIVATE & content["fields"].keys():  # as files of former dumps have them
        del content["fields"][name]


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
