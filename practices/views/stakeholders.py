"""Stakeholder roles, and the organisations that act in them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from practices.browse.cards import cards
from practices.browse.lists import counted_roles, functions_by_dimension
from practices.browse.reference import reference
from practices.models import Event, Finding, Function, Involvement, Practice, Stakeholder, StakeholderRole
from practices.views.records import shows

PAGE_SIZE = 100


@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    """Show the tree of stakeholder roles."""
    return render(request, "practices/role_list.html", {"roles": counted_roles()})


@require_safe
def role(request: HttpRequest, code: str) -> HttpResponse:
    """Show one role: its task as the reports see it, functions by dimension, actors, practices."""
    role = get_object_or_404(StakeholderRole.objects.select_related("parent"), code=code)
    known = reference()
    roles = known.with_narrower([role])
    practices = Practice.objects.published().having("involvements", role__in=roles).by_title()
    actors = Stakeholder.objects.published().filter(role__in=roles)
    context = {
        "role": role,
        "narrower": known.children(role),
        "cross": functions_by_dimension(role),
        "findings": Finding.objects.published().filter(roles__in=roles).distinct(),
        "stakeholders": actors.with_practice_counts().by_title(),
        "cards": cards(practices),
    }
    return render(request, "practices/role.html", context)


@require_safe
def stakeholder_list(request: HttpRequest) -> HttpResponse:
    """List the organisations, by name."""
    rows = Stakeholder.objects.published().with_practice_counts().by_title()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "practices/stakeholder_list.html", {"page": page, "known": reference()})


@shows(Stakeholder)
def stakeholder(request: HttpRequest, stakeholder: Stakeholder) -> HttpResponse:
    """Show one organisation: what it is, and what it does in which practice."""
    made = {card.practice.pk: card for card in cards(Practice.objects.published().of(stakeholder).by_title())}
    rows = Involvement.objects.filter(stakeholder=stakeholder, practice__in=made).order_by("practice_id", "position")
    involvements = list(rows.select_related("role"))
    groups = [
        (label, [(made[row.practice_id], row) for row in involvements if row.function == code])
        for code, label in Function.choices
    ]
    context = {
        "stakeholder": stakeholder,
        "known": reference(),
        "groups": [(label, members) for label, members in groups if members],
        "events": Event.objects.published().joined_by(stakeholder),
        "total": len(made),
    }
    return render(request, "practices/stakeholder.html", context)
