"""What an import would do or did, and what is wrong with its file: the same for a dry run and the real one."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

#: how many faults and records a report names; all are counted
NAMED = 500


class Effect(models.TextChoices):
    """What becomes of one record of a file."""

    NEW = "new", _("added as draft")
    CHANGED = "changed", _("draft changed")
    PENDING = "pending", _("published, gets a pending edit")
    UNCHANGED = "unchanged", _("left as it is")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: sheet, line and column as the file counts them; line 0 is the sheet as a whole.

    Where a text means no record, `directory` and `text` say which; `suggestions` are (code, label) that it may mean.
    """

    sheet: str
    line: int
    column: str
    reason: str
    directory: str = ""
    text: str = ""
    suggestions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class UnknownColumn:
    """A column of a file that is none of ours, and (name, label) of those that it may be."""

    sheet: str
    header: str
    suggestions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Affected:
    """A record of a file: where it stands, what it is called, what becomes of it, which columns and rows change."""

    sheet: str
    line: int
    key: str
    name: str
    effect: Effect
    changed: tuple[str, ...] = ()
    #: of a new record, one that is there and has a like name
    like: str = ""


@dataclass
class ImportReport:
    """All that an import has to say."""

    faults: list[Fault] = field(default_factory=list)
    columns: list[UnknownColumn] = field(default_factory=list)
    records: list[Affected] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    #: of all faults, those beyond `NAMED` too
    found: int = 0

    @property
    def refused(self) -> bool:
        """Whether nothing can be imported as it is."""
        return bool(self.found)

    @property
    def changes(self) -> int:
        """How many records are written."""
        return sum(self.counts[effect] for effect in Effect if effect != Effect.UNCHANGED)

    @property
    def in_order(self) -> list[tuple[Effect, int]]:
        """What becomes of how many records, without what becomes of none."""
        return [(effect, self.counts[effect]) for effect in Effect if self.counts[effect]]

    def add_fault(self, fault: Fault) -> None:
        """Note a fault."""
        self.found += 1
        if len(self.faults) < NAMED:
            self.faults.append(fault)

    def add_record(self, record: Affected) -> None:
        """Note what becomes of a record."""
        self.counts[record.effect] += 1
        if record.effect != Effect.UNCHANGED and len(self.records) < NAMED:
            self.records.append(record)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {**asdict(self), "counts": dict(self.counts)}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "ImportReport":
        """Return the report of which `as_json` made this."""
        faults = [Fault(**{**fault, "suggestions": _pairs(fault["suggestions"])}) for fault in data["faults"]]
        columns = [
            UnknownColumn(**{**values, "suggestions": _pairs(values["suggestions"])}) for values in data["columns"]
        ]
        records = [
            Affected(**{**values, "effect": Effect(values["effect"]), "changed": tuple(values["changed"])})
            for values in data["records"]
        ]
        return cls(faults, columns, records, Counter(data["counts"]), data["found"])


class Faults:
    """Takes down what is wrong, for a report that names only the first, and knows of each place whether anything is."""

    def __init__(self, report: ImportReport) -> None:
        self._report = report
        self._places = set[tuple[str, int, str]]()

    def note(self, sheet: str, line: int, column: str, reason: str) -> None:
        """Take down what is wrong in a place."""
        self.add(Fault(sheet, line, column, reason))

    def add(self, fault: Fault) -> None:
        """Take down a fault."""
        self._places.add((fault.sheet, fault.line, fault.column))
        self._report.add_fault(fault)

    def at(self, sheet: str, line: int, column: str) -> bool:
        """Whether anything is wrong in a place."""
        return (sheet, line, column) in self._places


def _pairs(suggestions: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((code, label) for code, label in suggestions)
