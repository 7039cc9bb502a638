"""The brief of a country, a role, a search or a list: what fits on two A4 pages, and what had to be left out.

How a brief looks is not known here: see `practices.exports` and the templates.
"""

from collections import Counter
from math import ceil
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.catalog import current
from practices.models import Citation, Dimension, Outcome, OutcomeKind, Practice, Source
from practices.pages.brief.content import Brief, Cited, Endnote, Entry, Group
from practices.pages.brief.counts import actors, facts, unsaid
from practices.pages.brief.subject import answer, subject_of
from practices.pages.footnotes import Notes, Passages
from practices.pages.formatting import sentence, short, years
from practices.pages.practice import Detail, read
from practices.pages.summaries import outcomes_told

#: practices that are read in full, of which those that fit are shown
MOST_READ = 60
#: outcomes shown of one practice, citations shown for one sentence
MOST_OUTCOMES, MOST_NOTES = 2, 2


class Room:
    """What is left of two A4 pages, in lines of text. Measured for wide letters, so that less is used, never more."""

    #: lines of two pages beside headings, facts, who acts, what is unsaid and the sources' own references
    LINES, WIDTH = 80.0, 88
    HEADING, NOTE = 1.7, 0.62

    def __init__(self) -> None:
        self.left = self.LINES
        self.cited: dict[tuple[int, int], list[Citation]] = {}

    def take(self, text: str, citations: list[Citation], *, heading: bool, at_most: float = 1.0) -> bool:
        """Take the room for a text and its notes and return True; return False where it would be too much.

        `at_most` is the share of all room beyond which this kind of text may not go.
        """
        paragraphs = {(one.section_id, one.paragraph) for one in citations}
        lines = ceil(len(text) / self.WIDTH) + 0.2 + self.HEADING * heading
        lines += self.NOTE * len(paragraphs - self.cited.keys())
        if lines > self.left - self.LINES * (1 - at_most):
            return False
        self.left -= lines
        for one in citations:
            self.cited.setdefault((one.section_id, one.paragraph), []).append(one)
        return True

    @property
    def citations(self) -> list[Citation]:
        """The citations of all that was taken in."""
        return [one for citations in self.cited.values() for one in citations]


def make_brief(data: QueryDict, site: str = "") -> Brief:
    """Return the brief that a query string asks for: of its practices by name, or of what its filters find."""
    told = Counter(outcomes_told())
    subject = subject_of(data, told)
    public = Practice.objects.published().in_bulk(subject.order[:MOST_READ])
    practices = [public[key] for key in subject.order if key in public]
    passages = Passages(public)
    pages = read(practices, current().vocabularies)
    room = Room()
    outcomes = _fitting_outcomes(pages, passages, room)
    shown = _fitting_practices(pages, passages, room)
    notes = Notes(passages, room.citations)
    cited = _cited(notes)
    return Brief(
        subject=subject.name,
        answer=answer(subject, told),
        facts=facts(subject),
        practices=_practice_groups(shown, notes),
        more=len(subject.practices) - len(shown),
        outcomes=_outcome_groups(outcomes, notes),
        actors=actors(subject),
        unsaid=unsaid(subject, told, cited),
        cited=cited,
        version=current().version,
        query=subject.query,
        list_url=subject.list_url,
        left_out=subject.selection,
        site=site,
    )


def _practice_text(practice: Practice) -> tuple[str, str]:
    """Return (aside, sentence) of a practice."""
    return ", ".join(part for part in (years(practice), practice.ref) if part), sentence(practice.summary)


def _outcome_text(outcome: Outcome) -> str:
    year = _("(as of %(year)s)") % {"year": outcome.as_of} if outcome.as_of else ""
    return " ".join(part for part in (short(outcome.statement), year) if part)  # the statement names the figure


def _fitting_outcomes(pages: list[Detail], passages: Passages, room: Room) -> list[tuple[Practice, Outcome]]:
    """Return the outcomes that fit into less than half of the room, first one of each practice."""
    rounds = [
        (page.practice, page.outcomes[place].outcome)
        for place in range(MOST_OUTCOMES)
        for page in pages
        if len(page.outcomes) > place
    ]
    kinds: set[str] = set()
    chosen = []
    for practice, outcome in rounds:
        text = f"{practice.title}: {_outcome_text(outcome)}"
        citations = passages.of("outcome", outcome.pk, practice.pk)[:MOST_NOTES]
        if room.take(text, citations, heading=outcome.kind not in kinds, at_most=0.4):
            kinds.add(outcome.kind)
            chosen.append((practice, outcome))
    return chosen


def _main_dimension(page: Detail) -> Dimension | None:
    """Return the dimension under which a practice stands, so that it is told once."""
    return next(iter(page.terms["dimensions"]), None)


def _fitting_practices(pages: list[Detail], passages: Passages, room: Room) -> list[Detail]:
    """Return the practices that fit, one of each dimension in turn, so that none crowds out the others."""
    waiting: dict[Any, list[Detail]] = {}
    for page in pages:
        waiting.setdefault(_main_dimension(page), []).append(page)
    turns = [queue[turn] for turn in range(len(pages)) for queue in waiting.values() if turn < len(queue)]
    seen: set[Any] = set()
    chosen = []
    for page in turns:
        text = "".join((page.practice.title, *_practice_text(page.practice)))
        citations = passages.of("practice", "record", page.practice.pk)[:MOST_NOTES]
        if room.take(text, citations, heading=_main_dimension(page) not in seen):
            seen.add(_main_dimension(page))
            chosen.append(page)
    return chosen


def _practice_groups(pages: list[Detail], notes: Notes) -> list[Group]:
    groups = []
    for dimension in (*current().vocabularies.vocabulary(Dimension), None):
        entries = tuple(_practice_entry(page, notes) for page in pages if _main_dimension(page) == dimension)
        if entries:
            label = dimension.name if dimension else _("Dimension not stated")
            groups.append(Group(dimension.code if dimension else "", label, entries))
    return groups


def _practice_entry(page: Detail, notes: Notes) -> Entry:
    practice = page.practice
    return Entry(
        practice.title,
        practice.get_absolute_url(),
        *_practice_text(practice),
        _numbers(notes, "practice", "record", practice),
    )


OUTCOMES = {
    OutcomeKind.RESULT: gettext_lazy("Results"),
    OutcomeKind.LIMIT: gettext_lazy("Limits"),
    OutcomeKind.CONTROVERSY: gettext_lazy("Controversies"),
}


def _outcome_groups(outcomes: list[tuple[Practice, Outcome]], notes: Notes) -> list[Group]:
    groups = []
    for kind in OutcomeKind:
        entries = tuple(
            Entry(
                practice.title,
                practice.get_absolute_url(),
                "",
                _outcome_text(outcome),
                _numbers(notes, "outcome", outcome.pk, practice),
            )
            for practice, outcome in outcomes
            if outcome.kind == kind
        )
        if entries:
            groups.append(Group(kind.value, str(OUTCOMES[kind]), entries))
    return groups


def _numbers(notes: Notes, kind: str, owner: object, practice: Practice) -> tuple[int, ...]:
    return tuple(note.number for note in notes.of(kind, owner, practice.pk)[:MOST_NOTES])


def _cited(notes: Notes) -> list[Cited]:
    by_source: dict[int, list[Endnote]] = {}
    sources: dict[int, Source] = {}
    for note in notes.all:
        section = note.citation.section
        sources[section.source_id] = section.source
        one = Endnote(note.number, str(section), note.citation.paragraph, section.get_absolute_url())
        by_source.setdefault(section.source_id, []).append(one)
    return [Cited(sources[key], tuple(endnotes)) for key, endnotes in by_source.items()]
