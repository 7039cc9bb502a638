"""Countries: the list of those that practices name, and one country."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.pages.country import country_list_page, country_page


@require_safe
def country_list(request: HttpRequest) -> HttpResponse:
    """List the countries with practices."""
    return render(request, "country/country_list.html", {"page": country_list_page()})


@require_safe
def country(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one country: its practices by what it is to them, actors, events, findings, countries that are like it."""
    country = next((country for country in current().vocabularies.countries.values() if country.slug == slug), None)
    if country is None:
        raise Http404
    return render(request, "country/country.html", {"country": country, "page": country_page(country)})
