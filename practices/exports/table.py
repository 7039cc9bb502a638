"""The table of practices: its columns, stated once, and the rows of any set of practices, for every tabular format.

What a cell lists is joined by " | "; a "|" within one item is doubled, so that `items` can take a list apart again.
Names of columns are the same in every language; `docs/exports.md` says what each holds.
"""

from collections.abc import Callable, Iterable, Iterator

from practices.exports.citation import Edition, place
from practices.exports.entries import Entry, Passage
from practices.models import CountryRole, Evidence, Function, Outcome, OutcomeKind, Qualifier, ReportedStatus
from practices.pages.practice import Actor

Cell = str | int | None
Value = Callable[[Entry, Edition], Cell]
SEPARATOR = " | "


def listed(items: Iterable[object]) -> str:
    """Return items as one cell."""
    return SEPARATOR.join(str(item).replace("|", "||") for item in items)


def items(cell: str) -> list[str]:
    """Return the items of a cell."""
    return [item.replace("||", "|") for item in cell.split(SEPARATOR)] if cell else []


def names(entry: Entry) -> list[str]:
    """Return the other names of a practice, the one in its own language first."""
    return [
        name for name in (entry.practice.title_original, *(one["text"] for one in entry.practice.other_names)) if name
    ]


def acting(actor: Actor, edition: Edition) -> str:
    """Return "NGO: Funder: An organisation (a note)"; the note alone where the source leaves the actor unnamed."""
    who = str(actor.stakeholder or "")
    note = actor.involvement.note
    note = f"({note})" if who and note else note
    parts = (str(actor.role), edition.labels[Function][actor.involvement.function], " ".join(filter(None, (who, note))))
    return ": ".join(filter(None, parts))


def reported(outcome: Outcome, edition: Edition) -> str:
    """Return "Result: what came of it (about 1200 graduates, 2005)"; figures are not grouped."""
    exact = outcome.qualifier in ("", Qualifier.EXACT)
    qualifier = "" if exact else edition.labels[Qualifier][outcome.qualifier]
    value = "" if outcome.value is None else f"{outcome.value.normalize():f}"
    figure = " ".join(part for part in (qualifier, value, outcome.unit) if part)
    details = ", ".join(part for part in (figure, str(outcome.as_of or "")) if part)
    kind = edition.labels[OutcomeKind][outcome.kind]
    return f"{kind}: {outcome.statement}" + (f" ({details})" if details else "")


def cited(passage: Passage) -> str:
    """Return "A report (2007): 3.1 A section, paragraphs 4, 5"."""
    source = passage.section.source
    return f"{source.title} ({source.year}): {place(passage)}"


def terms(name: str) -> Value:
    """Return the value of a column that lists the terms of one field."""
    return lambda entry, edition: listed(entry.detail.terms[name])


COLUMNS: dict[str, Value] = {
    "ref": lambda entry, edition: entry.practice.ref,
    "slug": lambda entry, edition: entry.practice.slug,
    "title": lambda entry, edition: entry.practice.title,
    "other_names": lambda entry, edition: listed(names(entry)),
    "summary": lambda entry, edition: entry.practice.summary,
    "description": lambda entry, edition: entry.practice.description,
    "countries": lambda entry, edition: listed(
        f"{country} ({edition.labels[CountryRole][role]})" for country, role in entry.detail.countries
    ),
    "country_codes": lambda entry, edition: listed(country.alpha2 for country, _ in entry.detail.countries),
    "places": lambda entry, edition: listed(entry.detail.places),
    "dimensions": terms("dimensions"),
    "topics": terms("topics"),
    "target_groups": terms("target_groups"),
    "kind": lambda entry, edition: str(entry.detail.kind),
    "level": lambda entry, edition: str(entry.detail.level),
    "stages": terms("stages"),
    "partnership": terms("partnership_types"),
    "actors": lambda entry, edition: listed(acting(actor, edition) for actor in entry.detail.actors),
    "first_year": lambda entry, edition: entry.practice.year_start,
    "last_year": lambda entry, edition: entry.practice.year_end,
    "status": lambda entry, edition: edition.labels[ReportedStatus][entry.practice.reported_status],
    "status_year": lambda entry, edition: entry.practice.status_year,
    "evidence": lambda entry, edition: edition.labels[Evidence][entry.practice.evidence],
    "outcomes": lambda entry, edition: listed(reported(one.outcome, edition) for one in entry.detail.outcomes),
    "sources": lambda entry, edition: listed(map(cited, entry.passages)),
    "source_refs": lambda entry, edition: listed(source.ref for source in entry.sources),
    "address": lambda entry, edition: edition.address(entry.practice),
    "data_version": lambda entry, edition: edition.version.number,
    "data_version_date": lambda entry, edition: f"{edition.version.date:%Y-%m-%d}",
}


def rows(entries: Iterable[Entry], edition: Edition) -> Iterator[list[Cell]]:
    """Yield the cells of each practice, in the order of `COLUMNS`."""
    for entry in entries:
        yield [value(entry, edition) for value in COLUMNS.values()]
