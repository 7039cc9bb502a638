"""Forms of records that cite: they begin with what the record says, and make the citations that are new."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.forms import model_to_dict

from practices.admin.citing.fields import CitationsField, CitesMixin
from practices.curation.changes.content import terms_of
from practices.curation.sources.passages import saved
from practices.models import Citation

#: returns the keys of what a record has in its relations, by field
Keys = Callable[[Model], Mapping[str, Collection[int]]]


def keys_of(record: Model) -> Mapping[str, Collection[int]]:
    """Return the keys of the terms of a record by field. One query."""
    return terms_of(type(record), [record.pk])[record.pk]


def read_with(record: Model) -> dict[str, Iterable[Model]]:
    """Return what was read with a record of its relations, by field."""
    read: dict[str, Iterable[Model]] = record.__dict__.get("_prefetched_objects_cache", {})
    return read


class KeyedForm(forms.ModelForm):
    """A form that reads of a record's terms no more than their keys, in one query for all kinds.

    Django would read the terms of each kind whole. What is cited is read so only where `keys` tells it, for a form that
    is sent: else it is shown in its order.
    """

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        instance: Model | None = None,
        initial: Mapping[str, object] | None = None,
        keys: Keys | None = None,
        **kwargs: Any,
    ) -> None:
        values = self._values(instance, keys) if instance is not None else {}
        super().__init__(data, files, initial={**values, **(initial or {})}, **kwargs)
        self.instance = instance or self.instance

    def _values(self, record: Model, keys: Keys | None) -> dict[str, object]:
        """Return what a record says, by field."""
        unread = [field for field in record._meta.many_to_many if field.name not in read_with(record)]
        keyed = [field.name for field in unread if keys or field.related_model is not Citation]
        names = [name for name in keyed if name in self.base_fields]
        meta: Any = self._meta
        values = model_to_dict(record, meta.fields, [*(meta.exclude or ()), *names])
        terms = (keys or keys_of)(record) if names and record.pk else {}
        return values | {name: list(terms.get(name, ())) for name in names}


class CitingForm(KeyedForm):
    """A form of a record that cites: it makes the citations that are new when it is saved, as a part of that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        read = {**self.instance._state.fields_cache, **read_with(self.instance)}
        for name in self._citing():
            known = read.get(name) or ()
            self._box(name).learn([known] if isinstance(known, Citation) else known)

    def full_clean(self) -> None:
        """Look at no field that is left alone."""
        every = self.fields
        if self.instance.pk:
            self.fields = {name: field for name, field in every.items() if not self.is_left_alone(name)}
        super().full_clean()
        self.fields = every

    def is_left_alone(self, name: str) -> bool:
        """Whether a field of a saved record is as it was, and need not be looked at: here, passages that it cites."""
        return isinstance(self.fields[name], CitationsField) and name not in self.changed_data

    def save(self, commit: bool = True) -> Any:
        for name in self._citing():
            value = self.cleaned_data.get(name)
            if isinstance(value, Citation):
                setattr(self.instance, name, saved(value))
        return super().save(commit)

    def _save_m2m(self) -> None:
        for name in self._citing():
            if isinstance(self.cleaned_data.get(name), list):
                self.cleaned_data[name] = [saved(citation) for citation in self.cleaned_data[name]]
        super()._save_m2m()  # type: ignore[misc]

    def _get_validation_exclusions(self) -> set[str]:
        """Leave out a citation that is not saved yet: it has no key to be looked at."""
        unsaved = {name for name in self._citing() if getattr(self.cleaned_data.get(name), "pk", 0) is None}
        return super()._get_validation_exclusions() | unsaved  # type: ignore[misc]

    def _citing(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, CitesMixin)]

    def _box(self, name: str) -> Any:
        widget: Any = self.fields[name].widget
        return getattr(widget, "widget", widget)  # within the admin's wrapper
