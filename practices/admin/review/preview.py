"""The preview of a draft or pending edit: its public page, as readers would see it, and nothing of it is kept.

The record is made public in a transaction that is rolled back, and the site's own view answers for it from a catalog
that nobody else sees. On SQLite nobody else can write meanwhile, which is as long as the page takes to be made.
"""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.views.decorators.http import require_safe

from practices.admin.history import HistoryAdmin
from practices.catalog import apart
from practices.curation.changes.pending import shown_as_public
from practices.models import Curated


@require_safe
def preview_view(request: HttpRequest, object_id: str, *, model_admin: HistoryAdmin) -> HttpResponse:
    """Show the public page of a record as it would be."""
    model_admin.check_id(object_id)
    record = model_admin.get_object(request, object_id)
    if record is None:
        raise Http404
    if not model_admin.has_view_permission(request, record):
        raise PermissionDenied
    with apart(), transaction.atomic():
        response = _public_page(request, shown_as_public(record))
        transaction.set_rollback(True)
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _public_page(request: HttpRequest, record: Curated) -> HttpResponse:
    """Return the page that the site shows of a record, asked for by nobody in particular."""
    public_request: Any = HttpRequest()
    public_request.method, public_request.META, public_request.user = (
        "GET",
        {**request.META, "QUERY_STRING": ""},
        AnonymousUser(),
    )
    public_request.path = public_request.path_info = urlsplit(record.get_absolute_url()).path
    public_request.is_preview = True
    match = resolve(public_request.path)
    public_request.resolver_match = match
    response: HttpResponse = match.func(public_request, *match.args, **match.kwargs)
    return response
