"""Practices: the searchable list, suggestions while typing, and one practice."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.curation.searches import log_search
from practices.models import Practice
from practices.pages.practice import practice_page
from practices.pages.practice_list import practice_list_page
from practices.pages.prev_next import ORIGIN
from practices.search.suggestions import suggestions
from practices.views.records import public_record_view


@require_safe
def practice_list(request: HttpRequest) -> HttpResponse:
    """Show the practices that the query string asks for."""
    page = practice_list_page(request.GET)
    log_search(request, page.results.full)
    return render(request, "practice_list/practice_list.html", vars(page))


@require_safe
def practice_suggestions(request: HttpRequest) -> JsonResponse:
    """Answer what begins with the words in `q`, for the search box."""
    suggested = [vars(suggestion) for suggestion in suggestions(request.GET.get("q", ""))]
    return JsonResponse({"suggestions": suggested}, json_dumps_params={"ensure_ascii": False})


@public_record_view(Practice)
def practice(request: HttpRequest, practice: Practice) -> HttpResponse:
    """Show one practice, with what stands before and after it in the search from which the reader came."""
    page = practice_page(practice, request.GET.get(ORIGIN, ""))
    return render(request, "practice/practice.html", {"practice": practice, **vars(page)})
