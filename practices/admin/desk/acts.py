"""What the buttons of the desk do that no list or form does."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practices.admin.desk.checks import CHECKS
from practices.admin.desk.records import KINDS, admin_of, may_see, records_seen
from practices.admin.lists.bulk import with_undo
from practices.curation import tending
from practices.curation.operations.distinct import note_distinct
from practices.curation.roles import role_of
from practices.models import CURATED

View = Callable[..., HttpResponse]


def urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses to which the buttons are sent."""
    return [
        path("check/<slug:task>/", site.admin_view(check_again), name="check_again"),
        path("distinct/", site.admin_view(tell_apart), name="note_distinct"),
    ]


def _for_roles(view: View) -> View:
    """Let a view answer only those who have a role: nobody else learns what there is."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if role_of(request.user) is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped


def _back_to(section: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('admin:index')}#{section}")


@_for_roles
@require_POST
def check_again(request: HttpRequest, task: str) -> HttpResponse:
    """Start a check beside the request, and come back to the desk, which follows it."""
    check = CHECKS.get(task)
    if check is None or (task == "links" and not settings.KB_LINK_CHECK):
        raise Http404
    if not may_see(request, check.model):
        raise PermissionDenied
    if not tending.start(task):
        messages.info(request, _("It is being checked already."))
    return _back_to(check.section)


@_for_roles
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
