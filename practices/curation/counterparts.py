"""Counterparts: which record of the database each record of the fixtures is, whatever curators made of its key.

What a curator renamed, moved or deleted is known from its history, which has the former key under the same primary key.
Fixtures are put into the keys of today before they are compared and written. A record that they name and that is gone
is left out of lists and of optional fields; what cannot stand without it is left out as a whole.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from typing import Any

from django.db.models import CheckConstraint, Model, Q, UniqueConstraint

from practices.curation.baseline import CuratorEdits
from practices.curation.fixtures import FIXTURE_MODELS, FixtureRecord, Key, Record, key_named, natural_key
from practices.models import FormerSlug

#: the records of the database by natural key, each with its primary key
Stored = dict[Key, tuple[int, Record]]


class Standing(Enum):
    """How what a key of the fixtures means stands in the database; the value says why it is not to be had."""

    PRESENT = "is there"
    ABSENT = "is not there yet"
    REPLACED = "gave way to another"
    DELETED = "a curator deleted"
    WITHHELD = "is not added to what a curator changed"
    LEFT_OUT = "is left out itself"
    TAKEN = "is not added beside a curator's"

    @property
    def gone(self) -> bool:
        """Whether nothing can name it."""
        return self in (Standing.DELETED, Standing.WITHHELD, Standing.LEFT_OUT, Standing.TAKEN)


@dataclass(frozen=True)
class Counterpart:
    """What a key of the fixtures means: its key of today, and its primary key where there is or was such a record.

    What was replaced has the key of its successor and its own primary key.
    """

    key: Key
    pk: int | None
    standing: Standing


@dataclass(frozen=True)
class Omission:
    """A record that a fixture names in a field and that is gone; `whole` where the record is not loaded for it."""

    record: Key
    field: str
    named: Key
    standing: Standing
    whole: bool

    def __str__(self) -> str:
        name = FIXTURE_MODELS[self.named[0]].model._meta.verbose_name
        words = " ".join(str(part) for part in natural_key(self.named))
        end = "not loaded" if self.whole else "left out"
        return f"{' '.join(self.record)}: {self.field} names {name} {words}, which {self.standing.value}: {end}"


class Counterparts:
    """The counterparts of all that fixtures hold and name, in a database with the records of `stored`."""

    def __init__(self, fixtures: dict[Key, FixtureRecord], stored: Stored) -> None:
        self._fixtures = fixtures
        self._stored = stored
        self._keys = {(key[0], pk): key for key, (pk, _) in stored.items()}
        self._pks = {(key[0], self._by_pks(key)): pk for key, (pk, _) in stored.items()}
        self._edits = CuratorEdits(self._keys)
        self._bearers: dict[str, dict[str, list[int]]] = {}
        self._holders: dict[tuple[str, str], dict[str, int]] = {}
        self._counterparts: dict[Key, Counterpart] = {}

    def of(self, key: Key) -> Counterpart:
        """Return what a key of the fixtures means; of one that nobody knows, that it is absent."""
        if key not in self._counterparts:
            self._counterparts[key] = self._find(key)
        return self._counterparts[key]

    def owner_of(self, key: Key) -> Counterpart | None:
        """Return the counterpart of the record that owns the one with this key."""
        return self._targets(key).get(FIXTURE_MODELS[key[0]].owner)

    def is_edited(self, counterpart: Counterpart) -> bool:
        """Whether curators changed or deleted a record, or rows that it owns."""
        return counterpart.pk in self._edits.edited(counterpart.key[0])

    def taken_field(self, key: Key) -> str:
        """Return the field of a new record whose value, such as a ref, a record of a curator has; "" for none."""
        record, edited = self._fixtures.get(key), self._edits.edited(key[0])
        if record is None or not edited:
            return ""
        holders = {
            name: self._holder(key[0], name, record.fields.get(name)) for name in _unique(FIXTURE_MODELS[key[0]].model)
        }
        return next((name for name, pk in holders.items() if pk in edited), "")

    def localized(self, record: FixtureRecord) -> FixtureRecord:
        """Return a fixture's record as it stands here: naming others by their keys of today, and none that is gone.

        A foreign key to what is gone is not named for a record that is there, which keeps its value, else null.
        """
        present, fields = self.of(record.key).pk is not None, dict(record.fields)
        for relation, naturals in _relations(record):
            targets = [self.of(key_named(relation, natural)) for natural in naturals]
            there = [natural_key(target.key) for target in targets if not target.standing.gone]
            if relation.many_to_many:
                if there != naturals:
                    fields[relation.name] = sorted({json.dumps(natural): natural for natural in there}.values())
            elif there:
                fields[relation.name] = there[0]
            elif present:
                del fields[relation.name]
            else:
                fields[relation.name] = None
        return record if fields == record.fields else replace(record, record={**record.record, "fields": fields})

    def omissions(self, record: FixtureRecord) -> Iterator[Omission]:
        """Yield what a record names that is gone; of one that is left out as a whole, what it cannot do without."""
        whole = self.of(record.key).standing is Standing.LEFT_OUT
        for relation, naturals in _relations(record):
            for named in (key_named(relation, natural) for natural in naturals):
                standing = self.of(named).standing
                if standing.gone and (not whole or relation.name in _needs(FIXTURE_MODELS[record.key[0]].model)):
                    yield Omission(record.key, relation.name, named, standing, whole)

    def _find(self, key: Key) -> Counterpart:
        label, targets = key[0], self._targets(key)
        values = self._by_pks(key, targets)
        past = self._past(label).get(values, [])
        # the one that was loaded under this key, even where a curator gave the key to another one since
        pk = next((pk for pk in past if (label, pk) in self._keys), self._pks.get((label, values)))
        if pk is not None:
            here = self._keys[label, pk]
            heir = self._successor(here) or here
            return Counterpart(heir, pk, Standing.PRESENT if heir == here else Standing.REPLACED)
        owner = targets.get(FIXTURE_MODELS[label].owner)
        withheld = owner is not None and self.is_edited(owner)
        if past and (owner is None or withheld):
            successor = self._successor(key)
            return Counterpart(successor or key, past[-1], Standing.REPLACED if successor else Standing.DELETED)
        if withheld and key in self._fixtures:
            return Counterpart(key, None, Standing.WITHHELD)
        if self._lacks_what_it_needs(key, targets):
            return Counterpart(key, None, Standing.LEFT_OUT)
        if self.taken_field(key):
            return Counterpart(key, None, Standing.TAKEN)
        names = {name: natural_key(target.key) for name, target in targets.items()}
        parts = [names.get(name, part) for name, part in _parts(key)]
        return Counterpart((label, json.dumps(parts)), None, Standing.ABSENT)

    def _targets(self, key: Key) -> dict[str, Counterpart]:
        """Return the counterparts of what the relations in a key name, by field."""
        meta = FIXTURE_MODELS[key[0]].model._meta
        fields = ((meta.get_field(name), part) for name, part in _parts(key))
        return {field.name: self.of(key_named(field, part)) for field, part in fields if field.is_relation}

    def _by_pks(self, key: Key, targets: dict[str, Counterpart] | None = None) -> str:
        """Return a key with primary keys for relations, as history has it; without `targets`, a key of the database."""
        meta, values = FIXTURE_MODELS[key[0]].model._meta, list[Any]()
        for name, part in _parts(key):
            field = meta.get_field(name)
            if not field.is_relation:
                values.append(part)
            elif targets is None:
                # None where a curator renamed it while all was read: no key of the fixtures leads there
                values.append(self._stored.get(key_named(field, part), (None,))[0])
            else:
                values.append(targets[name].pk)
        return json.dumps(values)

    def _past(self, label: str) -> dict[str, list[int]]:
        """Return, by key, the records that curators touched and that ever had it, the first first."""
        if label not in self._bearers:
            bearers = self._bearers[label] = dict[str, list[int]]()
            for pk, values in self._edits.former_keys(label):
                pks = bearers.setdefault(json.dumps(values), [])
                if pk not in pks:
                    pks.append(pk)
        return self._bearers[label]

    def _successor(self, key: Key) -> Key | None:
        """Return the key of the record to which the address of a deleted or merged one leads, or that replaces it."""
        label, stored = key[0], self._stored.get(key)
        if replacement := stored and stored[1]["fields"].get("replaced_by"):
            return key_named(FIXTURE_MODELS[label].model._meta.get_field("replaced_by"), replacement)
        former = FormerSlug._meta.label_lower, json.dumps([key[0].partition(".")[2], *natural_key(key)])
        if former not in self._stored:
            return None
        ref = self._stored[former][1]["fields"]["ref"]
        records = ((other, record) for other, (_, record) in self._stored.items() if other[0] == key[0])
        return next((other for other, record in records if record["fields"].get("ref") == ref), None)

    def _holder(self, label: str, name: str, value: object) -> int | None:
        """Return the record of a model that has a value in a field in which each has another one."""
        if (label, name) not in self._holders:
            records = ((pk, record["fields"]) for key, (pk, record) in self._stored.items() if key[0] == label)
            self._holders[label, name] = {json.dumps(fields[name]): pk for pk, fields in records}
        return self._holders[label, name].get(json.dumps(value))

    def _lacks_what_it_needs(self, key: Key, targets: dict[str, Counterpart]) -> bool:
        if any(target.standing.gone or target.standing is Standing.REPLACED for target in targets.values()):
            return True
        record, needs = self._fixtures.get(key), _needs(FIXTURE_MODELS[key[0]].model)
        return record is not None and any(
            self.of(key_named(relation, natural)).standing.gone
            for relation, naturals in _relations(record)
            if relation.name in needs and relation.name not in targets
            for natural in naturals
        )


def _parts(key: Key) -> list[tuple[str, Any]]:
    """Return the parts of a key with the fields that they are of."""
    return list(zip(FIXTURE_MODELS[key[0]].key, json.loads(key[1]), strict=False))


def _relations(record: FixtureRecord) -> Iterator[tuple[Any, list[Any]]]:
    """Yield the relations that a record gives, each with the natural keys that it names."""
    meta = FIXTURE_MODELS[record.key[0]].model._meta
    for relation in (field for field in (*meta.fields, *meta.many_to_many) if field.is_relation):
        value = record.fields.get(relation.name)
        if value is None or (relation.many_to_many and not isinstance(value, list)):
            continue
        yield relation, value if relation.many_to_many else [value]


@cache
def _needs(model: type[Model]) -> frozenset[str]:
    """Return the relations without which a record cannot stand: what is required, or what a constraint counts on."""
    counted = set[str]()
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            counted |= {*constraint.fields}
        elif isinstance(constraint, CheckConstraint) and isinstance(constraint.condition, Q):
            counted |= constraint.condition.referenced_base_fields
    return frozenset(
        field.name for field in model._meta.fields if field.is_relation and (not field.null or field.name in counted)
    )


@cache
def _unique(model: type[Model]) -> tuple[str, ...]:
    """Return the fields in which no two records of a model have the same value."""
    constraints = [item for item in model._meta.constraints if isinstance(item, UniqueConstraint)]
    alone = {item.fields[0] for item in constraints if len(item.fields) == 1}
    fields = [field for field in model._meta.fields if not field.is_relation and not field.primary_key]
    return tuple(field.name for field in fields if field.unique or field.name in alone)
