"""Briefs: two pages on a country, a role, a search or a list, as they will be on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.catalog import current
from practices.exports.citation import CitationContext
from practices.models import StakeholderRole
from practices.pages.brief.builder import build_brief


@require_safe
def brief(request: HttpRequest) -> HttpResponse:
    """Show the brief that the query string asks for, and a form for another one."""
    vocabularies = current().vocabularies
    context = {
        "brief": build_brief(request.GET, CitationContext.of(request).site),
        "offered": vocabularies.named_countries,
        "roles": vocabularies.vocabulary(StakeholderRole),
    }
    return render(request, "brief/brief.html", context)
