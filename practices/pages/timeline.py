"""Practices, reports and meetings by year: a result as a timeline, with what has no year as a group of its own.

A practice stands at the first year that is known of it. Reports are those that the practices shown cite, meetings those
that these reports are of or cite. Long years show their first practices and lead to the rest.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.functional import cached_property
from pyroaring import BitMap

from practices.catalog.link import Link
from practices.catalog.query_string import address, url_prefix
from practices.models import Event, Source
from practices.search.cards import Card, cards_of
from practices.search.filters import parse_year
from practices.search.links import conditions
from practices.search.request import SearchRequest
from practices.search.results import Results

#: the value of `year` for what has none
UNKNOWN = "unknown"
#: how many practices a year shows on the whole timeline, and a page of one year
FIRST, PAGE_SIZE = 8, 100
#: how many bars the overview has at most, and how many years of the axis are written
MOST_BARS, MOST_TICKS = 72, 6
#: the height of the highest bar
HEIGHT = 96


@dataclass(frozen=True)
class Span:
    """Where something stands between the left and the right edge of the timeline, as SVG takes it: "12.5%"."""

    x: str
    width: str


@dataclass(frozen=True)
class Entry:
    """A practice of a year, and where the years in which it is known to have run stand on the whole timeline."""

    card: Card
    span: Span | None


@dataclass
class Year:
    """What stands at a year, or at none: `beginning` counts practices, of which `entries` are the first."""

    year: int | None
    beginning: int = 0
    running: int = 0
    entries: list[Entry] = field(default_factory=list)
    reports: list[Source] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    url: str = ""
    running_query: str = ""


@dataclass(frozen=True)
class Bar:
    """The years of one bar of the overview: practices that ran and that began, reports and meetings, and heights."""

    label: str
    middle: str
    span: Span
    running: int
    beginning: int
    reports: int
    events: int
    height: int
    beginning_height: int

    @property
    def top(self) -> int:
        """Where the bar of what ran begins, from above."""
        return HEIGHT - self.height

    @property
    def beginning_top(self) -> int:
        """Where the bar of what began begins, from above."""
        return HEIGHT - self.beginning_height


class Timeline:
    """A result by year."""

    def __init__(self, asked: SearchRequest) -> None:
        self.asked, self.results = asked, Results(asked)
        self.shown = self._shown(asked.data.get("year", ""))

    def _shown(self, asked: str) -> int | str | None:
        """Return the year that is asked for, UNKNOWN, or None for all of them, also where the year has no practice."""
        if asked == UNKNOWN:
            return UNKNOWN if self.without_year else None
        year = parse_year(asked)
        return year if year in self.practices else None

    # What stands in each year

    @cached_property
    def spans(self) -> dict[int, tuple[int, int]]:
        """The first and last known year of each practice of the result that has one."""
        within = self.results.practices
        return {pk: (first, last) for first, last, pk in self.results.snapshot.years if pk in within}

    @cached_property
    def practices(self) -> dict[int, list[int]]:
        """The practices of each year, by title."""
        places, years = self.results.snapshot.rank["title"], defaultdict(list)
        for pk, (first, _last) in self.spans.items():
            years[first].append(pk)
        return {year: sorted(years[year], key=places.__getitem__) for year in sorted(years)}

    @cached_property
    def without_year(self) -> list[int]:
        """The practices of which no year is known, by title."""
        places = self.results.snapshot.rank["title"]
        return sorted(self.results.practices - BitMap(self.spans), key=places.__getitem__)

    @cached_property
    def reports(self) -> dict[int, list[Source]]:
        """The reports by year of publication: where the result is narrowed, those that its practices cite."""
        sources = Source.objects.published().order_by("year", "sort_key").only("slug", "title", "year", "event")
        cited = self.results.snapshot.values.get("sources", {})
        years: dict[int, list[Source]] = defaultdict(list)
        for source in sources:
            if not self.asked.filterset.active_filters or cited.get(source.slug, BitMap()) & self.results.practices:
                years[source.year].append(source)
        return dict(years)

    @cached_property
    def events(self) -> dict[int | None, list[Event]]:
        """The meetings by the year in which they began: where the result is narrowed, those of the reports shown."""
        events = Event.objects.published().by_date()
        if self.asked.filterset.active_filters:
            reports = list(chain.from_iterable(self.reports.values()))
            of_reports = Q(pk__in=[one.event_id for one in reports if one.event_id])
            cited = Event.citations.through.objects.filter(citation__section__source__in=reports).values("event")
            events = events.filter(of_reports | Q(pk__in=cited))
        years: dict[int | None, list[Event]] = defaultdict(list)
        for event in events:
            years[int(event.starts[:4]) if event.starts else None].append(event)
        return dict(years)

    # The list

    @cached_property
    def decades(self) -> list[tuple[int, list[Year]]]:
        """The years that have something, by decade, with their first practices; one query for all of them."""
        numbers = sorted({*self.practices, *self.reports, *(year for year in self.events if year)})
        decades: dict[int, list[Year]] = defaultdict(list)
        for number in numbers:
            decades[number // 10 * 10].append(self._year(number))
        return list(decades.items())

    @cached_property
    def unknown(self) -> Year:
        """What has no year."""
        entries = [Entry(self._cards[pk], None) for pk in self.without_year[:FIRST] if pk in self._cards]
        url, events = self._url(UNKNOWN), self.events.get(None, [])
        return Year(None, len(self.without_year), entries=entries, events=events, url=url)

    def _year(self, number: int) -> Year:
        beginning, running = self.practices.get(number, []), self.running(number)
        return Year(
            number,
            len(beginning),
            running,
            [self._entry(pk) for pk in beginning[:FIRST] if pk in self._cards],
            self.reports.get(number, []),
            self.events.get(number, []),
            self._url(written(number)),
            f"{self._in_year}year_from={written(number)}&year_to={written(number)}",
        )

    def _entry(self, pk: int) -> Entry:
        first, last = self.spans[pk]
        return Entry(self._cards[pk], self._span(first, last))

    @cached_property
    def _cards(self) -> dict[int, Card]:
        """The practices that the list shows, by primary key, in one query."""
        shown = chain(self.without_year[:FIRST], *(keys[:FIRST] for keys in self.practices.values()))
        return {card.practice.pk: card for card in cards_of(shown)}

    def page(self, number: Any) -> tuple[Page[int], list[Entry]]:
        """Return a page of the practices of the year that is asked for."""
        keys = self.without_year if self.shown == UNKNOWN else self.practices[int(self.shown or 0)]
        page = Paginator(keys, PAGE_SIZE).get_page(number)
        spans = {pk: self._span(*self.spans[pk]) for pk in page.object_list if pk in self.spans}
        return page, [Entry(card, spans.get(card.practice.pk)) for card in cards_of(page.object_list)]

    # The years in which practices ran

    @cached_property
    def _in_year(self) -> str:
        """The address of what ran in a year but for the year."""
        return url_prefix(
            pair for pair in self.asked.filterset.active_filters if pair[0] not in self.asked.filterset.year_filters
        )

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        """The first years and the last years of all practices that the result would have without a range of years."""
        among = self.results.faceted_with(years=False).practices()
        spans = [(first, last) for first, last, pk in self.results.snapshot.years if pk in among]
        return ends(spans)

    def running(self, year: int) -> int:
        """Return how many practices are known to have run in a year: what its address finds."""
        return meeting(self._ends, year, year)

    # The overview

    @cached_property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year of all; None where no year is known."""
        known = [year for span in self.spans.values() for year in span]
        known += [*self.reports, *(year for year in self.events if year)]
        return (min(known), max(known)) if known else None

    @cached_property
    def step(self) -> int:
        """How many years a bar of the overview stands for: 1, or 10, 100 … where they would be too many."""
        first, last = self.years or (0, 0)
        return next(step for step in (1, 10, 100, 1000, 10000) if (last - first) // step < MOST_BARS)

    @cached_property
    def _starts(self) -> range:
        first, last = self.years or (0, -1)
        return range(first // self.step * self.step, last + 1, self.step)

    @cached_property
    def bars(self) -> list[Bar]:
        """The bars of the overview, in the order of the years."""
        years, last = ends(self.spans.values()), self.step - 1
        counted = [(one, meeting(years, one, one + last), self._among(self.practices, one)) for one in self._starts]
        most = max((running for _start, running, _beginning in counted), default=0) or 1
        return [
            Bar(
                str(start) if self.step == 1 else f"{start}–{start + self.step - 1}",
                self._percent(start + self.step / 2),
                self._span(start, start + self.step - 1),
                running,
                beginning,
                self._among(self.reports, start),
                self._among(self.events, start),
                round(HEIGHT * running / most),
                round(HEIGHT * beginning / most),
            )
            for start, running, beginning in counted
        ]

    @cached_property
    def ticks(self) -> list[tuple[str, str]]:
        """The years written under the overview, with their places."""
        if not self.years:
            return []
        steps = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000, 10000)
        first, last = self._starts[0], self._starts[-1]
        step = next(step for step in steps if (last - first) / step < MOST_TICKS)
        return [
            (str(year), self._percent(year + self.step / 2)) for year in range(-(-first // step) * step, last + 1, step)
        ]

    def _among(self, years: dict[Any, list[Any]], start: int) -> int:
        """Return how many things stand in the years of one bar."""
        return sum(len(years.get(year, ())) for year in range(start, start + self.step))

    def _span(self, first: int, last: int) -> Span:
        whole = len(self._starts) * self.step
        return Span(self._percent(first), f"{100 * (last - first + 1) / whole:.2f}%")

    def _percent(self, year: float) -> str:
        return f"{100 * (year - self._starts[0]) / (len(self._starts) * self.step):.2f}%"

    # Addresses

    def _url(self, year: str) -> str:
        return address([("year", year), *self.asked.filterset.active_filters])

    @property
    def page_base(self) -> str:
        """The address of the year that is shown, up to the number of a page."""
        return address([("year", self._written), *self.asked.filterset.active_filters, ("page", "")])

    @property
    def _written(self) -> str:
        return written(self.shown) if isinstance(self.shown, int) else self.shown or ""

    @property
    def conditions(self) -> list[Link]:
        """What narrows the result."""
        return conditions(self.asked.filterset, [("year", self._written)] if self.shown else [])


def ends(spans: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Return the first years and the last years of some spans of years, each in order."""
    spans = list(spans)
    return sorted(first for first, _last in spans), sorted(last for _first, last in spans)


def meeting(spans: tuple[list[int], list[int]], first: int, last: int) -> int:
    """Return how many spans, given by their ends, meet the years from `first` to `last`."""
    firsts, lasts = spans
    return bisect_right(firsts, last) - bisect_left(lasts, first)


def written(year: int) -> str:
    """Return a year as addresses have it, in four digits."""
    return f"{year:04}"
