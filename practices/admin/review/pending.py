"""Saving a published record in the admin: as a pending edit, unless somebody who may publishes it at once.

The form of the published record is the form of its pending edit before there is one: what is posted to it is put into
the terms of the copy that is made when it is saved, and it is drawn again as it was where it cannot be saved.
"""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from practices.admin.form import conflicts
from practices.admin.form.state import post_instead, state_of
from practices.admin.form.unchanged import NOTHING_CHANGED, is_unchanged
from practices.admin.history import HistoryAdmin
from practices.curation.changes import pending, review
from practices.curation.changes.comments import what_to_change
from practices.curation.changes.content import siblings
from practices.curation.fixtures.baseline import history_of
from practices.curation.operations.assigning import assigned_to
from practices.curation.roles import Act, Person, may
from practices.models import Curated, Row

#: the buttons of a form that do more than save, by the name that is posted
PUBLISH, SEND, PREVIEW = "_publish", "_send", "_preview"


class PendingMixin(HistoryAdmin):
    """The forms of curated records, published ones and pending edits of them among these."""

    model: type[Curated]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Leave pending edits out of lists; they have forms of their own."""
        records = super().get_queryset(request)
        name = request.resolver_match.url_name if request.resolver_match else ""
        return records.filter(draft_of=None) if str(name).endswith("_changelist") else records

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those who may propose edits open the form of a published record: it saves a pending edit."""
        if isinstance(obj, Curated) and obj.is_published and may(request.user, Act.PROPOSE, obj):
            return True
        return super().has_change_permission(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with transaction.atomic() if request.method == "POST" else nullcontext():
            return self._form_of(request, object_id, form_url, extra_context)

    def _form_of(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        """Show or save the form of a record, or lead to the record that takes its place."""
        view = super().changeform_view
        record = self.held(request, object_id) if object_id else None
        if object_id and record is None and (gone := self.gone_edit(unquote(object_id))):
            if request.method == "POST":
                data = request.POST.copy()
                data[conflicts.OPENED] = gone.history_date.isoformat()
                post_instead(request, data)
                state_of(request).is_edit_gone = True
                return self._form_of(request, str(gone.draft_of_id), form_url, extra_context)
            return self.after_gone(request, gone)
        context = {**(extra_context or {}), "standing": standing_of(request.user, record)}
        if record is None or not record.is_published or not self.has_change_permission(request, record):
            return view(request, object_id, form_url, context)
        if request.method != "POST":
            edit = pending.pending_of(record)
            if edit is not None and self.has_change_permission(request, edit):
                messages.info(request, _("This is the pending edit of the record; readers see what was published."))
                query = f"?{request.GET.urlencode()}" if request.GET else ""  # which may name a passage to begin with
                return HttpResponseRedirect(f"{self.address(edit)}{query}")
            return view(request, object_id, form_url, context)
        return self._save_published(request, record, context)

    def gone_edit(self, key: str) -> Any:
        """Return the last version of a pending edit that there is no more, None where there was none.

        What is posted to its form is then taken for a form of the record that was opened before the edit ended.
        """
        last = history_of(self.model).objects.filter(id=key, history_type="-").first() if key.isdecimal() else None
        is_edit = last and self.model.objects.filter(pk=last.draft_of_id).exists()
        return last if is_edit else None

    def after_gone(self, request: HttpRequest, gone: Any) -> HttpResponse:
        """Lead from a pending edit that is no more to its record."""
        messages.info(request, _("The edit was approved or given up; this is the record as it is now."))
        return HttpResponseRedirect(self.address(self.model.objects.get(pk=gone.draft_of_id)))

    def _save_published(self, request: HttpRequest, record: Curated, context: dict[str, Any]) -> HttpResponse:
        """Save the form of a published record: to its pending edit, or to itself where it is published at once."""
        view = super().changeform_view
        edit = pending.pending_of(record)
        if edit is not None and not self.has_change_permission(request, edit):
            state_of(request).refusal = _("Not saved: somebody else has a pending edit of this record.")
        elif edit is not None:
            post_instead(request, self._in_terms_of(edit, request, request.POST))
            return view(
                request, str(edit.pk), self.address(edit), {**context, "standing": standing_of(request.user, edit)}
            )
        elif PUBLISH in request.POST and review.may_publish(request.user, record):
            pass
        elif conflicts.conflict_of(record, request.POST.get(conflicts.OPENED, "")) is None:
            return self._begin_edit(request, record, context)
        return view(request, str(record.pk), "", context)

    def _begin_edit(self, request: HttpRequest, record: Curated, context: dict[str, Any]) -> HttpResponse:
        """Make the pending edit and save the form to it; there is none where that is refused or changes nothing."""
        view, posted, state = super().changeform_view, request.POST, state_of(request)
        with transaction.atomic():
            edit = pending.pending_edit(record, request.user)
            post_instead(request, self._in_terms_of(edit, request, posted))
            state.begins_edit = True
            response = view(request, str(edit.pk), "", context)
            if response.status_code == 302 and not is_unchanged(request):
                return response
            transaction.set_rollback(True)
        if response.status_code == 302:
            return HttpResponseRedirect(self.address(record, "preview" if PREVIEW in posted else "change"))
        post_instead(request, posted)
        state.refusal = state.refusal or ""
        return view(request, str(record.pk), "", context)

    def _in_terms_of(self, edit: Curated, request: HttpRequest, posted: QueryDict) -> QueryDict:
        """Return what was posted to the form of a record with the rows of its pending edit in place of the record's."""
        data, copies, original = posted.copy(), pending.copies(edit), str(edit.draft_of_id)
        for inline in self.get_inline_instances(request, edit):
            rows: type[Row] = inline.model
            columns = {"id": rows} if rows in copies else {}
            columns |= {name.removesuffix("_id"): kind for name, kind in siblings(rows).items()}
            owner = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name)
            prefix = owner.remote_field.get_accessor_name(model=inline.model)
            for key in [key for key in data if key.startswith(f"{prefix}-")]:
                name = key.rpartition("-")[2]
                value = str(data[key])
                if name in columns and value.isdecimal():
                    data[key] = str(copies[columns[name]].get(int(value), value))
                elif name == owner.name and value == original:
                    data[key] = str(edit.pk)
        return data

    # What is done besides saving

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Iterable[forms.BaseModelFormSet], change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        record, state = form.instance, state_of(request)
        state.taken = ""
        if state.is_unchanged and state.begins_edit:
            return  # the edit is not kept
        if PUBLISH in request.POST and not record.is_published and may(request.user, Act.PUBLISH, record):
            review.publish([record], request.user, link=self.link(request, record))
            state.taken = PUBLISH
        elif PUBLISH in request.POST and record.is_published and not is_unchanged(request):
            review.note_alone([record], request.user)
            state.taken = PUBLISH
        elif SEND in request.POST and may(request.user, Act.SEND_FOR_REVIEW, record):
            review.send_for_review([record], request.user)
            state.taken = SEND

    def response_add(self, request: HttpRequest, obj: Curated, post_url_continue: str | None = None) -> HttpResponse:
        return self._after_step(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Curated) -> HttpResponse:
        return self._after_step(request, obj) or super().response_change(request, obj)

    def _after_step(self, request: HttpRequest, obj: Curated) -> HttpResponse | None:
        """Say what was done besides saving, and go where it goes on; None where nothing was."""
        taken = state_of(request).taken
        target = obj.draft_of if taken == PUBLISH and obj.draft_of else obj
        if taken == PUBLISH:
            messages.success(request, _("“%(record)s” is published as it stands here.") % {"record": target})
        elif taken == SEND:
            messages.success(request, _("“%(record)s” is sent for review.") % {"record": obj})
        elif obj.draft_of_id and is_unchanged(request):
            messages.info(request, NOTHING_CHANGED)
        elif obj.draft_of_id:
            words = _("Saved as a pending edit. Readers see the former version until it is approved.")
            messages.success(request, words)
        elif PREVIEW not in request.POST:
            return None
        if PREVIEW in request.POST:
            return HttpResponseRedirect(self.address(target, "preview"))
        return HttpResponseRedirect(self.address(target))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry | None:  # type: ignore[override]
        """Note in the log that a record was changed; of a pending edit, its original, as the edit will be gone."""
        return super().log_change(request, obj.draft_of or obj, message)

    def address(self, record: Curated, page: str = "change") -> str:
        """Return the address of a page of a record in this admin."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[record.pk])

    def link(self, request: HttpRequest, record: Curated) -> str:
        """Return the address of a record's form for a mail: of a pending edit, that of its original."""
        original = record.draft_of or record
        return request.build_absolute_uri(self.address(original))


def standing_of(user: Person, record: Curated | None) -> SimpleLazyObject:
    """Return the `FormStanding` of a record, which is asked for where the form is drawn."""
    return SimpleLazyObject(partial(FormStanding, user, record))


class FormStanding:
    """Where a record stands on its way, as its form says it, and what its user may do with it from there."""

    def __init__(self, user: Person, record: Curated | None) -> None:
        self.record = record
        self.is_edit = record is not None and record.draft_of_id is not None
        self.is_public = record is not None and record.is_published
        self.author: User | None = None
        self.begun: datetime | None = None
        if record is not None and self.is_edit:
            self.author, self.begun = pending.begun_by(record)
        #: the name of who is to see to it, "" where nobody is
        self.assigned_to = assigned_to(record) if record is not None else ""
        #: what is to be changed, where it was sent back and has not been sent again
        self.sent_back = what_to_change(record) if record is not None else None
        self.is_permanent = record is not None and not self.is_edit and record.published_at is not None
        self.may_withdraw = self.is_public and may(user, Act.WITHDRAW, record)
        self.may_publish = record is not None and review.may_publish(user, record)
        self.may_send = record is not None and may(user, Act.SEND_FOR_REVIEW, record)
        if record is None or self.is_public:  # what is saved then is the user's own draft
            self.may_send = True
