"""Searches without success: one line of the log for each search, and what `manage.py tend` counts in such lines.

A line says what was searched for, as folded words, how much matched it in full, and after which other search of the
same page it was typed. It names no address, browser or person, and a query that may name one (an e-mail address, a
long number, a long text) is not logged. What the log holds is kept only where it stands there on several days, so that
nothing that one reader typed on one day ever reaches the database. Pages write nothing to it.
"""

import json
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from django.db import transaction
from django.http import HttpRequest

from practices.index import text
from practices.models import SearchMiss

logger = logging.getLogger("practices.searches")

#: a query of more words or characters is a text, not a search
MOST_WORDS, MOST_CHARACTERS = 8, 100
#: what may name a person: an e-mail address, the number of a telephone or passport
PERSONAL = re.compile(r"@|\d[\d\s./-]{5,}\d")
#: parameters that do not change what is found
DISPLAY = {"q", "sort", "view", "facet_order"}
#: on how many different days a search must have been without success to be kept
FEWEST_DAYS = 3


class Search(NamedTuple):
    """One line of the log."""

    day: date
    query: str
    found: int
    #: what the same reader had searched for just before, "" where that is not known
    after: str


# Writing the log


def log_search(request: HttpRequest, number: int) -> None:
    """Log a search for practices by words alone, of which `found` match in full."""
    if not logger.isEnabledFor(logging.INFO):
        return
    query = folded(request.GET.get("q", ""))
    narrowed = any(any(values) for name, values in request.GET.lists() if name not in DISPLAY)
    if query and not narrowed:
        logger.info("search", extra={"query": query, "found": number, "after": _before(request, query)})


def folded(query: str) -> str:
    """Return the words of a query as the index folds them, "" of one that is not to be logged."""
    if len(query) > MOST_CHARACTERS or PERSONAL.search(query):
        return ""
    words = [token.surface for token in text.tokens(query)]
    return " ".join(words)[:MOST_CHARACTERS] if len(words) <= MOST_WORDS else ""


def _before(request: HttpRequest, query: str) -> str:
    """Return what was searched for on the page from which this search came, where that is this page."""
    try:
        page = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    if (page.netloc, page.path) != (request.get_host(), request.path):
        return ""
    before = folded(parse_qs(page.query).get("q", [""])[0])
    return before if before != query else ""


# Reading it


@dataclass
class Count:
    """What the log says of one query."""

    found_nothing: Counter[date] = field(default_factory=Counter)
    retyped: Counter[date] = field(default_factory=Counter)
    #: on which days which words were tried instead
    instead: defaultdict[str, set[date]] = field(default_factory=lambda: defaultdict(set))

    @property
    def days(self) -> set[date]:
        """The days on which it was without success."""
        return {day for counter in (self.found_nothing, self.retyped) for day, times in counter.items() if times > 0}

    def since(self, last: date | None) -> "Count":
        """Return what it says of the days after `last`."""
        if last is None:
            return self
        nothing, retyped = (
            Counter({day: times for day, times in counter.items() if day > last})
            for counter in (self.found_nothing, self.retyped)
        )
        return Count(nothing, retyped, self.instead)


def searches(lines: Iterable[str]) -> Iterator[Search]:
    """Yield the searches in the lines of a log; other lines, and what stands before the JSON, are passed over."""
    for line in lines:
        if f'"{logger.name}"' not in line:
            continue
        try:
            entry = json.loads(line[line.index("{") :])
            day = date.fromisoformat(entry["asctime"][:10])
            yield Search(day, str(entry["query"]), int(entry["found"]), str(entry.get("after", "")))
        except (ValueError, KeyError, TypeError):
            continue


def count(searches: Iterable[Search]) -> dict[str, Count]:
    """Return by query how often it found nothing, and how often other words were tried after it.

    A query that was only the beginning of the next, or the next without its end, was being typed, and does not count.
    """
    counts: defaultdict[str, Count] = defaultdict(Count)
    for search in searches:
        if not search.found:
            counts[search.query].found_nothing[search.day] += 1
        if not search.after:
            continue
        if search.query.startswith(search.after) or search.after.startswith(search.query):
            counts[search.after].found_nothing[search.day] -= 1
        else:
            counts[search.after].retyped[search.day] += 1
            counts[search.after].instead[search.query].add(search.day)
    return dict(counts)


@transaction.atomic
def keep_misses(lines: Iterable[str], today: date) -> int:
    """Keep what the log says of searches without success on days before `today`; returns how many it added to.

    The same log may be read again: what was kept of a search up to its last day is not counted twice.
    """
    kept = {miss.query: miss for miss in SearchMiss.objects.select_for_update()}
    added = 0
    for query, counted in count(search for search in searches(lines) if search.day < today).items():
        miss = kept.get(query)
        new = counted.since(miss.last_day if miss else None)
        if len(new.days) >= (1 if miss else FEWEST_DAYS):
            _add(miss or SearchMiss(query=query), new)
            added += 1
    return added


def dismiss_answered(words: Iterable[str]) -> None:
    """Take searches off the desk that a ring of synonyms with these words answers now."""
    SearchMiss.objects.filter(query__in={folded(word) for word in words}).update(is_dismissed=True)


def _add(miss: SearchMiss, count: Count) -> None:
    days = count.days
    miss.found_nothing += sum(count.found_nothing[day] for day in days)
    miss.retyped += sum(count.retyped[day] for day in days)
    miss.days += len(days)
    miss.last_day = max(days)
    instead = {query: len(days) for query, days in count.instead.items() if len(days) >= FEWEST_DAYS}
    miss.retyped_as = max(instead, key=lambda query: (instead[query], query), default=miss.retyped_as)
    miss.save()
