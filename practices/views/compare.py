"""Compare: practices or countries side by side. Selection: the practices that a reader has put together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.pages.compare import FEWEST, MOST, heading
from practices.pages.compare.countries import compare_countries
from practices.pages.compare.practices import compare_practices
from practices.pages.selection import Countries, Selection, selected, selected_countries
from practices.search.cards import cards_of


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Compare the practices that the address names, or the countries where it names no practice."""
    if "practice" in request.GET:
        return _practices(request, selected(request.GET.getlist("practice"), most=MOST))
    return _countries(request, selected_countries(request.GET.getlist("country"), most=MOST))


def _practices(request: HttpRequest, chosen: Selection) -> HttpResponse:
    if len(chosen.practices) < FEWEST:
        return _choose(request, chosen, practices=chosen.practices)
    compared = compare_practices(chosen.practices)
    context = {"chosen": chosen, "compared": compared, "heading": heading(chosen.practices)}
    return render(request, "compare/practices.html", context)


def _countries(request: HttpRequest, chosen: Countries) -> HttpResponse:
    if len(chosen.countries) < FEWEST:
        return _choose(request, chosen, countries=chosen.countries)
    compared = compare_countries(chosen.countries)
    context = {"chosen": chosen, "compared": compared, "heading": heading(chosen.countries)}
    return render(request, "compare/countries.html", context)


def _choose(request: HttpRequest, chosen: Selection | Countries, **one: object) -> HttpResponse:
    """Say how to choose, and keep what is chosen already."""
    context = {"chosen": chosen, "offered": current().vocabularies.named_countries, **one}
    return render(request, "compare/choose.html", context)


@require_safe
def selection(request: HttpRequest) -> HttpResponse:
    """Show the practices that the address names, in its order."""
    chosen = selected(request.GET.getlist("practice"))
    shown = [(card, chosen.without(card.practice)) for card in cards_of(one.pk for one in chosen.practices)]
    compared = FEWEST <= len(shown) <= MOST
    return render(request, "selection/selection.html", {"chosen": chosen, "shown": shown, "compared": compared})
