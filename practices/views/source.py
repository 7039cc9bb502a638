"""Sources: the reports, and one report by section."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.catalog.counts import by_value
from practices.models import Event, Source
from practices.pages.prev_next import of_listed
from practices.pages.source import parts, sections
from practices.provenance.coverage import coverage
from practices.views.records import shows


@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """List the reports."""
    rows = Source.objects.published().order_by("year", "sort_key")
    return render(request, "source/source_list.html", {"sources": rows, "counts": by_value("source")})


@shows(Source)
def source(request: HttpRequest, source: Source) -> HttpResponse:
    """Show one report: how to cite it, and what was taken from each section and paragraph."""
    context = {
        "source": source,
        "event": Event.objects.published().filter(pk=source.event_id).first(),
        "parts": parts(zip(sections(source), coverage(source), strict=True)),  # both in the order of the text
        "counts": by_value("source"),
        "neighbours": of_listed("source", current().vocabularies.sources, source.slug),
    }
    return render(request, "source/source.html", context)
