"""The real site in a process of its own, with a copy of the collection."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from practices.management.commands.quickstart import gunicorn_options
from tests import databases
from tests.installation import Installation

STARTED_WITHIN = 120


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def site(
    installation: Installation, folder: Path, prepare: Callable[[str], object] = lambda database: None
) -> Iterator[str]:
    """Serve the site as `quickstart` does, from a copy of what it has set up, prepared by name; yields its address."""
    port = free_port()
    with databases.copy(installation.database, folder) as database, (folder / "log").open("w") as log:
        prepare(database)
        env = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "k" * 60,
            "KB_LOCAL": "1",
            "DATABASE_URL": database,
            "STATIC_ROOT": str(installation.project.folder / "staticfiles"),
        }
        command = [sys.executable, "-m", "gunicorn", "kb.wsgi", *gunicorn_options(port)]
        process = subprocess.Popen(command, cwd=installation.project.folder, env=env, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the site answers 200; raises with its log when it ends or does not answer in time."""
    until = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (an address of this machine)
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"The site did not start:\n{log.read_text()}")
