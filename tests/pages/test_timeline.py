"""The timeline: every practice once, at its first known year or at none; every number is what its address finds."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from practices import models as kb
from practices.catalog import pinned
from practices.pages.timeline import UNKNOWN, YEAR_SIZE, Timeline, TimelineYear
from practices.pages.timeline.overview import HEIGHT, MAX_BARS, MAX_TICKS
from practices.pages.timeline.records import count_between, ends
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests import factories
from tests.test_leakage import unfiltered

pytestmark = pytest.mark.django_db

QUERIES = ["", "q=language", "country=AR", "role=ngo&function=lead", "year_from=2000&year_to=2005", "year_from=2000"]


def timeline(query: str = "") -> Timeline:
    return Timeline(SearchRequest(QueryDict(query)))


def years(dated: Timeline) -> list[TimelineYear]:
    return [year for decade in dated.decades for year in decade.years]


def number(query: str) -> int:
    return Results(SearchRequest(QueryDict(query.removeprefix("?")))).count


def titles(year: TimelineYear) -> list[str]:
    return [entry.card.title for entry in year.entries]


@pytest.mark.parametrize("query", QUERIES)
def test_every_practice_stands_at_its_first_known_year_or_at_none(query: str) -> None:
    dated = timeline(query)
    expected: dict[int | None, set[int]] = {}
    for practice in kb.Practice.objects.published().filter(pk__in=list(dated.results.practices)):
        expected.setdefault(practice.year_start or practice.year_end, set()).add(practice.pk)
    assert set(dated.records.undated_practices) == expected.pop(None, set())
    assert {year: set(keys) for year, keys in dated.records.practices.items()} == expected
    assert sum(year.beginning for year in years(dated)) + dated.undated.beginning == dated.results.count


@pytest.mark.parametrize("query", QUERIES)
def test_the_number_that_ran_in_a_year_is_what_its_address_finds(query: str) -> None:
    found = years(timeline(query))
    assert found
    for year in found:
        assert year.running == number(year.running_query), year.running_query


def test_reports_stand_at_the_year_of_publication_and_meetings_at_their_first_day() -> None:
    event = factories.make_event(starts="1950-07", ends="1951-02")
    source = factories.make_source(year=1950)
    undated = factories.make_event()
    dated = timeline()
    [year] = [year for year in years(dated) if year.year == 1950]
    assert year.events == [event]
    assert year.reports == [source]
    assert undated in dated.undated.events
    everything = [record for year in [*years(dated), dated.undated] for record in (*year.reports, *year.events)]
    assert set(everything) == {*kb.Source.objects.published(), *kb.Event.objects.published()}


def test_a_result_brings_the_reports_that_it_cites_and_the_meetings_of_these() -> None:
    of_it, told, other = factories.make_event(), factories.make_event(), factories.make_event()
    source, another = factories.make_source(event=of_it), factories.make_source(event=other)
    told.citations.add(factories.make_citation(source))
    factories.make_practice(title="Zebra crossing", citation=factories.make_citation(source))
    factories.publish_all()
    dated = timeline("q=zebra")
    assert [source for year in years(dated) for source in year.reports] == [source]
    assert {event.pk for event in dated.undated.events} == {of_it.pk, told.pk}
    assert another in [source for year in years(timeline()) for source in year.reports]


def test_a_result_with_nothing_in_it_is_an_empty_timeline() -> None:
    dated = timeline("country=AD")
    assert (dated.decades, dated.overview, dated.undated.beginning) == ([], None, 0)


# Long years


@pytest.fixture
def crowd() -> list[kb.Practice]:
    """Return practices of one year, more than a year shows."""
    practices = [factories.make_practice(title=f"Crowd {n:02}", year_start=1955) for n in range(YEAR_SIZE + 3)]
    factories.publish_all()
    return practices


def test_a_long_year_shows_its_first_practices_and_leads_to_all(crowd: list[kb.Practice]) -> None:
    [year] = [year for year in years(timeline()) if year.year == 1955]
    assert titles(year) == [practice.title for practice in crowd[:YEAR_SIZE]]
    assert year.beginning == len(crowd)
    single = timeline(year.url[1:])
    assert single.year == 1955
    assert [entry.card.title for entry in single.entries] == [practice.title for practice in crowd]


def test_what_has_no_year_has_pages_of_its_own() -> None:
    dated = timeline(timeline("q=language").undated.url[1:] + "&page=zz")
    assert dated.year == UNKNOWN
    assert dated.page.paginator.count == len(dated.records.undated_practices)
    assert all(entry.span is None for entry in dated.entries)
    assert all(entry.card.practice.year_start is None for entry in dated.entries)


@pytest.mark.parametrize("year", ["1", "3000", "nonsense", "", "-999", "１９５５", "1955.0", "%00", "0000", "9" * 500])
def test_a_year_without_practices_is_all_years(year: str) -> None:
    assert timeline(f"year={year}").year is None


def test_what_has_no_year_is_asked_for_in_vain_where_every_practice_has_one(crowd: list[kb.Practice]) -> None:
    assert timeline(f"q=crowd&year={UNKNOWN}").year is None


def test_addresses_keep_what_is_asked_for() -> None:
    dated = timeline("q=language&country=CA&year=unknown&sort=newest&page=3&nonsense=1")
    assert dated.search.links.query == "?q=language&country=CA"
    assert dated.page_url == "?year=unknown&q=language&country=CA&page="
    assert [condition.url for condition in dated.conditions] == ["?country=CA&year=unknown", "?q=language&year=unknown"]


# The overview


@pytest.mark.parametrize("query", QUERIES)
def test_the_bars_count_what_began_and_what_ran(query: str) -> None:
    overview = timeline(query).overview
    assert overview
    records, scale = overview.records, overview.scale
    assert sum(bar.beginning for bar in overview.bars) == len(records.spans)
    for start, bar in zip(scale.starts, overview.bars, strict=True):
        spans = records.spans.values()
        assert bar.running == sum(first <= start + scale.step - 1 and last >= start for first, last in spans)
        assert 0 <= bar.beginning_height <= bar.height <= HEIGHT
    assert sum(bar.reports for bar in overview.bars) == sum(len(reports) for reports in records.reports.values())


@pytest.mark.parametrize("first", [1000, 1500, 1890, 1961, 2010])
def test_bars_and_years_under_them_are_never_too_many(first: int) -> None:
    factories.make_practice(year_start=first, year_end=2024)
    factories.publish_all()
    overview = timeline().overview
    assert overview
    assert len(overview.bars) <= MAX_BARS + 1
    assert 1 <= len(overview.scale.ticks) <= MAX_TICKS + 1
    assert all(0 <= float(tick.x.rstrip("%")) <= 100 for tick in overview.scale.ticks)


def test_spans_within_some_years_are_counted_from_their_ends() -> None:
    spans = ends([(1990, 1990), (1985, 2000), (1995, 2005), (2001, 2001)])
    assert [count_between(spans, year, year) for year in (1984, 1985, 1990, 1996, 2001, 2006)] == [0, 1, 2, 2, 2, 0]
    assert count_between(spans, 1991, 2001) == 3


# What it asks of the database


def test_it_asks_for_the_version_practices_reports_and_meetings_and_nothing_hidden() -> None:
    for query in ("", "q=language"):
        years(timeline(query))
        with pinned(), CaptureQueriesContext(connection) as queries:
            dated = timeline(query)
            assert years(dated)
            assert dated.undated
            assert dated.overview
            assert dated.overview.bars
        assert len(queries) == 4, "the version, practices, reports, meetings"
        assert not [query["sql"] for query in queries if unfiltered(query["sql"])]


def test_what_is_not_public_stands_in_no_year() -> None:
    factories.make_practice(state=kb.State.DRAFT, year_start=1911)
    factories.make_source(state=kb.State.IN_REVIEW, year=1912)
    factories.make_event(state=kb.State.DRAFT, starts="1913")
    factories.publish_all()
    assert not {1911, 1912, 1913} & {year.year for year in years(timeline())}
