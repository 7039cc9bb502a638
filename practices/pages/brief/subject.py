"""What a brief is about: practices that an address names, or what its filters find."""

from collections import Counter
from dataclasses import dataclass, field

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pyroaring import BitMap

from practices.catalog import current
from practices.catalog.snapshot import Snapshot
from practices.pages.formatting import subject as subject_name
from practices.pages.selection import PracticeSelection, select_practices
from practices.search.request import SearchRequest
from practices.search.results import Results

#: practices of a search that are put in order by relevance
MAX_ORDERED = 60


@dataclass
class Subject:
    """What a brief is about: its practices as a bitmap, the first of them in order, and its name and address."""

    name: str
    query: str
    list_url: str
    practices: BitMap
    snapshot: Snapshot
    search: SearchRequest
    order: list[int] = field(default_factory=list)
    selection: PracticeSelection | None = None
    results: Results | None = None


def subject_of(data: QueryDict, outcome_counts: Counter[int]) -> Subject:
    """Return what a query string is about; `outcome_counts` is how many outcomes are reported of each practice."""
    return _of_selection(data) if "practice" in data else _of_filters(data, outcome_counts)


def _of_selection(data: QueryDict) -> Subject:
    selection = select_practices(data.getlist("practice"))
    keys = [practice.pk for practice in selection.practices]
    return Subject(
        name=_("Selected practices"),
        query=selection.query,
        list_url=reverse("selection") + selection.query,
        practices=BitMap(keys),
        snapshot=current().snapshot,
        search=SearchRequest(QueryDict()),
        order=keys,
        selection=selection,
    )


def _of_filters(data: QueryDict, outcome_counts: Counter[int]) -> Subject:
    """Return what filters find: a search by relevance, anything else with the most reported results first."""
    search = SearchRequest(data)
    results = Results(search)
    query = search.links.query
    newest = results.snapshot.rank["newest"]
    order = (
        results.ordered(0, MAX_ORDERED)
        if results.query_match
        else sorted(results.practices, key=lambda practice: (-min(outcome_counts[practice], 2), newest[practice]))
    )
    return Subject(
        name=subject_name(search) or _("All practices"),
        query=query,
        list_url=reverse("practice_list") + query,
        practices=results.practices,
        snapshot=results.snapshot,
        search=search,
        order=order,
        results=results,
    )


def answer(subject: Subject, outcome_counts: Counter[int]) -> str:
    """Return the first sentences of a brief: how many practices there are, and for how many outcomes are reported."""
    total = len(subject.practices)
    if not total:
        return _(
            "No source names a practice for this. That is a gap in these reports, not a statement about the world."
        )
    with_outcomes = sum(outcome_counts[practice] > 0 for practice in subject.practices)
    return " ".join((_described(subject, total), _("What came of them is reported for %(n)s.") % {"n": with_outcomes}))


def _described(subject: Subject, total: int) -> str:
    """Return how many practices there are, and of a search how many of them match every word."""
    full = subject.results.full if subject.results else total
    if full == total:
        return ngettext("The reports describe %(n)s practice.", "The reports describe %(n)s practices.", total) % {
            "n": total
        }
    if not full:
        sentence = ngettext(
            "No practice matches every word; %(n)s matches part of them.",
            "No practice matches every word; %(n)s match part of them.",
            total,
        )
    else:
        sentence = ngettext(
            "%(n)s practices match; %(full)s of them matches every word, the others part of them.",
            "%(n)s practices match; %(full)s of them match every word, the others part of them.",
            full,
        )
    return sentence % {"n": total, "full": full}
