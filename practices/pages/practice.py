"""A practice as its page shows it, and several with all that is known of them, for comparisons, briefs and files.

Facts, who does what, outcomes, relations, findings, numbered notes; any number of practices in the same queries.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from django.db.models import TextChoices, Value

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
from practices.pages.prev_next import PreviousNext, in_search
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
class ReportedOutcome:
    """One outcome and its notes."""

    outcome: Outcome
    notes: list[Note]

    @property
    def year(self) -> int | None:
        """The year for which it is reported: its own, or that of the latest report which says so."""
        reported = (note.citation.section.source.reported_year for note in self.notes)
        return self.outcome.as_of or max(reported, default=None)


@dataclass
class PracticeDetail:
    """All that is known of a practice."""

    practice: Practice
    kind: Kind
    level: Level
    countries: list[tuple[Country, str]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    terms: dict[str, list[Any]] = field(default_factory=dict)  # by the name of the field
    actors: list[Actor] = field(default_factory=list)
    outcomes: list[ReportedOutcome] = field(default_factory=list)
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

    def outcomes_by_kind(self) -> list[tuple[str, list[ReportedOutcome]]]:
        """Return results, limits and controversies, each under its label."""
        return _grouped(OutcomeKind, self.outcomes, lambda reported: reported.outcome.kind)


Member = TypeVar("Member")


def _grouped(
    choices: type[TextChoices], items: list[Member], code_of: Callable[[Member], str]
) -> list[tuple[str, list[Member]]]:
    groups = [(str(label), [item for item in items if code_of(item) == code]) for code, label in choices.choices]
    return [(label, members) for label, members in groups if members]


@dataclass(frozen=True)
class PracticePage:
    """What the page of a practice shows: the practice itself, and its place in the search from which a reader came."""

    detail: PracticeDetail
    prev_next: PreviousNext | None


def practice_page(practice: Practice, origin: str) -> PracticePage:
    """Return the page of a public practice; `origin` is the query string of the search that led to it, or "".

    Nine queries, and those of the search.
    """
    return PracticePage(practice_detail(practice), in_search(practice, origin))


def practice_detail(practice: Practice) -> PracticeDetail:
    """Return all that is known of a public practice, in nine queries."""
    passages = Passages([practice.pk], (Involvement, Outcome, Relation))
    notes = Notes(passages, passages.citations.values())
    [detail] = read_details([practice], current().vocabularies, notes)
    detail.notes, detail.notes_for = notes.all, notes.of_parts(practice.pk)
    detail.related = _related(detail, notes)
    detail.findings = list(Finding.objects.published().filter(practices=practice))
    return detail


def noted_details(practices: Iterable[Practice]) -> list[PracticeDetail]:
    """Return some public practices in their order, with notes that are numbered through all of them. Six queries.

    As `practice_detail` returns one, but without related practices and findings.
    """
    practices = list(practices)
    passages = Passages(practice.pk for practice in practices)
    notes = Notes(passages, passages.citations.values())
    details = read_details(practices, current().vocabularies, notes)
    for detail in details:
        detail.notes_for = notes.of_parts(detail.practice.pk)
        of_actors, of_outcomes = (actor.notes for actor in detail.actors), (row.notes for row in detail.outcomes)
        detail.notes = in_order(chain(*detail.notes_for.values(), *of_actors, *of_outcomes))
    return details


Details = dict[int, PracticeDetail]


def read_details(
    practices: Iterable[Practice], vocabularies: Vocabularies, notes: Notes | None = None
) -> list[PracticeDetail]:
    """Return practices with countries, places, terms, actors and outcomes, in their order. Four queries."""
    kinds, levels = vocabularies.terms[Kind], vocabularies.terms[Level]
    details = {
        practice.pk: PracticeDetail(practice, kinds[practice.kind_id], levels[practice.level_id])
        for practice in practices
    }
    _add_terms(details, vocabularies)
    _add_actors(details, vocabularies, notes)
    for outcome in Outcome.objects.filter(practice__in=details).order_by("practice_id", "position"):
        outcome_notes = notes.of("outcome", outcome.pk, outcome.practice_id) if notes else []
        details[outcome.practice_id].outcomes.append(ReportedOutcome(outcome, outcome_notes))
    return list(details.values())


def _add_terms(details: Details, vocabularies: Vocabularies) -> None:
    """Read countries, places and all terms of practices with one query, and look them up in memory."""
    links = CountryLink.objects.filter(practice__in=details).order_by()
    countries = links.values_list(Value("countries"), "practice_id", "country_id", "position", "role")
    fields = term_fields()
    many = [name for name, field in fields.items() if field.kind == "terms"]
    ties = [m2m_rows(Practice, name, details, Value(0), Value("")) for name in (*many, "places")]
    rows: dict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)
    for name, practice, pk, position, role in countries.union(*ties, all=True):
        rows[practice, name].append((position, pk, role))
    terms = {name: vocabularies.vocabulary(field.model_field.related_model) for name, field in fields.items()}
    for key, detail in details.items():
        detail.countries = [(vocabularies.countries[pk], role) for _, pk, role in sorted(rows[key, "countries"])]
        places = (vocabularies.places[pk] for _, pk, _ in rows[key, "places"])
        detail.places = sorted(places, key=lambda place: place.sort_key)
        for name, vocabulary in terms.items():
            keys = {pk for _, pk, _ in rows[key, name]} if name in many else {getattr(detail.practice, f"{name}_id")}
            detail.terms[name] = [term for term in vocabulary if term.pk in keys]


def _add_actors(details: Details, vocabularies: Vocabularies, notes: Notes | None) -> None:
    rows = list(Involvement.objects.filter(practice__in=details).order_by("practice_id", "position"))
    public = Stakeholder.objects.published().in_bulk({row.stakeholder_id for row in rows if row.stakeholder_id})
    for row in rows:
        role = vocabularies.terms[StakeholderRole][row.role_id]
        row_notes = notes.of("involvement", row.pk, row.practice_id) if notes else []
        details[row.practice_id].actors.append(Actor(row, role, public.get(row.stakeholder_id), row_notes))


def _related(detail: PracticeDetail, notes: Notes) -> list[Related]:
    profile = Profile(
        [term.code for term in detail.terms["topics"]],
        [term.code for term in detail.terms["target_groups"]],
        [actor.stakeholder.slug for actor in detail.actors if actor.stakeholder],
        [country.alpha2 for country, _ in detail.countries],
    )
    practices = related(detail.practice, profile)
    for other in practices:
        other.notes = notes.of("relation", other.relation, detail.practice.pk) if other.relation else []
    return practices
