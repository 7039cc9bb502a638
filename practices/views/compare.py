"""Compare: practices or countries side by side. Selection: the practices that a reader has put together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.browse import compare as comparing
from practices.browse.cards import cards
from practices.browse.compare_countries import compare_countries
from practices.browse.reference import reference
from practices.browse.selection import Countries, Selection, selected, selected_countries


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Compare the practices that the address names, or the countries where it names no practice."""
    if "practice" in request.GET:
        return _practices(request, selected(request.GET.getlist("practice"), most=comparing.MOST))
    return _countries(request, selected_countries(request.GET.getlist("country"), most=comparing.MOST))


def _practices(request: HttpRequest, chosen: Selection) -> HttpResponse:
    if len(chosen.practices) < comparing.FEWEST:
        return _choose(request, chosen, practices=chosen.practices)
    compared = comparing.compare_practices(chosen.practices)
    context = {"chosen": chosen, "compared": compared, "heading": comparing.heading(chosen.practices)}
    return render(request, "practices/compare.html", context)


def _countries(request: HttpRequest, chosen: Countries) -> HttpResponse:
    if len(chosen.countries) < comparing.FEWEST:
        return _choose(request, chosen, countries=chosen.countries)
    compared = compare_countries(chosen.countries)
    context = {"chosen": chosen, "compared": compared, "heading": comparing.heading(chosen.countries)}
    return render(request, "practices/compare_countries.html", context)


def _choose(request: HttpRequest, chosen: Selection | Countries, **one: object) -> HttpResponse:
    """Say how to choose, and keep what is chosen already."""
    context = {"chosen": chosen, "offered": reference().named_countries, **one}
    return render(request, "practices/compare_choose.html", context)


@require_safe
def selection(request: HttpRequest) -> HttpResponse:
    """Show the practices that the address names, in its order."""
    chosen = selected(request.GET.getlist("practice"))
    shown = [(card, chosen.without(card.practice)) for card in cards(chosen.practices)]
    compared = comparing.FEWEST <= len(shown) <= comparing.MOST
    return render(request, "practices/selection.html", {"chosen": chosen, "shown": shown, "compared": compared})
