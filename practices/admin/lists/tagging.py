"""Giving the chosen records of a list a term, or taking it from them: chosen on a page, shown, confirmed, undone."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.admin.lists.bulk import Listed, with_undo, within_limit
from practices.curation.changes.review import is_required
from practices.curation.changes.workflow import StepRefused
from practices.curation.tagging import Changes, Tagging, changes, relations_of
from practices.curation.tagging import retag as give_or_take
from practices.models import Curated


@admin.action(description=gettext_lazy("Add or remove a term"), permissions=["publish"])
def retag(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Curated]) -> HttpResponse | None:
    """Ask for the term, show what changes, and do it once that is confirmed."""
    records = within_limit(model_admin, request, chosen)
    if not records:
        return None
    tagging = _tagging(model_admin.model, request.POST)
    if tagging is None or "confirmed" not in request.POST:
        return _page(model_admin, request, records, tagging)
    title = f"{tagging}: {len(records)} {model_admin.opts.verbose_name_plural}"
    try:
        number, operation = give_or_take(records, tagging, title, request.user)
    except StepRefused as reason:
        model_admin.message_user(request, str(reason), messages.ERROR)
        return _page(model_admin, request, records, tagging)
    said = ngettext("%(n)s record changed.", "%(n)s records changed.", number) % {"n": number}
    if is_required():
        said = _("%(said)s What is public has a pending edit, which somebody else approves.") % {"said": said}
    model_admin.message_user(request, with_undo(said, operation), messages.SUCCESS)
    return None


def _tagging(model: type[Model], data: QueryDict) -> Tagging | None:
    """Return what was chosen: `term` is a field and the key of a term in it; None where that makes no sense."""
    name, _colon, key = data.get("term", "").partition(":")
    relation = next((field for field in relations_of(model) if field.name == name), None)
    if relation is None or not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    term = relation.related_model._default_manager.filter(pk=key).first()
    return Tagging(relation, term, adds=data.get("way") != "remove") if term else None


def _page(
    model_admin: admin.ModelAdmin, request: HttpRequest, records: list[Curated], tagging: Tagging | None
) -> HttpResponse:
    changing = changes(records, tagging) if tagging else Changes([], [])
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Add or remove a term"),
        "opts": model_admin.opts,
        "action": request.POST["action"],
        "records": Listed(records),
        "tagging": tagging,
        "changed": Listed(changing.all),
        "public": sum(record.is_published for record in changing.at_once),
        "proposed": len(changing.proposed),
        "vocabularies": [
            # what is retired may still be removed; what is replaced no record has
            (field, list(field.related_model._default_manager.filter(replaced_by=None)))
            for field in relations_of(model_admin.model)
        ],
        "checkbox": ACTION_CHECKBOX_NAME,
        "media": model_admin.media,
    }
    return render(request, "admin/practices/retag.html", context)
