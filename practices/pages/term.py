"""The pages of terms: the list of a vocabulary, and one term with its counts, practices and findings."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from pyroaring import BitMap

from practices.catalog import current
from practices.catalog.counts import (
    TermCount,
    faceted,
    most_specific,
    practices_with,
    ranked_values,
    search_url,
    term_counts,
)
from practices.catalog.crosstab import Axis, CountTable, cross
from practices.catalog.link import Link
from practices.models import Dimension, Finding, Function, StakeholderRole, Term
from practices.pages.finding import KindOfFinding, findings_about
from practices.pages.prev_next import PreviousNext, in_vocabulary
from practices.search.cards import Card, cards_of

#: how many countries and roles a table of counts has
ROWS, COLUMNS = 10, 6
#: how many values are named of each list that often goes with a term
OFTEN = 8


@dataclass(frozen=True)
class TermListPage:
    """The tree of a vocabulary; `nested` where it has more than one level."""

    terms: list[TermCount]
    nested: bool


@dataclass(frozen=True)
class FrequentValues:
    """What a term often goes with: values of one parameter, the most frequent first."""

    label: str
    values: list[Link]


@dataclass(frozen=True)
class TermPage:
    """Everything that the page of a term shows, whatever its vocabulary; `url` leads to its practices."""

    total: int
    url: str
    narrower: list[Term]
    figures: list[Link]
    tables: list[CountTable]
    often: list[FrequentValues]
    cards: list[Card]
    findings: list[KindOfFinding]
    prev_next: PreviousNext


def term_list_page(vocabulary: type[Term]) -> TermListPage:
    """Return the list of a vocabulary. No query."""
    terms = term_counts(vocabulary)
    return TermListPage(terms, any(term.children for term in terms))


def term_page(term: Term) -> TermPage:
    """Return the page of a dimension, topic, target group or stakeholder role. Two queries."""
    parameter, values, vocabularies = term.parameter, {term.parameter: term.code}, current().vocabularies
    practices = practices_with(**values)
    is_role = isinstance(term, StakeholderRole)
    led = practices_with(role=term.code, function=Function.LEAD) if is_role else None
    first_kind = "role-statement" if is_role else ""
    findings = findings_about(_relation_of_findings(term), vocabularies.with_narrower([term]), first_kind)
    return TermPage(
        total=len(practices),
        url=search_url(**values),
        narrower=vocabularies.children(term),
        figures=_figures(term, practices, findings),
        tables=_tables(term, practices),
        often=_often(term, practices),
        cards=cards_of(most_specific(parameter, practices, first=led)),
        findings=findings,
        prev_next=in_vocabulary(term),
    )


def _relation_of_findings(term: Term) -> str:
    """Return the field by which findings name terms of this vocabulary."""
    fields = {field.related_model: field.name for field in Finding._meta.many_to_many}
    return fields[type(term)]


def _figures(term: Term, practices: BitMap, findings: list[KindOfFinding]) -> list[Link]:
    """Return how much the collection holds on a term, each number with where it leads."""
    values = {term.parameter: term.code}
    number = {parameter: len(faceted(**values).counts(parameter)) for parameter in ("country", "stakeholder", "source")}
    return [
        Link(_("practices"), search_url(**values), len(practices)),
        Link(_("countries"), "#tables" if practices else "", number["country"]),
        Link(_("stakeholders"), "", number["stakeholder"]),
        Link(_("findings"), "#findings" if findings else "", sum(kind.count for kind in findings)),
        Link(_("sources"), "", number["source"]),
    ]


def _tables(term: Term, practices: BitMap) -> list[CountTable]:
    """Return the tables of a term: a role's functions by dimension, and its countries by dimension or role."""
    if not practices:
        return []
    values = {term.parameter: term.code}
    countries = Axis("country", ranked_values("country", practices, ROWS))
    dimensions = Axis.of_terms(current().vocabularies.vocabulary(Dimension))
    tables = []
    if isinstance(term, StakeholderRole):
        caption = _("Practices by function and dimension; a number leads to its practices")
        tables.append(cross(_("Function"), caption, Axis.of_choices("function"), dimensions, **values))
    if isinstance(term, Dimension):
        caption = _("Practices by country and by who takes part: the countries and roles with most practices")
        tables.append(cross(_("Country"), caption, countries, _frequent_roles(term), **values))
    elif countries.values:
        caption = _("Practices by country and dimension: the countries with most practices")
        tables.append(cross(_("Country"), caption, countries, dimensions, **values))
    return tables


def _frequent_roles(term: Term) -> Axis:
    """Return the broad stakeholder roles with most practices of a term."""
    roles = [role for role in current().vocabularies.vocabulary(StakeholderRole) if role.parent_id is None]
    counts = faceted(**{term.parameter: term.code}).counts("role")
    return Axis.of_terms(sorted(roles, key=lambda role: -counts.get(role.code, 0))[:COLUMNS])


def _often(term: Term, practices: BitMap) -> list[FrequentValues]:
    """Return what a term often goes with: topics, target groups, roles and organisations."""
    labels = {
        "topic": _("Topics"),
        "group": _("Target groups"),
        "role": _("Who takes part"),
        "stakeholder": _("Stakeholders"),
        "kind": _("Kinds of practice"),
    }
    if term.parameter == "role":
        labels = {"stakeholder": _("Stakeholders that act in it"), **labels}
    often = []
    for parameter, label in labels.items():
        limit = None if parameter == "stakeholder" else OFTEN
        if parameter != term.parameter:
            values = ranked_values(parameter, practices, limit, **{term.parameter: term.code})
            often.append(FrequentValues(label, values))
    return [frequent for frequent in often if frequent.values]
