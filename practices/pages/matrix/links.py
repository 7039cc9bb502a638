"""How an address asks for a matrix, and the addresses that lead on from one."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy

from practices.catalog.link import Link
from practices.catalog.query_string import address
from practices.search.filters import PracticeFilter
from practices.search.links import Parameters, conditions
from practices.search.request import SearchRequest

#: the rows and columns where an address names none, or none that exists
DEFAULT_AXES = ("country", "dimension")
#: the ways to show a matrix, the first unless an address names another
VIEWS = {"table": gettext_lazy("Table"), "picture": gettext_lazy("Picture")}
DEFAULT_VIEW = next(iter(VIEWS))


@dataclass(frozen=True)
class MatrixOptions:
    """The parameters of a matrix as they are understood: its axes, how it is shown, whether with empty values."""

    rows: str
    columns: str
    view: str = DEFAULT_VIEW
    shows_all: bool = False

    @classmethod
    def of(cls, search: SearchRequest) -> "MatrixOptions":
        """Return the options of an address; what makes no sense is as if it were not there."""
        view = search.data.get("view", "")
        return cls(*axis_names(search), view if view in VIEWS else DEFAULT_VIEW, search.data.get("all") == "1")

    @property
    def parameters(self) -> Parameters:
        """The options as parameters of an address, defaults but for the axes left out."""
        view = [("view", self.view)] if self.view != DEFAULT_VIEW else []
        return [("rows", self.rows), ("columns", self.columns), *view, *([("all", "1")] if self.shows_all else [])]


def axis_names(search: SearchRequest) -> tuple[str, str]:
    """Return the filters on rows and columns: those of the address where they make sense, never the same twice."""
    rows, columns = (
        name if (name := search.data.get(axis, "")) in search.filterset.facet_filters else ""
        for axis in ("rows", "columns")
    )
    columns = columns if columns != rows else ""
    rows = rows or next(name for name in DEFAULT_AXES if name != columns)
    return rows, columns or next(name for name in reversed(DEFAULT_AXES) if name != rows)


class MatrixLinks:
    """The addresses that lead on from a matrix: shown otherwise, or of a result with fewer conditions."""

    def __init__(self, filterset: PracticeFilter, options: MatrixOptions) -> None:
        self.filterset, self.options = filterset, options

    @property
    def url(self) -> str:
        """The address of this matrix."""
        return self._url(self.options)

    @property
    def swapped_url(self) -> str:
        """The address with rows and columns swapped."""
        return self._url(replace(self.options, rows=self.options.columns, columns=self.options.rows))

    @property
    def all_url(self) -> str:
        """The address with rows and columns that have nothing shown, or folded away again."""
        return self._url(replace(self.options, shows_all=not self.options.shows_all))

    @property
    def views(self) -> list[Link]:
        """The ways to show it."""
        return [
            Link(str(label), self._url(replace(self.options, view=view)), selected=view == self.options.view, code=view)
            for view, label in VIEWS.items()
        ]

    @property
    def page_url(self) -> str:
        """The address up to the number of a page."""
        return address([*self.options.parameters, *self.filterset.active_filters, ("page", "")])

    @property
    def conditions(self) -> list[Link]:
        """What narrows the result that is crossed, each value with the address of the matrix without it."""
        return conditions(self.filterset, self.options.parameters)

    def _url(self, options: MatrixOptions) -> str:
        return address([*options.parameters, *self.filterset.active_filters])
