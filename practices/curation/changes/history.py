"""The change history of a record: who changed what and when, its rows included, as one list."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

from django.contrib.auth.models import User
from django.db.models import ForeignKey, Model, QuerySet
from simple_history.models import DeletedObject, ModelDelta

from practices.curation.changes.differences import NOTHING, FieldChange, Naming, as_text, as_told
from practices.curation.fixtures import FIXTURE_MODELS
from practices.curation.fixtures.baseline import history_of, owner_model

#: one save in the admin writes several history rows within moments of each other
ONE_SAVE = timedelta(seconds=2)


class Version(Protocol):
    """A record or row as a line of its history has it, and who wrote that line, when and why."""

    _meta: Any
    id: int
    history_id: int
    history_date: datetime
    history_type: str
    history_user: User | None
    history_user_id: int | None
    history_change_reason: str | None
    instance: Model
    instance_type: Any
    #: the line before it of the same record or row, None of the first
    before: "Version | None"

    def diff_against(self, old: "Version", *, excluded_fields: set[str], foreign_keys_are_objs: bool) -> ModelDelta:
        """Return which fields say something else than in another line."""


@dataclass(frozen=True)
class RecordChange:
    """What became of the record or of one row: "+", "~" or "-", and what each field said and says."""

    kind: str
    name: str
    sign: str
    fields: list[FieldChange]


@dataclass
class Change:
    """Everything that one person saved at one moment."""

    date: datetime
    #: when the last of it was written
    last: datetime
    user: str
    reason: str
    records: list[RecordChange] = field(default_factory=list)


def record_history(record: Model, naming: Naming = str) -> list[Change]:
    """Return the changes of a record and its rows, the latest first.

    One query for each kind of row and one for the record; for each that was changed, two for each kind of its terms.
    """
    records = _records(record)
    _link(records)
    changes: list[Change] = []
    for group in _groups(records):
        first = group[0]
        user = str(first.history_user) if first.history_user_id else ""
        reason = first.history_change_reason or ""
        said = list(_record_changes(group, naming))
        changes.append(Change(first.history_date, group[-1].history_date, user, reason, said))
    return changes[::-1]


def end_of_change_before(record: Model, moment: datetime) -> datetime | None:
    """Return when all was written that stood before the last change of a record, which was at this moment.

    None where there was nothing before it, or where it is not the last one any longer. Queries as `record_history`.
    """
    changes = record_history(record)
    is_last = len(changes) > 1 and changes[0].date <= moment <= changes[0].last
    return changes[1].last if is_last else None


def last_change(record: Model) -> datetime | None:
    """Return when the record or one of its rows was last saved or deleted, None without any history; one query."""
    model: type[Model] = type(record)
    sql = _last_change_of(model)
    [last] = history_of(model).objects.raw(sql, [record.pk] * sql.count("%s"))
    date: datetime | None = last.history_date
    return date


@cache
def _last_change_of(model: type[Model]) -> str:
    """Return the statement that asks for it, which Django would take longer to put than the database to answer."""
    table = "SELECT MAX(history_date) AS history_date FROM {} WHERE {} = %s"
    parts = (
        table.format(history_of(part)._meta.db_table, column) for part, column in ((model, "id"), *parts_of(model))
    )
    every = " UNION ALL ".join(parts)
    return f"SELECT 0 AS history_id, MAX(history_date) AS history_date FROM ({every}) AS versions"  # noqa: S608


def give_former_terms(record: Model, version: str) -> None:
    """Let a record as it was in a version of its history have the many-to-many terms of then, not those of today."""
    past = history_of(type(record)).objects.filter(pk=version).first()
    cache = record.__dict__.setdefault("_prefetched_objects_cache", {})
    for relation in past._history_m2m_fields if past else ():
        terms = getattr(past, relation.name).values(f"{relation.m2m_reverse_field_name()}_id")
        cache[relation.name] = relation.related_model._default_manager.filter(pk__in=terms)


def _parts(record: Model) -> Iterator[tuple[type[Model], dict[str, int]]]:
    """Yield each model whose history is part of the record's, with the condition that finds it there."""
    yield type(record), {"id": record.pk}
    yield from ((model, {column: record.pk}) for model, column in parts_of(type(record)))


def parts_of(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    """Yield the models whose history is part of that of their owners, records of a model, with the owner's column."""
    yield from (
        (entry.model, f"{entry.owner}_id") for entry in FIXTURE_MODELS.values() if owner_model(entry.label) is model
    )


def _records(record: Model) -> list[Version]:
    records = [past for model, of in _parts(record) for past in _with_names(model).filter(**of)]
    return sorted(records, key=lambda past: (past.history_date, past.history_id))


def _with_names(model: type[Model]) -> QuerySet:
    """Return the history of a model, with what its rows are named after."""
    history = history_of(model)
    related = [field.name for field in history._meta.fields if isinstance(field, ForeignKey)]
    deep = ["citation__section__source"] if "citation" in related else []
    return history._default_manager.select_related(*related, *deep)


def _link(records: list[Version]) -> None:
    """Give each record the one before it of the same object, as `before`, and None to the first."""
    last: dict[tuple[type, int], Version] = {}
    for record in records:
        record.before = last.get((type(record), record.id))
        last[type(record), record.id] = record


def _groups(records: list[Version]) -> Iterator[list[Version]]:
    group: list[Version] = []
    for record in records:
        last = group[-1] if group else None
        if last and (
            last.history_user_id != record.history_user_id or record.history_date - last.history_date > ONE_SAVE
        ):
            yield group
            group = []
        group.append(record)
    if group:
        yield group


def _record_changes(group: list[Version], naming: Naming) -> Iterator[RecordChange]:
    by_object: dict[tuple[type, int], list[Version]] = {}
    for record in group:
        by_object.setdefault((type(record), record.id), []).append(record)
    for records in by_object.values():
        change = _record_change(records, naming)
        if change.sign != "~" or change.fields:
            yield change


def _record_change(records: list[Version], naming: Naming) -> RecordChange:
    first, last = records[0], records[-1]
    before = first.before if first.history_type != "+" else None
    sign = "-" if last.history_type == "-" else "~" if before else "+"
    changed = _fields(last, before, naming) if before and sign == "~" else []
    return RecordChange(str(last.instance_type._meta.verbose_name), _name(last, naming), sign, changed)


def _name(record: Version, naming: Naming) -> str:
    """Return what an object was called; whatever it was named after may be gone by now."""
    past = record.instance
    for link in past._meta.fields:
        key = getattr(past, link.attname)
        if isinstance(link, ForeignKey) and key is not None:
            named = record._meta.get_field(link.name).get_cached_value(record, None)
            link.set_cached_value(past, as_told(named, naming) if named else DeletedObject(link.related_model, key))
    return str(past)


def _fields(new: Version, old: Version, naming: Naming) -> list[FieldChange]:
    delta = new.diff_against(
        old, excluded_fields={"modified", "version", "sort_key", "basis"}, foreign_keys_are_objs=True
    )
    fields = [(new.instance_type._meta.get_field(change.field), change) for change in delta.changes]
    return [
        FieldChange(str(field.verbose_name), _plain(field, change.old, naming), _plain(field, change.new, naming))
        for field, change in fields
    ]


def _plain(field: Any, value: Any, naming: Naming) -> str:
    """Return a value as a text: many-to-many values as names, what is not there as a dash."""
    if field.many_to_many:
        return ", ".join(_named(row[field.m2m_reverse_field_name()], naming) for row in value) or NOTHING
    if isinstance(value, DeletedObject) and value.pk is None:
        return NOTHING
    if field.is_relation and value is not None:
        return _named(value, naming)
    return as_text(field, value)


def _named(value: object, naming: Naming) -> str:
    return naming(value) if isinstance(value, Model) else str(value)
