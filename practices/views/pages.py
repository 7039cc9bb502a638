"""The glossary and the about page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.browse.reference import reference
from practices.models import VOCABULARIES, Concept, Finding, Practice, Source, Stakeholder


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Show the concepts that the reports explain, and every vocabulary with its definitions."""
    known = reference()
    vocabularies = [(model._meta, known.vocabulary(model)) for model in VOCABULARIES]
    context = {"concepts": Concept.objects.published().by_title(), "vocabularies": vocabularies}
    return render(request, "practices/glossary.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what this is, where it comes from, and what it does not know."""
    context = {
        "practice_count": Practice.objects.published().count(),
        "finding_count": Finding.objects.published().count(),
        "stakeholder_count": Stakeholder.objects.published().count(),
        "sources": Source.objects.published().order_by("year", "sort_key"),
        "version": reference().version,
    }
    return render(request, "pages/about.html", context)
