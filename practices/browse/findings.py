"""Findings as pages show them: the tree by kind, and the terms and citations of one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Value

from practices.browse.reference import reference
from practices.models import (
    Citation,
    Country,
    Dimension,
    Finding,
    FindingKind,
    StakeholderRole,
    TargetGroup,
    Term,
    Topic,
)
from practices.querysets import PUBLISHED

TERM_FIELDS: dict[str, type[Term]] = {
    "dimensions": Dimension,
    "roles": StakeholderRole,
    "topics": Topic,
    "target_groups": TargetGroup,
}


@dataclass(frozen=True)
class Branch:
    """A finding with those that stand under it."""

    finding: Finding
    children: list["Branch"]


def tree(kind: str = "") -> list[tuple[str, str, list[Branch]]]:
    """Return (code, label, branches) of each kind at the top of the tree, or of one kind wherever it stands."""
    findings = list(Finding.objects.published())
    if kind:
        return [(kind, str(FindingKind(kind).label), [Branch(one, []) for one in findings if one.kind == kind])]
    public = {one.pk for one in findings}
    tops = [one for one in findings if one.parent_id not in public]
    groups = [
        (code, str(label), [_branch(top, findings) for top in tops if top.kind == code])
        for code, label in FindingKind.choices
    ]
    return [group for group in groups if group[2]]


def _branch(finding: Finding, findings: list[Finding]) -> Branch:
    return Branch(finding, [_branch(one, findings) for one in findings if one.parent_id == finding.pk])


def cited(finding: Finding) -> dict[str, Any]:
    """Return a finding's terms, countries and citations, for its page. Two queries."""
    known = reference()
    links = [_links(finding, name) for name in (*TERM_FIELDS, "countries")]
    found: dict[str, set[int]] = {}
    for name, pk in links[0].union(*links[1:], all=True):
        found.setdefault(name, set()).add(pk)
    terms = [
        term
        for name, model in TERM_FIELDS.items()
        for term in known.vocabulary(model)
        if term.pk in found.get(name, ())
    ]
    countries: list[Country] = [country for pk, country in known.countries.items() if pk in found.get("countries", ())]
    citations = Citation.objects.filter(findings=finding, section__source__state=PUBLISHED)
    return {
        "terms": terms,
        "countries": countries,
        "citations": list(citations.select_related("section__source").order_by("section__source__year", "section")),
    }


def _links(finding: Finding, name: str) -> Any:
    field: Any = Finding._meta.get_field(name)
    rows = field.remote_field.through.objects.filter(finding=finding).order_by()
    return rows.values_list(Value(name), f"{field.m2m_reverse_field_name()}_id")
