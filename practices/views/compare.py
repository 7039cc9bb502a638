"""Compare: practices or countries side by side. Selection: the practices that a reader has put together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.pages.compare import MAX_COMPARED, MIN_COMPARED, heading
from practices.pages.compare.countries import compare_countries
from practices.pages.compare.practices import compare_practices
from practices.pages.selection import CountrySelection, PracticeSelection, select_countries, select_practices
from practices.search.cards import cards_of


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Compare the practices that the address names, or the countries where it names no practice."""
    if "practice" in request.GET:
        return _practices(request, select_practices(request.GET.getlist("practice"), limit=MAX_COMPARED))
    return _countries(request, select_countries(request.GET.getlist("country"), limit=MAX_COMPARED))


def _practices(request: HttpRequest, selection: PracticeSelection) -> HttpResponse:
    practices = selection.practices
    if len(practices) < MIN_COMPARED:
        return _choose(request, selection, practices=practices)
    context = {"selection": selection, "comparison": compare_practices(practices), "heading": heading(practices)}
    return render(request, "compare/practices.html", context)


def _countries(request: HttpRequest, selection: CountrySelection) -> HttpResponse:
    countries = selection.countries
    if len(countries) < MIN_COMPARED:
        return _choose(request, selection, countries=countries)
    context = {"selection": selection, "comparison": compare_countries(countries), "heading": heading(countries)}
    return render(request, "compare/countries.html", context)


def _choose(request: HttpRequest, selection: PracticeSelection | CountrySelection, **records: object) -> HttpResponse:
    """Say how to choose, and keep what the address names already."""
    context = {"selection": selection, "offered": current().vocabularies.named_countries, **records}
    return render(request, "compare/choose.html", context)


@require_safe
def selection(request: HttpRequest) -> HttpResponse:
    """Show the practices that the address names, in its order."""
    selection = select_practices(request.GET.getlist("practice"))
    cards = cards_of(practice.pk for practice in selection.practices)
    context = {
        "selection": selection,
        "entries": [(card, selection.without(card.practice)) for card in cards],
        "comparable": MIN_COMPARED <= len(cards) <= MAX_COMPARED,
    }
    return render(request, "selection/selection.html", context)
