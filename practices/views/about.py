"""The page about the collection."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.pages.about import about_page


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what this is, where it comes from, and what it does not know."""
    return render(request, "about/about.html", {"page": about_page()})
