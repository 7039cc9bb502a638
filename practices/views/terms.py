"""Dimensions, topics and target groups: the list of a vocabulary's terms, and one term."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from practices.browse.cards import cards
from practices.browse.lists import counted_terms
from practices.browse.reference import reference
from practices.models import Dimension, Finding, Practice, TargetGroup, Term, Topic

View = Callable[..., HttpResponse]


def list_of(model: type[Term], field: str) -> View:
    """Return the view that lists the terms of a vocabulary with their practices counted."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        context = {"vocabulary": model._meta, "terms": counted_terms(model, field)}
        return render(request, "practices/term_list.html", context)

    return view


def page_of(model: type[Term], field: str) -> View:
    """Return the view of one term: definition, practices, findings."""

    @require_safe
    def view(request: HttpRequest, code: str) -> HttpResponse:
        term = get_object_or_404(model._default_manager.select_related("parent"), code=code)
        known = reference()
        terms = known.with_narrower([term])
        practices = Practice.objects.published().with_terms(**{field: terms}).by_title()
        context = {
            "vocabulary": model._meta,
            "term": term,
            "narrower": known.children(term),
            "cards": cards(practices),
            "findings": Finding.objects.published().filter(**{f"{field}__in": terms}).distinct(),
        }
        return render(request, "practices/term.html", context)

    return view


dimension_list, dimension = list_of(Dimension, "dimensions"), page_of(Dimension, "dimensions")
topic_list, topic = list_of(Topic, "topics"), page_of(Topic, "topics")
group_list, group = list_of(TargetGroup, "target_groups"), page_of(TargetGroup, "target_groups")
