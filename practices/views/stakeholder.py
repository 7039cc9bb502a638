"""Stakeholder roles, and the organisations that act in them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.catalog.counts import by_value, term_counts
from practices.models import Event, Stakeholder, StakeholderRole
from practices.pages.stakeholder import page_of_stakeholder
from practices.views.records import shows

PAGE_SIZE = 50


@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    """Show the tree of stakeholder roles."""
    return render(request, "stakeholder/role_list.html", {"roles": term_counts(StakeholderRole)})


@require_safe
def stakeholder_list(request: HttpRequest) -> HttpResponse:
    """List the organisations, by name."""
    page = Paginator(Stakeholder.objects.published().by_title(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "known": current().vocabularies, "counts": by_value("stakeholder")}
    return render(request, "stakeholder/stakeholder_list.html", context)


@shows(Stakeholder)
def stakeholder(request: HttpRequest, stakeholder: Stakeholder) -> HttpResponse:
    """Show one organisation: what it is, what it does in which practice, with whom, and its meetings."""
    context = {
        "stakeholder": stakeholder,
        "known": current().vocabularies,
        "page": page_of_stakeholder(stakeholder),
        "events": Event.objects.published().joined_by(stakeholder),
    }
    return render(request, "stakeholder/stakeholder.html", context)
