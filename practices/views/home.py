"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.catalog.counts import country_counts, term_counts
from practices.models import Dimension, Event, Finding, StakeholderRole
from practices.pages.home import latest
from practices.pages.map import of_countries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show three ways in, what the current holds, and what is new in it."""
    known, countries, practice_count = current().vocabularies, country_counts(), len(current().snapshot.all_ids)
    context = {
        "countries": countries,
        "world": of_countries(countries),
        "roles": term_counts(StakeholderRole),
        "dimensions": term_counts(Dimension),
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
        "version": current().version,
    }
    return render(request, "home/home.html", context)
