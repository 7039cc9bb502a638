"""The brief of a country, a role, a search or a list: what fits on two A4 pages, and what had to be left out.

How a brief looks is not known here: see `practices.exports` and the templates.
"""

from collections.abc import Iterable
from math import ceil

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.catalog import current
from practices.models import Citation, Dimension, Outcome, OutcomeKind, Practice
from practices.pages.brief.content import Brief, BriefEntry, BriefGroup, CitedSource, Endnote
from practices.pages.brief.counts import actors, facts, gaps
from practices.pages.brief.subject import answer, subject_of
from practices.pages.footnotes import Notes, Passages
from practices.pages.formatting import sentence, short, years
from practices.pages.practice import PracticeDetail, read_details
from practices.pages.summaries import outcome_counts

#: practices that are read in full, of which those that fit are shown
MAX_PRACTICES = 60
#: outcomes shown of one practice, notes shown for one sentence
MAX_OUTCOMES, MAX_NOTES = 2, 2
#: the share of all lines that outcomes may take
OUTCOMES_SHARE = 0.4
OUTCOME_HEADINGS = {
    OutcomeKind.RESULT: gettext_lazy("Results"),
    OutcomeKind.LIMIT: gettext_lazy("Limits"),
    OutcomeKind.CONTROVERSY: gettext_lazy("Controversies"),
}


class PageBudget:
    """What is left of two A4 pages, in lines of text. Measured for wide letters, so that less is used, never more."""

    #: lines of two pages beside headings, facts, who acts, gaps and the sources' own references; letters of a line
    LINES, WIDTH = 80.0, 88
    HEADING, NOTE = 1.7, 0.62

    def __init__(self) -> None:
        self.left = self.LINES
        self._citations: dict[tuple[int, int], list[Citation]] = {}

    def reserve(self, text: str, citations: list[Citation], *, heading: bool, share: float = 1.0) -> bool:
        """Take the lines of a text and its notes and return True; take none and return False where they do not fit.

        `share` is the part of all lines beyond which this kind of text may not go.
        """
        paragraphs = {(citation.section_id, citation.paragraph) for citation in citations}
        lines = ceil(len(text) / self.WIDTH) + 0.2 + self.HEADING * heading
        lines += self.NOTE * len(paragraphs - self._citations.keys())
        if lines > self.left - self.LINES * (1 - share):
            return False
        self.left -= lines
        for citation in citations:
            self._citations.setdefault((citation.section_id, citation.paragraph), []).append(citation)
        return True

    @property
    def citations(self) -> list[Citation]:
        """The citations of all texts that have lines."""
        return [citation for citations in self._citations.values() for citation in citations]


def build_brief(data: QueryDict, site: str = "") -> Brief:
    """Return the brief of a query string: of the practices that it names, or of what its filters find.

    `site` stands before the addresses in files: "https://kb.example.org". Eight queries beside those of its subject.
    """
    counts = outcome_counts()
    subject = subject_of(data, counts)
    public = Practice.objects.published().in_bulk(subject.order[:MAX_PRACTICES])
    details = read_details([public[key] for key in subject.order if key in public], current().vocabularies)
    passages, budget = Passages(public), PageBudget()
    outcomes = _fitting_outcomes(details, passages, budget)
    practices = _fitting_practices(details, passages, budget)
    notes = Notes(passages, budget.citations)
    sources = _sources(notes)
    return Brief(
        subject=subject.name,
        answer=answer(subject, counts),
        facts=facts(subject),
        practices=_practice_groups(practices, notes),
        more=len(subject.practices) - len(practices),
        outcomes=_outcome_groups(outcomes, notes),
        actors=actors(subject),
        gaps=gaps(subject, counts, sources),
        sources=sources,
        version=current().version,
        query=subject.query,
        list_url=subject.list_url,
        selection=subject.selection,
        site=site,
    )


def _practice_text(practice: Practice) -> tuple[str, str]:
    """Return (aside, sentence) of a practice."""
    return ", ".join(part for part in (years(practice), practice.ref) if part), sentence(practice.summary)


def _outcome_text(outcome: Outcome) -> str:
    year = _("(as of %(year)s)") % {"year": outcome.as_of} if outcome.as_of else ""
    return " ".join(part for part in (short(outcome.statement), year) if part)  # the statement names the figure


def _fitting_outcomes(
    details: list[PracticeDetail], passages: Passages, budget: PageBudget
) -> list[tuple[Practice, Outcome]]:
    """Return the outcomes that fit into their share: the first of each practice, then the second of each."""
    candidates = [
        (detail.practice, detail.outcomes[turn].outcome)
        for turn in range(MAX_OUTCOMES)
        for detail in details
        if len(detail.outcomes) > turn
    ]
    kinds: set[str] = set()
    fitting = []
    for practice, outcome in candidates:
        text = f"{practice.title}: {_outcome_text(outcome)}"
        citations = passages.of("outcome", outcome.pk, practice.pk)[:MAX_NOTES]
        if budget.reserve(text, citations, heading=outcome.kind not in kinds, share=OUTCOMES_SHARE):
            kinds.add(outcome.kind)
            fitting.append((practice, outcome))
    return fitting


def _main_dimension(detail: PracticeDetail) -> Dimension | None:
    """Return the dimension under which a practice stands, so that it stands once."""
    return next(iter(detail.terms["dimensions"]), None)


def _fitting_practices(details: list[PracticeDetail], passages: Passages, budget: PageBudget) -> list[PracticeDetail]:
    """Return the practices that fit, one of each dimension in turn, so that none crowds out the others."""
    headings: set[Dimension | None] = set()
    fitting = []
    for detail in _in_turns(details):
        text = "".join((detail.practice.title, *_practice_text(detail.practice)))
        citations = passages.of("practice", "record", detail.practice.pk)[:MAX_NOTES]
        dimension = _main_dimension(detail)
        if budget.reserve(text, citations, heading=dimension not in headings):
            headings.add(dimension)
            fitting.append(detail)
    return fitting


def _in_turns(details: list[PracticeDetail]) -> list[PracticeDetail]:
    """Return the first practice of each dimension, then the second of each, and so on."""
    queues: dict[Dimension | None, list[PracticeDetail]] = {}
    for detail in details:
        queues.setdefault(_main_dimension(detail), []).append(detail)
    return [queue[turn] for turn in range(len(details)) for queue in queues.values() if turn < len(queue)]


def _practice_groups(details: list[PracticeDetail], notes: Notes) -> list[BriefGroup]:
    groups = []
    for dimension in (*current().vocabularies.vocabulary(Dimension), None):
        practices = [detail.practice for detail in details if _main_dimension(detail) == dimension]
        entries = [
            _entry(practice, *_practice_text(practice), _numbers(notes, "practice", "record", practice))
            for practice in practices
        ]
        label = dimension.name if dimension else _("Dimension not stated")
        groups.append(BriefGroup(dimension.code if dimension else "", label, tuple(entries)))
    return [group for group in groups if group.entries]


def _outcome_groups(outcomes: Iterable[tuple[Practice, Outcome]], notes: Notes) -> list[BriefGroup]:
    groups = []
    for kind in OutcomeKind:
        entries = [
            _entry(practice, "", _outcome_text(outcome), _numbers(notes, "outcome", outcome.pk, practice))
            for practice, outcome in outcomes
            if outcome.kind == kind
        ]
        groups.append(BriefGroup(kind.value, str(OUTCOME_HEADINGS[kind]), tuple(entries)))
    return [group for group in groups if group.entries]


def _entry(practice: Practice, aside: str, text: str, numbers: tuple[int, ...]) -> BriefEntry:
    return BriefEntry(practice.title, practice.get_absolute_url(), aside, text, numbers)


def _numbers(notes: Notes, kind: str, owner: object, practice: Practice) -> tuple[int, ...]:
    return tuple(note.number for note in notes.of(kind, owner, practice.pk)[:MAX_NOTES])


def _sources(notes: Notes) -> list[CitedSource]:
    """Return the sources in the order of their notes, each with its notes."""
    by_source: dict[int, list[Endnote]] = {}
    sources = {}
    for note in notes.all:
        section = note.citation.section
        sources[section.source_id] = section.source
        endnote = Endnote(note.number, section.numbered_title, note.citation.paragraph, section.get_absolute_url())
        by_source.setdefault(section.source_id, []).append(endnote)
    return [CitedSource(sources[key], tuple(endnotes)) for key, endnotes in by_source.items()]
