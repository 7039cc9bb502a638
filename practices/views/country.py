"""Countries: the list of those that practices name, and one country."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.catalog.counts import by_value, country_counts, practices_with, top_values
from practices.models import CountryRole, Dimension, Event, Stakeholder
from practices.pages.country import groups, places, similar, tables
from practices.pages.finding import about
from practices.pages.map import locator, of_countries
from practices.pages.prev_next import of_country


@require_safe
def country_list(request: HttpRequest) -> HttpResponse:
    """List the countries with practices."""
    rows = country_counts()
    context = {"rows": rows, "roles": CountryRole.choices, "world": of_countries(rows)}
    return render(request, "country/country_list.html", context)


@require_safe
def country(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one country: its practices by what it is to them, actors, events, findings, countries that are like it."""
    country = next((one for one in current().vocabularies.countries.values() if one.slug == slug), None)
    if country is None:
        raise Http404
    asked = {"country": country.alpha2}
    practices = practices_with(**asked)
    dimensions = current().vocabularies.vocabulary(Dimension)
    context = {
        "country": country,
        "locator": locator(country),
        "total": len(practices),
        "groups": groups(country),
        "tables": tables(country),
        "topics": top_values("topic", practices, **asked),
        "missing": [one for one in dimensions if not practices_with(**asked, dimension=one.code)],
        "stakeholders": Stakeholder.objects.published().filter(country=country).by_title().only("slug", "name"),
        "counts": by_value("stakeholder"),
        "events": Event.objects.published().concerning(country=country),
        "findings": about("countries", [country]),
        "places": places(country),
        "similar": similar(country),
        "neighbours": of_country(country),
    }
    return render(request, "country/country.html", context)
