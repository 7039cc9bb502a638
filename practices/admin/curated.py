"""What the admin of all curated records shares: states and their actions, and history."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ForeignKey, Model
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from practices.admin.access.rights import Actions
from practices.admin.citing.fields import CitingAdmin, begins_with
from practices.admin.citing.forms import CitingForm
from practices.admin.form.changeform import with_partners
from practices.admin.form.fields import AttendanceField, LanguagesField, NamesField
from practices.admin.form.help import with_help
from practices.admin.form.unchanged import is_unchanged
from practices.admin.history import HistoryAdmin
from practices.admin.lists.approval import ApprovalMixin
from practices.admin.lists.assigning import assign
from practices.admin.lists.bulk import note_review, publish, return_to_draft, send_for_review, withdraw
from practices.admin.lists.lacks import AssignedFilter, DueFilter, LacksMixin, MineFilter
from practices.admin.lists.tagging import retag
from practices.admin.merging import MergingMixin
from practices.admin.retiring import offered
from practices.admin.review.views import ReviewMixin
from practices.curation.changes import workflow
from practices.curation.quality.similar import name_fields
from practices.curation.roles import Act, may
from practices.curation.tagging import relations_of
from practices.index.documents import practices_affected_by
from practices.models import Curated, DataVersion
from practices.models.curated import sort_key
from practices.models.retiring import Retirable

#: what is kept as JSON, by the name of the model's field
JSON_FIELDS = {"other_names": NamesField, "attendance": AttendanceField, "languages": LanguagesField}


class CuratedForm(CitingForm):
    """Refuses a slug that another record has, or once had, so that links that mean it stand anywhere.

    A pending edit is the same record as its original: it has the same ref.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False  # made of the name
        for column in self.instance._meta.concrete_fields:
            if isinstance(column, ForeignKey) and issubclass(column.related_model, Retirable):
                self._offer(column)

    def _offer(self, column: ForeignKey) -> None:
        """Let a field where a term or place is chosen offer none that is retired, but for the one that is chosen."""
        field: Any = self.fields.get(column.name)
        if field is not None:
            field.queryset = offered(field.queryset, column.value_from_object(self.instance))

    def is_left_alone(self, name: str) -> bool:
        """Whether nobody changed a field, nor another with which it must be in order."""
        return name not in self._looked_at

    @cached_property
    def _looked_at(self) -> set[str]:
        # a parent stands under others, and somebody may have closed a circle since it was chosen
        return with_partners(type(self.instance), {*self.changed_data, "parent"})

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"] or self._slug_of_names()
        others = type(self.instance).objects.filter(slug=slug).exclude(ref=self.instance.ref)
        if others.exists():
            kind = {"kind": self.instance._meta.verbose_name}
            raise ValidationError(_("Another %(kind)s has this slug."), params=kind)
        if self.instance.was_anothers(slug):
            raise ValidationError(_("This was the address of another record, and links to it may stand anywhere."))
        return slug

    def _slug_of_names(self) -> str:
        """Return a slug made of the record's name, else of its name in its own language."""
        names = (self.data.get(self.add_prefix(name), "") for name in name_fields(type(self.instance)))
        length = type(self.instance)._meta.get_field("slug").max_length
        slug = next(filter(None, (slugify(sort_key(name)) for name in names)), "")[:length].strip("-")
        if not slug:
            raise ValidationError(_("No address can be made of this title: write one in Latin letters."))
        return slug


def _is_permanent(record: Model | None) -> bool:
    """Whether the slug of a record stays as it is: readers know it, or it is that of a pending edit's original."""
    return isinstance(record, Curated) and bool(record.published_at or record.draft_of_id)


class CuratedAdmin(ReviewMixin, ApprovalMixin, CitingAdmin, LacksMixin, MergingMixin, HistoryAdmin):
    """Search, filters and actions of a curated record. Its state changes by actions, never by a form field."""

    form = CuratedForm
    actions: tuple[Any, ...] = (publish, withdraw, return_to_draft, send_for_review, note_review, retag, assign)
    list_filter: ClassVar[tuple[Any, ...]] = ("state",)
    readonly_fields: ClassVar[tuple[str, ...]] = (
        "ref",
        "state",
        "version",
        "created",
        "modified",
        "published_at",
        "on_site",
    )
    show_facets = admin.ShowFacets.ALLOW
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    slug_from = "title"
    bookkeeping: Any = (
        _("Bookkeeping"),
        {"fields": ["ref", "state", "on_site", "version", "reviewed_on", "created", "modified", "published_at"]},
    )

    def get_actions(self, request: HttpRequest) -> Actions:
        actions = super().get_actions(request)
        return actions if relations_of(self.model) else {name: act for name, act in actions.items() if name != "retag"}

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [*super().get_list_filter(request), DueFilter, MineFilter, AssignedFilter]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Act.PUBLISH)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Act.WITHDRAW)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let who may withdraw a public record come to the page that says why it is not deleted."""
        return super().has_delete_permission(request, obj) or (obj is not None and may(request.user, Act.WITHDRAW, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        permanent = ("slug",) if _is_permanent(obj) else ()
        return (*super().get_readonly_fields(request, obj), *permanent)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> dict[str, Sequence[str]]:
        return {} if _is_permanent(obj) else {"slug": (self.slug_from,)}

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: object
    ) -> forms.Field | None:
        if field := JSON_FIELDS.get(db_field.name):
            return with_help(field(), self.model, db_field.name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return may(request.user, Act.IMPORT)

    def begins_with(self, request: HttpRequest) -> str:
        return begins_with(request)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.BaseForm, change: bool) -> None:
        if change and not is_unchanged(request):
            obj.version += 1
            obj.practices_before = practices_affected_by(obj) if obj.is_published else set()
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Iterable[forms.BaseModelFormSet], change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        if not is_unchanged(request):
            workflow.propagate(form.instance, getattr(form.instance, "practices_before", ()))

    @admin.display(description=_("on the site"))
    def on_site(self, obj: Curated) -> str:
        """Return a link to the public page, where there is one."""
        if not obj.is_published:
            return "–"
        return format_html('<a href="{}">{}</a>', self.view_on_site(obj), _("Open the public page"))

    def view_on_site(self, obj: Curated) -> str | None:
        """Return the address of the public page as it is now, which no browser has kept; None where there is none."""
        if not obj.is_published:
            return None
        address, mark, place = obj.get_absolute_url().partition("#")
        return f"{address}?v={DataVersion.current().number}{mark}{place}"
