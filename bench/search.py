"""How fast search is, beside tantivy in process and Datasette over HTTP, on the same practices with the same queries.

`python -m bench.search [--sizes 1000,10000] [--quick] [--rivals] [--keep FOLDER] [--json]` prints Markdown tables,
progress on stderr, and exits with 1 when a target is missed. Every engine is ready before the first round and answers
the 200 queries of `queries.txt` in each; they take turns, so that what else the machine does falls on all of them. The
time of a query is the middle one of its rounds. Needs `requirements/bench.txt`; `--keep` spares making the practices
again.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from bench.contest import DATASETTE, IN_PROCESS, JSON, PAGE, POSTGRESQL, SQLITE, TANTIVY, Engine, Figure, Run, hold, p95
from bench.pages import table
from bench.queries import Query, queries

SIZES, ROUNDS = "1000,10000,100000", 5
#: totals further apart than this share are counted as different
APART = 0.2

# Targets: p95 against tantivy's, p95 and median against Datasette's, p95 of PostgreSQL against SQLite's
AT, LARGE = 10_000, 100_000
MOST_OF_TANTIVY, LEAST_OF_DATASETTE, MOST_OF_SQLITE = 1.5, {"p95": 50, "median": 6}, 3
FIGURES: dict[str, Figure] = {"median": median, "p95": p95}
MOST_MEGABYTES, MOST_SECONDS, MOST_MILLISECONDS = 400, {SQLITE: 60, POSTGRESQL: 120}, 5

Target = tuple[str, str, bool]


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--sizes", help=f"numbers of practices ({SIZES})")
    parser.add_argument("--quick", action="store_true", help="1,000 practices, 40 of the queries, two rounds")
    parser.add_argument("--keep", type=Path, help="where to keep what was made, for the next run")
    parser.add_argument("--rivals", action="store_true", help="tantivy and Datasette alone, without targets")
    parser.add_argument("--json", action="store_true", help="print figures for machines instead of tables")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else the servers would outlive it
    busy = os.getloadavg()[0]
    asked, rounds = (queries()[::5], 2) if options.quick else (queries(), ROUNDS)
    sizes = [int(size) for size in (options.sizes or ("1000" if options.quick else SIZES)).split(",")]
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as scratch:
        keep = options.keep or Path(scratch)
        static = str(Path(scratch) / "static")
        runs = [
            hold(size, keep.resolve() / str(size), static, asked, rounds, ours=not options.rivals) for size in sizes
        ]
    print(as_json(runs)) if options.json else show(runs, asked, rounds, busy)
    return 0 if all(held for _, _, held in targets(runs)) else 1


# Reporting


def targets(runs: list[Run]) -> list[Target]:
    """Return (target, what was measured, whether it is held), of the sizes that were measured."""
    runs = [run for run in runs if run.indexes]  # the rivals alone have no targets
    return [target for run in runs for target in (*ratio_targets(run), *size_targets(run))]


def ratio_targets(run: Run) -> list[Target]:
    """Return the targets that compare engines."""
    if run.size != AT:
        return []
    in_process = f"{SQLITE}, {IN_PROCESS}"
    found = [
        at_most(
            f"{in_process}: p95 ≤ {MOST_OF_TANTIVY} × tantivy's", run.ratio(in_process, TANTIVY, p95), MOST_OF_TANTIVY
        )
    ]
    for name in (f"{SQLITE}, {PAGE}", f"{SQLITE}, {JSON}"):
        for which, least in LEAST_OF_DATASETTE.items():
            times = run.ratio(DATASETTE, name, FIGURES[which])
            found.append(
                (
                    f"{name}: {which} {least} times faster than Datasette's",
                    shown(times),
                    times is not None and times[0] >= least,
                )
            )
    for kind in (IN_PROCESS, PAGE, JSON):
        ratio = run.ratio(f"{POSTGRESQL}, {kind}", f"{SQLITE}, {kind}", p95)
        found.append(at_most(f"{POSTGRESQL}, {kind}: p95 ≤ {MOST_OF_SQLITE} × SQLite's", ratio, MOST_OF_SQLITE))
    return found


def at_most(text: str, ratio: tuple[float, float, float] | None, most: float) -> Target:
    """Return the target that a ratio is held."""
    return text, shown(ratio), ratio is not None and ratio[0] <= most


def size_targets(run: Run) -> list[Target]:
    """Return the targets of a large collection: memory, and what writing the index takes."""
    if run.size != LARGE:
        return []
    ours = [engine for engine in run.engines.values() if engine.name not in (TANTIVY, DATASETTE)]
    largest = max(ours, key=lambda engine: engine.megabytes)
    found = [
        (
            f"Each process ≤ {MOST_MEGABYTES} MB",
            f"{largest.name}: {largest.megabytes:.0f}",
            largest.megabytes <= MOST_MEGABYTES,
        )
    ]
    for database, most in MOST_SECONDS.items():
        seconds, one = run.indexes.get(database, (None, None))
        found.append(
            (f"Full reindex ({database}) ≤ {most} s", figure(seconds), seconds is not None and seconds <= most)
        )
        found.append(
            (
                f"One record ({database}) < {MOST_MILLISECONDS} ms",
                figure(one),
                one is not None and one < MOST_MILLISECONDS,
            )
        )
    return found


def show(runs: list[Run], asked: list[Query], rounds: int, busy: float) -> None:
    """Print everything as Markdown."""
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores (load before: {busy:.1f}), one client, "
        f"{len(asked)} queries in each of {rounds} rounds, all engines in turn. Milliseconds; each query "
        "counts with its middle time, ratios with the least and the most that they were in one round."
    )
    for run in runs:
        table(
            f"{run.size:,} practices",
            [
                "Engine",
                "Median",
                "p95",
                "p95 when first asked",
                "p95 : tantivy's",
                "Datasette's p95 : its",
                "Datasette's median : its",
                "MB",
            ],
            [figures(run, engine) for engine in run.engines.values()],
        )
        totals(run, asked)
    growth = [
        [name, f"{few.size:,} to {many.size:,}", *(grown(few, many, name, of) for of in (median, p95))]
        for few, many in pairwise(runs)
        for name in few.engines
        if name in many.engines
    ]
    if growth:
        table("Growth", ["Engine", "Practices", "Median", "p95"], growth)
    indexes = [
        [f"{run.size:,}", database, figure(seconds), figure(one)]
        for run in runs
        for database, (seconds, one) in run.indexes.items()
    ]
    if indexes:
        table("Writing the index", ["Practices", "Database", "All, s", "One, ms"], indexes)
    rows = [[text, found, "yes" if held else "**no**"] for text, found, held in targets(runs)]
    if rows:
        table("Targets", ["Target", "Measured", "Held"], rows)


def figures(run: Run, engine: Engine) -> list[str]:
    """Return an engine's row."""
    to_tantivy = shown(run.ratio(engine.name, TANTIVY, p95)) if IN_PROCESS in engine.name else ""
    to_datasette = [
        shown(run.ratio(DATASETTE, engine.name, of)) if "HTTP" in engine.name else "" for of in (p95, median)
    ]
    times = [f"{time:.2f}" for time in (median(engine.times), p95(engine.times), p95(engine.first))]
    return [engine.name, *times, to_tantivy, *to_datasette, f"{engine.megabytes:.0f}"]


def totals(run: Run, asked: list[Query]) -> None:
    """Print how far the engines find the same: tantivy is what the others are held against."""
    expected = run.engines[TANTIVY].totals
    print(f"\ntantivy finds nothing for {sum(not total for total in expected)} queries.")
    for engine in run.engines.values():
        pairs = zip(asked, expected, engine.totals, strict=True)
        known = [(query, want, found) for query, want, found in pairs if want is not None and found is not None]
        apart = [pair for pair in known if abs(pair[1] - pair[2]) > APART * max(pair[1], pair[2])]
        if engine.name != TANTIVY and known:
            some = "; ".join(f"`{query}` {total:,} for {other:,}" for query, other, total in apart[:5])
            print(f"- {engine.name}: {len(apart)} of {len(known)} totals differ by more than 20 %. {some}")


def grown(few: Run, many: Run, name: str, of: Figure) -> str:
    """Return how many times slower an engine has become."""
    return f"× {of(many.engines[name].times) / of(few.engines[name].times):.1f}"


def shown(ratio: tuple[float, float, float] | None) -> str:
    """Return a ratio with its range."""
    return "{:.2g} ({:.2g} to {:.2g})".format(*ratio) if ratio else "-"


def figure(number: float | None) -> str:
    """Return a number, where there is one."""
    return "-" if number is None else f"{number:.1f}"


def as_json(runs: list[Run]) -> str:
    """Return everything that was measured, for machines."""
    found: list[dict[str, Any]] = []
    for run in runs:
        engines = {
            engine.name: {
                "median": median(engine.times),
                "p95": p95(engine.times),
                "first": engine.first,
                "rounds": engine.rounds,
                "megabytes": engine.megabytes,
                "totals": engine.totals,
            }
            for engine in run.engines.values()
        }
        found.append({"size": run.size, "engines": engines, "indexes": run.indexes})
    held = [{"target": text, "measured": measured, "held": held} for text, measured, held in targets(runs)]
    return json.dumps({"runs": found, "targets": held}, indent=1)


if __name__ == "__main__":
    sys.exit(main())
