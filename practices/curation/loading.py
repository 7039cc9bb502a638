"""Loading fixtures: what is missing is created, what no curator edited is updated, and all of it or nothing.

A field that a fixture's record does not name is left alone: an existing record keeps its value, a new one gets the
model's default. What curators renamed, moved or deleted stays so: see `counterparts`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.db.models.deletion import Collector

from practices.curation import timeouts
from practices.curation.baseline import signed_history
from practices.curation.counterparts import Counterpart, Counterparts, Omission, Standing, Stored
from practices.curation.fixture_writer import FixtureWriter, error_context
from practices.curation.fixtures import FIXTURE_MODELS, FixtureRecord, Key, Record, key_named, key_of, read, records_of
from practices.index import writer
from practices.index.documents import chunks
from practices.models import DataVersion

#: how long a load may compute between two statements, and wait for somebody who saves
COMPUTES, WAITS = "60s", "5s"
#: where a record stands: the label of its model, its primary key
Place = tuple[str, int]


@dataclass
class LoadResult:
    """What a load did: how many records it created, updated and removed, and what it did not load, and why.

    `kept` are the records that differ from the fixtures as curators made them so, by key, with words on what differs;
    `left_out` what fixtures name that is gone.
    """

    created: int = 0
    updated: int = 0
    removed: int = 0
    kept: dict[Key, str] = field(default_factory=dict)
    left_out: list[Omission] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.created or self.updated or self.removed)


def load(directory: Path) -> LoadResult:
    """Bring the database up to the fixtures in `directory`, rows that an update dropped included.

    Raises FixtureError, which names file, record and reason, and writes nothing when one record cannot be loaded.
    Writes nothing, leaves the data version alone, and keeps nobody from writing, when there is nothing to do.
    """
    fixtures = read(directory)
    comparison = Comparison(fixtures)
    if comparison.result.changed or not writer.is_current():
        with transaction.atomic():
            timeouts.extend(idle_in_transaction_session_timeout=COMPUTES, lock_timeout=WAITS)
            comparison = _locked(comparison, fixtures)
            comparison.write()
    return comparison.result


def _locked(comparison: "Comparison", fixtures: dict[Key, FixtureRecord]) -> "Comparison":
    """Compare once more, as curators may have written meanwhile: from here on they wait; in a transaction.

    On SQLite nobody else writes. On PostgreSQL what is to be written is locked, so that whoever is saving it comes
    first and is seen; where more is to be written then, that is locked and all is compared again.
    """
    locked = set[Place]()
    while True:
        _lock(comparison.places - locked)
        locked |= comparison.places
        comparison = Comparison(fixtures)
        if comparison.places <= locked:
            return comparison


def _lock(places: set[Place]) -> None:
    """Lock records until the transaction ends, in an order that is always the same."""
    for label, entry in FIXTURE_MODELS.items():
        for chunk in chunks(pk for model, pk in places if model == label):
            rows = entry.model._default_manager.select_for_update().order_by("pk")
            list(rows.filter(pk__in=chunk).values_list("pk"))


class Comparison:
    """What is to be written to bring the database up to the fixtures, and what is not to be."""

    def __init__(self, fixtures: dict[Key, FixtureRecord]) -> None:
        self.result = LoadResult()
        self._stored: Stored = {
            key_of(record): (pk, record) for entry in FIXTURE_MODELS.values() for pk, record in records_of(entry)
        }
        self._counterparts = Counterparts(fixtures, self._stored)
        #: the keys of all that the fixtures hold and that will be there
        self._expected: dict[Key, Counterpart] = {}
        self._pending: list[FixtureRecord] = []
        #: the records that are there and are to be written or to go, and those that own these
        self.places: set[Place] = set()
        for record in fixtures.values():
            with error_context(record):
                self._compare(record)
        self._stale = dict(self._find_stale())
        self.places |= {(label, pk) for (label, _), pk in self._stale.items()}
        self.result.removed = len(self._stale)

    def write(self) -> None:
        """Write what differs, the index and the data version; in a transaction. Raises FixtureError."""
        if self.result.changed:
            _remove(self._stale)
            FixtureWriter({key: pk for key, (pk, _) in self._stored.items()}, self._expected).write(self._pending)
        if writer.refresh().changed or self.result.changed:
            DataVersion.raise_number()

    def _compare(self, record: FixtureRecord) -> None:
        counterpart, owner = self._counterparts.of(record.key), self._counterparts.owner_of(record.key)
        if owner and owner.standing not in (Standing.PRESENT, Standing.ABSENT):
            return  # it went, or stays out, with its owner
        if counterpart.standing is Standing.DELETED:
            self.result.kept[record.key] = "deleted"
        elif counterpart.standing is Standing.REPLACED:
            self.result.kept[record.key] = Standing.REPLACED.value
        elif counterpart.standing is Standing.WITHHELD:
            self.result.kept[record.key] = "not added, as a curator changed what it belongs to"
        elif counterpart.standing is Standing.TAKEN:
            field = self._counterparts.taken_field(record.key)
            self.result.kept[record.key] = f"not added, as a curator's record has its {field}"
        elif counterpart.standing is Standing.LEFT_OUT:
            self.result.left_out += self._counterparts.omissions(record)
        else:
            self._expected[counterpart.key] = counterpart
            self._compare_fields(record, counterpart, owner)

    def _compare_fields(self, record: FixtureRecord, counterpart: Counterpart, owner: Counterpart | None) -> None:
        localized = self._counterparts.localized(record)
        different = list(_differences(localized, self._stored.get(counterpart.key)))
        if self._counterparts.is_edited(counterpart) or (owner and self._counterparts.is_edited(owner)):
            if different:
                self.result.kept[counterpart.key] = f"differs in {', '.join(different)}"
            return
        self.result.left_out += self._counterparts.omissions(record)
        if different:
            self._pending.append(localized)
            self._place(counterpart, owner)
            self.result.created += counterpart.pk is None
            self.result.updated += counterpart.pk is not None

    def _find_stale(self) -> Iterator[tuple[Key, int]]:
        """Yield the rows of records of the fixtures that these no longer hold, but for those that others name."""
        for key, (pk, record) in self._stored.items():
            owner = self._expected_owner(record)
            if key in self._expected or owner is None or self._counterparts.is_edited(owner):
                continue
            if _is_held(FIXTURE_MODELS[key[0]].model, pk):
                self.result.kept[key] = "not removed, as other records name it"
            else:
                self._place(owner)
                yield key, pk

    def _place(self, *counterparts: Counterpart | None) -> None:
        """Note where something is to be written."""
        self.places |= {
            (counterpart.key[0], counterpart.pk)
            for counterpart in counterparts
            if counterpart and counterpart.pk is not None
        }

    def _expected_owner(self, record: Record) -> Counterpart | None:
        entry = FIXTURE_MODELS[record["model"]]
        if not entry.owner:
            return None
        return self._expected.get(key_named(entry.model._meta.get_field(entry.owner), record["fields"][entry.owner]))


def _differences(record: FixtureRecord, stored: tuple[int, Record] | None) -> Iterator[str]:
    """Yield the fields that a fixture names and that have another value in the database, or are not there at all."""
    values = stored[1]["fields"] if stored else {}
    yield from (name for name, value in record.fields.items() if name not in values or values[name] != value)


def _is_held(model: Any, pk: int) -> bool:
    """Whether a record cannot be deleted, as others need it."""
    try:
        Collector(using=model._default_manager.db).collect(model._default_manager.filter(pk=pk))
    except ProtectedError:
        return True
    return False


def _remove(rows: dict[Key, int]) -> None:
    with signed_history():  # what falls with a row is no curator's deletion either
        for (label, _), pk in rows.items():
            FIXTURE_MODELS[label].model._default_manager.filter(pk=pk).delete()
