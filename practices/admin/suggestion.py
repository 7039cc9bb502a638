"""Readers' suggestions in the admin: each beside what the record says now, to be taken up or declined with a word."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.admin.access.rights import LookedUpMixin
from practices.curation import suggestions
from practices.curation.changes.differences import word_difference
from practices.curation.fates import fate_of
from practices.curation.roles import Act, users_who_may
from practices.curation.statements import statements, supporting_citations
from practices.curation.suggestion_mail import tell_assigned, tell_reader
from practices.models import ReaderSuggestion
from practices.models.suggestion import LONGEST


class AnswerForm(forms.Form):
    """What a curator does with a suggestion, and the answer to its reader."""

    act = forms.ChoiceField(choices=[(name, name) for name in ("accept", "decline", "assign", "reopen")])
    answer = forms.CharField(
        label=gettext_lazy("Answer to the reader"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
    )
    assigned_to = forms.ModelChoiceField(
        label=gettext_lazy("Assigned to"), queryset=User.objects.none(), required=False, empty_label="–"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned_to"].queryset = users_who_may(Act.SUGGESTIONS)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("act") == "decline" and cleaned.get("answer") == "":
            self.add_error("answer", _("Say why: the reader is told."))
        return cleaned


@admin.action(description=gettext_lazy("Export all that is kept of them (JSON)"), permissions=["view"])
def export(model_admin: admin.ModelAdmin, request: HttpRequest, records: QuerySet[ReaderSuggestion]) -> HttpResponse:
    """Return all that is kept of the chosen suggestions, for a reader who asks for it."""
    kept = {"suggestions": [suggestions.kept(record) for record in records]}
    response = JsonResponse(kept, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = 'attachment; filename="suggestions.json"'
    return response


@admin.action(description=gettext_lazy("Erase words, names and e-mails"), permissions=["view"])
def erase(
    model_admin: admin.ModelAdmin, request: HttpRequest, records: QuerySet[ReaderSuggestion]
) -> HttpResponse | None:
    """Erase the chosen suggestions as their readers wish, once the curator has said so twice."""
    if "confirmed" not in request.POST:
        context = {
            **model_admin.admin_site.each_context(request),
            "title": _("Are you sure?"),
            "opts": model_admin.opts,
            "records": records,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return render(request, "admin/practices/readersuggestion/erase.html", context)
    chosen = list(records)
    for record in chosen:
        suggestions.withdraw(record)
        model_admin.log_change(request, record, _("Erased"))
    done = ngettext("%(n)s suggestion erased.", "%(n)s suggestions erased.", len(chosen)) % {"n": len(chosen)}
    model_admin.message_user(request, done, messages.SUCCESS)
    return None


@admin.register(ReaderSuggestion)
class ReaderSuggestionAdmin(LookedUpMixin, admin.ModelAdmin):
    """What readers suggested: looked through and answered, never written or deleted here."""

    list_display = ("__str__", "kind", "state", "assigned_to", "created")
    list_filter = ("state", "kind", "record_kind", ("assigned_to", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("assigned_to",)
    search_fields = ("record_ref", "title", "problem", "=email", "=token")
    search_help_text = gettext_lazy("A ref, words of a suggestion, or the e-mail or private address of a reader.")
    actions = (export, erase)

    class Media:
        css = {"all": ["css/admin/suggestion.css"]}

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Find a suggestion by its private address, too."""
        return super().get_search_results(request, queryset, search_term.strip().rstrip("/").rpartition("/")[2])

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a suggestion beside its record, and take what the curator does with it."""
        suggestion = self.get_object(request, unquote(object_id)) if object_id else None
        if not self.has_view_permission(request, suggestion) or object_id is None:
            raise PermissionDenied
        if suggestion is None:
            raise Http404
        form = AnswerForm(request.POST if request.method == "POST" else None, initial=_initial(suggestion))
        if form.is_bound and form.is_valid():
            try:
                return self._answered(request, suggestion, form.cleaned_data)
            except suggestions.AlreadyAnswered:
                suggestion.refresh_from_db()
                form.add_error(None, _("Not done: somebody else answered it, or the reader withdrew it, meanwhile."))
        return self._page(request, suggestion, form)

    def _answered(self, request: HttpRequest, suggestion: ReaderSuggestion, cleaned: dict[str, Any]) -> HttpResponse:
        """Do what the curator chose, say so, and lead to where it goes on."""
        user, act, answer = request.user, cleaned["act"], cleaned["answer"]
        if act == "assign":
            suggestions.assign(suggestion, cleaned["assigned_to"])
            done = _("Assigned.")
        elif act == "reopen":
            suggestions.reopen(suggestion)
            done = _("It waits for an answer again.")
        elif act == "decline":
            suggestions.decline(suggestion, user, answer)
            done = _("Declined, with your answer.")
        else:
            edit = suggestions.accept(suggestion, user, answer).edit
            done = _("Accepted.")
        self.log_change(request, suggestion, done)
        suggestion.refresh_from_db()
        notice = _told(request, suggestion, act)
        self.message_user(request, f"{done} {notice}".strip(), messages.SUCCESS)
        if act == "accept" and edit is not None:
            field = f"#id_{suggestion.part}" if suggestion.rewrites else ""
            return redirect(f"{_change_url(edit)}{field}")
        return redirect(_change_url(suggestion))

    def _page(self, request: HttpRequest, suggestion: ReaderSuggestion, form: AnswerForm) -> HttpResponse:
        named, edit = suggestion.record, suggestion.edit
        fate = fate_of(named) if named is not None else None
        record = fate.merged_into if fate and fate.merged_into else named
        present = statements(record, suggestion.part) if record is not None else []
        rewritten = suggestion.rewrites and record is not None
        context = {
            **self.admin_site.each_context(request),
            "title": _("A reader's suggestion"),
            "subtitle": str(suggestion),
            "opts": self.opts,
            "media": self.media,
            "suggestion": suggestion,
            "named": named,
            "named_url": _change_url(named) if named is not None else "",
            "fate": fate,
            "record": record,
            "record_url": _change_url(record) if record is not None else "",
            "takes_text": suggestions.can_be_applied(suggestion, record),
            "has_edits": getattr(record, "is_published", False),
            "edit": edit,
            "edit_url": _change_url(edit) if edit is not None else "",
            "present": present,
            "pieces": word_difference(" ".join(present), suggestion.proposal) if rewritten else [],
            "citations": supporting_citations(record, suggestion.part) if record is not None else [],
            "form": form,
        }
        return render(request, "admin/practices/readersuggestion/change.html", context)


def _told(request: HttpRequest, suggestion: ReaderSuggestion, act: str) -> str:
    """Tell whom an act concerns, and return how."""
    if act == "assign":
        mine = suggestion.assigned_to == request.user
        sent = not mine and tell_assigned(suggestion, request.build_absolute_uri(_change_url(suggestion)))
        return _("They were told by e-mail.") if sent else ""
    if not suggestion.answered_at:
        return ""
    address = request.build_absolute_uri(reverse("suggestion", args=[suggestion.token]))
    if tell_reader(suggestion, address):
        return _("The reader was told by e-mail.")
    return _("The reader sees it at the private address.")


def _initial(suggestion: ReaderSuggestion) -> dict[str, Any]:
    return {"answer": suggestion.answer, "assigned_to": suggestion.assigned_to_id}


def _change_url(record: Model) -> str:
    """Return the address of the form of a record."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
