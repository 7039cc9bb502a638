"""How the databases answer the statements that readers wait for: their plans in a large collection.

`python -m bench.plans [--size 100000] [--keep FOLDER]` prints a Markdown table for SQLite and for PostgreSQL: each
statement that a warm process sends for a search, a first question, suggestions, a practice and a country, with the
tables and indexes that it goes through. Exits with 1 where one reads a whole table of more than 1,000 rows.
`--keep` takes the practices that `bench.search --keep` made.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.contest import filled_cluster, local, made, sqlite
from bench.pages import command, say, table

#: what is asked first, so that nothing but the request itself is left to do; and what is looked at then: two searches
#: with new words, a practice (its address follows) and a country
WARM, HOT = (
    "/practices/?q=training",
    ("/practices/?q=teachers+local&role=ngo", "/suggestions.json?q=work", "", "/countries/PT/"),
)
#: a whole table may be read that has no more rows
MOST_ROWS = 1000
#: what stands for the statements within PostgreSQL's function, which its plans do not show
WITHIN = "SELECT string_agg(practice_id::text, ',') FROM practices_searchdocument WHERE vector_b @@ 'teacher'::tsquery"

Row = tuple[str, str, list[str], float, bool]  # the address, the statement, the steps of its plan, ms, a whole table


def main() -> int:
    """Make the practices, explain the statements on each database, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.plans", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--size", type=int, default=100_000, help="number of practices (100,000)")
    parser.add_argument("--keep", type=Path, help="where `bench.search --keep` keeps what it makes")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(list(measure())))
        return 0
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as scratch:
        folder, static = (options.keep or Path(scratch)).resolve() / str(options.size), str(Path(scratch) / "static")
        made(options.size, folder, static)
        found = {"SQLite": explained(local(sqlite(folder), static))}
        with filled_cluster(options.size, folder, static) as address:
            found["PostgreSQL"] = explained(local(address, static))
    for database, rows in found.items():
        shown = [[f"`{url}`", f"`{said}`", "; ".join(steps), f"{ms:.2f}"] for url, said, steps, ms, _ in rows]
        table(f"{database}, {options.size:,} practices", ["Page", "Statement", "Plan", "ms"], shown)
    whole = [f"{database}: `{row[1]}`" for database, rows in found.items() for row in rows if row[4]]
    print(f"\nWhole tables of more than {MOST_ROWS:,} rows: {', '.join(whole) or 'none'}.")
    return 1 if whole else 0


def explained(env: dict[str, str]) -> list[Row]:
    """Return what a process of its own found out on one database."""
    say("  indexing")
    command(env, "manage.py", "collectstatic", "--verbosity", "0", "--no-input")
    command(env, "manage.py", "reindex")
    say("  explaining")
    return [tuple(row) for row in json.loads(command(env, "-m", "bench.plans", "--measure"))]


def measure() -> Iterator[Row]:
    """Yield a row for each different statement of the hot addresses."""
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from practices.models import Country, Practice

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client, seen = Client(SERVER_NAME="localhost"), set[str]()
    country = Country.objects.get(alpha2="PT").get_absolute_url()
    practice = Practice.objects.published().order_by("pk")[500].get_absolute_url()
    hot = [url.replace("/countries/PT/", country) or practice for url in HOT]
    for url in (WARM, "/suggestions.json?q=mig", country, practice):
        client.get(url)
    for url in hot:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
        if response.status_code != 200:
            raise SystemExit(f"{url} answers {response.status_code}")
        for query in captured.captured_queries:
            statement = WITHIN if "practices_postings" in query["sql"] else query["sql"]
            shape = re.sub(r"'[^']*'|\b\d+\b", "?", statement)
            if statement.lstrip("(").startswith("SELECT") and shape not in seen:
                seen.add(shape)
                yield url, named(shape), *plan(statement, within=statement is WITHIN)


def named(shape: str) -> str:
    """Return a statement in short: from which table, under which conditions."""
    first, *more = shape.split(" UNION ALL ")
    said = re.sub(r'"practices_\w+"\.', "", re.sub(r"^\(?SELECT .*? FROM ", "FROM ", first, flags=re.DOTALL))
    said += f", and {len(more)} more of the kind" * bool(more)
    said = re.sub(r"(\?, )+\?", "?, …", said.replace('"', "").replace("practices_", "").replace("|", "/"))
    return said if len(said) <= 160 else f"{said[:159]}…"


def plan(statement: str, *, within: bool) -> tuple[list[str], float, bool]:
    """Return the steps of a statement's plan, its milliseconds, and whether it reads a whole large table."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            if within:  # as the function sets it
                cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.replace('%', '%%')}")
            (found,) = cursor.fetchone()[0]
            steps = list(scans(found["Plan"]))
            whole = any(name == "Seq Scan" and rows > MOST_ROWS for name, _, rows in steps)
            return [f"{name} {of} ({rows:,})" for name, of, rows in steps], found["Execution Time"], whole
        cursor.execute(f"EXPLAIN QUERY PLAN {statement.replace('%', '%%')}")
        lines = list(dict.fromkeys(row[-1] for row in cursor.fetchall() if re.match("SCAN|SEARCH|USE TEMP", row[-1])))
        start = time.perf_counter()
        cursor.execute(statement.replace("%", "%%"))
        cursor.fetchall()
        taken = (time.perf_counter() - start) * 1000
        return lines, taken, any(size(line) > MOST_ROWS for line in lines if re.fullmatch(r"SCAN practices_\w+", line))


def scans(node: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Yield (how, what, rows that were read) for each table or index that a plan of PostgreSQL goes through."""
    what = node.get("Index Name") or node.get("Relation Name") or node.get("Function Name")
    if what and "Scan" in node["Node Type"]:
        read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        yield node["Node Type"], what.removeprefix("practices_"), int(read * node["Actual Loops"])
    for below in node.get("Plans", ()):
        yield from scans(below)


def size(line: str) -> int:
    """Return how many rows the table has that a line of SQLite's plan scans."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {line.split()[1]}")  # noqa: S608
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    sys.exit(main())
