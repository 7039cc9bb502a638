"""How an address finds its record: the public one, its new address, 410 for what was withdrawn, else 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from practices.exports import suffixed
from practices.models import Curated, FormerSlug

View = Callable[..., HttpResponseBase]


def public_record_view(model: type[Curated]) -> Callable[[View], View]:
    """Decorate a view of one curated record: it gets the public record instead of the slug."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, slug: str, **kwargs: str) -> HttpResponseBase:
            record = model.objects.published().filter(slug=slug).first()
            return view(request, record, **kwargs) if record else redirect_or_gone(request, model, slug)

        return require_safe(wrapper)

    return decorate


def redirect_or_gone(request: HttpRequest, model: type[Curated], slug: str) -> HttpResponse:
    """Answer for an address without a public record. What was never public is indistinguishable from nothing."""
    former = FormerSlug.objects.filter(model=model._meta.model_name, slug=slug).first()
    moved = former and model.objects.published().filter(ref=former.ref).first()
    if moved:
        return redirect(_in_same_format(request, moved), permanent=True)
    withdrawn = model.objects.was_public().filter(slug=slug).first()
    ref = withdrawn.ref if withdrawn else ref_of_deleted(model, slug)
    if ref:
        return render(request, "errors/410.html", {"ref": ref}, status=410)
    raise Http404


def ref_of_deleted(model: type[Curated], slug: str) -> str:
    """Return the ref of a record that was public at this address and that nobody has any more, "" for none."""
    history: Any = model.history
    past = history.filter(slug=slug, published_at__isnull=False).first()
    return past.ref if past and not model.objects.filter(ref=past.ref).exists() else ""


def _in_same_format(request: HttpRequest, record: Curated) -> str:
    """Return the address of a record, with the suffix that was asked for."""
    suffix = request.path.rpartition("/")[2].partition(".")[2]
    url = record.get_absolute_url()
    return suffixed(url, suffix) if suffix else url
