"""Practices with all that is told of them: one as its page shows it, or several side by side, for compare and brief.

Facts, who does what, outcomes, relations, findings, numbered notes; any number of practices in the same queries.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db.models import Value

from practices.catalog import current
from practices.catalog.vocabularies import Vocabularies
from practices.index.schema import FIELDS, Field
from practices.models import (
    Country,
    CountryLink,
    Finding,
    Function,
    Involvement,
    Kind,
    Level,
    Outcome,
    OutcomeKind,
    Place,
    Practice,
    Relation,
    Stakeholder,
    StakeholderRole,
    Term,
)
from practices.pages.footnotes import Note, Notes, Passages, in_order
from practices.pages.related import Profile, Related, related
from practices.querysets import m2m_rows


def term_fields() -> dict[str, Field]:
    """Return the fields of a practice that hold terms, by name."""
    return {field.name: field for field in FIELDS if field.kind in ("term", "terms")}


@dataclass(frozen=True)
class PracticeFact:
    """What a practice says of one field, as its page lists it: terms, or a text; neither where no source says it."""

    name: str
    label: str
    terms: list[Term]
    text: str


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

    def facts(self) -> list[PracticeFact]:
        """Return the fields that have no place of their own on the page, in the order of the schema."""
        return [self._fact(field) for field in FIELDS if field.listed]

    def _fact(self, field: Field) -> PracticeFact:
        value = "" if field.vocabulary else getattr(self.practice, field.name)
        text = str(dict(field.choices).get(value, "")) if field.choices else value
        return PracticeFact(field.name, str(field.all_label), self.terms.get(field.name, []), text)

    def outcomes_by_kind(self) -> list[tuple[str, list[Reported]]]:
        """Return results, limits and controversies, each under its label."""
        return _grouped(OutcomeKind, self.outcomes, lambda reported: reported.outcome.kind)


def _grouped(choices: Any, items: list[Any], kind_of: Any) -> list[tuple[str, list[Any]]]:
    groups = [(label, [item for item in items if kind_of(item) == code]) for code, label in choices.choices]
    return [(label, members) for label, members in groups if members]


def detail(practice: Practice) -> Detail:
    """Return all that the page of a public practice shows, in nine queries."""
    passages = Passages([practice.pk], (Involvement, Outcome, Relation))
    notes = Notes(passages, passages.citations.values())
    [page] = read([practice], current().vocabularies, notes)
    page.notes, page.notes_for = notes.all, notes.of_parts(practice.pk)
    page.related = _related(page, notes)
    page.findings = list(Finding.objects.published().filter(practices=practice))
    return page


def details(practices: Iterable[Practice]) -> list[Detail]:
    """Return some public practices in their order, with notes that are numbered through all of them. Six queries.

    As `detail` returns one, but without related practices and findings.
    """
    rows = list(practices)
    passages = Passages(one.pk for one in rows)
    notes = Notes(passages, passages.citations.values())
    pages = read(rows, current().vocabularies, notes)
    for page in pages:
        page.notes_for = notes.of_parts(page.practice.pk)
        page.notes = in_order(
            chain(*page.notes_for.values(), *(one.notes for one in page.actors), *(one.notes for one in page.outcomes))
        )
    return pages


def read(practices: Iterable[Practice], known: Vocabularies, notes: Notes | None = None) -> list[Detail]:
    """Return practices with countries, places, terms, actors and outcomes, in their order. Four queries."""
    pages = {one.pk: Detail(one, known.terms[Kind][one.kind_id], known.terms[Level][one.level_id]) for one in practices}
    _add_terms(pages, known)
    _add_actors(pages, known, notes)
    for outcome in Outcome.objects.filter(practice__in=pages).order_by("practice_id", "position"):
        noted = notes.of("outcome", outcome.pk, outcome.practice_id) if notes else []
        pages[outcome.practice_id].outcomes.append(Reported(outcome, noted))
    return list(pages.values())


def _add_terms(pages: dict[int, Detail], known: Vocabularies) -> None:
    """Read countries, places and all terms of practices with one query, and look them up in memory."""
    links = CountryLink.objects.filter(practice__in=pages).order_by()
    countries = links.values_list(Value("countries"), "practice_id", "country_id", "position", "role")
    many = [name for name, field in term_fields().items() if field.kind == "terms"]
    ties = [m2m_rows(Practice, name, pages, Value(0), Value("")) for name in (*many, "places")]
    found: dict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)
    for name, practice, pk, position, role in countries.union(*ties, all=True):
        found[practice, name].append((position, pk, role))
    terms = {name: known.vocabulary(field.model_field.related_model) for name, field in term_fields().items()}
    for key, page in pages.items():
        page.countries = [(known.countries[pk], role) for _, pk, role in sorted(found[key, "countries"])]
        page.places = sorted((known.places[pk] for _, pk, _ in found[key, "places"]), key=lambda one: one.sort_key)
        for name, vocabulary in terms.items():
            keys = {pk for _, pk, _ in found[key, name]} if name in many else {getattr(page.practice, f"{name}_id")}
            page.terms[name] = [term for term in vocabulary if term.pk in keys]


def _add_actors(pages: dict[int, Detail], known: Vocabularies, notes: Notes | None) -> None:
    rows = list(Involvement.objects.filter(practice__in=pages).order_by("practice_id", "position"))
    public = Stakeholder.objects.published().in_bulk({row.stakeholder_id for row in rows if row.stakeholder_id})
    for row in rows:
        role = known.terms[StakeholderRole][row.role_id]
        noted = notes.of("involvement", row.pk, row.practice_id) if notes else []
        pages[row.practice_id].actors.append(Actor(row, role, public.get(row.stakeholder_id), noted))


def _related(page: Detail, notes: Notes) -> list[Related]:
    profile = Profile(
        [one.code for one in page.terms["topics"]],
        [one.code for one in page.terms["target_groups"]],
        [actor.stakeholder.slug for actor in page.actors if actor.stakeholder],
        [country.alpha2 for country, _ in page.countries],
    )
    found = related(page.practice, profile)
    for one in found:
        one.notes = notes.of("relation", one.relation, page.practice.pk) if one.relation else []
    return found
