"""The matrix: every pair of axes counts what brute force counts, every number is what its address finds."""

import random
from itertools import product

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from practices import models as kb
from practices.catalog import pinned
from practices.pages.matrix import MAX_COLUMNS, Matrix
from practices.pages.matrix.links import axis_names
from practices.pages.matrix.shades import ranges
from practices.search.filters import PracticeFilter
from practices.search.request import SearchRequest
from practices.search.results import Results
from tests import factories
from tests.search.brute import ROW_OF, Facts
from tests.test_leakage import unfiltered

pytestmark = pytest.mark.django_db

AXES = [name for name in PracticeFilter.base_filters if name not in ("q", "year_from", "year_to")]
Values = dict[str, set[str]]


def matrix(query: str = "") -> Matrix:
    return Matrix(SearchRequest(QueryDict(query)))


def number(query: str) -> int:
    """Return how many practices an address finds."""
    return Results(SearchRequest(QueryDict(query.removeprefix("?")))).count


def cells(crossed: Matrix) -> dict[tuple[str, str], int]:
    """Return every cell with practices by the values of its row and column."""
    return {
        (row.value, value): count for row in crossed.row_axis.headings for value, count in crossed.counts(row).items()
    }


def described(practice: kb.Practice) -> dict[str, list[Values]]:
    """Return what a practice has on each axis, row by row; what it has as a whole is a row of its own each."""
    facts = Facts(practice)
    return {**facts.rows, **{name: [{name: values}] for name, values in facts.terms.items()}}


def pairs(practice: dict[str, list[Values]], rows: str, columns: str) -> set[tuple[str, str]]:
    """Return the cells in which a practice stands: both values on one row, where they are values of the same kind."""
    one, other = ROW_OF.get(rows, rows), ROW_OF.get(columns, columns)
    if one == other:
        return {pair for row in practice[one] for pair in product(row[rows], row[columns])}
    return {pair for a, b in product(practice[one], practice[other]) for pair in product(a[rows], b[columns])}


def brute_force(practices: list[dict[str, list[Values]]], rows: str, columns: str) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for practice in practices:
        for pair in pairs(practice, rows, columns):
            counts[pair] = counts.get(pair, 0) + 1
    return counts


def everything() -> list[dict[str, list[Values]]]:
    named = ("dimensions", "topics", "target_groups", "stages", "partnership_types")
    public = (
        kb.Practice.objects.published()
        .select_related("kind", "level")
        .prefetch_related(
            *(f"{name}__parent" for name in named),
            "country_links__country",
            "involvements__role__parent",
            "involvements__stakeholder",
            "citation_links__citation__section__source",
        )
    )
    return [described(practice) for practice in public]


@pytest.fixture(scope="module")
def collection(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> list[dict[str, list[Values]]]:
    with django_db_blocker.unblock():
        return everything()


@pytest.mark.parametrize("rows", AXES)
def test_every_pair_of_axes_counts_what_brute_force_counts(
    rows: str, collection: list[dict[str, list[Values]]]
) -> None:
    for columns in AXES:
        if columns != rows:
            crossed = matrix(f"rows={rows}&columns={columns}")
            assert (crossed.row_axis.name, crossed.column_axis.name) == (rows, columns)
            assert cells(crossed) == brute_force(collection, rows, columns), columns


def test_every_filter_with_values_can_be_an_axis() -> None:
    assert set(AXES) == set(SearchRequest(QueryDict()).filterset.facet_filters)
    assert len(AXES) > 10


def test_role_and_function_must_hold_on_one_involvement() -> None:
    before = cells(matrix("rows=role&columns=function")).get(("employer", "funder"), 0)
    factories.make_practice(involvements=(("ngo", "funder", None), ("employer", "lead", None)))
    factories.publish_all()
    assert cells(matrix("rows=role&columns=function")).get(("employer", "funder"), 0) == before


QUERIES = [
    "",
    "q=language",
    "country=CA&country=DE&role=ngo",
    "topic=services&dimension=social",
    "year_from=2000&year_to=2008",
    "q=women&function=lead&country_role=destination",
    "stakeholder=iom&role=international",
    "country=ZW",
]


@pytest.mark.parametrize("query", QUERIES)
def test_every_number_is_what_its_address_finds(query: str) -> None:
    draw = random.Random(query)
    for rows, columns in [("country", "dimension"), *(draw.sample(AXES, 2) for _ in range(6))]:
        crossed = matrix(f"rows={rows}&columns={columns}&{query}")
        headings = [(heading.total, heading.query) for heading in (*crossed.row_axis.headings, *crossed.columns)]
        shown = [(cell.count, cell.query) for row in crossed.rows for cell in row.cells if cell.count]
        for count, address in draw.sample(headings, min(len(headings), 6)) + draw.sample(shown, min(len(shown), 12)):
            assert count == number(address), address
        assert crossed.results.count == number(crossed.search.links.query)


def test_what_is_narrowed_down_counts_no_more_than_the_whole() -> None:
    whole, part = cells(matrix()), cells(matrix("q=women&year_from=1990"))
    assert all(count <= whole[cell] for cell, count in part.items())


# Which axes, rows and columns


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ("country", "dimension")),
        ("rows=role", ("role", "dimension")),
        ("columns=role", ("country", "role")),
        ("rows=dimension", ("dimension", "country")),
        ("columns=country", ("dimension", "country")),
        ("rows=topic&columns=topic", ("topic", "dimension")),
        ("rows=dimension&columns=dimension", ("dimension", "country")),
        ("rows=country&columns=country", ("country", "dimension")),
        ("rows=nonsense&columns=q", ("country", "dimension")),
        ("rows=year_from&columns=%00", ("country", "dimension")),
        ("rows=stage&rows=level&columns=kind", ("level", "kind")),
    ],
)
def test_axes_that_make_no_sense_are_others_and_never_the_same_twice(query: str, expected: tuple[str, str]) -> None:
    assert axis_names(SearchRequest(QueryDict(query))) == expected


def test_rows_and_columns_with_nothing_are_folded_away_unless_they_are_asked_for() -> None:
    folded, open_ = matrix("q=language"), matrix("q=language&all=1")
    assert all(heading.total for heading in (*folded.row_axis.headings, *folded.columns))
    assert (
        len(folded.row_axis.headings) + folded.row_axis.empty
        == len(open_.row_axis.headings)
        == kb.Country.objects.count()
    )
    assert matrix(folded.links.all_url[1:]).options.shows_all
    assert not matrix(open_.links.all_url[1:]).options.shows_all


def test_an_axis_shows_what_is_chosen_on_it_and_what_stands_below() -> None:
    crossed = matrix("rows=topic&columns=country&topic=services&country=CA&country=AD")
    assert {row.value for row in crossed.row_axis.headings} <= {"services", *term_codes("services")}
    assert crossed.row_axis.headings[0].value == "services"
    assert crossed.column_axis.empty == 0, "what is chosen is shown, also where it has nothing"
    assert sorted(column.value for column in crossed.columns) == ["AD", "CA"]


def test_an_axis_does_not_show_what_stands_beside_a_chosen_value() -> None:
    for chosen in ("housing", "reception"):
        assert [row.value for row in matrix(f"rows=topic&columns=country&topic={chosen}").row_axis.headings] == [chosen]


def term_codes(parent: str) -> list[str]:
    return list(kb.Topic.objects.filter(parent__code=parent).values_list("code", flat=True))


def test_a_long_list_of_columns_is_cut_to_those_with_the_most_practices() -> None:
    crossed = matrix("rows=country&columns=stakeholder")
    assert len(crossed.columns) == MAX_COLUMNS
    columns = crossed.column_axis.headings
    assert crossed.hidden_columns == len(columns) - MAX_COLUMNS > 0
    hidden = [column for column in columns if column not in crossed.columns]
    assert max(column.total for column in hidden) <= min(column.total for column in crossed.columns)
    assert crossed.columns == [column for column in columns if column in crossed.columns]


def test_what_has_no_value_of_an_axis_is_told() -> None:
    crossed = matrix("rows=stage&columns=group")
    assert crossed.row_axis.without_value == kb.Practice.objects.published().filter(stages=None).count()
    assert crossed.column_axis.without_value == kb.Practice.objects.published().filter(target_groups=None).count()


def test_addresses_keep_what_is_asked_for() -> None:
    crossed = matrix("rows=role&columns=country&q=women&topic=work&view=picture&all=1&page=3&nonsense=1")
    assert crossed.links.url == "?rows=role&columns=country&view=picture&all=1&q=women&topic=work"
    assert crossed.links.swapped_url == "?rows=country&columns=role&view=picture&all=1&q=women&topic=work"
    assert crossed.search.links.query == "?q=women&topic=work"
    assert [condition.url for condition in crossed.links.conditions] == [
        "?topic=work&rows=role&columns=country&view=picture&all=1",
        "?q=women&rows=role&columns=country&view=picture&all=1",
    ]


# Three kinds of cell


def kinds(query: str) -> dict[tuple[str, str], int | None]:
    crossed = matrix(query)
    return {
        (row.heading.value, column.value): cell.count
        for row in crossed.rows
        for column, cell in zip(crossed.columns, row.cells, strict=True)
    }


@pytest.fixture
def unnamed() -> kb.Country:
    """Return a country that nothing public names."""
    return kb.Country.objects.get(alpha2="AD")


def test_a_cell_with_records_one_with_none_and_one_of_a_country_that_nothing_names_differ(unnamed: kb.Country) -> None:
    practice = factories.make_practice(countries=(("SM", "destination"),), dimensions=("legal",))
    factories.publish_all()
    for query, turned in (("all=1", False), ("rows=dimension&columns=country&country=SM&country=AD&all=1", True)):
        found = kinds(query)
        at = {key[::-1]: count for key, count in found.items()} if turned else found
        assert at["SM", "legal"] == 1, practice
        assert at["SM", "political"] == 0
        assert at["AD", "legal"] is None


def name_it(country: kb.Country, how: str, state: str) -> None:
    """Let a record in some state name a country, though no practice does."""
    if how == "stakeholder":
        factories.make_stakeholder(country=country.alpha2, state=state)
    elif how == "event":
        factories.make_event(country=country, state=state)
    elif how == "representation":
        kb.Representation.objects.create(event=factories.make_event(state=state), country=country)
    elif how == "finding":
        factories.make_finding(state=state).countries.add(country)
    else:
        place = kb.Place.objects.create(name="A town", country=country)
        factories.make_practice(state=state).places.add(place)
    factories.publish_all()


HOW = ["stakeholder", "event", "representation", "finding", "place"]


@pytest.mark.parametrize("how", HOW)
def test_a_country_that_any_public_record_names_is_named(how: str, unnamed: kb.Country) -> None:
    name_it(unnamed, how, kb.State.PUBLISHED)
    assert kinds("all=1")["AD", "legal"] == 0


@pytest.mark.parametrize("how", HOW)
def test_what_is_not_public_names_no_country(how: str, unnamed: kb.Country) -> None:
    name_it(unnamed, how, kb.State.DRAFT)
    with CaptureQueriesContext(connection) as queries:
        assert kinds("all=1")["AD", "legal"] is None
    assert not [query["sql"] for query in queries if unfiltered(query["sql"])]


def test_whether_countries_are_named_is_asked_for_only_where_it_shows() -> None:
    kinds("")
    with pinned(), CaptureQueriesContext(connection) as queries:
        kinds("")
    assert len(queries) == 1, "the data version"
    with pinned(), CaptureQueriesContext(connection) as queries:
        kinds("all=1")
    assert len(queries) == 2, "the data version and the countries that are named"


# Shades


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([], []),
        ([3], [(3, 3)]),
        ([1, 1, 1, 1, 1, 9], [(1, 1), (9, 9)]),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10)]),
    ],
)
def test_ranges_hold_about_as_many_cells_each(counts: list[int], expected: list[tuple[int, int]]) -> None:
    assert ranges(counts) == expected


def test_a_higher_number_is_never_lighter() -> None:
    crossed = matrix("rows=topic&columns=group")
    shown = sorted((cell.count, cell.shade) for row in crossed.rows for cell in row.cells if cell.count)
    assert [shade for _count, shade in shown] == sorted(shade for _count, shade in shown)
    assert {shade for _count, shade in shown} <= {1, 2, 3, 4, 5}
