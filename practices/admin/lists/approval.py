"""Pending edits in the list of their records: found by a filter, looked at together, and approved several at once."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.admin.access.rights import Actions
from practices.curation.changes.pending import differences_of_all
from practices.curation.changes.review import approve_all
from practices.curation.fixtures.baseline import history_of
from practices.curation.roles import Act, allowed, may
from practices.models import Curated, State

#: so many edits are shown and approved together: others who save wait meanwhile
MOST = 20
#: the states in which a pending edit can be
STATES = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED)


class PendingEditFilter(admin.SimpleListFilter):
    """Records with a pending edit that the user may read, in any state or in one."""

    title = gettext_lazy("pending edit")
    parameter_name = "edit"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Iterator[tuple[str, str]]:
        yield "any", _("Has one")
        yield from ((state.value, _("Has one: %(state)s") % {"state": state.label}) for state in STATES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        if (state := self.value()) is None:
            return queryset
        edits = edits_of(request, queryset.model)
        edits = edits if state == "any" else edits.filter(state=state)
        edit = edits.filter(draft_of=OuterRef("pk")).order_by()
        begun = (
            history_of(queryset.model)
            ._default_manager.filter(id=OuterRef("edit"), history_type="+")
            .order_by("history_id")
        )
        return queryset.filter(pk__in=edits.order_by().values("draft_of")).annotate(
            edit=Subquery(edit.values("pk")[:1]),
            edit_state=Subquery(edit.values("state")[:1]),
            edit_by=Subquery(begun.values("history_user__username")[:1]),
        )


def edits_of(request: HttpRequest, model: type[Model]) -> QuerySet:
    """Return the pending edits of records of a kind that a user may read."""
    return allowed(request.user, Act.READ, model._default_manager.exclude(draft_of=None))


@admin.action(description=gettext_lazy("Approve pending edits"), permissions=["publish"])
def approve_edits(
    model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Curated]
) -> HttpResponse | None:
    """Approve the pending edits of the chosen records, once the curator has seen what they change."""
    edits = edits_of(request, model_admin.model).filter(draft_of__in=chosen.values("pk")).select_related("draft_of")
    number = edits.count()
    if not number:
        model_admin.message_user(request, _("None of these records has a pending edit."), messages.WARNING)
    elif number > MOST:
        reason = _("%(number)s pending edits are chosen, and %(limit)s may be approved at once: choose fewer.")
        model_admin.message_user(request, reason % {"number": number, "limit": MOST}, messages.ERROR)
    elif "confirmed" not in request.POST:
        return _page(model_admin, request, list(edits))
    else:
        _approve(model_admin, request, list(edits))
    return None


def _page(model_admin: admin.ModelAdmin, request: HttpRequest, edits: list[Curated]) -> HttpResponse:
    """Show what each edit changes, and ask."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Approve pending edits"),
        "opts": model_admin.opts,
        "action": request.POST["action"],
        "edits": zip(edits, differences_of_all(model_admin.model, edits), strict=True),
        "checkbox": ACTION_CHECKBOX_NAME,
        "media": model_admin.media,
    }
    return render(request, "admin/practices/review/approve.html", context)


def _approve(model_admin: admin.ModelAdmin, request: HttpRequest, edits: list[Curated]) -> None:
    """Approve each edit, and say of those that are left why."""
    left = approve_all(edits, request.user)
    number = len(edits) - len(left)
    if number:
        said = ngettext("%(n)s pending edit approved.", "%(n)s pending edits approved.", number) % {"n": number}
        model_admin.message_user(request, said, messages.SUCCESS)
    if left:
        lines = ((review_address(model_admin, edit.pk), edit.ref, edit, reason) for edit, reason in left.items())
        named = format_html_join("", '<li><a href="{}">{} {}</a>: {}</li>', lines)
        said = format_html("{}<ul>{}</ul>", _("Left as they are:"), named)
        model_admin.message_user(request, said, messages.WARNING)


def review_address(model_admin: admin.ModelAdmin, edit: int) -> str:
    """Return the address of the page on which a pending edit, given by its key, is reviewed."""
    opts = model_admin.opts
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_review", args=[edit])


class ApprovalMixin(admin.ModelAdmin):
    """A list of records that shows and approves their pending edits."""

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [*super().get_list_filter(request), PendingEditFilter]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Show the pending edits of a list of those, beside the names, so that no screen cuts them off."""
        name, *others = super().get_list_display(request)
        edits = ["pending_edit"] if PendingEditFilter.parameter_name in request.GET else []
        return [name, *edits, *others]

    def get_actions(self, request: HttpRequest) -> Actions:
        actions = super().get_actions(request)
        if actions and may(request.user, Act.PUBLISH):
            actions["approve_edits"] = self.get_action(approve_edits)
        return actions

    @admin.display(description=gettext_lazy("pending edit"))
    def pending_edit(self, record: Any) -> str:
        """Return a link to the review of the pending edit of a record, in a list of those that have one."""
        if not getattr(record, "edit", None):
            return "–"
        return format_html(
            '<a href="{}">{}</a> {}',
            review_address(self, record.edit),
            State(record.edit_state).label,
            record.edit_by or "",
        )
