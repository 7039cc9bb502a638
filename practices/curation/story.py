"""The story of a practice: who changed what and when, of the practice and of all its rows, as one list."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from practices.models import PRACTICE_ROWS, Practice

#: one save in the admin writes several history rows within moments of each other
ONE_SAVE = timedelta(seconds=2)


@dataclass(frozen=True)
class Step:
    """What became of the practice or of one row: added, changed or removed, and which fields from what to what."""

    what: str
    name: str
    sign: str
    fields: list[tuple[str, Any, Any]]


@dataclass
class Change:
    """Everything that one person saved at one moment."""

    date: datetime
    user: str
    reason: str
    steps: list[Step] = field(default_factory=list)


def story(practice: Practice) -> list[Change]:
    """Return the changes of a practice and its rows, the latest first. One query for each kind of row, and two more."""
    changes: list[Change] = []
    for group in _groups(_records(practice)):
        first = group[0]
        user = str(first.history_user) if first.history_user_id else ""
        changes.append(Change(first.history_date, user, first.history_change_reason or "", list(_steps(group))))
    return changes[::-1]


def _records(practice: Practice) -> list[Any]:
    models = [(Practice, {"id": practice.pk}), *((model, {"practice_id": practice.pk}) for model in PRACTICE_ROWS)]
    records = [
        record
        for model, of in models
        for record in model.history.filter(**of).select_related("history_user")  # type: ignore[attr-defined]
    ]
    return sorted(records, key=lambda record: (record.history_date, record.history_id))


def _groups(records: list[Any]) -> Iterator[list[Any]]:
    group: list[Any] = []
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


def _steps(group: list[Any]) -> Iterator[Step]:
    by_object: dict[tuple[Any, int], list[Any]] = {}
    for record in group:
        by_object.setdefault((type(record), record.id), []).append(record)
    for records in by_object.values():
        step = _step(records)
        if step.sign != "~" or step.fields:
            yield step


def _step(records: list[Any]) -> Step:
    first, last = records[0], records[-1]
    before = first.prev_record if first.history_type != "+" else None
    sign = "-" if last.history_type == "-" else "~" if before else "+"
    changed = _fields(last, before) if sign == "~" else []
    return Step(str(last.instance_type._meta.verbose_name), str(last.instance), sign, changed)


def _fields(new: Any, old: Any) -> list[tuple[str, Any, Any]]:
    delta = new.diff_against(old, excluded_fields={"modified", "version", "sort_key"}, foreign_keys_are_objs=True)
    meta = new.instance_type._meta
    return [(str(meta.get_field(one.field).verbose_name), _plain(one.old), _plain(one.new)) for one in delta.changes]


def _plain(value: Any) -> Any:
    """Return many-to-many values as names, other values as they are."""
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return ", ".join(str(part) for one in value for part in one.values() if not isinstance(part, Practice))
    return value
