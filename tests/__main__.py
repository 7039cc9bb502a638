"""`python -m tests [pytest options]`: pytest on SQLite and, beside it, on a PostgreSQL cluster of its own.

`DATABASE_URL=postgres://… pytest` is the second half alone: what a database can change (`ONCE` in `conftest.py` says
what else there is). Without a PostgreSQL server it is left out with a word, and fails under KB_REQUIRE=postgres.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
CORES = min(4, os.cpu_count() or 1)


def start(database: str, workers: int, options: list[str], output: IO[str] | None = None) -> subprocess.Popen[str]:
    """Start pytest on one database. Tests of one file stay together: they share what the file sets up.

    Files are begun in the order in which `conftest.py` puts them.
    """
    together = ("--dist", "loadfile", "--no-loadscope-reorder")
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), *together, *options]
    env = {**os.environ, "DATABASE_URL": database}
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output, text=True)


def both(options: list[str]) -> int:
    """Run both halves, show what the second says when the first has ended, and return the worse of the statuses."""
    with tempfile.TemporaryFile("w+") as output, postgres.cluster() as address:
        second = start(address, max(1, CORES // 2), options, output)
        first = start("sqlite:///:memory:", CORES, options)
        statuses = [first.wait(), second.wait()]
        output.seek(0)
        print(f"\n=== PostgreSQL ===\n{output.read()}", flush=True)  # noqa: T201
    return max(statuses)


def main() -> int:
    """Run both halves, or the first alone where there is no PostgreSQL server."""
    options = sys.argv[1:]
    print("=== SQLite ===", flush=True)  # noqa: T201
    if postgres.binaries() is not None:
        return both(options)
    failed = start("sqlite:///:memory:", CORES, options).wait()
    missing = "No PostgreSQL server found (apt-get install postgresql): its half of the tests was not run."
    print(missing, file=sys.stderr)  # noqa: T201
    return 1 if "postgres" in os.environ.get("KB_REQUIRE", "") else failed


if __name__ == "__main__":
    sys.exit(main())
