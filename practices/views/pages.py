"""The glossary, the about page, the accessibility statement, and the page that shows how pages look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.models import VOCABULARIES, Finding, Source
from practices.pages.design import specimens
from practices.pages.glossary import explained


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Show the concepts that the reports explain, and every vocabulary with its definitions."""
    known = current().vocabularies
    vocabularies = [(model._meta, known.vocabulary(model)) for model in VOCABULARIES]
    context = {"concepts": explained(), "vocabularies": vocabularies}
    return render(request, "glossary/glossary.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what this is, where it comes from, and what it does not know."""
    context = {
        "practice_count": len(current().snapshot.all_ids),
        "finding_count": Finding.objects.published().count(),
        "stakeholder_count": len(current().vocabularies.stakeholders),
        "sources": Source.objects.published().order_by("year", "sort_key"),
        "version": current().version,
    }
    return render(request, "about/about.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say who can use the site, by which tests this is known, and what is not known."""
    return render(request, "accessibility/accessibility.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell robots that they may read all but what is for curators."""
    return HttpResponse(f"User-agent: *\nDisallow: {reverse('admin:index')}\n", content_type="text/plain")


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show the design language: colours, sizes, and every component in every state."""
    return render(request, "design/design.html", specimens())
