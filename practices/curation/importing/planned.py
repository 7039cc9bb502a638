"""What an import would write: records as a file states them, their rows, and what becomes of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from practices.curation.importing.columns import Sheet
from practices.curation.importing.matching import NewRecord
from practices.curation.importing.records import Stored, Values
from practices.curation.importing.report import Effect, ImportReport
from practices.models.curated import sort_key


@dataclass(frozen=True)
class Choices:
    """What a curator chose for what a file leaves open: columns by sheet and header, codes by directory and text.

    "" leaves a column, or a text, out.
    """

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass
class PlannedRow:
    """A row of a record, as a line of the file states it."""

    line: int
    values: Values


@dataclass
class PlannedRecord:
    """A record as the file states it: the values of the columns that the file has, its rows by sheet.

    `there` is its primary key where it is there already, which its key says or, `by_slug`, its slug.
    """

    sheet: Sheet
    key: str
    line: int
    there: int | None = None
    by_slug: bool = False
    values: Values = field(default_factory=dict)
    rows: dict[str, list[PlannedRow]] = field(default_factory=dict)
    stored: Stored | None = None
    pending: Stored | None = None
    effect: Effect = Effect.NEW
    #: the columns, and sheets of rows, in which it differs from what is there
    changed: list[str] = field(default_factory=list)

    @property
    def itself(self) -> Any:
        """What relations name it by."""
        return self.there or NewRecord(self.sheet.name, self.key)

    @property
    def full_values(self) -> Values:
        """What it states in the end: the file's values, all others as they are."""
        return {**(self.stored.values if self.stored else {}), **self.values}

    @property
    def name(self) -> str:
        """What it is called."""
        model: Any = self.sheet.model
        return str(self.full_values.get(model.name_field) or self.key)


@dataclass
class Plan:
    """What an import would write, and its report; where that has faults, nothing may be written."""

    records: list[PlannedRecord]
    report: ImportReport

    @property
    def changes(self) -> list[PlannedRecord]:
        """The records that are to be written, each after those that it names, but for records of its own kind."""
        return [record for record in self.records if record.effect != Effect.UNCHANGED]


def slug_of(name: str) -> str:
    """Return the slug of a record with this name."""
    return slugify(sort_key(name))[:120].strip("-")
