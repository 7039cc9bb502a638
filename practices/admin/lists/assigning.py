"""Assigning the chosen records of a list to a curator: whose they are now is shown first, and it is undone."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.admin.lists.bulk import Listed, with_undo, within_limit
from practices.admin.upkeep import FROM_DESK
from practices.curation.changes.workflow import StepRefused
from practices.curation.operations import assigning
from practices.curation.operations.assigning import assignments_of
from practices.curation.roles import Act, users_who_may
from practices.models import Curated

#: what is chosen where records are to be nobody's
NOBODY = "nobody"


@admin.action(description=gettext_lazy("Assign to a curator"), permissions=["view"])
def assign(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Curated]) -> HttpResponse | None:
    """Show whose the chosen records are, ask whose they are to be, and assign them."""
    records = within_limit(model_admin, request, chosen)
    if not records:
        return None
    curators = list(users_who_may(Act.READ))
    name = request.POST.get("to", "")
    to = next((curator for curator in curators if str(curator.pk) == name), None)
    if to is None and name != NOBODY:
        return _page(model_admin, request, records, curators)
    kind = model_admin.opts.verbose_name if len(records) == 1 else model_admin.opts.verbose_name_plural
    title = _("Assigned to %(user)s: %(n)s %(kind)s") % {"user": to or NOBODY, "n": len(records), "kind": kind}
    mine = reverse(f"admin:practices_{model_admin.opts.model_name}_changelist") + "?assigned=me"
    try:
        number, operation = assigning.assign(records, to, title, request.user, link=request.build_absolute_uri(mine))
    except StepRefused as reason:
        model_admin.message_user(request, str(reason), messages.ERROR)
        return _page(model_admin, request, records, curators)
    from_desk = FROM_DESK in request.POST
    said = _("Done: it is off your desk.") if from_desk else _said(number, to)
    model_admin.message_user(request, with_undo(said, operation), messages.SUCCESS)
    return redirect("admin:index") if from_desk else None


def _said(number: int, to: User | None) -> str:
    if to is None:
        said = ngettext("%(n)s record is nobody's now.", "%(n)s records are nobody's now.", number)
        return said % {"n": number}
    said = ngettext("%(n)s record assigned to %(user)s.", "%(n)s records assigned to %(user)s.", number)
    return said % {"n": number, "user": to}


def _page(
    model_admin: admin.ModelAdmin, request: HttpRequest, records: list[Curated], curators: list[User]
) -> HttpResponse:
    shown = Listed(records)
    whose = dict(assignments_of(model_admin.model, (r.ref for r in records)).values_list("ref", "to__username"))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Assign to a curator"),
        "opts": model_admin.opts,
        "action": request.POST["action"],
        "records": shown,
        "shown": [(record, whose.get(record.ref, "")) for record in shown.first],
        "assigned": len(whose),
        "curators": curators,
        "nobody": NOBODY,
        "checkbox": ACTION_CHECKBOX_NAME,
        "media": model_admin.media,
    }
    return render(request, "admin/practices/assign.html", context)
