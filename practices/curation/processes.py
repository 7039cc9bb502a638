"""Commands of `manage.py` that a page starts and no request waits for, each with a private folder of its own.

While one is at work it holds a lock on its folder: where the lock is free, it has ended, whichever way.
"""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

#: how often a process tries to begin, for somebody may be looking whether it has; and seconds in between
TRIES, PAUSE = 20, 0.1


def folder_of(name: str) -> Path:
    """Return where a private folder is, whether it is there or not."""
    return Path(settings.KB_PRIVATE) / name


def private_folder(name: str) -> Path:
    """Return a folder that nobody else than the site's own user may open, made where it is not there."""
    folder = folder_of(name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def start(folder: Path, *arguments: str) -> None:
    """Start a command of `manage.py` in a process of its own, and do not wait for it; it writes into `log`."""
    with (folder / "log").open("ab") as log:
        subprocess.Popen(  # noqa: S603 (the command is ours, its arguments are checked)
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a server that stops its workers leaves it alone
        )


@contextmanager
def at_work(folder: Path) -> Iterator[bool]:
    """Hold the lock of a folder while this process is at work; yields whether no other process is."""
    with (folder / "lock").open("wb") as lock:
        tries = TRIES
        while not (free := _locks(lock, fcntl.LOCK_EX)) and tries:
            tries -= 1
            time.sleep(PAUSE)
        yield free


def is_at_work(folder: Path) -> bool:
    """Whether a process is at work; none is where the folder is deleted just now."""
    try:
        with (folder / "lock").open("wb") as lock:
            return not _locks(lock, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


def _locks(file: IO[bytes], kind: int) -> bool:
    """Take a lock on a file, for as long as it is open; returns whether it was free."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
