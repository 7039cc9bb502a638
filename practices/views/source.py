"""Sources: the reports, and one report by section."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.models import Source
from practices.pages.source import source_list_page, source_page
from practices.views.records import public_record_view


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """List the reports."""
    return render(request, "source/source_list.html", {"page": source_list_page()})


@public_record_view(Source)
def source(request: HttpRequest, source: Source) -> HttpResponse:
    """Show one report: how to cite it, and what was taken from each section and paragraph."""
    return render(request, "source/source.html", {"source": source, "page": source_page(source)})
