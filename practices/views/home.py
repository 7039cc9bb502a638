"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.browse.cards import cards
from practices.browse.lists import counted_countries, counted_roles, counted_terms
from practices.browse.map import of_countries
from practices.models import Dimension, Finding, Practice, Source, Stakeholder


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show three ways in, and what the collection holds."""
    practices = Practice.objects.published()
    countries = counted_countries()
    context = {
        "countries": countries,
        "world": of_countries(countries),
        "roles": counted_roles(),
        "dimensions": counted_terms(Dimension, "dimensions"),
        "practice_count": practices.count(),
        "finding_count": Finding.objects.published().count(),
        "stakeholder_count": Stakeholder.objects.published().count(),
        "source_count": Source.objects.published().count(),
        "latest": cards(practices.order_by("-published_at", "sort_key")[:3]),
    }
    return render(request, "practices/home.html", context)
