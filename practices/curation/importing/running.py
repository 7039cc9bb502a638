"""An import from its files to its end: read, checked and written, or written and rolled back."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from practices.curation.importing.planned import Choices, Plan
from practices.curation.importing.planning import plan
from practices.curation.importing.reading import read_all
from practices.curation.importing.report import ImportReport
from practices.curation.importing.writing import write
from practices.curation.roles import Person
from practices.models import Operation

#: called with (steps done, of how many) as the work goes on
Progress = Callable[[int, int], None]
#: how the work is done that nobody waits for: called with it, returns what came of it
Aside = Callable[[Callable[[], Plan]], Plan]
STEPS = 4


def silent(done: int, total: int) -> None:
    """Report nothing."""


def at_once(work: Callable[[], Plan]) -> Plan:
    """Do some work like any other."""
    return work()


def run(
    files: Iterable[tuple[Path, str]],
    user: Person | None,
    title: str,
    choices: Choices | None = None,
    *,
    dry_run: bool,
    progress: Progress = silent,
    aside: Aside = at_once,
) -> tuple[ImportReport, Operation | None]:
    """Import files, each given with its name, or only find out what would come of it.

    Returns the report, and the operation where anything was written: nothing is where the report has faults. Raises
    Refused, ChangedMeanwhile.
    """
    planned = aside(partial(_planned, files, choices, progress))
    if planned.report.refused:
        return planned.report, None
    operation = write(planned, user, _("Import: %(files)s") % {"files": title}, dry_run=dry_run)
    progress(STEPS, STEPS)
    return planned.report, operation


def _planned(files: Iterable[tuple[Path, str]], choices: Choices | None, progress: Progress) -> Plan:
    """Read files and compare them with what is there."""
    progress(0, STEPS)
    tables = read_all(files)
    progress(1, STEPS)
    planned = plan(tables, choices)
    progress(2, STEPS)
    return planned
