"""Two people in one form: what was saved since it was opened is never overwritten unseen, and nothing typed is lost.

A form carries when its record, rows included, was last changed. Where somebody saved meanwhile, it is not saved but
drawn again: fields that this person left alone show what is there now, all others what was typed, and above it stands
what the other changed. Rows that the other changed are drawn as they are now, with those that were typed as texts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from practices.curation.changes.differences import Naming
from practices.curation.changes.history import Change, last_change, record_history
from practices.curation.fixtures.baseline import history_of
from practices.models import Curated

#: the hidden field of a form that says when its record was last changed as it was opened
OPENED = "_opened"


@dataclass
class Conflict:
    """What others saved since a form was opened, and the rows typed into it that are not drawn again."""

    changes: list[Change]
    #: when the form was opened, where it says so
    opened: datetime | None
    rows: list[str] = field(default_factory=list)
    #: whether the form was that of a pending edit that is no more, nor are its rows
    are_rows_gone: bool = False

    def has_rows_of(self, model: type[Model], owner: str, record: Model) -> bool:
        """Whether rows of a model, tied to the record by `owner`, were saved or deleted since the form was opened."""
        if self.are_rows_gone:
            return True
        rows = history_of(model)._default_manager.filter(**{f"{owner}_id": record.pk})
        return bool((rows.filter(history_date__gt=self.opened) if self.opened else rows).exists())


def opened_now(record: Model) -> str:
    """Return what a form that is opened now carries, "" for a record without history."""
    last = last_change(record)
    return last.isoformat() if last else ""


def conflict_of(record: Model, opened: str, naming: Naming = str) -> Conflict | None:
    """Return what was saved since a form with this value was opened; None where nothing was."""
    if opened == opened_now(record):
        return None
    date = _date(opened)
    changes = [change for change in record_history(record, naming) if date is None or change.last > date]
    return Conflict(changes, date)


def _date(opened: str) -> datetime | None:
    """Return the date in a form, None where somebody wrote something else there."""
    try:
        return parse_datetime(opened)
    except ValueError:
        return None


def merged(data: QueryDict, form_class: type[forms.ModelForm], record: Model, opened: str) -> QueryDict:
    """Return what was posted, with the values of now in the fields that the person left as they were opened."""
    merged_data = data.copy()
    past = past_values(record, opened)
    changed = form_class(data, initial=past).changed_data if past else []
    current = form_class(instance=record)
    for name in current.fields:
        if past and name not in changed:
            merged_data.setlist(name, list(as_posted(current[name])))
    return merged_data


def past_values(record: Model, opened: str) -> dict[str, Any]:
    """Return the values of a record as a form showed them that was opened then; {} where its history does not say."""
    date = _date(opened)
    versions = history_of(type(record))._default_manager.filter(id=record.pk)
    past = versions.filter(history_date__lte=date).first() if date else None
    if past is None and isinstance(record, Curated) and record.draft_of:
        return past_values(record.draft_of, opened)  # the form was opened when there was no pending edit yet
    if past is None:
        return {}
    values = {
        column.name: getattr(past, column.attname) for column in record._meta.fields if hasattr(past, column.attname)
    }
    for relation in past._history_m2m_fields:
        target = f"{relation.m2m_reverse_field_name()}_id"
        values[relation.name] = list(getattr(past, relation.name).values_list(target, flat=True))
    return values


def as_posted(bound: forms.BoundField) -> Iterator[str]:
    """Yield the texts that a browser would send for a field as it is drawn."""
    value, widget = bound.value(), bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        yield from ["on"] if value else []
    elif isinstance(value, (list, tuple)):
        yield from (str(getattr(part, "pk", part)) for part in value)
    else:
        text = widget.format_value(value)  # a list, of choices
        yield from map(str, text) if isinstance(text, list) else [str(text or "")]


def typed_rows(formset: forms.BaseInlineFormSet) -> list[str]:
    """Return the rows of a formset that a person changed or added, as texts."""
    formset.is_valid()
    rows = []
    for form in formset.forms:
        values = {name: value for name, value in getattr(form, "cleaned_data", {}).items() if name in form.changed_data}
        texts = [
            f"{form.fields[name].label}: {_text(value)}" for name, value in values.items() if value not in (None, "")
        ]
        rows += ["; ".join(texts)] if texts else []
    return rows


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if hasattr(value, "__iter__") and not isinstance(value, str) else str(value)
