"""What the page of an import shows of its report: what is asked of the curator, what is wrong, what comes of it."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from practices.curation.importing.columns import BY_NAME, Sheet
from practices.curation.importing.report import Affected, Fault, ImportReport

#: how many faults and records are shown
SHOWN = 100


@dataclass
class LineTable:
    """Lines of a file as the page shows them: heads and rows of texts; `more` says that not all are shown."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    more: str = ""


@dataclass
class ColumnQuestion:
    """Which column a column of the file is, asked of the curator."""

    number: int
    sheet: Sheet
    header: str
    #: what is chosen unless the curator chooses otherwise
    suggested: str = ""


@dataclass
class ValueQuestion:
    """Which record a text of the file means, asked of the curator: (code, label) to choose from, where it stands."""

    number: int
    directory: str
    text: str
    reason: str
    suggestions: tuple[tuple[str, str], ...]
    places: list[Fault] = field(default_factory=list)


def shown(report: ImportReport) -> dict[str, Any]:
    """Return what is asked of the curator, and tables of what only the file can mend or of what comes of it."""
    columns = [
        ColumnQuestion(
            number, BY_NAME[column.sheet], column.header, column.suggestions[0][0] if column.suggestions else ""
        )
        for number, column in enumerate(report.columns)
    ]
    unknown = {(column.sheet, column.header) for column in report.columns}
    values: dict[tuple[str, str], ValueQuestion] = {}
    others = []
    for fault in report.faults:
        if fault.directory:
            key = (fault.directory, fault.text)
            question = ValueQuestion(len(values), *key, fault.reason, fault.suggestions)
            values.setdefault(key, question).places.append(fault)
        elif fault.line or (fault.sheet, fault.column) not in unknown:
            others.append(fault)
    return {
        "asks": not others,
        "columns": columns,
        "values": list(values.values()),
        "tables": [table for table in (_faults(others), _records(report)) if table.rows],
    }


def _faults(faults: list[Fault]) -> LineTable:
    """Return what is wrong in a file and can be mended only there."""
    first = sorted(faults, key=lambda fault: (fault.sheet, fault.line))[:SHOWN]
    rows = [[fault.sheet, str(fault.line or ""), fault.column, fault.reason] for fault in first]
    more = _("There are more. Mend these first, and send the file again.") if len(faults) > SHOWN else ""
    heads = [_("Sheet"), _("Line"), _("Column"), _("What is wrong")]
    return LineTable(_("To be mended in the file"), heads, rows, more)


def _records(report: ImportReport) -> LineTable:
    """Return what becomes of each record that a file changes; nothing does where it is refused."""
    rows, records = [], [] if report.refused else report.records
    for record in records[:SHOWN]:
        named = record.key if record.name == record.key else f"{record.key} {record.name}"
        rows.append([record.sheet, str(record.line or ""), named, _what_happens(record)])
    more = _("The first %(n)d are shown.") % {"n": SHOWN} if len(records) > SHOWN else ""
    heads = [_("Sheet"), _("Line"), _("Record"), _("What happens")]
    return LineTable(_("What becomes of each record"), heads, rows, more)


def _what_happens(record: Affected) -> str:
    what = str(record.effect.label)
    if record.changed:
        return f"{what}: {', '.join(record.changed)}"
    if not record.like:
        return what
    return _("%(what)s; perhaps it is there already: %(other)s") % {"what": what, "other": record.like}
