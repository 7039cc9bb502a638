"""The brief of a country, a role, a search or a list: what fits on two A4 pages, and what had to be left out.

To add a fact: a line in `FACTS` or `ACTORS`, or a sentence in `_unsaid`. How a brief looks is not known here.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pyroaring import BitMap

from practices.browse.brief import Brief, Cited, Endnote, Entry, Fact, Group, Value
from practices.browse.counting import telling
from practices.browse.detail import Detail
from practices.browse.details import Notes, Passages, read
from practices.browse.facets import counted
from practices.browse.filters import PracticeFilter, address
from practices.browse.reference import reference
from practices.browse.results import Results
from practices.browse.selection import Selection, selected
from practices.browse.wording import years
from practices.models import Citation, Dimension, Outcome, OutcomeKind, Practice, Source
from practices.querysets import is_published
from practices.search.snapshot import Snapshot, snapshot

#: practices that are read in full, of which those that fit are shown
MOST_READ = 60
#: outcomes shown of one practice, citations shown for one sentence, letters of a sentence
MOST_OUTCOMES, MOST_NOTES, LONGEST = 2, 2, 220


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


@dataclass
class Subject:
    """What a brief is about: its practices as a bitmap, the first of them in order, and its name and address."""

    name: str
    query: str
    list_url: str
    practices: BitMap
    collection: Snapshot
    asked: PracticeFilter
    order: list[int] = field(default_factory=list)
    selection: Selection | None = None
    results: Results | None = None


def make_brief(data: QueryDict, site: str = "") -> Brief:
    """Return the brief that a query string asks for: of its practices by name, or of what its filters find."""
    told = Counter(Outcome.objects.filter(is_published("practice")).values_list("practice_id", flat=True))
    subject = _of_selection(data) if "practice" in data else _of_filters(data, told)
    public = Practice.objects.published().in_bulk(subject.order[:MOST_READ])
    practices = [public[key] for key in subject.order if key in public]
    passages = Passages(public)
    pages = read(practices, Notes(passages, ()))
    room = Room()
    outcomes = _fitting_outcomes(pages, passages, room)
    shown = _fitting_practices(pages, passages, room)
    notes = Notes(passages, room.citations)
    cited = _cited(notes)
    return Brief(
        subject=subject.name,
        answer=_answer(subject, told),
        facts=_facts(subject),
        practices=_practice_groups(shown, notes),
        more=len(subject.practices) - len(shown),
        outcomes=_outcome_groups(outcomes, notes),
        actors=_actors(subject),
        unsaid=_unsaid(subject, told, cited),
        cited=cited,
        version=reference().version,
        query=subject.query,
        list_url=subject.list_url,
        left_out=subject.selection,
        site=site,
    )


# What it is about


def _of_selection(data: QueryDict) -> Subject:
    chosen, known = selected(data.getlist("practice")), reference()
    keys = [one.pk for one in chosen.practices]
    collection = snapshot(known.version)
    return Subject(
        name=_("Selected practices"),
        query=chosen.query,
        list_url=reverse("selection") + chosen.query,
        practices=BitMap(keys),
        collection=collection,
        asked=PracticeFilter(QueryDict()),
        order=keys,
        selection=chosen,
    )


def _of_filters(data: QueryDict, told: Counter[int]) -> Subject:
    """Return what filters find: a search by relevance, anything else with the most reported results first."""
    asked = PracticeFilter(data)
    results = Results(asked)
    query = address(asked.narrowed)
    newest = results.collection.places["newest"]
    order = (
        results.ordered(0, MOST_READ)
        if results.found
        else sorted(results.practices, key=lambda practice: (-min(told[practice], MOST_OUTCOMES), newest[practice]))
    )
    return Subject(
        name=_name(asked),
        query=query,
        list_url=reverse("practice_list") + query,
        practices=results.practices,
        collection=results.collection,
        asked=asked,
        order=order,
        results=results,
    )


def _name(asked: PracticeFilter) -> str:
    parts = [
        asked.lists[name].choices[value].label
        if name in asked.lists
        else (f"“{value}”" if name == "q" else f"{asked.filters[name].label} {value}")
        for name, value in asked.narrowed
    ]
    return short(", ".join(parts), 100) if parts else _("All practices")


def _answer(subject: Subject, told: Counter[int]) -> str:
    total, known = len(subject.practices), sum(told[practice] > 0 for practice in subject.practices)
    if not total:
        return _(
            "No source names a practice for this. That is a gap in these reports, not a statement about the world."
        )
    described = ngettext("The reports describe %(n)s practice;", "The reports describe %(n)s practices;", total)
    return " ".join((described % {"n": total}, _("what came of them is reported for %(n)s.") % {"n": known}))


# What fits


def short(text: str, most: int = LONGEST) -> str:
    """Return a text on one line, cut between words where it is longer than `most`."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rpartition(' ')[0] or line[: most - 1]}…"


def sentence(text: str) -> str:
    """Return the first sentence of a text: up to a full stop after a word of some length, so that "e.g." is none."""
    line = " ".join(text.split())
    end = re.search(r"(?<=[\w)”]{4})[.!?](?=\s+[A-Z“])", line)
    return short(line[: end.end()] if end and end.end() > 40 else line)


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
    for dimension in (*reference().vocabulary(Dimension), None):
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


# What is counted

#: facts by filter, and how many values each names
FACTS: dict[str, tuple[Any, int]] = {
    "country_role": (gettext_lazy("Role of the country"), 3),
    "country": (gettext_lazy("Countries"), 6),
    "dimension": (gettext_lazy("Dimensions"), 5),
    "topic": (gettext_lazy("Topics"), 6),
    "group": (gettext_lazy("Target groups"), 5),
    "level": (gettext_lazy("Levels"), 4),
}
ACTORS: dict[str, tuple[Any, int]] = {
    "role": (gettext_lazy("Stakeholder roles"), 6),
    "function": (gettext_lazy("Functions"), 5),
    "stakeholder": (gettext_lazy("Organisations"), 8),
}


def _facts(subject: Subject) -> list[Fact]:
    chosen = subject.asked.chosen
    left_out = "country" if len(chosen["country"]) == 1 else "country_role"
    facts = [Fact(_("Practices"), (Value(str(len(subject.practices)), url=subject.list_url),))]
    facts += [_fact(name, *one, subject) for name, one in FACTS.items() if name != left_out]
    known = [
        year
        for first, last, practice in subject.collection.years
        if practice in subject.practices
        for year in (first, last)
    ]
    if known:
        span = f"{min(known)}–{max(known)}" if min(known) < max(known) else str(min(known))
        facts.append(Fact(_("Years known"), (Value(span),)))
    return [fact for fact in facts if fact.values]


def _actors(subject: Subject) -> list[Fact]:
    return [fact for name, one in ACTORS.items() if (fact := _fact(name, *one, subject)).values]


def _fact(name: str, label: Any, most: int, subject: Subject) -> Fact:
    """Return the most frequent values of a filter among the practices."""
    counts = _counts(name, subject)
    ranked = sorted(telling(subject.asked.lists[name].choices, counts), key=lambda one: -counts[one.value])
    values = (Value(one.label, counts[one.value], _url(name, one.value, subject)) for one in ranked[:most])
    return Fact(str(label), tuple(values))


def _counts(name: str, subject: Subject) -> dict[str, int]:
    """Return the number of practices of each value, as the address of the value would find them."""
    if subject.results and not subject.asked.chosen[name]:
        return next(facet.counts for facet in subject.results.facets if facet.name == name)
    return counted(subject.asked.lists[name].values(subject.collection), subject.practices)


def _url(name: str, value: str, subject: Subject) -> str:
    """Return where the practices with a value are listed; nowhere where the address would find others as well."""
    if not subject.results or subject.asked.chosen[name]:
        return ""
    return reverse("practice_list") + subject.asked.url_with(name, value)


def _unsaid(subject: Subject, told: Counter[int], cited: Iterable[Cited]) -> list[str]:
    """Return what no source says of the practices, each in a sentence."""
    practices, total = subject.practices, len(subject.practices)
    said = []
    missing = [one for one in reference().vocabulary(Dimension) if not _counts("dimension", subject).get(one.code)]
    if total and missing:
        said.append(_("No practice in these dimensions: %(list)s.") % {"list": ", ".join(one.name for one in missing)})
    silent = sum(not told[practice] for practice in practices)
    if silent:
        said.append(_("No result or limit is reported for %(n)s of %(total)s.") % {"n": silent, "total": total})
    undated = total - len(practices & BitMap(practice for _first, _last, practice in subject.collection.years))
    if undated:
        said.append(_("No year is stated for %(n)s of %(total)s.") % {"n": undated, "total": total})
    latest = max((one.source.reported_year for one in cited), default=None)
    if latest:
        said.append(
            _("The latest of these reports speaks of %(year)s: what came later is not covered.") % {"year": latest}
        )
    return said
