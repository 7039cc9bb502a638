"""What the buttons of the desk do that no list or form does."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practices.admin.bulk import with_undo
from practices.admin.desk.records import KINDS, admin_of, records_seen
from practices.curation.distinct import note_distinct
from practices.curation.upkeep import check_content
from practices.models import CURATED, Practice


def urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses to which the buttons are sent."""
    return [
        path("check/", site.admin_view(check_again), name="check_content"),
        path("distinct/", site.admin_view(tell_apart), name="note_distinct"),
    ]


def _back_to(section: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('admin:index')}#{section}")


@require_POST
def check_again(request: HttpRequest) -> HttpResponse:
    """Ask the gates again what falls short, and come back to the desk."""
    if not admin_of(Practice).has_view_permission(request):
        raise PermissionDenied
    check_content()
    messages.success(request, _("The content was checked."))
    return _back_to("falls-short")


@require_POST
def tell_apart(request: HttpRequest) -> HttpResponse:
    """Note that two records are not the same, and come back to the desk."""
    model = KINDS.get(request.POST.get("kind", ""))
    if model not in CURATED:
        raise Http404
    keys = [request.POST.get(name, "") for name in ("one", "other")]
    valid = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
    pair = list(records_seen(request, model).filter(pk__in=valid, draft_of=None))
    if len(pair) != 2:
        raise Http404
    if not all(admin_of(model).has_merge_permission(request, record) for record in pair):
        raise PermissionDenied
    user = request.user if request.user.is_authenticated else None
    operation = note_distinct(pair[0], pair[1], user)
    messages.success(request, with_undo(_("Noted: they are not the same, and are not shown here again."), operation))
    return _back_to("maybe-twice")
