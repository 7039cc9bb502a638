"""The timeline: practices, reports and meetings by year, and the practices of one year."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.pages.timeline import Timeline
from practices.search.request import SearchRequest


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """Show the practices that the query string asks for by year, or those of one year, or of none."""
    made = Timeline(SearchRequest(request.GET))
    if made.shown is None:
        return render(request, "timeline/timeline.html", {"timeline": made})
    page, entries = made.page(request.GET.get("page"))
    return render(request, "timeline/single_year.html", {"timeline": made, "page": page, "entries": entries})
