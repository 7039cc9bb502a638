"""The timeline: practices, reports and meetings by year, and the practices of one year."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.pages.timeline import Timeline
from practices.search.request import SearchRequest


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """Show the practices that the query string asks for by year, or those of one year, or of none."""
    timeline = Timeline(SearchRequest(request.GET))
    template = "timeline/timeline.html" if timeline.year is None else "timeline/single_year.html"
    return render(request, template, {"timeline": timeline})
