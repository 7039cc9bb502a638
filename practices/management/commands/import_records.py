"""`import_records`: import records from workbooks, CSV or JSON as drafts and pending edits, all or nothing."""

import os
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from practices.curation.importing import jobs, running
from practices.curation.importing.files import Refused
from practices.curation.importing.jobs import Job, Status, Step
from practices.curation.importing.planned import Plan
from practices.curation.importing.report import Effect, Fault, ImportReport
from practices.curation.importing.writing import ChangedMeanwhile

#: how many faults and records are named
NAMED = 50
#: how much what a page starts gives way to the processes that serve readers, while it reads and compares
NICE = 10


class Command(BaseCommand):
    """Import records of files; of a page, those of one of its imports."""

    help = "Import records from .xlsx, .csv or .json as drafts and pending edits, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a workbook, or tables named as sheets")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")
        parser.add_argument("--user", metavar="NAME", default="", help="the curator in whose name it is done")
        parser.add_argument("--job", default="", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["job"]:
            job = jobs.find(options["job"])
            if job is None:
                raise CommandError("There is no such import, or no longer.")
            work(job, dry_run=options["dry_run"], aside=gently)
            return
        self._import(options["files"], options["user"], dry_run=options["dry_run"])

    def _import(self, files: list[Path], name: str, *, dry_run: bool) -> None:
        missing = [path for path in files if not path.is_file()]
        if not files or missing:
            raise CommandError(f"There is no file {missing[0]}." if missing else "Give a file.")
        user = get_user_model().objects.filter(username=name).first()
        if name and user is None:
            raise CommandError(f"There is no user {name}.")
        named = [(path, path.name) for path in files]
        title = ", ".join(path.name for path in files)
        try:
            report, operation = running.run(named, user, title, dry_run=dry_run)
        except (Refused, ChangedMeanwhile) as reason:
            raise CommandError(f"Nothing was imported. {reason}") from reason
        self._show(report)
        if report.refused:
            raise CommandError(f"Nothing was imported. {report.found} faults.")
        if dry_run:
            self.stdout.write("Nothing was written: a dry run.")
        elif operation:
            self.stdout.write(f"Operation {operation.pk}: it can be undone in the admin.")

    def _show(self, report: ImportReport) -> None:
        for fault in report.faults[:NAMED]:
            self.stderr.write(named_fault(fault))
        if report.found > NAMED:
            self.stderr.write(f"and {report.found - NAMED} more")
        for effect in Effect:
            if report.counts[effect]:
                self.stdout.write(f"{report.counts[effect]} {effect.label}")
        for record in report.records[:NAMED]:
            what = ": ".join(filter(None, (str(record.effect.label), ", ".join(record.changed))))
            self.stdout.write(f"  {record.sheet}, line {record.line}, {record.key} {record.name}: {what}")


def named_fault(fault: Fault) -> str:
    """Return a fault in one line."""
    place = ", ".join(filter(None, (fault.sheet, f"line {fault.line}" if fault.line else "", fault.column)))
    offers = ", ".join(code for code, _label in fault.suggestions)
    return f"{place}: {fault.reason}" + (f" Perhaps: {offers}." if offers else "")


def gently(work: Callable[[], Plan]) -> Plan:
    """Do work in a thread of low priority.

    Linux gives each thread its own: the one that writes, for which others wait on SQLite, keeps that of every process.
    """

    def worked() -> Plan:
        os.nice(NICE)
        try:
            return work()
        finally:
            connections.close_all()  # those of this thread

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(worked).result()


def work(job: Job, *, dry_run: bool, aside: running.Aside = running.at_once) -> None:
    """Do the work of an import that a page started, and note how far it is; nothing where another process does it."""
    with job.at_work() as free:
        if not free:
            return
        step = Step.CHECKING if dry_run else Step.WRITING
        user = get_user_model().objects.filter(pk=job.user).first()

        def progress(done: int, total: int) -> None:
            job.note(Status(step, done, total))

        try:
            how: dict[str, Any] = {"dry_run": dry_run, "progress": progress, "aside": aside}
            report, operation = running.run(job.files, user, job.title, job.choices, **how)
        except (Refused, ChangedMeanwhile) as reason:
            job.note(Status(Step.REFUSED, message=str(reason)))
            return
        written = not dry_run and not report.refused
        end = Status(Step.WRITTEN if written else Step.CHECKED, report=report.as_json())
        end.operation = operation.pk if operation else None
        job.note(end)
