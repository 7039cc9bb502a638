"""Events: the meetings, and one meeting with its sessions and who took part."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from practices.catalog.counts import by_value
from practices.models import Event, Source
from practices.pages.event import taking_part
from practices.pages.prev_next import among
from practices.views.records import shows


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """List the meetings by date, the undated last."""
    return render(request, "event/event_list.html", {"events": Event.objects.published().by_date()})


@shows(Event)
def event(request: HttpRequest, event: Event) -> HttpResponse:
    """Show one meeting."""
    every = list(Event.objects.published().by_date().only("slug", "name"))
    context = {
        "event": event,
        "sources": Source.objects.published().filter(event=event),
        "counts": by_value("country"),
        "neighbours": among(every, event, reverse("event_list")),
        **taking_part(event),
    }
    return render(request, "event/event.html", context)
