"""Practices: the searchable list, suggestions while typing, and one practice."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.models import Practice
from practices.pages.map import of_results
from practices.pages.practice import detail
from practices.pages.prev_next import ORIGIN, in_search
from practices.search.request import SearchRequest
from practices.search.results import Results
from practices.search.suggestions import suggestions
from practices.views.records import public_record_view


@require_safe
def practice_list(request: HttpRequest) -> HttpResponse:
    """Show the practices that the query string asks for; what it asks for wrongly is ignored."""
    search = SearchRequest(request.GET)
    results = Results(search)
    page = results.page(request.GET.get("page"))
    context = {
        "search": search,
        "results": results,
        "page": page,
        "hits": results.hits(page),
        "world": of_results(results) if search.display.view == "map" else None,
    }
    return render(request, "practice_list/practice_list.html", context)


@require_safe
def practice_suggestions(request: HttpRequest) -> JsonResponse:
    """Answer what begins with the words in `q`, for the search box."""
    found: list[dict[str, Any]] = [vars(one) for one in suggestions(request.GET.get("q", ""))]
    return JsonResponse({"suggestions": found}, json_dumps_params={"ensure_ascii": False})


@public_record_view(Practice)
def practice(request: HttpRequest, practice: Practice) -> HttpResponse:
    """Show one practice, with its neighbours in the search from which the reader came."""
    context = {
        "practice": practice,
        "detail": detail(practice),
        "neighbours": in_search(practice, request.GET.get(ORIGIN, "")),
    }
    return render(request, "practice/practice.html", context)
