"""One practice as its page shows it: facts, who does what, outcomes, relations, findings, numbered citations."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast

from practices.browse.reference import Reference, reference
from practices.browse.related import Profile, Related, related
from practices.models import (
    Citation,
    Country,
    CountryLink,
    Dimension,
    Finding,
    Function,
    Involvement,
    Kind,
    Level,
    Outcome,
    OutcomeKind,
    PartnershipType,
    Place,
    Practice,
    PracticeCitation,
    Relation,
    Stage,
    Stakeholder,
    StakeholderRole,
    TargetGroup,
    Term,
    Topic,
)
from practices.querysets import PUBLISHED

TERM_FIELDS: dict[str, type[Term]] = {
    "dimensions": Dimension,
    "topics": Topic,
    "target_groups": TargetGroup,
    "stages": Stage,
    "partnership_types": PartnershipType,
}


@dataclass(frozen=True)
class Note:
    """A cited paragraph with its number on the page; several sentences of it may be cited."""

    number: int
    citations: tuple[Citation, ...]

    @property
    def citation(self) -> Citation:
        """One of its citations: they share source, section and paragraph."""
        return self.citations[0]

    @property
    def anchor(self) -> str:
        """The id of the note on the page."""
        return f"citation-{self.number}"


@dataclass(frozen=True)
class Actor:
    """One involvement: role, function, the organisation where it is named and public, and its notes."""

    involvement: Involvement
    role: StakeholderRole
    stakeholder: Stakeholder | None
    notes: list[Note]


@dataclass(frozen=True)
class Reported:
    """One outcome and its notes."""

    outcome: Outcome
    notes: list[Note]

    @property
    def year(self) -> int | None:
        """The year for which it is reported: its own, or that of the latest report which says so."""
        reported = (note.citation.section.source.reported_year for note in self.notes)
        return self.outcome.as_of or max(reported, default=None)


@dataclass
class Detail:
    """Everything that a practice's page shows."""

    practice: Practice
    kind: Kind
    level: Level
    countries: list[tuple[Country, str]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    terms: dict[str, list[Any]] = field(default_factory=dict)
    actors: list[Actor] = field(default_factory=list)
    outcomes: list[Reported] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    notes_for: dict[str, list[Note]] = field(default_factory=dict)

    def actors_by_function(self) -> list[tuple[str, list[Actor]]]:
        """Return the actors under the label of their function, in the order of functions."""
        return _grouped(Function, self.actors, lambda actor: actor.involvement.function)

    def outcomes_by_kind(self) -> list[tuple[str, list[Reported]]]:
        """Return results, limits and controversies, each under its label."""
        return _grouped(OutcomeKind, self.outcomes, lambda reported: reported.outcome.kind)


def _grouped(choices: Any, items: list[Any], kind_of: Any) -> list[tuple[str, list[Any]]]:
    groups = [(label, [item for item in items if kind_of(item) == code]) for code, label in choices.choices]
    return [(label, members) for label, members in groups if members]


def detail(practice: Practice) -> Detail:
    """Return all that the page of a public practice shows, in nine queries."""
    known = reference()
    page = Detail(practice, known.terms[Kind][practice.kind_id], known.terms[Level][practice.level_id])
    _add_terms(page, known)
    notes = _Notes(practice)
    page.notes, page.notes_for = notes.all, notes.of_practice
    page.actors = _actors(practice, known, notes)
    outcomes = Outcome.objects.filter(practice=practice)
    page.outcomes = [Reported(outcome, notes.of("outcome", outcome.pk)) for outcome in outcomes]
    page.related = _related(page, notes)
    page.findings = list(Finding.objects.published().filter(practices=practice))
    return page


def _add_terms(page: Detail, known: Reference) -> None:
    """Read countries, places and all terms of a practice with one query, and look them up in memory."""
    parts = [_links(name, page.practice) for name in (*TERM_FIELDS, "places")]
    links = CountryLink.objects.filter(practice=page.practice).order_by()
    first = links.values_list(Value("countries"), "country_id", "position", "role")
    found: dict[str, list[tuple[int, int, str]]] = {}
    for name, pk, position, role in first.union(*parts, all=True):
        found.setdefault(name, []).append((position, pk, role))
    page.countries = [(known.countries[pk], role) for _, pk, role in sorted(found.get("countries", []))]
    page.places = [known.places[pk] for _, pk, _ in sorted(found.get("places", []))]
    for name, model in TERM_FIELDS.items():
        chosen = {pk for _, pk, _ in found.get(name, [])}
        page.terms[name] = [term for term in known.vocabulary(model) if term.pk in chosen]


def _links(name: str, practice: Practice) -> Any:
    field: Any = Practice._meta.get_field(name)
    rows = field.remote_field.through.objects.filter(practice=practice).order_by()
    return rows.values_list(Value(name), f"{field.m2m_reverse_field_name()}_id", Value(0), Value(""))


class _Notes:
    """The citations of a practice and its rows, numbered in the order of the sources. Two queries."""

    def __init__(self, practice: Practice) -> None:
        first = PracticeCitation.objects.filter(practice=practice).order_by()
        links = first.values_list(Value("practice"), "supports", "citation_id").union(
            *(self._of_rows(model, practice) for model in (Involvement, Outcome, Relation)), all=True
        )
        self._links = [(kind, str(owner), citation) for kind, owner, citation in links]
        citations = Citation.objects.filter(
            pk__in={citation for _, _, citation in self._links}, section__source__state=PUBLISHED
        ).select_related("section__source")
        paragraphs = groupby(sorted(citations, key=_reading_order), key=lambda one: (one.section_id, one.paragraph))
        self.all = [Note(number, tuple(group)) for number, (_, group) in enumerate(paragraphs, start=1)]

    def _of_rows(self, model: Any, practice: Practice) -> Any:
        name = model._meta.model_name
        rows = model.citations.through.objects.filter(**{f"{name}__practice": practice}).order_by()
        return rows.values_list(Value(name), Cast(f"{name}_id", CharField()), "citation_id")

    def of(self, kind: str, owner: object) -> list[Note]:
        """Return the notes of one row, in their order."""
        pks = {citation for k, o, citation in self._links if (k, o) == (kind, str(owner))}
        return [note for note in self.all if pks.intersection(one.pk for one in note.citations)]

    @property
    def of_practice(self) -> dict[str, list[Note]]:
        """The notes that support the record, its years, its status …"""
        parts = {owner for kind, owner, _ in self._links if kind == "practice"}
        return {part: self.of("practice", part) for part in parts}


def _reading_order(citation: Citation) -> tuple[Any, ...]:
    source = citation.section.source
    return (source.year, source.slug, citation.section.position, citation.paragraph, citation.fingerprint)


def _actors(practice: Practice, known: Reference, notes: _Notes) -> list[Actor]:
    rows = list(Involvement.objects.filter(practice=practice))
    public = Stakeholder.objects.published().in_bulk({row.stakeholder_id for row in rows if row.stakeholder_id})
    return [
        Actor(
            row,
            known.terms[StakeholderRole][row.role_id],
            public.get(row.stakeholder_id),
            notes.of("involvement", row.pk),
        )
        for row in rows
    ]


def _related(page: Detail, notes: _Notes) -> list[Related]:
    profile = Profile(
        [one.code for one in page.terms["topics"]],
        [one.code for one in page.terms["target_groups"]],
        [actor.stakeholder.slug for actor in page.actors if actor.stakeholder],
        [country.alpha2 for country, _ in page.countries],
    )
    found = related(page.practice, profile)
    for one in found:
        one.notes = notes.of("relation", one.relation) if one.relation else []
    return found
