"""Saving a published record in the admin: as a pending edit, unless somebody who may publishes it at once.

The form of the published record is the form of its pending edit before there is one: what is posted to it is put into
the terms of the copy that is made when it is saved, and it is drawn again as it was where it cannot be saved.
"""

from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import QuerySet
from django.forms.models import _get_foreign_key
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from practices.admin.form import conflicts
from practices.admin.form.unchanged import NOTHING_CHANGED, is_unchanged
from practices.curation.changes import pending, review
from practices.curation.changes.comments import what_to_change
from practices.curation.changes.content import siblings
from practices.curation.operations.assigning import assigned_to
from practices.curation.roles import Act, may
from practices.models import Curated, Row

#: the buttons of a form that do more than save, by the name that is posted
PUBLISH, SEND, PREVIEW = "_publish", "_send", "_preview"


class PendingMixin:
    """The forms of curated records, published ones and pending edits of them among these."""

    model: Any
    opts: Any
    admin_site: Any

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave pending edits out of lists; they have forms of their own."""
        records: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        name = request.resolver_match.url_name if request.resolver_match else ""
        return records.filter(draft_of=None) if str(name).endswith("_changelist") else records

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let those who may propose edits open the form of a published record: it saves a pending edit."""
        if obj is not None and obj.is_published and may(request.user, Act.PROPOSE, obj):
            return True
        return bool(super().has_change_permission(request, obj))  # type: ignore[misc]

    def changeform_view(
        self, request: Any, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        with transaction.atomic() if request.method == "POST" else nullcontext():
            return self._form_of(request, object_id, form_url, extra_context)

    def _form_of(self, request: Any, object_id: str | None, form_url: str, extra_context: Any) -> HttpResponse:
        """Show or save the form of a record, or lead to the record that takes its place."""
        view = super().changeform_view  # type: ignore[misc]
        record = self.held(request, object_id) if object_id else None  # type: ignore[attr-defined]
        if object_id and record is None and (gone := self.gone_edit(unquote(object_id))):
            if request.method == "POST":
                request.POST = request.POST.copy()
                request.POST[conflicts.OPENED] = gone.history_date.isoformat()
                request.is_edit_gone = True
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
        last = self.model.history.filter(id=key, history_type="-").first() if key.isdecimal() else None
        is_edit = last and self.model.objects.filter(pk=last.draft_of_id).exists()
        return last if is_edit else None

    def after_gone(self, request: HttpRequest, gone: Any) -> HttpResponse:
        """Lead from a pending edit that is no more to its record."""
        messages.info(request, _("The edit was approved or given up; this is the record as it is now."))
        return HttpResponseRedirect(self.address(self.model.objects.get(pk=gone.draft_of_id)))

    def _save_published(self, request: Any, record: Curated, context: dict[str, Any]) -> HttpResponse:
        """Save the form of a published record: to its pending edit, or to itself where it is published at once."""
        view = super().changeform_view  # type: ignore[misc]
        edit = pending.pending_of(record)
        if edit is not None and not self.has_change_permission(request, edit):
            request.refusal = _("Not saved: somebody else has a pending edit of this record.")
        elif edit is not None:
            request.POST = self._in_terms_of(edit, request, request.POST)
            return view(
                request, str(edit.pk), self.address(edit), {**context, "standing": standing_of(request.user, edit)}
            )
        elif PUBLISH in request.POST and review.may_publish(request.user, record):
            pass
        elif conflicts.conflict_of(record, request.POST.get(conflicts.OPENED, "")) is None:
            return self._begin_edit(request, record, context)
        return view(request, str(record.pk), "", context)

    def _begin_edit(self, request: Any, record: Curated, context: dict[str, Any]) -> HttpResponse:
        """Make the pending edit and save the form to it; there is none where that is refused or changes nothing."""
        view, posted = super().changeform_view, request.POST  # type: ignore[misc]
        with transaction.atomic():
            edit = pending.pending_edit(record, request.user)
            request.POST = self._in_terms_of(edit, request, posted)
            request.begins_edit = True
            response: HttpResponse = view(request, str(edit.pk), "", context)
            if response.status_code == 302 and not is_unchanged(request):
                return response
            transaction.set_rollback(True)
        if response.status_code == 302:
            return HttpResponseRedirect(self.address(record, "preview" if PREVIEW in posted else "change"))
        request.POST, request.refusal = posted, getattr(request, "refusal", "")
        return view(request, str(record.pk), "", context)

    def _in_terms_of(self, edit: Any, request: HttpRequest, posted: QueryDict) -> QueryDict:
        """Return what was posted to the form of a record with the rows of its pending edit in place of the record's."""
        data, copies, original = posted.copy(), pending.copies(edit), str(edit.draft_of_id)
        for inline in self.get_inline_instances(request, edit):  # type: ignore[attr-defined]
            columns: dict[str, type[Row]] = {"id": inline.model} if inline.model in copies else {}
            columns |= {name.removesuffix("_id"): kind for name, kind in siblings(inline.model).items()}
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

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        record = form.instance
        request.taken = ""
        if is_unchanged(request) and getattr(request, "begins_edit", False):
            return  # the edit is not kept
        if PUBLISH in request.POST and not record.is_published and may(request.user, Act.PUBLISH, record):
            review.publish([record], request.user, link=self.link(request, record))
            request.taken = PUBLISH
        elif PUBLISH in request.POST and record.is_published and not is_unchanged(request):
            review.note_alone([record], request.user)
            request.taken = PUBLISH
        elif SEND in request.POST and may(request.user, Act.SEND_FOR_REVIEW, record):
            review.send_for_review([record], request.user)
            request.taken = SEND

    def response_add(self, request: Any, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._after_step(request, obj) or super().response_add(request, obj, post_url_continue)  # type: ignore[misc]

    def response_change(self, request: Any, obj: Any) -> HttpResponse:
        return self._after_step(request, obj) or super().response_change(request, obj)  # type: ignore[misc]

    def _after_step(self, request: Any, obj: Any) -> HttpResponse | None:
        """Say what was done besides saving, and go where it goes on; None where nothing was."""
        target = obj.draft_of if request.taken == PUBLISH and obj.draft_of_id else obj
        if request.taken == PUBLISH:
            messages.success(request, _("“%(record)s” is published as it stands here.") % {"record": target})
        elif request.taken == SEND:
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

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Note in the log that a record was changed; of a pending edit, its original, as the edit will be gone."""
        return super().log_change(request, obj.draft_of or obj, message)  # type: ignore[misc]

    def address(self, record: Curated, page: str = "change") -> str:
        """Return the address of a page of a record in this admin."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[record.pk])

    def link(self, request: HttpRequest, record: Curated) -> str:
        """Return the address of a record's form for a mail: of a pending edit, that of its original."""
        original = record.draft_of or record
        return request.build_absolute_uri(self.address(original))


def standing_of(user: Any, record: Any) -> Any:
    """Return the `FormStanding` of a record, which is asked for where the form is drawn."""
    return SimpleLazyObject(partial(FormStanding, user, record))


class FormStanding:
    """Where a record stands on its way, as its form says it, and what its user may do with it from there."""

    def __init__(self, user: Any, record: Any) -> None:
        self.record = record
        self.is_edit = record is not None and record.draft_of_id is not None
        self.is_public = record is not None and record.is_published
        self.author: Any = None
        self.begun: datetime | None = None
        if self.is_edit:
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
