"""Any two filters crossed: how many practices of a result have both a value of the one and a value of the other.

Every filter with a list of values can be an axis. A row of the matrix is what the facet of the columns counts once the
row's value is chosen, so that a number is exactly what its address finds, on one row of a practice where both axes are
conditions on the same kind of row. There are three kinds of cell: practices on record, none on record, and none because
no public record names the country at all, which is not the same as nothing done.
"""

from dataclasses import dataclass
from heapq import nlargest

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

from practices.catalog.query_string import param, url_prefix
from practices.pages.matrix.axis import AxisHeading, MatrixAxis
from practices.pages.matrix.links import MatrixLinks, MatrixOptions
from practices.pages.matrix.shades import Shades
from practices.search.request import SearchRequest
from practices.search.results import Results

#: how many characters the cells of a page take at most, and one cell besides the address that it shares with others
MAX_TEXT, CELL = 600_000, 120
#: how many columns a page shows of a longer list
MAX_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A number of practices with their address; None where no record names the country. `shade` from 1 to 5, or 0."""

    count: int | None
    query: str = ""
    shade: int = 0


@dataclass(frozen=True)
class MatrixRow:
    """A row of the page with a cell for each of its columns."""

    heading: AxisHeading
    cells: list[MatrixCell]


class Matrix:
    """A result crossed by two filters: its two axes, and the rows and columns of one page.

    No query of its own, but one for the countries that are named where a country without practices is shown.
    """

    def __init__(self, search: SearchRequest) -> None:
        self.search = search
        self.results = Results(search)
        self.options = MatrixOptions.of(search)
        self.links = MatrixLinks(search.filterset, self.options)
        self.row_axis, self.column_axis = (
            MatrixAxis(name, self.results, shows_all=self.options.shows_all)
            for name in (self.options.rows, self.options.columns)
        )

    @cached_property
    def columns(self) -> list[AxisHeading]:
        """The columns that a page shows: of a long list those with the most practices, in the list's order."""
        columns = self.column_axis.headings
        if len(columns) <= MAX_COLUMNS:
            return columns
        largest = set(nlargest(MAX_COLUMNS, range(len(columns)), key=lambda place: (columns[place].total, -place)))
        return [column for place, column in enumerate(columns) if place in largest]

    @property
    def hidden_columns(self) -> int:
        """How many columns a page leaves out because the list is long."""
        return len(self.column_axis.headings) - len(self.columns)

    @property
    def has_countries(self) -> bool:
        """Whether rows or columns are countries, so that some cells may be of countries that no record names."""
        return "country" in (self.row_axis.name, self.column_axis.name)

    @cached_property
    def page(self) -> Page[AxisHeading]:
        """The page of rows that the address asks for; the first or last one where there is no such page."""
        cells = MAX_TEXT // (len(self._cell_prefix) + CELL)
        rows = Paginator(self.row_axis.headings, max(1, cells // (len(self.columns) + 2)))
        return rows.get_page(self.search.data.get("page"))

    @cached_property
    def rows(self) -> list[MatrixRow]:
        """The rows of the page with their cells, shaded."""
        return [
            MatrixRow(row, [self._cell(row, column, counts) for column in self.columns])
            for row, counts in self._page_counts
        ]

    @cached_property
    def shades(self) -> Shades:
        """The shades of the numbers on the page."""
        counts = (counts.get(column.value, 0) for _row, counts in self._page_counts for column in self.columns)
        return Shades(count for count in counts if count)

    @cached_property
    def _page_counts(self) -> list[tuple[AxisHeading, dict[str, int]]]:
        return [(row, self.counts(row)) for row in self.page]

    def counts(self, row: AxisHeading) -> dict[str, int]:
        """Return the number of practices of a row by column; those with 0 left out."""
        if not row.total:
            return {}
        return self.results.faceted_with({self.row_axis.name: [row.value]}).counts(self.column_axis.name)

    def _cell(self, row: AxisHeading, column: AxisHeading, counts: dict[str, int]) -> MatrixCell:
        count = counts.get(column.value, 0)
        if not count:
            return MatrixCell(0 if row.named and column.named else None)
        query = f"{param(self.row_axis.name, row.value)}&{param(self.column_axis.name, column.value)}"
        return MatrixCell(count, self._cell_prefix + query, self.shades.of(count))

    @cached_property
    def _cell_prefix(self) -> str:
        """The address of a cell but for its row and column."""
        axes = (self.row_axis.name, self.column_axis.name)
        return url_prefix(pair for pair in self.search.filterset.active_filters if pair[0] not in axes)
