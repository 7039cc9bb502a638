"""`python -m tests [pytest options]`: all tests on SQLite, then on a PostgreSQL cluster of their own.

What `ONCE` names looks at markup, scripts, styles, words and documents, which do not depend on the database. Without a
PostgreSQL server that half is left out with a word, and fails under KB_REQUIRE=postgres.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
#: what runs in the first half only
ONCE = (
    *("browser/test_accessibility.py", "browser/test_search.py", "browser/test_selection.py"),
    *("tools/test_make_map.py", "index/test_text.py", "test_design.py", "test_docs.py", "test_html.py"),
    *("test_site.py", "test_templates.py"),
)


def run(name: str, database: str, options: list[str]) -> int:
    """Run pytest on one database; returns its exit status."""
    print(f"\n=== {name} ===", flush=True)  # noqa: T201
    workers = ["-n", str(min(4, os.cpu_count() or 1))]
    command = [sys.executable, "-m", "pytest", "-q", *workers, *options]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": database}).returncode


def main() -> int:
    """Run both halves, and return the worse of the two statuses."""
    options = sys.argv[1:]
    failed = run("SQLite", "sqlite:///:memory:", options)
    if postgres.binaries() is None:
        missing = "No PostgreSQL server found (apt-get install postgresql): its half of the tests was not run."
        print(missing, file=sys.stderr)  # noqa: T201
        return 1 if "postgres" in os.environ.get("KB_REQUIRE", "") else failed
    with postgres.cluster() as address:
        return run("PostgreSQL", address, [*options, *(f"--ignore=tests/{name}" for name in ONCE)]) or failed


if __name__ == "__main__":
    sys.exit(main())
