"""The table of practices: its columns, which follow from `index.schema.FIELDS`, and rows, for every tabular format.

What a cell lists is joined by " | "; a "|" within one item is doubled, so that `items` can take a list apart again.
Names of columns are the same in every language; `docs/exports.md` says what each holds.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import cast

from django.utils.translation import get_language

from practices.exports.citation import CitationContext, place
from practices.exports.entries import CitedSection, ExportEntry
from practices.index.schema import BY_NAME, FIELDS, Field
from practices.models import CountryRole, Function, Outcome, OutcomeKind, Qualifier, ReportedStatus
from practices.pages.practice import Actor

Cell = str | int | None
Value = Callable[[ExportEntry, CitationContext], Cell]
SEPARATOR = " | "


def listed(items: Iterable[object]) -> str:
    """Return items as one cell."""
    return SEPARATOR.join(str(item).replace("|", "||") for item in items)


def items(cell: str) -> list[str]:
    """Return the items of a cell."""
    return [item.replace("||", "|") for item in cell.split(SEPARATOR)] if cell else []


def names(entry: ExportEntry) -> list[str]:
    """Return the other names of a practice, the one in its own language first."""
    return [
        name for name in (entry.practice.title_original, *(one["text"] for one in entry.practice.other_names)) if name
    ]


def acting(actor: Actor, edition: CitationContext) -> str:
    """Return "NGO: Funder: An organisation (a note)"; the note alone where the source leaves the actor unnamed."""
    who = str(actor.stakeholder or "")
    note = actor.involvement.note
    note = f"({note})" if who and note else note
    parts = (str(actor.role), edition.labels[Function][actor.involvement.function], " ".join(filter(None, (who, note))))
    return ": ".join(filter(None, parts))


def reported(outcome: Outcome, edition: CitationContext) -> str:
    """Return "Result: what came of it (about 1200 graduates, 2005)"; figures are not grouped."""
    exact = outcome.qualifier in ("", Qualifier.EXACT)
    qualifier = "" if exact else edition.labels[Qualifier][outcome.qualifier]
    value = "" if outcome.value is None else f"{outcome.value.normalize():f}"
    figure = " ".join(part for part in (qualifier, value, outcome.unit) if part)
    details = ", ".join(part for part in (figure, str(outcome.as_of or "")) if part)
    kind = edition.labels[OutcomeKind][outcome.kind]
    return f"{kind}: {outcome.statement}" + (f" ({details})" if details else "")


def cited(passage: CitedSection) -> str:
    """Return "A report (2007): 3.1 A section, paragraphs 4, 5"."""
    source = passage.section.source
    return f"{source.title} ({source.year}): {place(passage)}"


def actors(entry: ExportEntry, edition: CitationContext) -> str:
    """Return who acts: "NGO: Funder: An organisation | …"."""
    return listed(acting(actor, edition) for actor in entry.detail.actors)


def countries(entry: ExportEntry, edition: CitationContext) -> str:
    """Return the countries, each with what it is to the practice."""
    return listed(f"{country} ({edition.labels[CountryRole][role]})" for country, role in entry.detail.countries)


#: the columns of what is more than one field of a practice, by name; the others follow from the schema
SPECIAL: dict[str, Value] = {
    "title": lambda entry, edition: entry.practice.title,
    "other_names": lambda entry, edition: listed(names(entry)),
    "countries": countries,
    "country_codes": lambda entry, edition: listed(country.alpha2 for country, _ in entry.detail.countries),
    "places": lambda entry, edition: listed(entry.detail.places),
    "actors": actors,
    "first_year": lambda entry, edition: entry.practice.year_start,
    "last_year": lambda entry, edition: entry.practice.year_end,
    "status": lambda entry, edition: edition.labels[ReportedStatus][entry.practice.reported_status],
    "status_year": lambda entry, edition: entry.practice.status_year,
    "outcomes": lambda entry, edition: listed(reported(one.outcome, edition) for one in entry.detail.outcomes),
    "sources": lambda entry, edition: listed(map(cited, entry.passages)),
    "source_refs": lambda entry, edition: listed(source.ref for source in entry.sources),
}


@cache
def labels(name: str, language: str | None) -> dict[str, str]:
    """Return the labels of a closed list by code; to translate each for each practice takes seconds."""
    return {code: str(label) for code, label in BY_NAME[name].choices}


def plain_value(field: Field) -> Value:
    """Return the value of a column that follows from the schema: the names of terms, a label, a text or a number."""
    if field.vocabulary:
        return lambda entry, edition: listed(entry.detail.terms[field.name])
    if field.choices:
        return lambda entry, edition: labels(field.name, get_language()).get(getattr(entry.practice, field.name), "")
    return lambda entry, edition: cast(Cell, getattr(entry.practice, field.name))


def columns() -> dict[str, Value]:
    """Return every column of the table by name, in order, with what stands in it."""
    first: dict[str, Value] = {
        "ref": lambda entry, edition: entry.practice.ref,
        "slug": lambda entry, edition: entry.practice.slug,
    }
    fields = {name: SPECIAL.get(name) or plain_value(field) for field in FIELDS for name in field.columns}
    last: dict[str, Value] = {
        "address": lambda entry, edition: edition.address(entry.practice),
        "data_version": lambda entry, edition: edition.version.number,
        "data_version_date": lambda entry, edition: f"{edition.version.date:%Y-%m-%d}",
    }
    return {**first, **fields, **last}


COLUMNS: dict[str, Value] = columns()


def rows(entries: Iterable[ExportEntry], edition: CitationContext) -> Iterator[list[Cell]]:
    """Yield the cells of each practice, in the order of `COLUMNS`."""
    for entry in entries:
        yield [value(entry, edition) for value in COLUMNS.values()]
