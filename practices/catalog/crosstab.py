"""Tables of counts: any two parameters crossed over some practices, each number with the search for its practices."""

from collections.abc import Iterable
from dataclasses import dataclass

from practices.catalog.counts import faceted, page_of, search_url
from practices.catalog.link import Link
from practices.index.schema import FACETS
from practices.models import Country, Term


@dataclass(frozen=True)
class Axis:
    """One side of a table: a parameter and its values, each with its code and the address of its own page or ""."""

    parameter: str
    values: list[Link]

    @classmethod
    def of_terms(cls, terms: Iterable[Term]) -> "Axis":
        """Return the axis of some terms of one vocabulary."""
        terms = list(terms)
        values = [Link(term.name, page=page_of(term), code=term.code) for term in terms]
        return cls(terms[0].parameter if terms else "", values)

    @classmethod
    def of_choices(cls, parameter: str) -> "Axis":
        """Return the axis of a closed list."""
        return cls(parameter, [Link(str(label), code=code) for code, label in FACETS[parameter].choices])

    @classmethod
    def of_countries(cls, countries: Iterable[Country]) -> "Axis":
        """Return the axis of some countries."""
        values = [Link(country.name, page=page_of(country), code=country.alpha2) for country in countries]
        return cls("country", values)


@dataclass(frozen=True)
class TableRow:
    """A row of a table of counts: what it is, its own page or "", and a cell for each column, labelled so."""

    label: str
    url: str
    cells: list[Link]


@dataclass(frozen=True)
class CountTable:
    """A table of counts, its columns in the order of the cells."""

    corner: str
    caption: str
    columns: list[Link]
    rows: list[TableRow]


def cross(corner: str, caption: str, rows: Axis, columns: Axis, **values: str) -> CountTable:
    """Cross two parameters over the practices that `values` find; each cell links to the search for its practices."""
    lines = []
    for row in rows.values:
        picked = {**values, rows.parameter: row.code}
        counts = faceted(**picked).counts(columns.parameter) if columns.values else {}
        cells = [
            Link(column.label, search_url(**picked, **{columns.parameter: column.code}), counts.get(column.code, 0))
            for column in columns.values
        ]
        lines.append(TableRow(row.label, row.page, cells))
    return CountTable(corner, caption, columns.values, lines)
