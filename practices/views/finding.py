"""Findings: the tree of what the reports conclude, and one finding."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from practices.models import Finding, FindingKind, Practice
from practices.pages.finding import KINDS, cited, tree
from practices.pages.prev_next import among
from practices.search.cards import cards_of
from practices.views.records import shows


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    """Show the findings as trees: the first of each kind, or all of the kind that `kind` names."""
    kind = request.GET.get("kind", "")
    chosen = kind if kind in FindingKind.values else ""
    kinds, trees = tree(chosen)
    context = {
        "kinds": kinds,
        "trees": trees,
        "chosen": chosen,
        "label": KINDS.get(chosen, ""),
        "total": sum(one.count for one in kinds),
    }
    return render(request, "finding/finding_list.html", context)


@shows(Finding)
def finding(request: HttpRequest, finding: Finding) -> HttpResponse:
    """Show one finding: the claim, what illustrates it, where it stands, and those beside it."""
    public = Finding.objects.published()
    beside = list(public.filter(parent=finding.parent_id, kind=finding.kind).only("slug", "title"))
    illustrating = Practice.objects.published().filter(findings=finding).by_title()
    context = {
        "finding": finding,
        "parent": public.filter(pk=finding.parent_id or 0).first(),
        "children": public.filter(parent=finding),
        "cards": cards_of(illustrating.values_list("pk", flat=True)),
        "neighbours": among(beside, finding, f"{reverse('finding_list')}?kind={finding.kind}"),
        **cited(finding),
    }
    return render(request, "finding/finding.html", context)
