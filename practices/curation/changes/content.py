"""What a record says, apart from the database: read from now or from history, and written into a record.

The content of a pending edit can so be compared with that of its original, mixed with it, and put in its place; rows
that stay the same keep their primary key and write no history.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, Model

from practices.curation.fixtures import FIXTURE_MODELS, PRIVATE
from practices.curation.fixtures.baseline import history_of, history_of_terms, owner_model, sign_next, write_history
from practices.curation.roles import Person
from practices.models import Curated, Row
from practices.querysets import related_keys

#: what a record has whatever it says
KEPT = frozenset(
    ["id", "ref", "state", "version", "created", "modified", "published_at", "sort_key", "history", *PRIVATE]
)
#: added to the positions of rows that are moved, until all of them stand where they belong
ASIDE = 10_000


class Signature(NamedTuple):
    """Who writes, and why, as history says it."""

    user: Person | None
    reason: str


@dataclass(frozen=True)
class RowContent:
    """What a row says: values by the column of its fields, its position among them; and the keys of its terms."""

    values: dict[str, Any]
    terms: dict[str, frozenset[int]] = field(default_factory=dict)

    @property
    def position(self) -> int:
        """Where it stands among the rows of its kind."""
        return int(self.values["position"])

    def at(self, position: int) -> "RowContent":
        """Return the same row in another position."""
        return replace(self, values={**self.values, "position": position})


#: rows of one kind by key: of a record, their primary keys
RowContents = dict[int, RowContent]
#: by the kind of row, which row of a record each key of a content means
RowKeys = dict[type[Row], dict[int, int]]


@dataclass(frozen=True)
class Content:
    """What a record says: values by the column of its fields, the keys of its terms by field, its rows by kind."""

    values: dict[str, Any]
    terms: dict[str, frozenset[int]]
    rows: dict[type[Row], RowContents]


#: what a record says that has just been made
EMPTY = Content({}, {}, {})


# What a record is made of


@cache
def row_models(model: type[Curated]) -> dict[type[Row], str]:
    """Return the kinds of rows that records of a model own, each with the field that leads to the owner.

    In the order in which they depend on each other.
    """
    entries = (entry for label, entry in FIXTURE_MODELS.items() if owner_model(label) is model)
    return {entry.model: entry.owner for entry in entries if issubclass(entry.model, Row)}


@cache
def columns(model: type[Model]) -> dict[str, Any]:
    """Return the fields of a record or row that say something, by column; not which record owns a row."""
    owner = FIXTURE_MODELS[model._meta.label_lower].owner
    return {item.attname: item for item in model._meta.concrete_fields if item.name not in (*KEPT, owner)}


@cache
def siblings(model: type[Row]) -> dict[str, type[Row]]:
    """Return the columns by which a row names another of the same record, each with the kind of that one."""
    owned = row_models(owner_model(model._meta.label_lower))
    return {name: item.related_model for name, item in columns(model).items() if item.related_model in owned}


# Reading


def read(record: Curated) -> Content:
    """Return what a record says now. Two queries, two for each kind of row. Raises DoesNotExist where it is gone."""
    content = read_all(type(record), [record.pk]).get(record.pk)
    if content is None:
        raise type(record).DoesNotExist
    return content


def read_all(model: type[Curated], keys: Collection[int]) -> dict[int, Content]:
    """Return the same of several records of a kind, by primary key; as many queries."""
    values = {row.pop("pk"): row for row in model.objects.filter(pk__in=keys).values("pk", *columns(model))}
    terms = terms_of(model, keys)
    contents = {key: Content(row, terms[key], {}) for key, row in values.items()}
    for kind, owner in row_models(model).items():
        records = kind._default_manager.filter(**{f"{owner}__in": keys}).order_by(owner, "position", "pk")
        owners, by_key = dict[int, int](), dict[int, dict[str, Any]]()
        for row in records.values("pk", f"{owner}_id", *columns(kind)):
            key = row.pop("pk")
            owners[key], by_key[key] = row.pop(f"{owner}_id"), row
        terms = terms_of(kind, by_key)
        for content in contents.values():
            content.rows[kind] = {}
        for key, row in by_key.items():
            contents[owners[key]].rows[kind][key] = RowContent(row, terms[key])
    return contents


def terms_of(model: type[Model], owners: Collection[int]) -> dict[int, dict[str, frozenset[int]]]:
    """Return the keys of the terms of some records or rows, by owner and field, in one query."""
    names = [relation.name for relation in model._meta.many_to_many]
    keys: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for name, owner, term in related_keys(model, names, owners):
        keys[owner, name].add(term)
    return {owner: {name: frozenset(keys[owner, name]) for name in names} for owner in owners}


def as_of(record: Curated, date: datetime) -> Content | None:
    """Return what a record said at a date, None where its history does not go back so far. As many queries as `read`.

    It may name what is gone by now: see `without_gone`.
    """
    model: type[Model] = type(record)
    past = _past(model, {"id": record.pk}, date).get(record.pk)
    if past is None:
        return None
    rows = {
        kind: {key: _said(kind, row) for key, row in _past(kind, {f"{owner}_id": record.pk}, date).items()}
        for kind, owner in row_models(model).items()
    }
    own = _said(model, past)
    return Content(own.values, own.terms, rows)


def _said(model: type[Model], past: Any) -> RowContent:
    return RowContent({name: getattr(past, name) for name in columns(model)}, past.terms)


def _past(model: type[Model], of: dict[str, int], date: datetime) -> dict[int, Any]:
    """Return the versions in which some records were at a date, by key, with their `terms`; without deleted ones."""
    versions = history_of(model).objects.filter(**of, history_date__lte=date).order_by("history_date", "history_id")
    latest = {version.id: version for version in versions}
    there = {key: version for key, version in latest.items() if version.history_type != "-"}
    terms: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for relation in model._meta.many_to_many:
        links = history_of_terms(model, relation.name).objects
        target = f"{relation.m2m_reverse_field_name()}_id"
        of_versions = links.filter(history__in=[version.pk for version in there.values()])
        for version, term in of_versions.values_list("history_id", target):
            terms[version, relation.name].add(term)
    for version in there.values():
        names = [relation.name for relation in model._meta.many_to_many]
        version.terms = {name: frozenset(terms[version.pk, name]) for name in names}
    return there


# Writing


def write(record: Curated, content: Content, keys: RowKeys, signature: Signature, *, is_new: bool = False) -> RowKeys:
    """Make a record say what `content` says, its rows included, with one version of each in history.

    `keys` tell which row of the record each key of the content means; what they do not name is made anew, and rows
    that the content has not are removed. Returns the same for all rows of the content. What the record has besides,
    such as its state, is saved as it is. Raises ProtectedError where others need a row that would go.
    """
    before = EMPTY if is_new else read(record)
    for name, value in content.values.items():
        setattr(record, name, value)
    record.save_without_historical_record()  # type: ignore[attr-defined]
    _set_terms(type(record), {record.pk: _changed_terms(content.terms, before.terms)}, is_new=is_new)
    written: RowKeys = {}
    for kind, rows in content.rows.items():
        writer = _RowWriter(record, kind, before.rows.get(kind, {}), signature)
        written[kind] = writer.write(rows, keys.get(kind, {}), written)
    write_history([record], "+" if is_new else "~", reason=signature.reason, user=signature.user)
    return written


def _changed_terms(new: dict[str, frozenset[int]], old: dict[str, frozenset[int]]) -> dict[str, frozenset[int]]:
    return {name: terms for name, terms in new.items() if terms != old.get(name, frozenset())}


def _set_terms(model: type[Model], terms: Mapping[int, Mapping[str, frozenset[int]]], *, is_new: bool = False) -> None:
    """Give some records or rows these terms, in the fields that are named; writes no history."""
    for relation in model._meta.many_to_many:
        named = {owner: fields[relation.name] for owner, fields in terms.items() if relation.name in fields}
        if not named:
            continue
        through: Any = relation.remote_field.through
        owner_field, target = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
        if not is_new:
            through.objects.filter(**{f"{owner_field}__in": list(named)}).delete()
        links = [{owner_field: owner, target: term} for owner, keys in named.items() for term in sorted(keys)]
        through.objects.bulk_create([through(**link) for link in links], batch_size=2000)


class _RowWriter:
    """Writes the rows of one kind of a record."""

    def __init__(self, record: Curated, kind: type[Row], before: RowContents, signature: Signature) -> None:
        self.record = record
        self.kind = kind
        self.before = before
        self.signature = signature

    def write(self, rows: RowContents, keys: Mapping[int, int], others: RowKeys) -> dict[int, int]:
        """Write the rows; `others` are the keys of kinds that are written already. Returns the primary key by key."""
        self.keys = {key: keys[key] for key in rows if keys.get(key) in self.before}
        self.others = others
        self._remove(self.before.keys() - self.keys.values())
        changed = self._changed(rows)
        self._move_aside(key for key in changed if rows[key].position != self.before[self.keys[key]].position)
        try:
            with transaction.atomic():
                self._update({key: rows[key] for key in changed})
        except IntegrityError:  # two rows have changed places in all but their position
            self._remove({self.keys.pop(key) for key in changed})
            changed = set()
        new = [key for key in rows if key not in self.keys]
        self._create({key: rows[key] for key in new})
        changed |= self._changed(rows)  # those too that name what was made just now
        self._point_to_siblings({key: rows[key] for key in (*new, *changed)})
        for fresh, written in ((True, new), (False, changed)):
            instances = list(self.kind._default_manager.filter(pk__in=[self.keys[key] for key in written]))
            write_history(instances, "+" if fresh else "~", reason=self.signature.reason, user=self.signature.user)
        return self.keys

    def _changed(self, rows: RowContents) -> set[int]:
        """Return the keys of those rows that stay and say something else than before."""
        return {key for key, pk in self.keys.items() if pk in self.before and self._own(rows[key]) != self.before[pk]}

    def _own(self, row: RowContent) -> RowContent:
        """Return a row that names others of this record by their primary keys, None where they are not there yet."""
        values = dict(row.values)
        for name, kind in siblings(self.kind).items():
            values[name] = (self.keys if kind is self.kind else self.others[kind]).get(values[name])
        return replace(row, values=values)

    def _remove(self, pks: Collection[int]) -> None:
        for row in self.kind._default_manager.filter(pk__in=pks):
            sign_next(row, *self.signature)
            row.delete()  # one by one: a bulk delete would leave no history

    def _move_aside(self, keys: Iterable[int]) -> None:
        moving = self.kind._default_manager.filter(pk__in=[self.keys[key] for key in keys])
        moving.update(position=F("position") + ASIDE)

    def _update(self, rows: RowContents) -> None:
        instances: dict[int, Any] = self.kind._default_manager.in_bulk([self.keys[key] for key in rows])
        terms = {}
        for key, row in rows.items():
            pk = self.keys[key]
            for name, value in self._own(row).values.items():
                setattr(instances[pk], name, value)
            instances[pk].save_without_historical_record()
            terms[pk] = _changed_terms(row.terms, self.before[pk].terms)
        _set_terms(self.kind, terms)

    def _create(self, rows: RowContents) -> None:
        owner = {row_models(type(self.record))[self.kind]: self.record}
        instances = [self.kind(**owner, **self._own(row).values) for row in rows.values()]
        self.kind._default_manager.bulk_create(instances, batch_size=500)
        created = {key: instance.pk for key, instance in zip(rows, instances, strict=True)}
        self.keys |= created
        _set_terms(self.kind, {created[key]: row.terms for key, row in rows.items()}, is_new=True)

    def _point_to_siblings(self, rows: RowContents) -> None:
        """Let rows name those that were made after them."""
        own = [name for name, kind in siblings(self.kind).items() if kind is self.kind]
        for key, row in rows.items() if own else ():
            values = {name: self._own(row).values[name] for name in own}
            self.kind._default_manager.filter(pk=self.keys[key]).update(**values)


# What is gone


def without_gone(model: type[Curated], content: Content) -> tuple[Content, list[str]]:
    """Return a content without the records that are no more, and the kinds of those that it named.

    A term is left out of its list, an optional field is emptied; a row that cannot be without it is left out.
    A query for each kind of record that is named.
    """
    there = _existing(model, content)
    lost: dict[str, None] = {}
    values = dict(_without_gone_values(model, content.values, there, lost))
    rows = {}
    for kind, by_key in content.rows.items():
        kept = {}
        for key, row in by_key.items():
            row_values = dict(_without_gone_values(kind, row.values, there, lost))
            if all(row_values[name] is not None or columns(kind)[name].null for name in row_values):
                kept[key] = RowContent(row_values, _without_gone_terms(kind, row.terms, there, lost))
        rows[kind] = kept
    return Content(values, _without_gone_terms(model, content.terms, there, lost), rows), list(lost)


Existing = dict[type[Model], set[int]]


def _existing(model: type[Curated], content: Content) -> Existing:
    """Return which of the records that a content names, other than its own rows, are there, by model."""
    named: defaultdict[Any, set[int]] = defaultdict(set)
    parts = [(model, content.values, content.terms)]
    parts += [(kind, row.values, row.terms) for kind, rows in content.rows.items() for row in rows.values()]  # type: ignore[misc]
    for kind, values, terms in parts:
        for item in _relations(kind):
            named[item.related_model].add(values[item.attname])
        for relation in kind._meta.many_to_many:
            named[relation.related_model] |= terms[relation.name]
    return {
        target: set(target._default_manager.filter(pk__in=keys - {None}).values_list("pk", flat=True))
        for target, keys in named.items()
    }


def _relations(model: type[Model]) -> list[Any]:
    """Return the fields that lead to one record, which is none of the same record's rows."""
    own = siblings(model) if issubclass(model, Row) else {}
    return [item for name, item in columns(model).items() if item.is_relation and name not in own]


def _without_gone_values(
    model: type[Model], values: dict[str, Any], there: Existing, lost: dict[str, None]
) -> Iterator[tuple[str, Any]]:
    relations = {item.attname: item for item in _relations(model)}
    for name, value in values.items():
        gone = name in relations and value is not None and value not in there[relations[name].related_model]
        if gone:
            lost[str(relations[name].related_model._meta.verbose_name)] = None
        yield name, None if gone else value


def _without_gone_terms(
    model: type[Model], terms: dict[str, frozenset[int]], there: Existing, lost: dict[str, None]
) -> dict[str, frozenset[int]]:
    kept = {}
    for relation in model._meta.many_to_many:
        target: Any = relation.related_model
        kept[relation.name] = terms[relation.name] & there[target]
        if kept[relation.name] != terms[relation.name]:
            lost[str(target._meta.verbose_name)] = None
    return kept
