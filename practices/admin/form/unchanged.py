"""A form in which nothing was changed: saving it writes nothing, and says so."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

NOTHING_CHANGED = _("Nothing was changed: what you sent is what was there.")


def is_unchanged(request: HttpRequest) -> bool:
    """Whether the form of a record that is being saved says, rows included, what the record says already."""
    return bool(getattr(request, "unchanged", False))


class UnchangedMixin(admin.ModelAdmin):
    """Saves a form only where a field or a row was changed. Steps to which a button leads are taken all the same."""

    def _create_formsets(self, request: Any, obj: Model, change: bool) -> tuple[list[Any], list[Any]]:
        request.formsets, inlines = super()._create_formsets(request, obj, change)  # type: ignore[misc]
        return request.formsets, inlines

    def save_form(self, request: Any, form: forms.BaseForm, change: bool) -> Any:
        rows = getattr(request, "formsets", ())  # a list that is edited has none
        request.unchanged = change and not form.has_changed() and not any(formset.has_changed() for formset in rows)
        return super().save_form(request, form, change)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry | None:  # type: ignore[override]
        return None if is_unchanged(request) else super().log_change(request, obj, message)

    def message_user(
        self, request: HttpRequest, message: Any, level: int | str = messages.INFO, *args: Any, **kwargs: Any
    ) -> None:
        """Say that nothing was changed where Django would say that something was."""
        if is_unchanged(request):
            message, level = NOTHING_CHANGED, messages.INFO
        super().message_user(request, message, level, *args, **kwargs)
