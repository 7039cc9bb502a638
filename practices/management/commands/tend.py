"""Do what must be done now and then: for a timer, once a day or more often."""

import logging
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from django.core.management.base import BaseCommand, CommandError

from practices.curation.tending import TASKS, Given, run
from practices.management.texts import FALLS_SHORT, NOT_USABLE

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """`tend`: exit status 0 where every task was done, 1 where one failed, 2 for unusable arguments."""

    help = (
        "Look after the collection: check the content for the desk, count searches without success in the log, ask "
        "whether links still answer (KB_LINK_CHECK), remove what is kept for a time only. May be run at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--log", metavar="PATH", help="The log of the site, “-” for what comes in.")
        parser.add_argument(
            "--only", action="append", choices=TASKS, default=[], metavar="TASK", help=f"One of: {', '.join(TASKS)}."
        )

    def handle(self, *args: object, log: str | None, only: list[str], **options: object) -> None:
        failed = []
        with ExitStack() as stack:
            given = Given(_opened(log, stack) if log else None)
            for name in only or TASKS:
                try:
                    self.stdout.write(f"{name}: {run(name, given)}")
                except Exception:  # whatever it is, the other tasks are done
                    logger.exception("The task %s of tend failed", name)
                    failed.append(name)
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}. The log says why.", returncode=FALLS_SHORT)


def _opened(path: str, stack: ExitStack) -> TextIO:
    """Return the lines of a log. Raise CommandError, in one line, where it cannot be read."""
    if path == "-":
        return sys.stdin
    try:
        return stack.enter_context(Path(path).open(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise CommandError(f"Cannot read {path}: {error.strerror}.", returncode=NOT_USABLE) from error
