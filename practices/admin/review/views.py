"""The pages of the way of a change: review with the differences word by word, preview, change history, restore."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from practices.admin.form.refusals import violation
from practices.admin.review.page import ReviewPage
from practices.admin.review.pending import PendingMixin
from practices.admin.review.preview import preview_view
from practices.curation.changes import pending, review, workflow
from practices.curation.changes.comments import add_comment, comments_on, mark_seen
from practices.curation.changes.content import row_models
from practices.curation.changes.history import end_of_change_before, record_history
from practices.curation.roles import Act, may, name_for
from practices.models import Curated

#: how long a comment may be
LONGEST = 5000


class ReviewMixin(PendingMixin):
    """Pages of one curated record besides its form."""

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, Callable[..., HttpResponse]] = {
            "review": self.review_view,
            "restore": self.restore_view,
            "preview": preview_view,
        }
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        ours = [
            path(
                f"<path:object_id>/{page}/",
                self.admin_site.admin_view(view),
                {"model_admin": self} if view is preview_view else {},
                name=f"{name}_{page}",
            )
            for page, view in pages.items()
        ]
        return [*ours, *super().get_urls()]

    def _record(self, request: HttpRequest, object_id: str) -> Curated:
        """Return the record of a page. Raises Http404 where there is none, PermissionDenied where it is not shown."""
        self.check_id(object_id)
        if not self.has_view_permission(request):
            raise PermissionDenied
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        return record

    def _render(self, request: HttpRequest, template: str, record: Curated, **context: object) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "object": record}
        return render(request, template, context)

    # Review

    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what a draft or pending edit says, or changes, and what may be decided; decide it."""
        try:
            return self._review(request, self._record(request, object_id))
        except (Http404, self.model.DoesNotExist):  # somebody else may have been quicker
            if gone := self.gone_edit(unquote(object_id)):
                return self.after_gone(request, gone)
            raise Http404 from None

    def _review(self, request: HttpRequest, record: Curated) -> HttpResponse:
        if request.method != "POST":
            mark_seen(record, request.user)
        if record.is_published:
            edit = pending.pending_of(record)
            return HttpResponseRedirect(self.address(edit, "review") if edit else self.address(record))
        text, refusal = request.POST.get("text", "")[:LONGEST], ""
        if request.method == "POST":
            try:
                return self._decide(request, record, text)
            except workflow.StepRefused as reason:
                refusal = str(reason)
            except IntegrityError as error:  # what was accepted does not go together with what was not
                refusal = violation(error, [self.model, *row_models(self.model)])
        shown = ReviewPage(self, request, record, self.address(record))
        names = request.POST.getlist("fields") if request.method == "POST" else None
        context = {"page": shown, "refusal": refusal, "text": text, "chosen": names, "longest": LONGEST}
        return self._render(request, "admin/practices/review.html", record, title=_("Review"), **context)

    def _decide(self, request: HttpRequest, record: Curated, text: str) -> HttpResponse:
        """Take the step that a button of the review page names. Raises StepRefused where it cannot be taken."""
        steps: dict[str, tuple[Act, Callable[..., str]]] = {
            "publish": (Act.PUBLISH, self._publish),
            "fit": (Act.REVIEW, self._find_fit),
            "changes": (Act.REVIEW, self._request_changes),
            "send": (Act.SEND_FOR_REVIEW, self._send),
            "update": (Act.EDIT, self._bring_up_to_date),
            "discard": (Act.DELETE, self._discard),
            "comment": (Act.READ, self._comment),
        }
        act, step = steps.get(request.POST.get("step", ""), steps["comment"])
        if not may(request.user, act, record):
            raise PermissionDenied
        original = record.draft_of or record
        words = step(request, record, text)
        messages.success(request, words)
        stays = type(record).objects.filter(pk=record.pk).first()
        if stays is None or stays.draft_of_id != record.draft_of_id or stays.is_published:
            return HttpResponseRedirect(self.address(original))
        return HttpResponseRedirect(self.address(record, "review"))

    def _publish(self, request: HttpRequest, record: Curated, text: str) -> str:
        fields = request.POST.getlist("fields") if record.draft_of_id else None
        if fields == []:
            raise workflow.StepRefused(_("Nothing is accepted: discard the edit, or ask for changes."))
        review.publish([record], request.user, fields=fields, text=text, link=self.link(request, record))
        return _("“%(record)s” is published.") % {"record": record}

    def _find_fit(self, request: HttpRequest, record: Curated, text: str) -> str:
        review.find_fit(record, request.user, text, link=self.link(request, record))
        return _("It is noted that you found it fit to be published.")

    def _request_changes(self, request: HttpRequest, record: Curated, text: str) -> str:
        if not text.strip():
            raise workflow.StepRefused(_("Say what is to be changed."))
        review.request_changes(record, request.user, text, link=self.link(request, record))
        return _("Sent back, with what you wrote.")

    def _send(self, request: HttpRequest, record: Curated, text: str) -> str:
        review.send_for_review([record], request.user, text)
        return _("“%(record)s” is sent for review.") % {"record": record}

    def _bring_up_to_date(self, request: HttpRequest, record: Curated, text: str) -> str:
        pending.bring_up_to_date(record, request.user)
        return _("The edit has taken over what others changed; where both changed the same, it has its own words.")

    def _discard(self, request: HttpRequest, record: Curated, text: str) -> str:
        if record.draft_of_id is None:
            raise workflow.StepRefused(_("A draft is deleted in its form, not discarded here."))
        review.discard(record, request.user, text, link=self.link(request, record))
        return _("The edit is discarded.")

    def _comment(self, request: HttpRequest, record: Curated, text: str) -> str:
        if not text.strip():
            raise workflow.StepRefused(_("Write a comment first."))
        author, others = review.author_of(record), comments_on(record).exclude(author=None).order_by("-at")
        answered = [comment.author for comment in others.exclude(author=request.user.pk)[:1]]
        to = [author] if author != request.user else answered
        add_comment(record, request.user, text, to=next(iter(to), None), link=self.link(request, record))
        return _("Your comment is there.")

    # History

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the change history of the record and its rows instead of the record's own versions alone."""
        record = self._record(request, object_id)
        title = _("Change history of %(record)s") % {"record": record}
        return self._render(
            request,
            "admin/practices/history.html",
            record,
            title=title,
            changes=record_history(record, partial(name_for, request.user)),
            may_restore=self.has_change_permission(request, record) and record.draft_of_id is None,
        )

    def restore_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put what the record said at a date, or before its last change, into a pending edit; a draft into itself."""
        record = self._record(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(self.address(record, "history"))
        if not self.has_change_permission(request, record) or record.draft_of_id is not None:
            raise PermissionDenied
        try:
            restored, gone = pending.restore(record, _date(record, request.POST), request.user)
        except (LookupError, ValueError):
            messages.error(request, _("The history of this record does not go back to that date."))
        except pending.AlreadyEdited as reason:
            messages.error(request, str(reason))
            return HttpResponseRedirect(self.address(reason.pending))
        except workflow.StepRefused as reason:
            messages.error(request, str(reason))
        else:
            messages.success(request, _("This is what it said then. Nothing of it is public before it is published."))
            if gone:
                kinds = {"kinds": ", ".join(gone)}
                messages.warning(request, _("What it named then and is no more is left out: %(kinds)s.") % kinds)
            return HttpResponseRedirect(self.address(restored))
        return HttpResponseRedirect(self.address(record, "history"))


def _date(record: Curated, posted: QueryDict) -> datetime:
    """Return the date to which a record goes back: `date`, or the end of what stood before its change at `before`.

    Raises LookupError and ValueError where that is no date, StepRefused where the record was changed again.
    """
    date = parse_datetime(posted.get("before") or posted.get("date", ""))
    if date is None or date.tzinfo is None:
        raise LookupError
    if "before" not in posted:
        return date
    former = end_of_change_before(record, date)
    if former is None:
        raise workflow.StepRefused(_("Not undone: it was changed again since. This is what was changed."))
    return former
