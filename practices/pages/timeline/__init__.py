"""Practices, reports and meetings by year: a result as a timeline, with what has no year as a group of its own.

A practice stands at the first year that is known of it. Reports are those that the practices shown cite, meetings those
that these reports are of or cite. Long years show their first practices and lead to the rest.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

from practices.catalog.link import Link
from practices.catalog.query_string import address, url_prefix
from practices.models import Event, Source
from practices.pages.timeline.overview import Overview, Scale, Span
from practices.pages.timeline.records import DatedRecords
from practices.search.cards import Card, cards_of
from practices.search.filters import parse_year
from practices.search.links import Parameters, conditions
from practices.search.request import SearchRequest
from practices.search.results import Results

#: the value of `year` for what has none
UNKNOWN = "unknown"
#: how many practices a year shows on the whole timeline, and a page of one year
YEAR_SIZE, PAGE_SIZE = 8, 100


@dataclass(frozen=True)
class TimelineEntry:
    """A practice of a year, and where the years in which it is known to have run stand on the whole timeline."""

    card: Card
    span: Span | None


@dataclass(frozen=True)
class TimelineYear:
    """What stands at a year, or at none: `beginning` counts practices, of which `entries` are the first."""

    year: int | None
    beginning: int
    url: str
    entries: list[TimelineEntry] = field(default_factory=list)
    reports: list[Source] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    running: int = 0
    running_query: str = ""


@dataclass(frozen=True)
class Decade:
    """The years of a decade at which something stands."""

    first: int
    years: list[TimelineYear]


class Timeline:
    """A result by year; or the practices of one `year`, which is UNKNOWN for those without a year.

    The whole takes three queries: practices, reports, meetings.
    """

    def __init__(self, search: SearchRequest) -> None:
        self.search, self.results = search, Results(search)
        self.records = DatedRecords(self.results)
        self.year = self._year_of(search.data.get("year", ""))

    def _year_of(self, text: str) -> int | str | None:
        """Return the year of an address, UNKNOWN, or None for all years, also where the year has no practice."""
        if text == UNKNOWN:
            return UNKNOWN if self.records.undated_practices else None
        year = parse_year(text)
        return year if year in self.records.practices else None

    # All years

    @cached_property
    def decades(self) -> list[Decade]:
        """The years at which something stands, by decade, with their first practices."""
        decades: dict[int, list[TimelineYear]] = defaultdict(list)
        for year in self.records.years:
            decades[year // 10 * 10].append(self._timeline_year(year))
        return [Decade(first, years) for first, years in decades.items()]

    @cached_property
    def undated(self) -> TimelineYear:
        """What has no year."""
        practices = self.records.undated_practices
        entries = [TimelineEntry(card, None) for card in self._cards(practices)]
        reports, events = self.records.reports.get(None, []), self.records.events.get(None, [])
        return TimelineYear(None, len(practices), self._url(UNKNOWN), entries, reports, events)

    @cached_property
    def overview(self) -> Overview | None:
        """The bars of all years; None where no year is known."""
        return Overview(self._scale, self.records) if self._scale else None

    def _timeline_year(self, year: int) -> TimelineYear:
        practices = self.records.practices.get(year, [])
        return TimelineYear(
            year,
            len(practices),
            self._url(four_digits(year)),
            [TimelineEntry(card, self._span(card.practice.pk)) for card in self._cards(practices)],
            self.records.reports.get(year, []),
            self.records.events.get(year, []),
            self.records.running(year),
            f"{self._any_year_prefix}year_from={four_digits(year)}&year_to={four_digits(year)}",
        )

    def _cards(self, practices: list[int]) -> Iterable[Card]:
        """Return the cards of the first of some practices of a year."""
        return [self._all_cards[key] for key in practices[:YEAR_SIZE] if key in self._all_cards]

    @cached_property
    def _all_cards(self) -> dict[int, Card]:
        """The practices that all years show, by primary key. One query."""
        years = (self.records.undated_practices, *self.records.practices.values())
        keys = chain.from_iterable(practices[:YEAR_SIZE] for practices in years)
        return {card.practice.pk: card for card in cards_of(keys)}

    # One year

    @cached_property
    def page(self) -> Page[int]:
        """The page of the practices of the year that the address asks for; the first or last where there is none."""
        undated = self.year == UNKNOWN
        practices = self.records.undated_practices if undated else self.records.practices[int(self.year or 0)]
        return Paginator(practices, PAGE_SIZE).get_page(self.search.data.get("page"))

    @cached_property
    def entries(self) -> list[TimelineEntry]:
        """The practices of that page. One query."""
        return [TimelineEntry(card, self._span(card.practice.pk)) for card in cards_of(self.page.object_list)]

    # Where practices stand

    @cached_property
    def _scale(self) -> Scale | None:
        return Scale(*self.records.range) if self.records.range else None

    def _span(self, practice: int) -> Span | None:
        years = self.records.spans.get(practice)
        return self._scale.span(*years) if years and self._scale else None

    # Addresses

    @property
    def page_url(self) -> str:
        """The address of the year that is shown, up to the number of a page."""
        return address([*self._parameters, *self.search.filterset.active_filters, ("page", "")])

    @property
    def conditions(self) -> list[Link]:
        """What narrows the result, each value with the address without it."""
        return conditions(self.search.filterset, self._parameters)

    @property
    def _parameters(self) -> Parameters:
        """The year that is shown as a parameter of an address."""
        if self.year is None:
            return []
        return [("year", four_digits(self.year) if isinstance(self.year, int) else self.year)]

    def _url(self, year: str) -> str:
        return address([("year", year), *self.search.filterset.active_filters])

    @cached_property
    def _any_year_prefix(self) -> str:
        """The address of what ran in a year but for the year."""
        filterset = self.search.filterset
        return url_prefix(pair for pair in filterset.active_filters if pair[0] not in filterset.year_filters)


def four_digits(year: int) -> str:
    """Return a year as addresses have it."""
    return f"{year:04}"
