"""Events: the meetings, and one meeting with its sessions and who took part."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.models import Event
from practices.pages.event import event_list_page, event_page
from practices.views.records import public_record_view


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """List the meetings by date, the undated last."""
    return render(request, "event/event_list.html", {"page": event_list_page()})


@public_record_view(Event)
def event(request: HttpRequest, event: Event) -> HttpResponse:
    """Show one meeting."""
    return render(request, "event/event.html", {"event": event, "page": event_page(event)})
