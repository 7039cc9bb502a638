"""Stakeholder roles, and the organisations that act in them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.models import Stakeholder, StakeholderRole
from practices.pages.stakeholder import stakeholder_list_page, stakeholder_page
from practices.pages.term import term_list_page
from practices.views.records import public_record_view


@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    """Show the tree of stakeholder roles."""
    return render(request, "stakeholder/role_list.html", {"page": term_list_page(StakeholderRole)})


@require_safe
def stakeholder_list(request: HttpRequest) -> HttpResponse:
    """List the organisations, by name."""
    page = stakeholder_list_page(request.GET.get("page"))
    return render(request, "stakeholder/stakeholder_list.html", {"page": page})


@public_record_view(Stakeholder)
def stakeholder(request: HttpRequest, stakeholder: Stakeholder) -> HttpResponse:
    """Show one organisation: what it is, what it does in which practice, with whom, and its meetings."""
    context = {"stakeholder": stakeholder, "page": stakeholder_page(stakeholder)}
    return render(request, "stakeholder/stakeholder.html", context)
