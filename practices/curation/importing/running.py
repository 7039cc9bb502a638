"""An import from its files to its end: read, checked and written, or written and rolled back."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from practices.curation.importing.planning import Choices, plan
from practices.curation.importing.reading import read_all
from practices.curation.importing.report import ImportReport
from practices.curation.importing.writing import write
from practices.models import Operation

#: called with (steps done, of how many) as the work goes on
Progress = Callable[[int, int], None]
STEPS = 4


def silent(done: int, total: int) -> None:
    """Report nothing."""


def run(
    files: Iterable[tuple[Path, str]],
    user: Any,
    title: str,
    choices: Choices | None = None,
    *,
    dry_run: bool,
    progress: Progress = silent,
) -> tuple[ImportReport, Operation | None]:
    """Import files, each given with its name, or only find out what would come of it.

    Returns the report, and the operation where anything was written: nothing is where the report has faults. Raises
    Refused, ChangedMeanwhile.
    """
    progress(0, STEPS)
    tables = read_all(files)
    progress(1, STEPS)
    planned = plan(tables, choices)
    del tables
    progress(2, STEPS)
    if planned.report.refused:
        return planned.report, None
    operation = write(planned, user, _("Import: %(files)s") % {"files": title}, dry_run=dry_run)
    progress(STEPS, STEPS)
    return planned.report, operation
