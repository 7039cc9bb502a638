"""The rows that a record owns, within its form: one under another, in an order that can be changed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Model
from django.forms.formsets import ORDERING_FIELD_NAME
from django.forms.models import _get_foreign_key
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from practices.admin.access.rights import RowRightsMixin
from practices.admin.citing.fields import CitingInline
from practices.admin.citing.forms import CitingForm
from practices.admin.form.help import HelpMixin
from practices.curation.changes.content import terms_of
from practices.curation.fixtures.baseline import write_history
from practices.index.schema import Label
from practices.models import Row

#: where rows stand while they change places, beyond all positions, so that no two are ever at the same
ASIDE = 10_000


class PositionField(forms.IntegerField):
    """Where a row is to stand among the others. It alone makes no row of a form that is otherwise empty."""

    def has_changed(self, initial: object, data: object) -> bool:
        return initial is not None and super().has_changed(initial, data)


class RowFormSet(forms.BaseInlineFormSet):
    """Keeps rows in the order of the numbers that stand with them; new rows without a number are put last."""

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if ORDERING_FIELD_NAME in form.fields:
            initial = form.fields[ORDERING_FIELD_NAME].initial
            form.fields[ORDERING_FIELD_NAME] = PositionField(
                label=_("Position"), initial=initial, required=False, min_value=1, max_value=ASIDE
            )

    def _construct_form(self, i: int, **kwargs: object) -> forms.ModelForm:
        """Make one row of the form; what nobody changed in it was in order when it was saved."""
        keys = self._keys_of if self.is_bound else None
        return super()._construct_form(i, **{"empty_permitted": True, "keys": keys, **kwargs})  # type: ignore[misc]

    def _keys_of(self, row: Model) -> dict[str, frozenset[int]]:
        return self._keys[row.pk]

    @cached_property
    def _keys(self) -> dict[int, dict[str, frozenset[int]]]:
        """The keys of what each row of the record cites, by row and field."""
        model: type[Row] = self.model  # type: ignore[assignment]
        return terms_of(model, [row.pk for row in self.get_queryset()])

    def has_changed(self) -> bool:
        """Whether saving would change a row: numbers that leave every row where it stands change none."""
        names = {name for form in self.forms for name in form.changed_data}
        if names == {ORDERING_FIELD_NAME} and self.is_valid():
            return any(form.instance.position != position for form, position in self._positions())
        return bool(names)

    def save(self, commit: bool = True) -> list[Row]:
        """Save the rows that were changed, and write their history at once, with what each of them cites."""
        self._give_positions()
        for form in self.forms:
            form.instance.skip_history_when_saving = True
        saved = super().save(commit)
        write_history([row for row, _names in self.changed_objects], "~", reason=None)
        write_history(self.new_objects, "+", reason=None)
        return saved

    def _give_positions(self) -> None:
        """Give each row that stays its position."""
        moved = []
        for form, position in self._positions():
            if form in self.initial_forms:
                form.changed_data = [name for name in form.changed_data if name != ORDERING_FIELD_NAME]
                if form.instance.position != position:
                    form.changed_data.append(ORDERING_FIELD_NAME)
                    moved.append(form.instance.pk)
            form.instance.position = position
        if moved:
            model: type[Row] = self.model  # type: ignore[assignment]
            model._default_manager.filter(pk__in=moved).update(position=models.F("position") + ASIDE)

    def _positions(self) -> list[tuple[forms.ModelForm, int]]:
        """Return each row that stays and its position; those that are there keep the set of positions that they had."""
        existing = [form for form in self.initial_forms if form.instance.pk]
        stay = [form for form in existing if form not in self.deleted_forms]
        new = [form for form in self.extra_forms if form.has_changed() and form not in self.deleted_forms]
        free = max((form.instance.position for form in existing), default=0) + 1
        positions = [*sorted(form.instance.position for form in stay), *range(free, free + len(new))]
        return list(zip(sorted([*stay, *new], key=self._place), positions, strict=True))

    def _place(self, form: forms.ModelForm) -> tuple[float, bool, int]:
        """Return the key by which a row is sorted: where two have the same number, the one that was moved is first."""
        number = form.cleaned_data.get(ORDERING_FIELD_NAME, form.fields[ORDERING_FIELD_NAME].initial)
        is_moved = ORDERING_FIELD_NAME in form.changed_data
        return (float("inf") if number is None else number, not is_moved, self.forms.index(form))


class RowInline(RowRightsMixin, CitingInline, HelpMixin, admin.StackedInline):
    """Rows that a record owns. `after` is the heading of the fields after which they stand, else they stand last."""

    extra = 0
    form = CitingForm
    exclude = ("position",)
    formset = RowFormSet
    after: Label = ""

    @property
    def media(self) -> forms.Media:
        return forms.Media()  # Django's script for rows numbers them as they stand: see static/js/admin/rows.js

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Return the fields of a row, which Django would find out by making a form."""
        if self.fields:
            return list(self.fields)
        fields = (*self.model._meta.concrete_fields, *self.model._meta.many_to_many)
        left_out = {*self.exclude, _get_foreign_key(self.parent_model, self.model, fk_name=self.fk_name).name}
        return [
            field.name for field in fields if field.editable and not field.primary_key and field.name not in left_out
        ]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: object
    ) -> forms.ModelChoiceField | None:
        """Limit the choices of a field once; Django would do so again in each row."""
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and (limits := field.get_limit_choices_to()):
            field.queryset, field.limit_choices_to = field.queryset.complex_filter(limits), None
        return field

    def get_formset(
        self, request: HttpRequest, obj: Model | None = None, **kwargs: object
    ) -> type[forms.BaseInlineFormSet]:
        return super().get_formset(request, obj, **{"can_order": True, **kwargs})
