"""Several practices side by side, as compare and brief show them: read together, their notes numbered through.

`detail` shows one practice on its page; this reads any number in seven queries.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast

from practices.browse.detail import TERM_FIELDS, Actor, Detail, Note, Reported
from practices.browse.reference import Reference, reference
from practices.models import (
    Citation,
    CountryLink,
    Involvement,
    Kind,
    Level,
    Outcome,
    Practice,
    PracticeCitation,
    Stakeholder,
    StakeholderRole,
)
from practices.querysets import PUBLISHED


class Passages:
    """The citations of some practices and their rows. Two queries; only those of public sources.

    Numbers are given by `numbered`, once it is known which of them a page shows.
    """

    def __init__(self, practices: Iterable[int]) -> None:
        keys = list(practices)
        first = PracticeCitation.objects.filter(practice__in=keys).order_by()
        links = first.values_list(Value("practice"), "supports", "practice_id", "citation_id").union(
            *(self._of_rows(model, keys) for model in (Involvement, Outcome)), all=True
        )
        self._links: dict[tuple[str, str, int], set[int]] = defaultdict(set)
        for kind, owner, practice, citation in links:
            self._links[kind, str(owner), practice].add(citation)
        wanted = {citation for citations in self._links.values() for citation in citations}
        public = Citation.objects.filter(pk__in=wanted, section__source__state=PUBLISHED)
        self.citations = {one.pk: one for one in public.select_related("section__source")}

    def _of_rows(self, model: Any, practices: list[int]) -> Any:
        name = model._meta.model_name
        rows = model.citations.through.objects.filter(**{f"{name}__practice__in": practices}).order_by()
        return rows.values_list(Value(name), Cast(f"{name}_id", CharField()), f"{name}__practice_id", "citation_id")

    def of(self, kind: str, owner: object, practice: int) -> list[Citation]:
        """Return the citations of one row, in the order of the sources."""
        found = self._links.get((kind, str(owner), practice), ())
        return sorted((self.citations[pk] for pk in found if pk in self.citations), key=reading_order)

    def supported(self, practice: int) -> set[str]:
        """Return which parts of a practice's record have citations of their own."""
        return {owner for kind, owner, of in self._links if kind == "practice" and of == practice}


def reading_order(citation: Citation) -> tuple[Any, ...]:
    """Return the key that puts citations in the order of sources, sections and paragraphs."""
    source = citation.section.source
    return (source.year, source.slug, citation.section.position, citation.paragraph, citation.fingerprint)


def numbered(citations: Iterable[Citation]) -> list[Note]:
    """Return notes for some citations, one for each paragraph, numbered in the order of the sources."""
    once = {one.pk: one for one in citations}
    paragraphs = groupby(
        sorted(once.values(), key=reading_order), key=lambda one: (one.section.source_id, one.section_id, one.paragraph)
    )
    return [Note(number, tuple(group)) for number, (_, group) in enumerate(paragraphs, start=1)]


class Notes:
    """The notes of a page that shows several practices."""

    def __init__(self, passages: Passages, citations: Iterable[Citation]) -> None:
        self.passages, self.all = passages, numbered(citations)
        self._by_citation = {one.pk: note for note in self.all for one in note.citations}

    def of(self, kind: str, owner: object, practice: int) -> list[Note]:
        """Return the notes of one row, in their order, as far as the page shows them."""
        cited = (one.pk for one in self.passages.of(kind, owner, practice))
        found = {note.number: note for pk in cited if (note := self._by_citation.get(pk))}
        return [found[number] for number in sorted(found)]


def details(practices: Iterable[Practice]) -> list[Detail]:
    """Return some public practices in their order, with notes that are numbered through all of them.

    As `detail` returns one, but without related practices and findings.
    """
    rows = list(practices)
    passages = Passages(one.pk for one in rows)
    notes = Notes(passages, passages.citations.values())
    pages = read(rows, notes)
    for page in pages:
        page.notes_for = {
            part: notes.of("practice", part, page.practice.pk) for part in passages.supported(page.practice.pk)
        }
        own = {note.number: note for note in _all_notes(page)}
        page.notes = [own[number] for number in sorted(own)]
    return pages


def _all_notes(page: Detail) -> Iterable[Note]:
    for found in page.notes_for.values():
        yield from found
    for actor in page.actors:
        yield from actor.notes
    for reported in page.outcomes:
        yield from reported.notes


def read(practices: Iterable[Practice], notes: Notes) -> list[Detail]:
    """Return practices with countries, terms, actors and outcomes. Four queries."""
    known = reference()
    pages = {one.pk: Detail(one, known.terms[Kind][one.kind_id], known.terms[Level][one.level_id]) for one in practices}
    _add_terms(pages, known)
    _add_actors(pages, known, notes)
    for outcome in Outcome.objects.filter(practice__in=pages).order_by("practice_id", "position"):
        noted = notes.of("outcome", outcome.pk, outcome.practice_id)
        pages[outcome.practice_id].outcomes.append(Reported(outcome, noted))
    return list(pages.values())


def _add_terms(pages: dict[int, Detail], known: Reference) -> None:
    parts = [_links(name, pages) for name in (*TERM_FIELDS, "places")]
    links = CountryLink.objects.filter(practice__in=pages).order_by()
    first = links.values_list("practice_id", Value("countries"), "country_id", "position", "role")
    found: dict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)
    for practice, name, pk, position, role in first.union(*parts, all=True):
        found[practice, name].append((position, pk, role))
    for key, page in pages.items():
        page.countries = [(known.countries[pk], role) for _, pk, role in sorted(found.get((key, "countries"), []))]
        page.places = [known.places[pk] for _, pk, _ in sorted(found.get((key, "places"), []))]
        for name, model in TERM_FIELDS.items():
            chosen = {pk for _, pk, _ in found.get((key, name), [])}
            page.terms[name] = [term for term in known.vocabulary(model) if term.pk in chosen]


def _links(name: str, practices: Iterable[int]) -> Any:
    field: Any = Practice._meta.get_field(name)
    rows = field.remote_field.through.objects.filter(practice__in=practices).order_by()
    return rows.values_list("practice_id", Value(name), f"{field.m2m_reverse_field_name()}_id", Value(0), Value(""))


def _add_actors(pages: dict[int, Detail], known: Reference, notes: Notes) -> None:
    rows = list(Involvement.objects.filter(practice__in=pages).order_by("practice_id", "position"))
    public = Stakeholder.objects.published().in_bulk({row.stakeholder_id for row in rows if row.stakeholder_id})
    for row in rows:
        role = known.terms[StakeholderRole][row.role_id]
        noted = notes.of("involvement", row.pk, row.practice_id)
        pages[row.practice_id].actors.append(Actor(row, role, public.get(row.stakeholder_id), noted))
