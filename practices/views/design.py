"""The page that shows how pages look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.pages.design import design_page


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show the design language: colours, sizes, and every component in every state."""
    return render(request, "design/design.html", {"page": design_page()})
