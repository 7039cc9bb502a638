"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from practices.catalog.counts import collection
from practices.catalog.lists import counted_countries, counted_terms
from practices.catalog.vocabularies import reference
from practices.models import Dimension, Event, Finding, StakeholderRole
from practices.pages.home import latest
from practices.pages.map import of_countries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show three ways in, what the collection holds, and what is new in it."""
    known, countries, practice_count = reference(), counted_countries(), len(collection().everything)
    context = {
        "countries": countries,
        "world": of_countries(countries),
        "roles": counted_terms(StakeholderRole),
        "dimensions": counted_terms(Dimension),
        "practice_count": practice_count,
        "source_count": len(known.sources),
        "figures": [
            (practice_count, _("practices"), reverse("practice_list")),
            (len(countries), _("countries"), reverse("country_list")),
            (len(known.stakeholders), _("stakeholders"), reverse("stakeholder_list")),
            (Finding.objects.published().count(), _("findings"), reverse("finding_list")),
            (Event.objects.published().count(), _("events"), reverse("event_list")),
            (len(known.sources), _("sources"), reverse("source_list")),
        ],
        "latest": latest(),
        "version": known.version,
    }
    return render(request, "home/home.html", context)
