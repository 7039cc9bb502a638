"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.browse.collection import collection
from practices.browse.lists import counted_countries, counted_terms
from practices.browse.map import of_countries
from practices.browse.news import latest
from practices.browse.reference import reference
from practices.models import Dimension, Event, Finding, StakeholderRole


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show three ways in, what the collection holds, and what is new in it."""
    known, countries = reference(), counted_countries()
    context = {
        "countries": countries,
        "world": of_countries(countries),
        "roles": counted_terms(StakeholderRole),
        "dimensions": counted_terms(Dimension),
        "practice_count": len(collection().everything),
        "stakeholder_count": len(known.stakeholders),
        "source_count": len(known.sources),
        "finding_count": Finding.objects.published().count(),
        "event_count": Event.objects.published().count(),
        "latest": latest(),
        "version": known.version,
    }
    return render(request, "practices/home.html", context)
