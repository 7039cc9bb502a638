"""Dimensions, topics, target groups and stakeholder roles: the list of a vocabulary's terms, and one term."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.models import Dimension, StakeholderRole, TargetGroup, Term, Topic
from practices.pages.term import term_list_page, term_page

View = Callable[..., HttpResponse]


def list_of(model: type[Term]) -> View:
    """Return the view that lists the terms of a vocabulary with their practices counted."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        context = {"vocabulary": model._meta, "page": term_list_page(model)}
        return render(request, "term/term_list.html", context)

    return view


def page_of(model: type[Term]) -> View:
    """Return the view of one term: definition, figures, practices, countries, actors, findings.

    A term that is replaced sends readers on to the one in its place.
    """

    @require_safe
    def view(request: HttpRequest, code: str) -> HttpResponse:
        term = get_object_or_404(model._default_manager.select_related("parent"), code=code)
        if term.replaced_by_id:
            return redirect(current().vocabularies.in_place_of(term), permanent=True)
        context = {"vocabulary": model._meta, "term": term, "page": term_page(term)}
        return render(request, "term/term.html", context)

    return view


dimension_list, dimension = list_of(Dimension), page_of(Dimension)
topic_list, topic = list_of(Topic), page_of(Topic)
group_list, group = list_of(TargetGroup), page_of(TargetGroup)
role = page_of(StakeholderRole)
