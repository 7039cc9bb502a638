"""The pages of findings: the trees of them by kind, and one; and the findings that other pages show."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext_lazy

from practices.catalog import current
from practices.models import (
    Citation,
    Country,
    Dimension,
    Finding,
    FindingKind,
    Practice,
    StakeholderRole,
    TargetGroup,
    Term,
    Topic,
)
from practices.models.hierarchy import tree
from practices.pages.prev_next import PreviousNext, in_list
from practices.querysets import PUBLISHED, related_keys
from practices.search.cards import Card, cards_of

#: how many levels of findings the list draws; what stands deeper is shown on the last
LEVELS = 12
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
class FindingTree:
    """A kind of finding with how many there are, and as a page shows it: all of it, or the first few (`cut`)."""

    code: str
    label: str
    count: int
    branches: list[Branch]
    cut: bool


@dataclass(frozen=True)
class FindingListPage:
    """The findings as trees: the first of each kind, or all of the selected one (`kind`, in words `label`)."""

    kinds: list[KindOfFinding]
    trees: list[FindingTree]
    total: int
    kind: str
    label: str


@dataclass(frozen=True)
class FindingPage:
    """Everything that the page of a finding shows; `cards` are the practices that illustrate it."""

    parent: Finding | None
    children: list[Finding]
    cards: list[Card]
    terms: list[Term]
    countries: list[Country]
    citations: list[Citation]
    prev_next: PreviousNext


def finding_list_page(kind: str) -> FindingListPage:
    """Return the list of the findings: of one kind all, of every kind the first where there is no such kind. One query.

    A finding under another of the same kind stands there only.
    """
    kind = kind if kind in KINDS else ""
    findings = list(Finding.objects.published())
    counts = Counter(finding.kind for finding in findings)
    kinds = [KindOfFinding(code, str(label), counts[code]) for code, label in KINDS.items() if counts[code]]
    selected = [group for group in kinds if kind in ("", group.code)]
    trees = _trees(findings, selected, limit=None if kind else SHOWN)
    return FindingListPage(kinds, trees, len(findings), kind, str(KINDS.get(kind, "")))


def _trees(findings: list[Finding], kinds: list[KindOfFinding], limit: int | None) -> list[FindingTree]:
    """Return some kinds of finding as trees, of each the first `limit`."""
    kind_of = {finding.pk: finding.kind for finding in findings}
    parents = tree({finding.pk: finding.parent_id for finding in findings}, LEVELS)
    children: dict[int, list[Finding]] = defaultdict(list)
    tops: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        parent = parents[finding.pk] or 0
        children[parent].append(finding)
        if kind_of.get(parent) != finding.kind:
            tops[finding.kind].append(finding)
    return [
        FindingTree(
            kind.code,
            kind.label,
            kind.count,
            [_branch(top, children) for top in tops[kind.code][:limit]],
            cut=limit is not None and len(tops[kind.code]) > limit,
        )
        for kind in kinds
    ]


def _branch(finding: Finding, children: dict[int, list[Finding]]) -> Branch:
    return Branch(finding, [_branch(child, children) for child in children.get(finding.pk, [])])


def finding_page(finding: Finding) -> FindingPage:
    """Return the page of a finding. Seven queries."""
    public = Finding.objects.published()
    siblings = list(public.filter(parent=finding.parent_id, kind=finding.kind).only("slug", "title"))
    practices = Practice.objects.published().filter(findings=finding).by_title()
    citations = Citation.objects.filter(findings=finding, section__source__state=PUBLISHED)
    terms, countries = _terms_and_countries(finding)
    return FindingPage(
        parent=public.filter(pk=finding.parent_id or 0).first(),
        children=list(public.filter(parent=finding)),
        cards=cards_of(practices.values_list("pk", flat=True)),
        terms=terms,
        countries=countries,
        citations=list(citations.select_related("section__source").order_by("section__source__year", "section")),
        prev_next=in_list(siblings, finding, f"{reverse('finding_list')}?kind={finding.kind}"),
    )


def _terms_and_countries(finding: Finding) -> tuple[list[Term], list[Country]]:
    """Return the terms of a finding by vocabulary, and its countries. One query."""
    vocabularies = current().vocabularies
    keys: dict[str, set[int]] = defaultdict(set)
    for name, _finding, key in related_keys(Finding, (*TERM_FIELDS, "countries"), [finding.pk]):
        keys[name].add(key)
    terms = [
        term for name, model in TERM_FIELDS.items() for term in vocabularies.vocabulary(model) if term.pk in keys[name]
    ]
    return terms, [country for key, country in vocabularies.countries.items() if key in keys["countries"]]


def findings_about(field: str, values: Iterable[object], first: str = "") -> list[KindOfFinding]:
    """Return the findings with any of some terms or countries by kind, the kind `first` before the others.

    `field` is the relation of findings to them; of each kind the first SHOWN, with how many there are. One query.
    """
    relation: Any = Finding._meta.get_field(field)
    links = relation.remote_field.through.objects.filter(**{f"{relation.m2m_reverse_field_name()}__in": list(values)})
    numbered = (
        Finding.objects.published()
        .filter(pk__in=links.values("finding_id"))
        .annotate(
            place=Window(RowNumber(), partition_by="kind", order_by=[F("position"), F("sort_key"), F("pk")]),
            of_kind=Window(Count("pk"), partition_by="kind"),
        )
    )
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for finding in numbered.filter(place__lte=SHOWN).order_by("place"):
        by_kind[finding.kind].append(finding)
    kinds = [
        KindOfFinding(code, str(label), by_kind[code][0].of_kind, tuple(by_kind[code]))
        for code, label in KINDS.items()
        if code in by_kind
    ]
    return sorted(kinds, key=lambda kind: kind.code != first)
