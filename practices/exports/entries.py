"""Practices as exports need them: all that is public of each, read some hundreds at a time, nine queries each time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Value

from practices.browse.detail import TERM_FIELDS
from practices.browse.reference import Reference
from practices.models import (
    Country,
    CountryLink,
    Involvement,
    Kind,
    Level,
    Outcome,
    Place,
    Practice,
    PracticeCitation,
    Relation,
    Section,
    Source,
    Stakeholder,
    StakeholderRole,
    Term,
)
from practices.querysets import PUBLISHED

#: how many practices are in memory at once
CHUNK = 500


@dataclass(frozen=True)
class Actor:
    """One involvement: role, code of the function, the organisation where it is named and public, note."""

    role: StakeholderRole
    function: str
    stakeholder: Stakeholder | None
    note: str


@dataclass(frozen=True)
class Passage:
    """A section of a public source, and which of its paragraphs are cited."""

    section: Section
    paragraphs: list[int]


@dataclass
class Entry:
    """A public practice with everything that belongs to it, each part in the order of its page."""

    practice: Practice
    kind: Kind
    level: Level
    countries: list[tuple[Country, str]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    terms: dict[str, list[Term]] = field(default_factory=dict)
    actors: list[Actor] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)

    @property
    def sources(self) -> list[Source]:
        """The reports that are cited, each once."""
        return list(dict.fromkeys(passage.section.source for passage in self.passages))


def entries_of(practices: Sequence[int], known: Reference) -> Iterator[Entry]:
    """Yield the public ones of the practices with these primary keys, in this order."""
    for start in range(0, len(practices), CHUNK):
        yield from _read(practices[start : start + CHUNK], known)


def _read(keys: Sequence[int], known: Reference) -> list[Entry]:
    public = Practice.objects.published().filter(pk__in=keys).order_by()
    made = {one.pk: Entry(one, known.terms[Kind][one.kind_id], known.terms[Level][one.level_id]) for one in public}
    for add in (_add_countries, _add_terms_and_places, _add_actors, _add_outcomes, _add_passages):
        add(made, known)
    return [made[key] for key in keys if key in made]


def _add_countries(made: dict[int, Entry], known: Reference) -> None:
    links = CountryLink.objects.filter(practice__in=made).order_by("practice_id", "position")
    for practice, country, role in links.values_list("practice_id", "country_id", "role"):
        made[practice].countries.append((known.countries[country], role))


def _add_terms_and_places(made: dict[int, Entry], known: Reference) -> None:
    chosen: dict[tuple[int, str], set[int]] = defaultdict(set)
    links = [_links(name, made) for name in (*TERM_FIELDS, "places")]
    for name, practice, pk in links[0].union(*links[1:], all=True):
        chosen[practice, name].add(pk)
    vocabularies = {name: known.vocabulary(model) for name, model in TERM_FIELDS.items()}
    for key, entry in made.items():
        for name, terms in vocabularies.items():
            entry.terms[name] = [term for term in terms if term.pk in chosen[key, name]]
        entry.places = sorted((known.places[pk] for pk in chosen[key, "places"]), key=lambda place: place.sort_key)


def _links(name: str, made: Iterable[int]) -> Any:
    model_field: Any = Practice._meta.get_field(name)
    rows = model_field.remote_field.through.objects.filter(practice__in=made).order_by()
    return rows.values_list(Value(name), "practice_id", f"{model_field.m2m_reverse_field_name()}_id")


def _add_actors(made: dict[int, Entry], known: Reference) -> None:
    involved = Involvement.objects.filter(practice__in=made)
    named = involved.filter(stakeholder__isnull=False).order_by().values("stakeholder")
    public = {one.pk: one for one in Stakeholder.objects.published().filter(pk__in=named).order_by()}
    roles = known.terms[StakeholderRole]
    rows = involved.order_by("practice_id", "position")
    columns = ("practice_id", "role_id", "function", "stakeholder_id", "note")
    for practice, role, function, stakeholder, note in rows.values_list(*columns):
        made[practice].actors.append(Actor(roles[role], function, public.get(stakeholder), note))


def _add_outcomes(made: dict[int, Entry], known: Reference) -> None:
    for outcome in Outcome.objects.filter(practice__in=made).order_by("practice_id", "position"):
        made[outcome.practice_id].outcomes.append(outcome)


def _add_passages(made: dict[int, Entry], known: Reference) -> None:
    first = PracticeCitation.objects.filter(practice__in=made).order_by()
    links = first.values_list("practice_id", "citation__section_id", "citation__paragraph").union(
        *(_cited_by(model, made) for model in (Involvement, Outcome, Relation))
    )
    cited: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for practice, section, paragraph in links:
        cited[section][practice].add(paragraph)
    for section in _sections(cited):
        for practice, paragraphs in cited[section.pk].items():
            made[practice].passages.append(Passage(section, sorted(paragraphs)))


def _cited_by(model: Any, made: Iterable[int]) -> Any:
    name = model._meta.model_name
    rows = model.citations.through.objects.filter(**{f"{name}__practice__in": made}).order_by()
    return rows.values_list(f"{name}__practice_id", "citation__section_id", "citation__paragraph")


def _sections(keys: Iterable[int]) -> list[Section]:
    """Return those sections that belong to public sources, with these, in the order of years and texts."""
    sections = list(Section.objects.filter(pk__in=list(keys), source__state=PUBLISHED).order_by())
    public = {
        one.pk: one for one in Source.objects.published().filter(pk__in={section.source_id for section in sections})
    }
    found = [section for section in sections if section.source_id in public]
    for section in found:
        section.source = public[section.source_id]
    return sorted(found, key=lambda one: (one.source.year, one.source.slug, one.position))
