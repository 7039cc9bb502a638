"""A form in which nothing was changed: saving it writes nothing, and says so."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from practices.admin.form.state import state_of

NOTHING_CHANGED = _("Nothing was changed: what you sent is what was there.")


def is_unchanged(request: HttpRequest) -> bool:
    """Whether the form of a record that is being saved says, rows included, what the record says already."""
    return state_of(request).is_unchanged


class UnchangedMixin(admin.ModelAdmin):
    """Saves a form only where a field or a row was changed. Steps to which a button leads are taken all the same."""

    def _create_formsets(
        self, request: HttpRequest, obj: Model, change: bool
    ) -> tuple[list[forms.BaseInlineFormSet], list[InlineModelAdmin]]:
        formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        state_of(request).formsets = formsets
        return formsets, inlines

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> Model:
        state = state_of(request)  # a list that is edited has no rows
        is_changed = form.has_changed() or any(formset.has_changed() for formset in state.formsets)
        state.is_unchanged = change and not is_changed
        record: Model = super().save_form(request, form, change)
        return record

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry | None:  # type: ignore[override]
        return None if is_unchanged(request) else super().log_change(request, obj, message)

    def message_user(
        self, request: HttpRequest, message: Any, level: int | str = messages.INFO, *args: Any, **kwargs: Any
    ) -> None:
        """Say that nothing was changed where Django would say that something was."""
        if is_unchanged(request):
            message, level = NOTHING_CHANGED, messages.INFO
        super().message_user(request, message, level, *args, **kwargs)
