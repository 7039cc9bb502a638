"""Findings as pages show them: the tree by kind, and the terms and citations of one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy

from practices.catalog import current
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
from practices.querysets import PUBLISHED, m2m_rows

#: how many findings of each kind a page of something else shows
SHOWN = 8
#: the kinds as headings, which are of many
KINDS = {
    FindingKind.LESSON.value: gettext_lazy("Lessons"),
    FindingKind.APPROACH.value: gettext_lazy("Approaches"),
    FindingKind.PRINCIPLE.value: gettext_lazy("Principles"),
    FindingKind.DEFINITION.value: gettext_lazy("Definitions"),
    FindingKind.MODEL.value: gettext_lazy("Models of integration"),
    FindingKind.RECOMMENDATION.value: gettext_lazy("Recommendations"),
    FindingKind.CHALLENGE.value: gettext_lazy("Challenges"),
    FindingKind.ROLE_STATEMENT.value: gettext_lazy("Roles of stakeholders"),
    FindingKind.STATISTIC.value: gettext_lazy("Statistics"),
    FindingKind.OPEN_QUESTION.value: gettext_lazy("Open questions"),
}
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
    """A kind of finding with how many there are, and the first of them where a page shows some."""

    code: str
    label: str
    count: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class KindAsTree:
    """A kind of finding with how many there are, and as a page shows it: all of it, or the first few (`cut`)."""

    code: str
    label: str
    count: int
    branches: list[Branch]
    cut: bool


def tree(chosen: str = "") -> tuple[list[KindOfFinding], list[KindAsTree]]:
    """Return the kinds that there are, and the chosen one whole or the first of each, as trees. One query.

    A finding under another of the same kind stands there only.
    """
    findings = list(Finding.objects.published())
    by_pk = {one.pk: one for one in findings}
    children: dict[int, list[Finding]] = {}
    for one in findings:
        children.setdefault(one.parent_id or 0, []).append(one)
    counts = Counter(one.kind for one in findings)
    kinds = [KindOfFinding(code, str(KINDS[code]), counts[code]) for code in FindingKind.values if counts[code]]
    tops: dict[str, list[Finding]] = {}
    for one in findings:
        if one.parent_id not in by_pk or by_pk[one.parent_id].kind != one.kind:
            tops.setdefault(one.kind, []).append(one)
    most = None if chosen else SHOWN
    return kinds, [
        KindAsTree(
            kind.code,
            kind.label,
            kind.count,
            [_branch(top, children) for top in tops[kind.code][:most]],
            cut=bool(most and len(tops[kind.code]) > most),
        )
        for kind in kinds
        if not chosen or kind.code == chosen
    ]


def _branch(finding: Finding, children: dict[int, list[Finding]]) -> Branch:
    return Branch(finding, [_branch(one, children) for one in children.get(finding.pk, [])])


def about(field: str, values: Iterable[Any], first: str = "") -> list[KindOfFinding]:
    """Return the findings tied to any of some terms or countries by kind, the kind `first` before the others.

    Of each kind the first SHOWN, with how many there are. One query.
    """
    relation: Any = Finding._meta.get_field(field)
    target = relation.m2m_reverse_field_name()
    ties = relation.remote_field.through.objects.filter(**{f"{target}__in": list(values)})
    numbered = (
        Finding.objects.published()
        .filter(pk__in=ties.values("finding_id"))
        .annotate(
            place=Window(RowNumber(), partition_by="kind", order_by=[F("position"), F("sort_key"), F("pk")]),
            of_kind=Window(Count("pk"), partition_by="kind"),
        )
    )
    found: list[Any] = list(numbered.filter(place__lte=SHOWN).order_by("place"))
    kinds = []
    for code, label in KINDS.items():
        if members := tuple(one for one in found if one.kind == code):
            kinds.append(KindOfFinding(code, str(label), members[0].of_kind, members))
    return sorted(kinds, key=lambda kind: kind.code != first)


def cited(finding: Finding) -> dict[str, Any]:
    """Return a finding's terms, countries and citations, for its page. Two queries."""
    known = current().vocabularies
    ties = [m2m_rows(Finding, name, [finding.pk]) for name in (*TERM_FIELDS, "countries")]
    found: dict[str, set[int]] = {}
    for name, _finding, pk in ties[0].union(*ties[1:], all=True):
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
