"""The glossary."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.pages.glossary import glossary_page


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Show the concepts that the reports explain, and every vocabulary with its definitions."""
    return render(request, "glossary/glossary.html", {"page": glossary_page()})
