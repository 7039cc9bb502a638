"""Findings as pages show them: the tree by kind, and the terms and citations of one."""

from collections import Counter
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


@dataclass(frozen=True)
class KindOfFinding:
    """A kind of finding with how many there are."""

    code: str
    label: str
    count: int


def tree(kind: str) -> tuple[list[KindOfFinding], list[Branch]]:
    """Return the kinds that there are, and the findings of one kind, each with all that stands under it. One query.

    A finding under another of the same kind stands there only.
    """
    findings = list(Finding.objects.published())
    by_pk = {one.pk: one for one in findings}
    children: dict[int, list[Finding]] = {}
    for one in findings:
        children.setdefault(one.parent_id or 0, []).append(one)
    counts = Counter(one.kind for one in findings)
    kinds = [KindOfFinding(code, str(label), counts[code]) for code, label in FindingKind.choices if counts[code]]
    wanted = [one for one in findings if one.kind == kind]
    tops = [one for one in wanted if one.parent_id not in by_pk or by_pk[one.parent_id].kind != kind]
    return kinds, [_branch(top, children) for top in tops]


def _branch(finding: Finding, children: dict[int, list[Finding]]) -> Branch:
    return Branch(finding, [_branch(one, children) for one in children.get(finding.pk, [])])


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
