"""How long the desk, the admin's first page, takes in a large collection.

`python -m bench.desk [--size N]` makes N published practices (10,000) and some drafts in a scratch database on SQLite
and on PostgreSQL, checks the content once, and times the desk as an administrator sees it: when warm, and right after
something public has changed. Exits with 1 where a target is missed.
"""

import argparse
import json
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from bench.pages import HOST, command, databases, environment, say, table

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: milliseconds, at 10,000 practices
MOST_MILLISECONDS = 300
REQUESTS, DRAFTS = 20, 200


def main() -> int:
    """Measure, print a table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--size", type=int, default=10_000, help="how many practices to make (10,000)")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure()))
        return 0
    rows, held = [], True
    for database, address in databases():
        found = run(database, address, options.size)
        held = held and max(found["warm"], found["changed"]) <= MOST_MILLISECONDS
        figures = (f"{found[name]:.0f}" for name in ("warm", "slowest", "changed"))
        rows.append([database, *figures, str(found["queries"]), f"{found['check']:.1f}"])
    heads = ["Database", "median, ms", "slowest, ms", "after a change, ms", "Queries", "the check, s"]
    table(f"The desk at {options.size:,} practices", heads, rows)
    print(f"\nTarget: median and after a change ≤ {MOST_MILLISECONDS} ms: {'held' if held else 'not held'}.")
    return 0 if held else 1


def run(database: str, address: str, size: int) -> dict[str, float]:
    """Return what was measured on one database, empty at first."""
    env = environment(address, "/nonexistent")
    say(f"{database}: {size:,} made-up practices")
    command(env, "manage.py", "migrate", "--verbosity", "0")
    command(env, "manage.py", "load_fixtures")
    command(env, "-m", "bench.synthetic", str(size), "--into-real")
    found: dict[str, float] = json.loads(command(env, "-m", "bench.desk", "--measure"))
    return found


def measure() -> dict[str, Any]:
    """Time the desk on this process's database."""
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django.setup()
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from practices import models as kb
    from practices.curation.quality import upkeep
    from tests.conftest import HttpsClient, logged_in

    user = User.objects.create_superuser("bench")
    drafts(user)
    if connection.vendor == "postgresql":  # autovacuum would have done it by the time that curators come
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    start = time.perf_counter()
    upkeep.check_content()
    check = time.perf_counter() - start
    client = logged_in(HttpsClient(SERVER_NAME=HOST), user)

    def milliseconds() -> float:
        start = time.perf_counter()
        response = client.get("/admin/")
        if response.status_code != 200:
            raise SystemExit(f"the desk answers {response.status_code}")
        return (time.perf_counter() - start) * 1000

    milliseconds()
    times = [milliseconds() for _ in range(REQUESTS)]
    kb.DataVersion.raise_number()
    changed = milliseconds()
    with CaptureQueriesContext(connection) as captured:
        client.get("/admin/")
    values = {"warm": statistics.median(times), "slowest": max(times), "changed": changed, "check": check}
    return {**values, "queries": len(captured)}


def drafts(user: "User") -> None:
    """Make some practices of the user's drafts, and some wait for review."""
    from practices import models as kb

    made: list[Any] = list(kb.Practice.objects.filter(slug__startswith="synthetic-")[:DRAFTS])
    for number, practice in enumerate(made):
        practice.state = kb.State.IN_REVIEW if number % 2 else kb.State.DRAFT
        practice._history_user = user
        practice.save()
        practice.history.update(history_type="+")


if __name__ == "__main__":
    sys.exit(main())
