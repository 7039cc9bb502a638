"""Tables of counts: any two parameters crossed over some practices, each number with the search for its practices."""

from collections.abc import Iterable
from dataclasses import dataclass

from practices.catalog.counts import CLOSED, counts_of, practices_with, search_url
from practices.models import Country, Term


@dataclass(frozen=True)
class Axis:
    """One side of a table: a parameter, and its values as (code, label, address of its own page or "")."""

    name: str
    values: list[tuple[str, str, str]]

    @classmethod
    def of_terms(cls, terms: Iterable[Term]) -> "Axis":
        """Return the axis of some terms of one vocabulary."""
        terms = list(terms)
        name = terms[0].parameter if terms else ""
        return cls(name, [(one.code, one.name, one.get_absolute_url() if one.page else "") for one in terms])

    @classmethod
    def of_choices(cls, name: str) -> "Axis":
        """Return the axis of a closed list."""
        return cls(name, [(code, str(label), "") for code, label in CLOSED[name].choices])

    @classmethod
    def of_countries(cls, countries: Iterable[Country]) -> "Axis":
        """Return the axis of some countries."""
        return cls("country", [(one.alpha2, one.name, one.get_absolute_url()) for one in countries])


@dataclass(frozen=True)
class CrossRow:
    """A row of a table of counts: what it is, its own page or "", and the cells as (count, address, column)."""

    label: str
    url: str
    cells: list[tuple[int, str, str]]


@dataclass(frozen=True)
class Cross:
    """A table of counts: columns as (label, address of its own page or "")."""

    corner: str
    caption: str
    columns: list[tuple[str, str]]
    rows: list[CrossRow]


def cross(corner: str, caption: str, rows: Axis, columns: Axis, **chosen: str) -> Cross:
    """Cross two parameters over the practices that `chosen` finds; each cell links to the search for its practices."""
    made = []
    for code, label, url in rows.values:
        picked = {**chosen, rows.name: code}
        counts = counts_of(columns.name, practices_with(**picked), picked)
        cells = [
            (counts.get(one, 0), search_url(**picked, **{columns.name: one}), column)
            for one, column, _ in columns.values
        ]
        made.append(CrossRow(label, url, cells))
    return Cross(corner, caption, [(label, url) for _, label, url in columns.values], made)
