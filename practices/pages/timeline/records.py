"""What a timeline shows, by year: the practices of a result, the reports that they cite, and the meetings of these."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from django.db.models import Q
from django.utils.functional import cached_property
from pyroaring import BitMap

from practices.models import Event, Source
from practices.models.dates import known_year, year_of
from practices.search.results import Results


class DatedRecords:
    """The practices, reports and meetings of a result, by year. One query for reports, one for meetings."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.is_narrowed = bool(results.filterset.active_filters)

    @cached_property
    def spans(self) -> dict[int, tuple[int, int]]:
        """The first and last known year of each practice that has one."""
        within = self.results.practices
        return {practice: (first, last) for first, last, practice in self.results.snapshot.years if practice in within}

    @cached_property
    def practices(self) -> dict[int, list[int]]:
        """The practices by their first known year, each year's by title."""
        rank = self.results.snapshot.rank["title"]
        years: dict[int, list[int]] = defaultdict(list)
        for practice, (first, _last) in self.spans.items():
            years[first].append(practice)
        return {year: sorted(years[year], key=rank.__getitem__) for year in sorted(years)}

    @cached_property
    def undated_practices(self) -> list[int]:
        """The practices of which no year is known, by title."""
        rank = self.results.snapshot.rank["title"]
        return sorted(self.results.practices - BitMap(self.spans), key=rank.__getitem__)

    @cached_property
    def reports(self) -> dict[int | None, list[Source]]:
        """The reports by year of publication, None where there can be no such year.

        Where the result is narrowed, those that its practices cite.
        """
        sources = Source.objects.published().order_by("year", "sort_key").only("slug", "title", "year", "event")
        cited_by = self.results.snapshot.by_value("source")
        years: dict[int | None, list[Source]] = defaultdict(list)
        for source in sources:
            if not self.is_narrowed or cited_by.get(source.slug, BitMap()) & self.results.practices:
                years[known_year(source.year)].append(source)
        return dict(years)

    @cached_property
    def events(self) -> dict[int | None, list[Event]]:
        """The meetings by the year in which they began: where the result is narrowed, those of the reports shown."""
        events = Event.objects.published().by_date()
        if self.is_narrowed:
            reports = list(chain.from_iterable(self.reports.values()))
            of_reports = Q(pk__in=[report.event_id for report in reports if report.event_id])
            cited = Event.citations.through.objects.filter(citation__section__source__in=reports).values("event")
            events = events.filter(of_reports | Q(pk__in=cited))
        years: dict[int | None, list[Event]] = defaultdict(list)
        for event in events:
            years[year_of(event.starts)].append(event)
        return dict(years)

    @cached_property
    def years(self) -> list[int]:
        """The years at which something stands, in order."""
        return sorted({year for year in (*self.practices, *self.reports, *self.events) if year})

    @cached_property
    def range(self) -> tuple[int, int] | None:
        """The first and the last year of all, those in which practices ended included; None where no year is known."""
        years = [*self.years, *(last for _first, last in self.spans.values())]
        return (min(years), max(years)) if years else None

    def running(self, year: int) -> int:
        """Return how many practices are known to have run in a year: what its address finds."""
        return count_between(self._ends_in_any_year, year, year)

    @cached_property
    def _ends_in_any_year(self) -> tuple[list[int], list[int]]:
        """The ends of the practices that the result would have without a range of years."""
        within = self.results.faceted_with(years=False).practices()
        return ends((first, last) for first, last, practice in self.results.snapshot.years if practice in within)


def ends(spans: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Return the first years and the last years of some spans of years, each in order."""
    spans = list(spans)
    return sorted(first for first, _last in spans), sorted(last for _first, last in spans)


def count_between(spans: tuple[list[int], list[int]], first: int, last: int) -> int:
    """Return how many spans, given by their ends, have a year from `first` to `last`."""
    firsts, lasts = spans
    return bisect_right(firsts, last) - bisect_left(lasts, first)
