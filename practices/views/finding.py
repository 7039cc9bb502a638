"""Findings: the tree of what the reports conclude, and one finding."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.models import Finding
from practices.pages.finding import finding_list_page, finding_page
from practices.views.records import public_record_view


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    """Show the findings as trees: the first of each kind, or all of the kind that `kind` names."""
    return render(request, "finding/finding_list.html", {"page": finding_list_page(request.GET.get("kind", ""))})


@public_record_view(Finding)
def finding(request: HttpRequest, finding: Finding) -> HttpResponse:
    """Show one finding: the claim, what illustrates it, where it stands, and those beside it."""
    return render(request, "finding/finding.html", {"finding": finding, "page": finding_page(finding)})
