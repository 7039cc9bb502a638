"""What the admin of every record with history shares: history is read only, no save overwrites another unseen."""

from collections.abc import Iterable
from contextlib import nullcontext
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from practices.admin.access.rights import RightsMixin
from practices.admin.form import conflicts
from practices.admin.form.changeform import CuratorFormMixin
from practices.admin.form.pickers import FoldedSearchMixin
from practices.admin.form.refusals import RefusalMixin
from practices.admin.form.state import post_instead, state_of
from practices.admin.form.unchanged import UnchangedMixin, is_unchanged
from practices.admin.lists.bulk import title_of, too_many, with_undo
from practices.curation import operations, suggestions
from practices.curation.changes.history import give_former_terms
from practices.curation.changes.workflow import StepRefused
from practices.curation.dependants import dependants
from practices.curation.fixtures import FIXTURE_MODELS
from practices.curation.fixtures.baseline import write_history
from practices.curation.publishing import refresh_public_data
from practices.curation.roles import Act, may, name_for
from practices.index.documents import practices_affected_by


class HistoryAdmin(CuratorFormMixin, FoldedSearchMixin, RightsMixin, RefusalMixin, UnchangedMixin, SimpleHistoryAdmin):
    """Shows what a record was and who changed it.

    django-simple-history would let everyone who may view a record put a former version back, its state included.
    """

    change_form_template = "admin/practices/change_form.html"
    object_history_list_template = "admin/practices/versions.html"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Save a form, or draw it again with what was typed: where others saved since it was opened, or it may not be.

        Whatever the form holds that is public must keep what publishing asks for; `StepRefused` says what it lacks.
        """
        # a form that is refused is taken back by Django's own, within; one that is only opened keeps nobody waiting
        with transaction.atomic() if request.method == "POST" else nullcontext():
            record = self.held(request, object_id) if object_id else None
            context: dict[str, Any] = {**(extra_context or {}), "opened_field": conflicts.OPENED, "opened": ""}
            if record is not None:
                if may(request.user, Act.SUGGESTIONS):
                    context["suggestions"] = partial(suggestions.beside, record)  # asked where the form is drawn
                if request.method == "POST":
                    context["opened"] = request.POST.get(conflicts.OPENED, "")
                    if not state_of(request).begins_edit:  # of what was made just now nobody knows
                        self._look_for_conflict(request, record, context)
                else:
                    context["opened"] = conflicts.opened_now(record)
            try:
                return super().changeform_view(request, object_id, form_url, context)
            except StepRefused as reason:
                state_of(request).refusal = str(reason)
                return super().changeform_view(request, object_id, form_url, context)

    def held(self, request: HttpRequest, object_id: str) -> Any:
        """Return the record of a form, None where there is none; nobody else can save one that is sent until the end.

        It is read once, and kept for whoever asks next, until `get_object` hands it on to the form, which changes it.
        """
        state, key = state_of(request), unquote(object_id)
        if state.held is None or str(state.held.pk) != key:
            state.held = self._read(request, key)
        return state.held

    def _read(self, request: HttpRequest, key: str) -> Model | None:
        records = self.get_queryset(request)
        if request.method == "POST":
            records = records.select_for_update(of=("self",))
        try:
            return records.get(pk=key)
        except (self.model.DoesNotExist, ValueError):
            return None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        state = state_of(request)
        record, state.held = state.held, None
        if record is not None and str(record.pk) == object_id and from_field is None:
            return record
        return super().get_object(request, object_id, from_field)

    def _look_for_conflict(self, request: HttpRequest, record: Model, context: dict[str, Any]) -> None:
        opened, state = request.POST.get(conflicts.OPENED, ""), state_of(request)
        if conflict := conflicts.conflict_of(record, opened, partial(name_for, request.user)):
            form_class = self.get_form(request, record, change=True)
            post_instead(request, conflicts.merged(request.POST, form_class, record, opened))
            conflict.are_rows_gone = state.is_edit_gone
            state.conflict = context["conflict"] = conflict
            context["opened"] = conflicts.opened_now(record)
            state.refusal = _("Not saved: others changed this record since you opened it. See above, then save again.")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save a record with its terms, as one version in its history; nothing where nothing was changed."""
        if is_unchanged(request):
            return
        obj.skip_history_when_saving = True
        super().save_model(request, obj, form, change)
        form.save_m2m()
        del obj.skip_history_when_saving
        write_history([obj], "~" if change else "+", reason=None)

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Iterable[forms.BaseModelFormSet], change: bool
    ) -> None:
        """Save the rows of a record; its terms are saved with it."""
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Model, inline: InlineModelAdmin, prefix: str
    ) -> dict[str, Any]:
        """Leave out what was typed into rows that others changed meanwhile; `Conflict.rows` keeps it.

        Django would copy all that was posted for each kind of row.
        """
        kwargs = {"instance": obj, "prefix": prefix, "queryset": inline.get_queryset(request)}
        if request.method != "POST":
            return kwargs
        posted = {**kwargs, "data": request.POST, "files": request.FILES}
        if conflict := state_of(request).conflict:
            formset: Any = inline.get_formset(request, obj)
            if conflict.has_rows_of(inline.model, formset.fk.name, obj):
                conflict.rows += conflicts.typed_rows(formset(**posted))
                return kwargs
        return posted

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse to delete what others name, which are listed, and what was ever public."""
        if len(objs) > settings.BULK_LIMIT:
            return [], {}, set(), [too_many(len(objs))]
        deleted, counts, permissions, protected = super().get_deleted_objects(objs, request)
        if named_by := dependants(objs):  # Django names their rows instead, to whomever
            protected = [name_for(request.user, record) for record in named_by]
        protected += [
            _("%(record)s was public: it can be withdrawn, not deleted") % {"record": record}
            for record in objs
            if getattr(record, "published_at", None)
        ]
        # what nobody can delete is said first
        return deleted, counts, set() if protected else permissions, protected

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self._delete(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        self._delete(request, list(queryset))

    def _delete(self, request: HttpRequest, records: list[Model]) -> None:
        """Delete records with what they own, and say where that can be undone."""
        operation = operations.delete(records, title_of(_("Delete"), records), request.user)
        self.message_user(request, with_undo(_("What was deleted can be brought back."), operation))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self.check_id(object_id)
        return super().history_view(request, object_id, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: object
    ) -> type[forms.ModelForm]:
        """Let the form of a former version show the terms of then."""
        if obj is not None and (version := state_of(request).former_version):
            give_former_terms(obj, version)
        return super().get_form(request, obj, change=change, **kwargs)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a former version, to be read only."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        self.check_id(object_id, version_id)
        state_of(request).former_version = version_id
        return super().history_form_view(request, object_id, version_id, extra_context)

    def render_history_view(
        self, request: HttpRequest, template: str, context: dict[str, Any], **kwargs: object
    ) -> HttpResponse:
        if form := context.get("adminform"):
            form.readonly_fields = flatten_fieldsets(form.fieldsets)
        return super().render_history_view(request, template, context, **kwargs)

    def has_view_history_or_change_history_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may read a record as it is now may read what it was, and nobody else."""
        current = self.model._default_manager.filter(pk=obj.pk).first()
        return self.has_view_permission(request, current or obj)

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def check_id(self, *ids: str) -> None:
        """Answer 404 for what cannot be the number of a record."""
        try:
            for number in ids:
                self.opts.pk.to_python(unquote(number))
        except ValidationError:
            raise Http404 from None


class AlwaysPublicAdmin(HistoryAdmin):
    """Records without a state: every change changes what readers see."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Leave out the rows of pending edits, which are changed in the form of the edit."""
        records = super().get_queryset(request)
        entry = FIXTURE_MODELS.get(self.opts.label_lower)
        return records.filter(**{f"{entry.owner}__draft_of": None}) if entry and entry.owner else records

    def save_model(self, request: HttpRequest, obj: Model, form: forms.BaseForm, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if not is_unchanged(request):
                refresh_public_data(practices_affected_by(obj))
