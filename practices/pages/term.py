"""One term as its page shows it: how many practices, crossed with what, which first, and the findings about it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from practices.catalog import current
from practices.catalog.counts import faceted, most_specific, practices_with, ranked_values, search_url
from practices.catalog.crosstab import Axis, CountTable, cross
from practices.catalog.link import Link
from practices.models import Dimension, Finding, Function, StakeholderRole, Term
from practices.pages.finding import KindOfFinding, about
from practices.pages.prev_next import Neighbours, of_term
from practices.search.cards import Card, cards_of

#: how many countries and roles a table of counts has
ROWS, COLUMNS = 10, 6
#: how many values are named of each list that often goes with a term
OFTEN = 8


@dataclass(frozen=True)
class Often:
    """What a term often goes with: values of one parameter, the most frequent first."""

    label: str
    values: list[Link]


@dataclass(frozen=True)
class TermPage:
    """Everything that a term's page shows, whatever its vocabulary."""

    term: Any
    total: int
    url: str
    narrower: list[Any]
    figures: list[tuple[int, str, str]]
    tables: list[CountTable]
    often: list[Often]
    cards: list[Card]
    findings: list[KindOfFinding]
    neighbours: Neighbours


def page_of_term(term: Term) -> TermPage:
    """Return the page of a dimension, topic, target group or stakeholder role. Two queries."""
    name, asked = term.parameter, {term.parameter: term.code}
    among = practices_with(**asked)
    first = practices_with(role=term.code, function=Function.LEAD) if name == "role" else None
    findings = about(
        _tie(term), current().vocabularies.with_narrower([term]), "role-statement" if name == "role" else ""
    )
    return TermPage(
        term=term,
        total=len(among),
        url=search_url(**asked),
        narrower=current().vocabularies.children(term),
        figures=_figures(term, among, findings),
        tables=_tables(term, among),
        often=_often(term, among),
        cards=cards_of(most_specific(name, among, first=first)),
        findings=findings,
        neighbours=of_term(term),
    )


def _tie(term: Term) -> str:
    """Return the field by which findings are tied to terms of this vocabulary."""
    related = {field.related_model: field.name for field in Finding._meta.many_to_many}
    return related[type(term)]


def _figures(term: Term, among: Any, findings: list[KindOfFinding]) -> list[tuple[int, str, str]]:
    """Return (number, of what, address) for what the collection holds on a term."""
    asked = {term.parameter: term.code}
    number = {name: len(faceted(**asked).counts(name)) for name in ("country", "stakeholder", "source")}
    return [
        (len(among), _("practices"), search_url(**asked)),
        (number["country"], _("countries"), "#tables" if among else ""),
        (number["stakeholder"], _("stakeholders"), ""),
        (sum(kind.count for kind in findings), _("findings"), "#findings" if findings else ""),
        (number["source"], _("sources"), ""),
    ]


def _tables(term: Term, among: Any) -> list[CountTable]:
    """Return the tables of a term: a role's functions by dimension, and its countries by dimension or role."""
    if not among:
        return []
    asked = {term.parameter: term.code}
    countries = Axis("country", ranked_values("country", among, ROWS))
    dimensions = Axis.of_terms(current().vocabularies.vocabulary(Dimension))
    tables = []
    if isinstance(term, StakeholderRole):
        caption = _("Practices by function and dimension; a number leads to its practices")
        tables.append(cross(_("Function"), caption, Axis.of_choices("function"), dimensions, **asked))
    if isinstance(term, Dimension):
        tops = [one for one in current().vocabularies.vocabulary(StakeholderRole) if one.parent_id is None]
        counts = faceted(**asked).counts("role")
        roles = Axis.of_terms(sorted(tops, key=lambda one: -counts.get(one.code, 0))[:COLUMNS])
        caption = _("Practices by country and by who takes part: the countries and roles with most practices")
        tables.append(cross(_("Country"), caption, countries, roles, **asked))
    elif countries.values:
        caption = _("Practices by country and dimension: the countries with most practices")
        tables.append(cross(_("Country"), caption, countries, dimensions, **asked))
    return tables


def _often(term: Term, among: Any) -> list[Often]:
    """Return what a term often goes with: topics, target groups, roles and organisations."""
    asked = {term.parameter: term.code}
    labels = {
        "topic": _("Topics"),
        "group": _("Target groups"),
        "role": _("Who takes part"),
        "stakeholder": _("Stakeholders"),
        "kind": _("Kinds of practice"),
    }
    if term.parameter == "role":
        labels = {"stakeholder": _("Stakeholders that act in it"), **labels}
    found = []
    for name, label in labels.items():
        if name != term.parameter:
            most = None if name == "stakeholder" else OFTEN
            found.append(Often(label, ranked_values(name, among, most, **asked)))
    return [one for one in found if one.values]
