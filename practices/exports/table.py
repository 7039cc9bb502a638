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
        name
        for name in (entry.practice.title_original, *(other["text"] for other in entry.practice.other_names))
        if name
    ]


def acting(actor: Actor, context: CitationContext) -> str:
    """Return "NGO: Funder: An organisation (a note)"; the note alone where the source leaves the actor unnamed."""
    who = str(actor.stakeholder or "")
    note = actor.involvement.note
    note = f"({note})" if who and note else note
    parts = (str(actor.role), context.labels[Function][actor.involvement.function], " ".join(filter(None, (who, note))))
    return ": ".join(filter(None, parts))


def reported(outcome: Outcome, context: CitationContext) -> str:
    """Return "Result: what came of it (about 1200 graduates, 2005)"; figures are not grouped."""
    exact = outcome.qualifier in ("", Qualifier.EXACT)
    qualifier = "" if exact else context.labels[Qualifier][outcome.qualifier]
    value = "" if outcome.value is None else f"{outcome.value.normalize():f}"
    figure = " ".join(part for part in (qualifier, value, outcome.unit) if part)
    details = ", ".join(part for part in (figure, str(outcome.as_of or "")) if part)
    kind = context.labels[OutcomeKind][outcome.kind]
    return f"{kind}: {outcome.statement}" + (f" ({details})" if details else "")


def cited(passage: CitedSection) -> str:
    """Return "A report (2007): 3.1 A section, paragraphs 4, 5"."""
    source = passage.section.source
    return f"{source.title} ({source.year}): {place(passage)}"


def actors(entry: ExportEntry, context: CitationContext) -> str:
    """Return who acts: "NGO: Funder: An organisation | …"."""
    return listed(acting(actor, context) for actor in entry.detail.actors)


def countries(entry: ExportEntry, context: CitationContext) -> str:
    """Return the countries, each with what it is to the practice."""
    return listed(f"{country} ({context.labels[CountryRole][role]})" for country, role in entry.detail.countries)


#: the columns of what is more than one field of a practice, by name; the others follow from the schema
SPECIAL: dict[str, Value] = {
    "title": lambda entry, context: entry.practice.title,
    "other_names": lambda entry, context: listed(names(entry)),
    "countries": countries,
    "country_codes": lambda entry, context: listed(country.alpha2 for country, _ in entry.detail.countries),
    "places": lambda entry, context: listed(entry.detail.places),
    "actors": actors,
    "first_year": lambda entry, context: entry.practice.year_start,
    "last_year": lambda entry, context: entry.practice.year_end,
    "status": lambda entry, context: context.labels[ReportedStatus][entry.practice.reported_status],
    "status_year": lambda entry, context: entry.practice.status_year,
    "outcomes": lambda entry, context: listed(reported(row.outcome, context) for row in entry.detail.outcomes),
    "sources": lambda entry, context: listed(map(cited, entry.passages)),
    "source_refs": lambda entry, context: listed(source.ref for source in entry.sources),
}


@cache
def labels(name: str, language: str | None) -> dict[str, str]:
    """Return the labels of a closed list by code; to translate each for each practice takes seconds."""
    return {code: str(label) for code, label in BY_NAME[name].choices}


def plain_value(field: Field) -> Value:
    """Return the value of a column that follows from the schema: the names of terms, a label, a text or a number."""
    if field.vocabulary:
        return lambda entry, context: listed(entry.detail.terms[field.name])
    if field.choices:
        return lambda entry, context: labels(field.name, get_language()).get(getattr(entry.practice, field.name), "")
    return lambda entry, context: cast(Cell, getattr(entry.practice, field.name))


def columns() -> dict[str, Value]:
    """Return every column of the table by name, in order, with what stands in it."""
    first: dict[str, Value] = {
        "ref": lambda entry, context: entry.practice.ref,
        "slug": lambda entry, context: entry.practice.slug,
    }
    fields = {name: SPECIAL.get(name) or plain_value(field) for field in FIELDS for name in field.columns}
    last: dict[str, Value] = {
        "address": lambda entry, context: context.address(entry.practice),
        "data_version": lambda entry, context: context.version.number,
        "data_version_date": lambda entry, context: f"{context.version.date:%Y-%m-%d}",
    }
    return {**first, **fields, **last}


COLUMNS: dict[str, Value] = columns()


def rows(entries: Iterable[ExportEntry], context: CitationContext) -> Iterator[list[Cell]]:
    """Yield the cells of each practice, in the order of `COLUMNS`."""
    for entry in entries:
        yield [value(entry, context) for value in COLUMNS.values()]
