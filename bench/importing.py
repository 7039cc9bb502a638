"""How fast spreadsheets are imported, beside django-import-export, and what readers and curators notice meanwhile.

`python -m bench.importing` measures on SQLite and PostgreSQL, each with the real collection in a scratch database:
2,000 made-up practices from a workbook and from CSV, and 10,000 from a workbook. While 2,000 are imported, eight
readers ask for pages and a curator saves. On SQLite, where that takes it least, 2,000 are also imported by
django-import-export as it comes, in an environment of its own with `requirements/bench.txt`, with history and index
written by both. `--quick` takes a tenth of all that. Exits with 1 where a target is missed.
"""

import argparse
import csv
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from random import Random

from openpyxl import Workbook

from bench.pages import ROOT, command, databases, environment, say, served, status, table

# Targets
MOST_SECONDS, MOST_SECONDS_LARGE, MOST_SECONDS_WRITING, TIMES_FASTER, MOST_MEGABYTES = 30, 120, 10, 10, 150
MOST_READER_MILLISECONDS, READERS = 1000, 8
COLUMNS = [
    *("key", "slug", "title", "summary", "description", "kind", "level", "dimensions", "topics", "target_groups"),
    *("stages", "year_start", "year_end", "reported_status", "evidence"),
]
#: what readers ask for while somebody imports
PAGES = [
    "/",
    "/practices/",
    "/practices/?q=language",
    "/practices/?country=PT",
    "/countries/",
    "/findings/",
    "/matrix/",
]
#: seconds between two saves of the curator, and in which readers ask before anybody imports
PAUSE, BEFORE = 0.05, 5


@dataclass
class Import:
    """One import: seconds, those of its longest transaction of ours, the most megabytes that its process took."""

    name: str
    lines: int
    seconds: float
    megabytes: float
    writing: float = 0.0


@dataclass
class Meanwhile:
    """What others noticed: milliseconds of each answer before and while somebody imported, and what was no answer."""

    before: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    #: what was imported
    imported: Import | None = None


@dataclass
class ImportRun:
    """What was measured on one database."""

    database: str
    #: a process that is ready to import, and does not
    idle: Import
    imports: list[Import] = field(default_factory=list)
    rival: Import | None = None
    meanwhile: Meanwhile = field(default_factory=Meanwhile)

    @property
    def ours(self) -> list[Import]:
        """Every import of ours."""
        return [*self.imports, *([self.meanwhile.imported] if self.meanwhile.imported else [])]


def main() -> int:
    """Measure, print the tables, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.importing", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of all lines")
    parser.add_argument("--no-rival", action="store_true", help="without django-import-export")
    parser.add_argument("--saves", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.saves:
        return save_again_and_again()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else the scratch databases would outlive it
    lines = 200 if options.quick else 2000
    busy, begun = os.getloadavg()[0], time.perf_counter()
    runs: list[ImportRun] = []
    with tempfile.TemporaryDirectory(prefix="kb-bench-import-") as folder:
        for name, address in databases():
            by_rival = not options.no_rival and not runs
            runs.append(measured(name, address, lines, Path(folder), by_rival=by_rival))
            show(runs[-1:], busy)
    say(f"{(time.perf_counter() - begun) / 60:.1f} minutes in all")
    return 0 if all(held for run in runs for _, _, held in targets(run)) else 1


def measured(database: str, address: str, lines: int, folder: Path, *, by_rival: bool) -> ImportRun:
    """Measure everything on one database, empty at first."""
    env = environment(address, str(folder / "static")) | {"KB_PRIVATE": str(folder / "private")}
    say(f"{database}: the real collection")
    command(env, "manage.py", "quickstart", "--no-serve")
    codes = json.loads(command(env, "-c", CODES))
    run = ImportRun(database, import_file(env, "nothing", 0))
    for name, write in (("workbook", write_workbook), ("CSV", write_csv)):
        path = write(folder / f"practices{'.csv' if name == 'CSV' else '.xlsx'}", records(codes, name, lines))
        say(f"{database}: {lines:,} lines of a {name}")
        run.imports.append(import_file(env, name, lines, str(path)))
    path = write_workbook(folder / "practices.xlsx", records(codes, "again", lines))
    say(f"{database}: the same while others read and save")
    run.meanwhile = meanwhile(env, path, lines)
    path = write_workbook(folder / "practices.xlsx", records(codes, "large", 5 * lines))
    say(f"{database}: {5 * lines:,} lines of a workbook")
    run.imports.append(import_file(env, "workbook", 5 * lines, str(path)))
    if by_rival:
        python = rival_environment(folder)
        path = write_workbook(folder / "practices.xlsx", records(codes, "rival", lines))
        say(f"{database}: {lines:,} lines by django-import-export")
        run.rival = import_by_rival(env, python, path, lines)
    return run


#: prints the codes of the vocabularies that the lines name
CODES = """
import django, json; django.setup()
from practices import models as kb
names = ("Kind", "Level", "Dimension", "Topic", "TargetGroup", "Stage")
print(json.dumps({name: list(getattr(kb, name).objects.values_list("code", flat=True)) for name in names}))
"""


def records(codes: dict[str, list[str]], name: str, number: int) -> Iterator[list[object]]:
    """Yield made-up practices as lines of a file, with other slugs for each name."""
    random = Random(1)
    for n in range(number):
        some = {
            kind: "; ".join(random.sample(codes[kind], 2)) for kind in ("Dimension", "Topic", "TargetGroup", "Stage")
        }
        words = " ".join(random.choices(WORDS, k=30))
        start = random.randint(1990, 2015)
        yield [
            *(f"{name}-{n}", f"{name.lower()}-{n}", f"{name} {n}: {words[:60]}", f"It is {words}.", f"{words}. " * 4),
            *(random.choice(codes["Kind"]), random.choice(codes["Level"]), *some.values()),
            *(start, start + random.randint(0, 8), "ended", "described"),
        ]


WORDS = [
    "newcomers",
    "language",
    "classes",
    "evening",
    "city",
    "workers",
    "advice",
    "housing",
    "health",
    "school",
    "families",
    "newly",
    "arrived",
]


def write_workbook(path: Path, lines: Iterable[list[object]]) -> Path:
    """Write lines as the sheet of practices."""
    book = Workbook(write_only=True)
    page = book.create_sheet("practices")
    for line in (COLUMNS, *lines):
        page.append(line)
    book.save(path)
    return path


def write_csv(path: Path, lines: Iterable[list[object]]) -> Path:
    """Write lines as the table of practices."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *lines])
    return path


def import_file(env: dict[str, str], name: str, lines: int, *arguments: str) -> Import:
    """Import a file by our command, see `bench.timed_import`."""
    start, command_line = time.perf_counter(), [sys.executable, "-m", "bench.timed_import", *arguments]
    with subprocess.Popen(command_line, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read() if process.stdout else ""
        _pid, exit_status, used = os.wait4(process.pid, 0)
        process.returncode = exit_status
    if exit_status:
        raise SystemExit(f"The import of {name} failed.")
    return Import(name, lines, time.perf_counter() - start, peak(used), float(said))


def peak(used: resource.struct_rusage) -> float:
    """Return the most memory that a process took, in megabytes."""
    return used.ru_maxrss / 1024


# What others notice


def meanwhile(env: dict[str, str], path: Path, lines: int) -> Meanwhile:
    """Serve, read and save while a file is imported, and return what was noticed."""
    noticed = Meanwhile()
    with served({**env, "KB_LOCAL": "1", "ALLOWED_HOSTS": ""}) as (port, _):
        for url in PAGES * 2:
            status(port, url)
        with reading(port, noticed.before, noticed.errors):
            time.sleep(BEFORE)
        with saving(env) as saves, reading(port, noticed.pages, noticed.errors):
            noticed.imported = import_file(
                env, "checked and imported by the page, others at work", lines, str(path), "--as-page"
            )
    noticed.saves = [float(line) for line in saves if line[0].isdigit()]
    noticed.errors += [line for line in saves if not line[0].isdigit()]
    return noticed


@contextmanager
def reading(port: int, times: list[float], errors: list[str]) -> Iterator[None]:
    """Let readers ask for one page after the other until the block ends; notes milliseconds, and what is no answer."""
    ended = threading.Event()

    def read(number: int) -> None:
        for url in islice(cycle(PAGES), number, None):
            if ended.is_set():
                return
            start = time.perf_counter()
            answer = status(port, url)
            times.append((time.perf_counter() - start) * 1000)
            if answer != 200:
                errors.append(f"{url}: {answer}")

    with ThreadPoolExecutor(READERS) as readers:
        done = [readers.submit(read, number) for number in range(READERS)]
        try:
            yield
        finally:
            ended.set()
        for reader in done:
            reader.result()


@contextmanager
def saving(env: dict[str, str]) -> Iterator[list[str]]:
    """Let a process save again and again; the list holds what it says when the block has ended."""
    said: list[str] = []
    arguments = [sys.executable, "-m", "bench.importing", "--saves"]
    process = subprocess.Popen(arguments, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    try:
        yield said
    finally:
        process.terminate()
        said += (process.communicate()[0] or "").split("\n")[:-1]


def save_again_and_again() -> int:
    """Save a record with its history, as a curator does, and print how many milliseconds each time took."""
    import django

    django.setup()
    from django.db import DatabaseError

    from practices.models import Stakeholder

    record = Stakeholder.objects.order_by("pk")[0]
    while True:
        start = time.perf_counter()
        try:
            record.save()
        except DatabaseError as error:
            print("error:", str(error).replace("\n", " "), flush=True)
        print((time.perf_counter() - start) * 1000, flush=True)
        time.sleep(PAUSE)


# django-import-export


def rival_environment(folder: Path) -> str:
    """Make an environment with what `requirements/bench.txt` pins; returns its Python."""
    say("an environment with django-import-export")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "rival")], check=True)
    python = str(folder / "rival" / "bin" / "python")
    requirements = ["--no-deps", "--require-hashes", "-r", str(ROOT / "requirements" / "bench.txt")]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], check=True)
    return python


def import_by_rival(env: dict[str, str], python: str, path: Path, lines: int) -> Import:
    """Import a file by django-import-export."""
    start = time.perf_counter()
    process = subprocess.Popen([python, "-m", "bench.rival_import", str(path)], cwd=ROOT, env=env)
    _pid, exit_status, used = os.wait4(process.pid, 0)
    if exit_status:
        raise SystemExit("The import by django-import-export failed.")
    return Import("django-import-export", lines, time.perf_counter() - start, peak(used))


# Reporting


def targets(run: ImportRun) -> list[tuple[str, str, bool]]:
    """Return (target, what was measured, whether it is held)."""
    *small, large = run.imports
    slowest = max(one.seconds for one in small)
    writing = max(one.writing for one in run.ours)
    most = max(one.megabytes for one in run.ours) - run.idle.megabytes
    reader = p95(run.meanwhile.pages)
    rows = [
        (f"{small[0].lines:,} lines ≤ {MOST_SECONDS} s", f"{slowest:.1f} s", slowest <= MOST_SECONDS),
        (
            f"{large.lines:,} lines ≤ {MOST_SECONDS_LARGE} s",
            f"{large.seconds:.1f} s",
            large.seconds <= MOST_SECONDS_LARGE,
        ),
        (f"Longest transaction ≤ {MOST_SECONDS_WRITING} s", f"{writing:.1f} s", writing <= MOST_SECONDS_WRITING),
        (f"Memory + {MOST_MEGABYTES} MB at most", f"{most:.0f} MB", most <= MOST_MEGABYTES),
        (f"Readers' p95 ≤ {MOST_READER_MILLISECONDS} ms", f"{reader:.0f} ms", reader <= MOST_READER_MILLISECONDS),
        ("No error for readers and curators", f"{len(run.meanwhile.errors)}", not run.meanwhile.errors),
    ]
    if run.rival:
        times = run.rival.seconds / slowest
        rows.append(
            (f"{TIMES_FASTER} times faster than django-import-export", f"{times:.0f} times", times >= TIMES_FASTER)
        )
    return rows


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def show(runs: list[ImportRun], busy: float) -> None:
    """Print everything as Markdown."""
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} cores (load before: {busy:.1f}); seconds from start to end."
    )
    figures = [[run.database, *figures_of(one)] for run in runs for one in (run.idle, *run.ours)]
    figures += [[run.database, *figures_of(run.rival)] for run in runs if run.rival]
    table("Imports", ["Database", "Process", "Lines", "Seconds", "Longest transaction, s", "Memory, MB"], figures)
    noticed = [[run.database, *others(run.meanwhile)] for run in runs]
    heads = ["Database", "p50 before, ms", "p95 before, ms", "Pages", "p50, ms", "p95, ms"]
    heads += ["Saves", "Slowest save, ms", "Errors"]
    table("While a workbook is imported", heads, noticed)
    rows = [
        [run.database, text, found, "yes" if held else "**no**"] for run in runs for text, found, held in targets(run)
    ]
    table("Targets", ["Database", "Target", "Measured", "Held"], rows)


def figures_of(one: Import) -> list[str]:
    """Return an import as cells."""
    writing = f"{one.writing:.2f}" if one.writing else ""
    return [one.name, f"{one.lines:,}", f"{one.seconds:.1f}", writing, f"{one.megabytes:.0f}"]


def others(noticed: Meanwhile) -> list[str]:
    """Return what others noticed as cells."""
    before, pages, saves = noticed.before, noticed.pages, noticed.saves or [0.0]
    reader = [f"{statistics.median(before):.0f}", f"{p95(before):.0f}", str(len(pages))]
    reader += [f"{statistics.median(pages):.0f}", f"{p95(pages):.0f}"]
    return [*reader, str(len(noticed.saves)), f"{max(saves):.0f}", str(len(noticed.errors))]


if __name__ == "__main__":
    sys.exit(main())
