"""Practices: the searchable list, and one practice."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.browse.cards import cards
from practices.browse.detail import detail
from practices.browse.filters import SORTS, PracticeFilter
from practices.models import Practice
from practices.views.records import shows

PAGE_SIZE = 20


@require_safe
def practice_list(request: HttpRequest) -> HttpResponse:
    """Show the practices that the query string asks for; what it asks for wrongly is ignored."""
    asked = PracticeFilter(request.GET, Practice.objects.published())
    page = Paginator(asked.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"asked": asked, "facets": asked.facets(), "sorts": SORTS, "page": page, "cards": cards(page.object_list)}
    return render(request, "practices/practice_list.html", context)


@shows(Practice)
def practice(request: HttpRequest, practice: Practice) -> HttpResponse:
    """Show one practice."""
    return render(request, "practices/practice.html", {"practice": practice, "detail": detail(practice)})
