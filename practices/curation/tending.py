"""What must be done now and then, by a timer: `manage.py tend` does all of it, one task after the other.

To add a task: a function that does it and says what it did, in a few words, "" where there was nothing to do; and its
line in TASKS. A task that fails is reported and keeps no other from being done.

A page may start a task too, in a process that no request waits for; no task is done twice at the same time.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from practices.curation import processes
from practices.curation.importing import jobs
from practices.curation.links import check_links
from practices.curation.quality import upkeep
from practices.curation.searches import keep_misses
from practices.curation.sources.texts import remove_old_texts
from practices.curation.suggestions import erase_old_suggestions


@dataclass(frozen=True)
class Given:
    """What a run of `tend` was given: the lines of the log, None where it was given none."""

    log: Iterable[str] | None = field(default=None, repr=False)


Task = Callable[[Given], str]


def check_content(given: Given) -> str:
    """Ask the gates of what is public, for the desk."""
    return f"{upkeep.check_content()} issues"


def count_searches(given: Given) -> str:
    """Count the searches without success in the log."""
    if given.log is None:
        return "left out: no --log"
    return f"{keep_misses(given.log, timezone.now().date())} searches without success"


def ask_links(given: Given) -> str:
    """Ask whether the addresses that records name still answer."""
    if not settings.KB_LINK_CHECK:
        return "left out: KB_LINK_CHECK is off"
    links, failed = check_links()
    return f"{links} asked, {failed} without an answer"


def erase_suggestions(given: Given) -> str:
    """Erase what readers wrote a year after it was answered."""
    return f"{erase_old_suggestions()} erased"


def clear_sessions(given: Given) -> str:
    """Delete sessions that have ended."""
    call_command("clearsessions")
    return "done"


def remove_texts(given: Given) -> str:
    """Delete the texts of sources that were loaded more than a day ago."""
    return f"{remove_old_texts()} texts"


def remove_imports(given: Given) -> str:
    """Delete the files of imports that are over a day old."""
    return f"{jobs.remove_old()} removed"


TASKS: dict[str, Task] = {
    "content": check_content,
    "searches": count_searches,
    "links": ask_links,
    "suggestions": erase_suggestions,
    "sessions": clear_sessions,
    "texts": remove_texts,
    "imports": remove_imports,
}

#: in the folder of a task: that a page started it, and it has not come to its end; seconds in which its process begins
STARTED, BEGINS = "started", 30


class TaskState(Enum):
    """How far a task is that a page may have started."""

    IDLE = "idle"
    RUNNING = "running"
    #: its process was ended before it was done
    STOPPED = "stopped"


def run(name: str, given: Given) -> str:
    """Do a task, unless another process does it just now; returns what was done, in words."""
    folder = _folder(name)
    with processes.at_work(folder) as free:
        if not free:
            return "left out: it is being done already"
        said = TASKS[name](given)
        (folder / STARTED).unlink(missing_ok=True)
        return said


def start(name: str) -> bool:
    """Start a task in a process of its own; returns whether it was not at work already."""
    if state(name) is TaskState.RUNNING:
        return False
    folder = _folder(name)
    (folder / STARTED).touch()
    processes.start(folder, "tend", "--only", name)
    return True


def state(name: str) -> TaskState:
    """Return how far a task is, whoever started it. Nothing is written."""
    folder = processes.folder_of(f"tend/{name}")
    if processes.is_at_work(folder):
        return TaskState.RUNNING
    try:
        since = time.time() - (folder / STARTED).stat().st_mtime
    except FileNotFoundError:
        return TaskState.IDLE
    return TaskState.RUNNING if since < BEGINS else TaskState.STOPPED


def _folder(name: str) -> Path:
    return processes.private_folder(f"tend/{name}")
