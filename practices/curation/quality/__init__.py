"""What a record must have before readers see it, and what the whole collection must keep to: one list, GATES.

To add a gate: a function that yields each record that falls short with what it lacks, and a line in GATES. The command
`check_content` runs all of them over what is public; publishing asks those marked so of the one record.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.curation.quality import structure
from practices.curation.quality.duplicates import Pair, practices_on_the_same, similar_practices, similar_stakeholders
from practices.curation.quality.figures import missing_figures
from practices.curation.quality.orphans import linking_pages
from practices.curation.quality.terms import undefined_terms, unused_terms
from practices.curation.sources.verification import Verification
from practices.index.documents import chunks
from practices.index.schema import Label
from practices.models import (
    Curated,
    Event,
    Finding,
    Practice,
    PracticeCitation,
    Section,
    Source,
    Stakeholder,
    State,
    Term,
)
from practices.provenance.coverage import coverage, ranges
from practices.provenance.verification import VerdictKind
from practices.querysets import related_keys

SUMMARY_WORDS = range(15, 61)
#: the levels of practices that need not name a country
BEYOND_COUNTRIES = ("regional", "international")
LINKING_PAGES = 2
#: the relations in which practices must have something, which is asked of all of them in one query
NEEDED = ("country_links", "dimensions", "topics", "involvements")


class Issue(NamedTuple):
    """A record and what it lacks, in words for the curator; of a pair of like records, with the other one."""

    record: Curated | Term
    missing: str
    other: Curated | None = None


class Scope:
    """What is checked: all that is public, or some records that are to be; and the texts that the caller holds.

    What several gates ask is read once, so a scope is for one check of the records as they are.
    """

    def __init__(self, *records: Curated, texts: Iterable[Verification] = ()) -> None:
        self.records = records
        self.texts = list(texts)

    def keys(self, model: type[Curated]) -> list[int]:
        """Return the keys of the records of a kind that are to be checked."""
        if self.records:
            return [record.pk for record in self.records if isinstance(record, model)]
        return list(model.objects.published().order_by().values_list("pk", flat=True))

    def of(self, model: type[Curated]) -> QuerySet:
        """Return the records of a kind that are to be checked."""
        return model.objects.filter(pk__in=self.keys(model)) if self.records else model.objects.published()

    @cached_property
    def practices(self) -> dict[int, tuple[str, str]]:
        """The practices by key: the summary of each, and the code of its level."""
        rows = self.of(Practice).order_by().values_list("pk", "summary", "level__code")
        return {pk: (summary, level) for pk, summary, level in rows}

    @cached_property
    def _having(self) -> set[tuple[str, int]]:
        """The relations of NEEDED in which a practice has anything, each with the key of the practice."""
        rows = (row for some in chunks(self.practices) for row in related_keys(Practice, NEEDED, some))
        return {(name, practice) for name, practice, _key in rows}

    def without(self, relation: str) -> list[int]:
        """Return the keys of the practices that have nothing in a relation, one of NEEDED."""
        return [practice for practice in self.practices if (relation, practice) not in self._having]


Check = Callable[[Scope], Iterator[Issue]]


class Gate(NamedTuple):
    """One named check."""

    name: str
    #: what falls short of it lacks, in words for the curator
    title: Label
    check: Check
    #: publishing asks it of the record
    publishing: bool = False
    #: it can be told only from the texts
    needs_text: bool = False
    #: what it finds is shown, and does not count as falling short
    warns: bool = False
    #: the fields or rows of records, of one kind or another, in which what is missing is written
    fields: tuple[str, ...] = ()


def issues(scope: Scope, *, publishing: bool = False) -> Iterator[tuple[Gate, Issue]]:
    """Yield each issue with its gate, of every gate or of those that publishing asks."""
    for gate in GATES:
        if (gate.publishing or not publishing) and (scope.texts or not gate.needs_text):
            yield from ((gate, issue) for issue in gate.check(scope))


# What a record must have


def _lacking(scope: Scope, keys: Collection[int], missing: str) -> Iterator[Issue]:
    """Yield the practices with these keys, which lack something."""
    yield from (Issue(practice, missing) for practice in (scope.of(Practice).filter(pk__in=keys) if keys else ()))


def _without(relation: str, missing: Label) -> Check:
    """Return the check that each practice has something in a relation, one of NEEDED."""
    return lambda scope: _lacking(scope, scope.without(relation), str(missing))


def _without_citation(scope: Scope) -> Iterator[Issue]:
    """Citations of a source that readers cannot see do not count."""
    for model, link in ((Practice, PracticeCitation), (Finding, Finding.citations.through)):
        keys, owner = scope.keys(model), str(model._meta.model_name)
        if not keys:
            continue
        links = link.objects.filter(**{f"{owner}__in": keys} if scope.records else {}).order_by()
        # whether a source is public is told here: asked in the query, databases begin at those that are
        cited = links.values_list(owner, "citation__section__source__state")
        bare = set(keys) - {key for key, state in cited if state == State.PUBLISHED}
        if bare:
            lack = _("a citation of a source that is public")
            yield from (Issue(record, lack) for record in scope.of(model).filter(pk__in=bare))


def _without_country(scope: Scope) -> Iterator[Issue]:
    bare = [key for key in scope.without("country_links") if scope.practices[key][1] not in BEYOND_COUNTRIES]
    yield from _lacking(scope, bare, _("a country, or a level that is regional or international"))


def _summary_length(scope: Scope) -> Iterator[Issue]:
    counts = {key: len(summary.split()) for key, (summary, _level) in scope.practices.items()}
    wrong = [key for key, count in counts.items() if count not in SUMMARY_WORDS]
    for practice in scope.of(Practice).filter(pk__in=wrong) if wrong else ():
        numbers = {"minimum": SUMMARY_WORDS[0], "maximum": SUMMARY_WORDS[-1], "count": counts[practice.pk]}
        yield Issue(practice, _("a summary of %(minimum)d to %(maximum)d words (it has %(count)d)") % numbers)


# What the collection must keep to


def _duplicates(scope: Scope) -> Iterator[Issue]:
    relation = _("a relation that says why it is like %(other)s (names alike by %(alike)d of 100)")
    yield from (_of_pair(pair, relation) for pair in similar_practices(scope.of(Practice)))
    name = _("a name that tells it from %(other)s (alike by %(alike)d of 100), or to be merged with it")
    yield from (_of_pair(pair, name) for pair in similar_stakeholders(scope.of(Stakeholder)))


def _same_subject(scope: Scope) -> Iterator[Issue]:
    reason = _(
        "a relation that says why it is like %(other)s (same actor, country and topic, names alike by %(alike)d of 100)"
    )
    yield from (_of_pair(pair, reason) for pair in practices_on_the_same(scope.of(Practice)))


def _of_pair(pair: Pair, reason: str) -> Issue:
    words = reason % {"other": f"{pair.first.ref} {pair.first}", "alike": pair.alike}
    return Issue(pair.second, words, pair.first)


def _unread_paragraphs(scope: Scope) -> Iterator[Issue]:
    for source in scope.of(Source):
        for covered in coverage(source):
            if covered.left:
                reason = _("a record or a note for %(section)s, paragraph %(paragraphs)s")
                yield Issue(source, reason % {"section": _name(covered.section), "paragraphs": ranges(covered.left)})


def _orphans(scope: Scope) -> Iterator[Issue]:
    for record, pages in linking_pages().items():
        if pages < LINKING_PAGES:
            reason = _("links from %(wanted)d other pages (it has %(pages)d)")
            yield Issue(record, reason % {"wanted": LINKING_PAGES, "pages": pages})


def _undefined(scope: Scope) -> Iterator[Issue]:
    return (Issue(term, _("a definition")) for term in undefined_terms())


def _unused(scope: Scope) -> Iterator[Issue]:
    return (Issue(term, _("a record that uses it")) for term in unused_terms())


def _circles(scope: Scope) -> Iterator[Issue]:
    placed = (
        (Finding, structure.findings_in_circles(), _("a broader finding that does not stand under it")),
        (Practice, structure.practices_in_circles(), _("relations that do not lead back to it")),
        (Source, structure.sources_with_circles(), _("sections that do not stand within themselves")),
    )
    for model, keys, missing in placed:
        yield from (Issue(record, missing) for record in (scope.of(model).filter(pk__in=keys) if keys else ()))
    yield from (Issue(term, _("a place on one of two levels")) for term in structure.misplaced_terms())


def _missing_paragraphs(scope: Scope) -> Iterator[Issue]:
    for source, section, paragraph in structure.missing_paragraphs(scope.of(Source)):
        reason = _("paragraph %(paragraph)d of %(section)s, which has %(count)d, or a citation of another")
        values = {"paragraph": paragraph, "section": _name(section), "count": section.paragraphs}
        yield Issue(source, reason % values)


# What the texts must bear out


def _sections(scope: Scope) -> Iterator[Issue]:
    for text in scope.texts:
        for mark in text.missing:
            yield Issue(text.source, _("the heading of section %(section)s in its text") % {"section": mark})
        for section in text.sections.values():
            count = text.lengths.get(section.position, 0)
            if section.paragraphs != count and not text.missing:
                reason = _("the number of paragraphs of %(section)s: the text has %(count)d, the record %(recorded)d")
                values = {"section": _name(section), "count": count, "recorded": section.paragraphs}
                yield Issue(text.source, reason % values)


def _unverified(scope: Scope) -> Iterator[Issue]:
    for text in scope.texts:
        citing = text.citing()
        for citation, verdict in text.results:
            if not verdict.in_section:
                missing = verdict.kind == VerdictKind.MISSING
                stands = _("nowhere in the text") if missing else _("in another section of the text")
                reason = _("the words cited from %(section)s, paragraph %(paragraph)d: they stand %(stands)s")
                values = {"section": _name(citation.section), "paragraph": citation.paragraph, "stands": stands}
                yield from (Issue(record, reason % values) for record in citing.get(citation.pk, [text.source]))


def _unsupported_figures(scope: Scope) -> Iterator[Issue]:
    for record, value, what in missing_figures(scope.of(Practice), scope.of(Event), scope.texts):
        reason = _("the figure %(value)s (%(what)s) in the paragraphs cited for it")
        yield Issue(record, reason % {"value": value, "what": what})


def _name(section: Section) -> str:
    return _("section %(position)d (%(title)s)") % {"position": section.position, "title": section.numbered_title}


#: every gate, those of single records first
GATES: list[Gate] = [
    Gate(
        "citation",
        gettext_lazy("A citation of a public source"),
        _without_citation,
        publishing=True,
        fields=("citation_links", "citations"),
    ),
    Gate("country", gettext_lazy("A country"), _without_country, publishing=True, fields=("country_links",)),
    Gate(
        "dimension",
        gettext_lazy("A dimension"),
        _without("dimensions", gettext_lazy("a dimension")),
        publishing=True,
        fields=("dimensions",),
    ),
    Gate(
        "topic",
        gettext_lazy("A topic"),
        _without("topics", gettext_lazy("a topic")),
        publishing=True,
        fields=("topics",),
    ),
    Gate(
        "involvement",
        gettext_lazy("An involvement"),
        _without("involvements", gettext_lazy("an involvement")),
        publishing=True,
        fields=("involvements",),
    ),
    Gate(
        "summary", gettext_lazy("A summary of the right length"), _summary_length, publishing=True, fields=("summary",)
    ),
    Gate("duplicates", gettext_lazy("What tells it from another record"), _duplicates),
    Gate("same subject", gettext_lazy("What tells it from one on the same subject"), _same_subject, warns=True),
    Gate("orphans", gettext_lazy("Links from other pages"), _orphans),
    Gate("circles", gettext_lazy("A place that is not under itself"), _circles),
    Gate("paragraphs", gettext_lazy("Paragraphs that are named"), _missing_paragraphs),
    Gate("coverage", gettext_lazy("Paragraphs that were read"), _unread_paragraphs),
    Gate("defined terms", gettext_lazy("A definition"), _undefined),
    Gate("used terms", gettext_lazy("A record that uses it"), _unused, warns=True),
    Gate("sections", gettext_lazy("Sections as in the text"), _sections, needs_text=True),
    Gate("citations", gettext_lazy("Citations that stand in the text"), _unverified, needs_text=True),
    Gate("figures", gettext_lazy("Figures that stand in the text"), _unsupported_figures, needs_text=True),
]
