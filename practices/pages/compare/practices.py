"""Two to four practices side by side: what they share is said once, what differs is marked as such.

Which fields are compared follows from `index.schema.FIELDS`; what is more than a field stands in `FACTS`.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.index.schema import FIELDS, Field, Label
from practices.models import CountryRole, OutcomeKind, Practice
from practices.pages.compare import MIN_COMPARED
from practices.pages.footnotes import Note, in_order
from practices.pages.formatting import years
from practices.pages.practice import Actor, PracticeDetail, ReportedOutcome, noted_details


@dataclass(frozen=True)
class Item:
    """One thing that a cell says: `key` tells whether another cell says the same, `shown` is what templates show."""

    key: Hashable
    shown: object
    aside: str = ""
    notes: tuple[Note, ...] = ()


@dataclass
class ComparedRow:
    """A fact of all that are compared: what all of them share, and what each says beside that."""

    label: str
    #: how a template shows an item: "text", "link", "actor" or "outcome"
    how: str
    #: False for prose, where that it differs goes without saying
    compared: bool
    shared: list[Item] = field(default_factory=list)
    cells: list[tuple[Practice, list[Item]]] = field(default_factory=list)
    #: items that a single practice has, where there are more than two
    single: set[Hashable] = field(default_factory=set)

    @property
    def same(self) -> bool:
        """Whether all say the same."""
        return not any(items for _practice, items in self.cells)

    @property
    def silent(self) -> bool:
        """Whether none says anything."""
        return self.same and not self.shared


def _text(value: str, notes: Iterable[Note] = ()) -> list[Item]:
    return [Item(value, value, notes=tuple(notes))] if value else []


def _countries(detail: PracticeDetail) -> list[Item]:
    notes = tuple(detail.notes_for.get("countries", ()))
    return [
        Item((country.pk, role), country, str(CountryRole(role).label), notes) for country, role in detail.countries
    ]


def _terms(name: str) -> Callable[[PracticeDetail], list[Item]]:
    return lambda detail: [Item(term.pk, term) for term in detail.terms[name]]


def _actors(detail: PracticeDetail) -> list[Item]:
    return [Item(_who(actor), actor, str(actor.involvement.get_function_display())) for actor in detail.actors]


def _who(actor: Actor) -> Hashable:
    """Return what makes two actors the same: function, role, and the organisation or what is said instead."""
    row = actor.involvement
    return (row.function, row.role_id, actor.stakeholder.pk if actor.stakeholder else 0, row.note)


def _outcomes(kind: str) -> Callable[[PracticeDetail], list[Item]]:
    return lambda detail: [_outcome(reported) for reported in detail.outcomes if reported.outcome.kind == kind]


def _outcome(reported: ReportedOutcome) -> Item:
    return Item(reported.outcome.pk, reported)


def _status(detail: PracticeDetail) -> list[Item]:
    practice = detail.practice
    if practice.reported_status == "not-stated":
        return []
    year = _("as reported in %(year)s") % {"year": practice.status_year} if practice.status_year else ""
    notes = tuple(detail.notes_for.get("status", ()))
    return [Item((practice.reported_status, year), practice.get_reported_status_display(), year, notes)]


def _years(detail: PracticeDetail) -> list[Item]:
    return _text(years(detail.practice), detail.notes_for.get("years", ()))


def _sources(detail: PracticeDetail) -> list[Item]:
    by_source: dict[int, list[Note]] = {}
    for note in detail.notes:
        by_source.setdefault(note.citation.section.source_id, []).append(note)
    return [
        Item((pk, tuple(note.number for note in noted)), noted[0].citation.section.source, notes=tuple(noted))
        for pk, noted in by_source.items()
    ]


def _choice(field: Field) -> Callable[[PracticeDetail], list[Item]]:
    return lambda detail: _text(str(dict(field.choices).get(getattr(detail.practice, field.name), "")))


def _plain(field: Field) -> Callable[[PracticeDetail], list[Item]]:
    return lambda detail: _text(str(getattr(detail.practice, field.name) or ""))


#: what a practice says of the fields that a comparison reads in a way of their own, by name
SPECIAL: dict[str, Callable[[PracticeDetail], list[Item]]] = {
    "summary": lambda detail: _text(detail.practice.summary, detail.notes_for.get("record", ())),
    "country": _countries,
    "level": lambda detail: [Item(detail.level.pk, detail.level, "", tuple(detail.notes_for.get("level", ())))],
    "years": _years,
    "status": _status,
}


@dataclass(frozen=True)
class ComparedFact:
    """A fact of all that are compared: what it is called, how a template shows it, whether a difference is marked."""

    label: Label
    how: str
    marked: bool
    items: Callable[[PracticeDetail], list[Item]]


def _fact(field: Field) -> ComparedFact:
    """Return how a comparison shows a field of the schema."""
    terms = field.vocabulary is not None or field.name == "country"
    if field.name in SPECIAL:
        items = SPECIAL[field.name]
    elif terms:
        items = _terms(field.name)
    else:
        items = (
            _choice(field) if field.choices else lambda detail: _text(str(getattr(detail.practice, field.name) or ""))
        )
    return ComparedFact(field.all_label, "link" if terms else "text", field.marked, items)


#: every fact of a comparison, those of the schema first
FACTS: list[ComparedFact] = [
    *(_fact(field) for field in FIELDS if field.compared),
    ComparedFact(gettext_lazy("Who does what"), "actor", True, _actors),
    ComparedFact(gettext_lazy("Results"), "outcome", False, _outcomes(OutcomeKind.RESULT)),
    ComparedFact(gettext_lazy("Limits"), "outcome", False, _outcomes(OutcomeKind.LIMIT)),
    ComparedFact(gettext_lazy("Controversies"), "outcome", False, _outcomes(OutcomeKind.CONTROVERSY)),
    ComparedFact(gettext_lazy("Sources"), "link", False, _sources),
]


@dataclass(frozen=True)
class PracticesCompared:
    """Practices side by side, fact by fact, and the notes that the facts refer to."""

    practices: list[Practice]
    rows: list[ComparedRow]
    notes: list[Note]


def compare_practices(practices: list[Practice]) -> PracticesCompared:
    """Return some public practices side by side. Six queries."""
    details = noted_details(practices)
    rows = [_row(ComparedRow(str(fact.label), fact.how, fact.marked), details, fact.items) for fact in FACTS]
    notes = in_order(note for detail in details for note in detail.notes)
    return PracticesCompared(practices, [row for row in rows if not row.silent], notes)


def _row(row: ComparedRow, details: list[PracticeDetail], say: Callable[[PracticeDetail], list[Item]]) -> ComparedRow:
    """Fill a row: what every practice says goes into `shared`, with the notes of all of them."""
    cells = [say(detail) for detail in details]
    everywhere = set.intersection(*({item.key for item in cell} for cell in cells))
    row.shared = [_joined(item.key, cells) for item in cells[0] if item.key in everywhere]
    left = [[item for item in cell if item.key not in everywhere] for cell in cells]
    row.cells = [(detail.practice, items) for detail, items in zip(details, left, strict=True)]
    if row.compared and len(details) > MIN_COMPARED:
        row.single = _single(Counter(item.key for items in left for item in items))
    return row


def _single(counts: Counter[Hashable]) -> set[Hashable]:
    """Return what one practice alone says; nothing where no two share anything, as it then goes without saying."""
    single = {key for key, number in counts.items() if number == 1}
    return single if len(single) < len(counts) else set()


def _joined(key: Hashable, cells: list[list[Item]]) -> Item:
    same = [item for cell in cells for item in cell if item.key == key]
    return Item(key, same[0].shown, same[0].aside, tuple(in_order(note for item in same for note in item.notes)))
