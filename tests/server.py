"""The real site in a process of its own, with a scratch database: `quickstart` on a free port, as newcomers run it."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from django.db import connection

from tests.conftest import ROOT

STARTED_WITHIN = 120


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def scratch_database(folder: Path, *, filled: bool = False) -> Iterator[str]:
    """Yield the address of a database: a file in `folder`, or one more in the cluster that the tests run on.

    It is empty, or `filled`: a copy of the tests' own, with the real collection in it and no test under way.
    """
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        if filled:
            _copy_into(folder / "scratch.sqlite3")
        yield f"sqlite:///{folder / 'scratch.sqlite3'}"
        return
    import psycopg2

    name = f"scratch_{uuid4().hex}"
    server = psycopg2.connect(address)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_as_template() if filled else "template1"}"')
    try:
        yield urlsplit(address)._replace(path=f"/{name}").geturl()
    finally:
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.close()


def _copy_into(path: Path) -> None:
    """Write the tests' own SQLite database, which is in memory, into a file."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as file:
        connection.connection.backup(file)


def _as_template() -> str:
    """Return the name of the tests' own PostgreSQL database, with nobody connected to it."""
    connection.close()
    return str(connection.settings_dict["NAME"])


@contextmanager
def site(folder: Path) -> Iterator[str]:
    """Serve the site as `quickstart` does, from a filled database; yields its address."""
    port = free_port()
    with scratch_database(folder, filled=True) as database, (folder / "log").open("w") as log:
        env = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "k" * 60,
            "KB_LOCAL": "1",
            "DATABASE_URL": database,
            "STATIC_ROOT": str(folder / "static"),
        }
        command = [sys.executable, "manage.py", "quickstart", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
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
