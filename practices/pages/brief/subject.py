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
from practices.pages.formatting import subject as about
from practices.pages.selection import Selection, selected
from practices.search.request import SearchRequest
from practices.search.results import Results

#: practices of a search that are put in order by relevance
MOST_ORDERED = 60


@dataclass
class Subject:
    """What a brief is about: its practices as a bitmap, the first of them in order, and its name and address."""

    name: str
    query: str
    list_url: str
    practices: BitMap
    collection: Snapshot
    asked: SearchRequest
    order: list[int] = field(default_factory=list)
    selection: Selection | None = None
    results: Results | None = None


def subject_of(data: QueryDict, told: Counter[int]) -> Subject:
    """Return what a query string is about; `told` is how many outcomes are reported of each practice."""
    return _of_selection(data) if "practice" in data else _of_filters(data, told)


def _of_selection(data: QueryDict) -> Subject:
    chosen = selected(data.getlist("practice"))
    keys = [one.pk for one in chosen.practices]
    return Subject(
        name=_("Selected practices"),
        query=chosen.query,
        list_url=reverse("selection") + chosen.query,
        practices=BitMap(keys),
        collection=current().snapshot,
        asked=SearchRequest(QueryDict()),
        order=keys,
        selection=chosen,
    )


def _of_filters(data: QueryDict, told: Counter[int]) -> Subject:
    """Return what filters find: a search by relevance, anything else with the most reported results first."""
    asked = SearchRequest(data)
    results = Results(asked)
    query = asked.links.query
    newest = results.snapshot.rank["newest"]
    order = (
        results.ordered(0, MOST_ORDERED)
        if results.query_match
        else sorted(results.practices, key=lambda practice: (-min(told[practice], 2), newest[practice]))
    )
    return Subject(
        name=about(asked) or _("All practices"),
        query=query,
        list_url=reverse("practice_list") + query,
        practices=results.practices,
        collection=results.snapshot,
        asked=asked,
        order=order,
        results=results,
    )


def answer(subject: Subject, told: Counter[int]) -> str:
    """Return what a brief says first: how much there is, and of how much it is known what came of it."""
    total, known = len(subject.practices), sum(told[practice] > 0 for practice in subject.practices)
    if not total:
        return _(
            "No source names a practice for this. That is a gap in these reports, not a statement about the world."
        )
    return " ".join((_described(subject, total), _("What came of them is reported for %(n)s.") % {"n": known}))


def _described(subject: Subject, total: int) -> str:
    """Return how many practices there are, and of a search how many of them match every word."""
    full = subject.results.full if subject.results else total
    if full == total:
        return ngettext("The reports describe %(n)s practice.", "The reports describe %(n)s practices.", total) % {
            "n": total
        }
    if not full:
        found = ngettext(
            "No practice matches every word; %(n)s matches part of them.",
            "No practice matches every word; %(n)s match part of them.",
            total,
        )
    else:
        found = ngettext(
            "%(n)s practices match; %(full)s of them matches every word, the others part of them.",
            "%(n)s practices match; %(full)s of them match every word, the others part of them.",
            full,
        )
    return found % {"n": total, "full": full}
