"""What the admin of all curated records shares: states and their actions, history, names one to a line."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from simple_history.admin import SimpleHistoryAdmin

from practices.curation import workflow
from practices.models import Curated
from practices.models.curated import NAME_KINDS, validate_names


class NamesField(forms.CharField):
    """Other names, one to a line: text | language | kind."""

    widget = forms.Textarea(attrs={"rows": 3})
    default_error_messages = {"shape": _("Line %(line)s: write text | language | kind, kind one of: %(kinds)s.")}

    def __init__(self, **kwargs: Any) -> None:
        kinds = ", ".join(NAME_KINDS)
        help_text = _("One to a line: text | language | kind. Kinds: %(kinds)s.") % {"kinds": kinds}
        super().__init__(required=False, help_text=help_text, label=_("Other names"))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{name['text']} | {name['lang']} | {name['kind']}" for name in value)
        return value

    def to_python(self, value: Any) -> Any:
        return [self._name(number, line) for number, line in enumerate((value or "").splitlines(), 1) if line.strip()]

    def _name(self, number: int, line: str) -> dict[str, str]:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3:
            problem = {"line": number, "kinds": ", ".join(NAME_KINDS)}
            raise ValidationError(self.error_messages["shape"], code="shape", params=problem)
        return dict(zip(("text", "lang", "kind"), parts, strict=True))

    def validate(self, value: Any) -> None:
        validate_names(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial or []) != (data or "")


@admin.action(description=_("Publish"), permissions=["change"])
def publish(model_admin: Any, request: HttpRequest, records: QuerySet[Curated]) -> None:
    """Publish the chosen records, all or none."""
    try:
        moved = workflow.publish(records)
    except workflow.NotReady as reason:
        model_admin.message_user(request, str(reason), messages.ERROR)
    else:
        text = ngettext("%(n)s record published.", "%(n)s records published.", moved) % {"n": moved}
        model_admin.message_user(request, text, messages.SUCCESS)


@admin.action(description=_("Withdraw from readers (archive)"), permissions=["change"])
def withdraw(model_admin: Any, request: HttpRequest, records: QuerySet[Curated]) -> None:
    """Archive the chosen records."""
    moved = workflow.withdraw(records)
    text = ngettext("%(n)s record withdrawn.", "%(n)s records withdrawn.", moved) % {"n": moved}
    model_admin.message_user(request, text, messages.SUCCESS)


@admin.action(description=_("Return to draft"), permissions=["change"])
def return_to_draft(model_admin: Any, request: HttpRequest, records: QuerySet[Curated]) -> None:
    """Return the chosen records to draft."""
    moved = workflow.return_to_draft(records)
    text = ngettext("%(n)s record is a draft again.", "%(n)s records are drafts again.", moved) % {"n": moved}
    model_admin.message_user(request, text, messages.SUCCESS)


class CuratedAdmin(SimpleHistoryAdmin):
    """Search, filters and actions of a curated record. Its state changes by actions, never by a form field."""

    actions = (publish, withdraw, return_to_draft)
    list_filter: Any = ("state",)
    readonly_fields: Any = ("ref", "state", "version", "created", "modified", "published_at", "on_site")
    save_on_top = True
    show_facets = admin.ShowFacets.ALLOW
    bookkeeping = (
        _("Bookkeeping"),
        {"fields": ["ref", "state", "on_site", "version", "reviewed_on", "created", "modified", "published_at"]},
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        permanent = ("slug",) if obj and obj.published_at else ()
        return (*super().get_readonly_fields(request, obj), *permanent)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj and obj.published_at else super().get_prepopulated_fields(request, obj)

    def formfield_for_dbfield(self, db_field: models.Field, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "other_names":
            return NamesField()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.version += 1
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        workflow.note_change(form.instance)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            workflow.note_change(obj)
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for record in queryset:
                workflow.note_change(record)
                record.delete()  # one by one: a bulk delete would leave no history

    @admin.display(description=_("on the site"))
    def on_site(self, obj: Curated) -> str:
        """Return a link to the public page, where there is one."""
        if not obj.is_published:
            return "–"
        return format_html('<a href="{}">{}</a>', obj.get_absolute_url(), _("Open the public page"))


class RowInline(admin.TabularInline):
    """Rows that a record owns. New rows are put after the others."""

    extra = 0
    exclude = ("position",)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, formset=RowFormSet, **kwargs)


class RowFormSet(forms.BaseInlineFormSet):
    """Gives each new row the next position."""

    def save_new(self, form: Any, commit: bool = True) -> Any:
        last = self.get_queryset().aggregate(last=models.Max("position"))["last"] or 0
        self._added = getattr(self, "_added", 0) + 1
        form.instance.position = last + self._added
        return super().save_new(form, commit)
