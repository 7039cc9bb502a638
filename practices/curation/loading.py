"""Loading fixtures: what is missing is created, what no curator edited is updated, and all of it or nothing.

A field that a fixture's record does not name is left alone: an existing record keeps its value, a new one gets the
model's default.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from practices.curation.baseline import BASELINE, CuratorEdits, owner_model
from practices.curation.fixture_writer import FixtureWriter
from practices.curation.fixtures import FIXTURE_MODELS, FixtureRecord, Key, Record, key_of, read, records_of
from practices.index import writer
from practices.models import DataVersion

#: the records of the database by natural key, each with its primary key
Stored = dict[Key, tuple[int, Record]]


@dataclass
class LoadResult:
    """What a load did: how many records it created, updated and removed, and which it left as curators made them."""

    created: int = 0
    updated: int = 0
    removed: int = 0
    kept: list[Key] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.created or self.updated or self.removed)


@transaction.atomic
def load(directory: Path) -> LoadResult:
    """Bring the database up to the fixtures in `directory`, rows that an update dropped included.

    Raises FixtureError, which names file, record and reason, and writes nothing when one record cannot be loaded.
    Writes nothing, and leaves the data version alone, when there is nothing to do.
    """
    fixtures, edits = read(directory), CuratorEdits()
    stored = {key_of(record): (pk, record) for entry in FIXTURE_MODELS.values() for pk, record in records_of(entry)}
    different = [record for record in fixtures.values() if _differs(record, stored)]
    kept = [record.key for record in different if edits.edited_by_curator(record.record)]
    pending = [record for record in different if not edits.edited_by_curator(record.record)]
    stale = {key: pk for key, (pk, record) in stored.items() if key not in fixtures and _dropped(record, fixtures)}
    stale = {key: pk for key, pk in stale.items() if not edits.edited_by_curator(stored[key][1])}
    created = sum(record.key not in stored for record in pending)
    result = LoadResult(created, len(pending) - created, len(stale), kept)
    if result.changed:
        _remove(stale)
        FixtureWriter({key: pk for key, (pk, _) in stored.items()}, fixtures).write(pending)
    if writer.refresh().changed or result.changed:
        DataVersion.raise_number()
    return result


def _differs(record: FixtureRecord, stored: Stored) -> bool:
    """Whether a record is not in the database, or one of the fields that the fixture names has another value there."""
    if record.key not in stored:
        return True
    values = stored[record.key][1]["fields"]
    return any(name not in values or values[name] != value for name, value in record.fields.items())


def _dropped(record: Record, fixtures: dict[Key, FixtureRecord]) -> bool:
    """Whether a row of the database that the fixtures lack is owned by a record that they have."""
    owner = owner_model(record["model"])
    if owner is None:
        return False
    [slug] = record["fields"][FIXTURE_MODELS[record["model"]].owner]
    return (owner._meta.label_lower, json.dumps([slug])) in fixtures


def _remove(rows: dict[Key, int]) -> None:
    for (label, _), pk in rows.items():
        row: Any = FIXTURE_MODELS[label].model._default_manager.get(pk=pk)
        row._change_reason = BASELINE
        row.delete()
