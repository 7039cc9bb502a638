"""Pages that show nothing of the collection: the accessibility statement, and what robots may read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say who can use the site, by which tests this is known, and what is not known."""
    return render(request, "accessibility/accessibility.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots that they may read all but what is for curators, and forms."""
    closed = "".join(f"Disallow: {reverse(name)}\n" for name in ("admin:index", "suggest"))
    return HttpResponse(f"User-agent: *\n{closed}", content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that ask for an icon unasked to the one of the site."""
    return redirect(static("favicon.svg"))
