"""Countries: the list of those that practices name, and one country."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from practices.browse.cards import cards
from practices.browse.lists import by_dimension, counted_countries, practices_by_country_role
from practices.browse.map import locator, of_countries
from practices.browse.reference import reference
from practices.models import Country, CountryRole, Dimension, Event, Finding, Practice, Stakeholder


@require_safe
def country_list(request: HttpRequest) -> HttpResponse:
    """List the countries with practices."""
    rows = counted_countries()
    context = {"rows": rows, "roles": CountryRole.choices, "world": of_countries(rows)}
    return render(request, "practices/country_list.html", context)


@require_safe
def country(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one country: its practices by what it is to them, actors, events, findings."""
    country = get_object_or_404(Country.objects.select_related("region", "subregion"), slug=slug)
    by_role = practices_by_country_role(country)
    pks = {pk for members in by_role.values() for pk in members}
    made = {card.practice.pk: card for card in cards(Practice.objects.published().filter(pk__in=pks).by_title())}
    context = {
        "country": country,
        "locator": locator(country),
        "total": len(made),
        "counts": [(code, label, len(by_role[code])) for code, label in CountryRole.choices if by_role[code]],
        "missing": [
            dimension
            for dimension in reference().vocabulary(Dimension)
            if not any(dimension in card.dimensions for card in made.values())
        ],
        "groups": [
            (code, label, by_dimension(made[pk] for pk in by_role[code] if pk in made))
            for code, label in CountryRole.choices
            if by_role[code]
        ],
        "stakeholders": Stakeholder.objects.published().with_practice_counts().filter(country=country).by_title(),
        "events": Event.objects.published().concerning(country=country),
        "findings": Finding.objects.published().filter(countries=country),
    }
    return render(request, "practices/country.html", context)
