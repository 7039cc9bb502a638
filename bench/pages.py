"""How fast pages are, how many queries they ask, what serving them takes of memory, and how long a first start takes.

`python -m bench.pages [--quick]` prints Markdown tables, progress on stderr, and exits with 1 when a target is missed.
It measures the real collection, then the same with made-up practices added, on SQLite and on PostgreSQL, each in a
database of its own that is gone afterwards. Django takes its database from the environment once a process: what needs
Django is a command that this one starts, its own `--measure` among them.
"""

import argparse
import http.client
import json
import os
import platform
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import postgres

if TYPE_CHECKING:
    from django.test import Client

ROOT = Path(__file__).resolve().parent.parent
HOST = "kb.example.org"
WARM_UPS = 5
#: of the log of a server that failed, characters
LOG_SHOWN = 5000

# Targets (docs/quality.md, P1)
MOST_MILLISECONDS, MOST_QUERIES, MOST_MEGABYTES, MOST_SECONDS = 60, 12, 150, 30
#: the last step of quickstart alone: loading the fixtures again into a grown collection is not what is measured
SERVE = (
    "import sys, django; django.setup(); from practices.management.commands import quickstart;"
    "quickstart.Command()._serve(int(sys.argv[1]))"
)
#: a page of the grown collection with a p95 beyond this, in milliseconds, is named as slow
SLOW = 150


@dataclass(frozen=True)
class Size:
    """How much is measured: practices added to the real collection, timed requests of each page."""

    added: int = 5000
    requests: int = 60


@dataclass(frozen=True)
class Page:
    """One page type at one size: the address measured, milliseconds, queries, kilobytes of HTML.

    `cpu` is the mean of what the process itself computed, which other work on the machine delays but does not raise.
    """

    name: str
    url: str
    p50: float
    p95: float
    cpu: float
    queries: int
    kilobytes: float


@dataclass(frozen=True)
class Process:
    """What one process of the server takes, in megabytes: resident, and its share where memory is shared."""

    collection: str
    name: str
    rss: float
    pss: float


@dataclass
class Run:
    """What was measured on one database."""

    database: str
    quickstart: float
    real: list[Page] = field(default_factory=list)
    grown: list[Page] = field(default_factory=list)
    #: queries of the very addresses of `real`, asked again when the collection has grown
    again: dict[str, int] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)

    @property
    def pairs(self) -> list[tuple[Page, Page]]:
        """Each page type at both sizes."""
        return list(zip(self.real, self.grown, strict=True))


def main() -> int:
    """Measure, print the tables, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="500 made-up practices and 10 requests of each page")
    parser.add_argument("--measure", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        requests, *addresses = options.measure
        print(json.dumps(measure(int(requests), addresses)))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else the scratch databases would outlive it
    size = Size(500, 10) if options.quick else Size()
    busy = os.getloadavg()[0]
    runs = [run(database, address, size) for database, address in databases()]
    show(runs, size, busy)
    return 0 if all(held for run in runs for _, _, held in targets(run)) else 1


def databases() -> Iterator[tuple[str, str]]:
    """Yield each kind of database with the address of an empty one, there until the next is asked for."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        yield "SQLite", f"sqlite:///{folder}/db.sqlite3"
    if postgres.binaries() is None:
        say("No PostgreSQL server found (apt-get install postgresql): measured on SQLite only.")
        return
    with postgres.cluster() as address:
        yield "PostgreSQL", address


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(text, file=sys.stderr, flush=True)


# Measuring


def run(database: str, address: str, size: Size) -> Run:
    """Measure everything on one database, empty at first."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-static-") as static:
        env = environment(address, static)
        say(f"{database}: quickstart on an empty database")
        start = time.perf_counter()
        command(env, "manage.py", "quickstart", "--no-serve")
        result = Run(database, time.perf_counter() - start)
        result.real, _ = measured(env, size)
        addresses = [page.url for page in result.real]
        result.processes += processes(env, "real", addresses)
        say(f"{database}: adding {size.added:,} made-up practices")
        command(env, "-m", "bench.synthetic", str(size.added), "--into-real")
        result.grown, result.again = measured(env, size, addresses)
        result.processes += processes(env, f"+ {size.added:,}", [page.url for page in result.grown])
    return result


def environment(address: str, static: str) -> dict[str, str]:
    """Return production's environment on a scratch database, with a key of its own."""
    production = {
        "KB_LOCAL": "",
        "KB_DEBUG": "",
        "KB_PROXY_SSL_HEADER": "",
        "KB_TRUSTED_PROXY": "",
        "ALLOWED_HOSTS": HOST,
    }
    settings = {"DJANGO_SETTINGS_MODULE": "kb.settings", "SECRET_KEY": secrets.token_urlsafe(60)}
    return {**os.environ, **settings, **production, "DATABASE_URL": address, "STATIC_ROOT": static}


def command(env: dict[str, str], *arguments: str, python: str = sys.executable, folder: Path = ROOT) -> str:
    """Run Python from the project's folder and return what it prints; its errors are shown as they come."""
    done = subprocess.run([python, *arguments], cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed.\n{done.stdout}")
    return done.stdout


def measured(env: dict[str, str], size: Size, again: list[str] | None = None) -> tuple[list[Page], dict[str, int]]:
    """Return every page type as a process of its own measured it, and the queries of the addresses in `again`."""
    say("  every page type")
    found = json.loads(command(env, "-m", "bench.pages", "--measure", str(size.requests), *(again or [])))
    return [Page(**page) for page in found["pages"]], found["again"]


def measure(requests: int, again: list[str]) -> dict[str, Any]:
    """Measure the longest page of every type on this process's database."""
    import django

    django.setup()
    from django.db import connection

    from tests.conftest import HttpsClient
    from tests.sitemap import is_export, longest, patterns

    if connection.vendor == "postgresql":  # autovacuum would have done it by the time that readers come
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    client = HttpsClient(SERVER_NAME=HOST)
    named = [(pattern.name or "", longest(pattern)[0]) for pattern in patterns() if not is_export(pattern)]
    pages = [asdict(measure_page(client, name, url, requests)) for name, url in named]
    return {"pages": pages, "again": {url: queries(client, url) for url in again}}


def measure_page(client: "Client", name: str, url: str, requests: int) -> Page:
    """Time an address when it is warm, then count its queries, so that counting does not slow what is timed."""
    for _ in range(WARM_UPS):
        response = client.get(url)
        if response.status_code != 200:
            raise SystemExit(f"{url} answers {response.status_code}")
    times, computed = [], time.process_time()
    for _ in range(requests):
        start = time.perf_counter()
        client.get(url)
        times.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - computed) * 1000 / requests
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return Page(name, url, statistics.median(times), p95, cpu, queries(client, url), len(response.content) / 1000)


def queries(client: "Client", url: str) -> int:
    """Return how many queries an address asks."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


# Memory


def processes(env: dict[str, str], collection: str, addresses: list[str]) -> list[Process]:
    """Serve as quickstart does, ask for every address four times in parallel, and measure each process."""
    say("  memory while serving them")
    with served({**env, "KB_LOCAL": "1", "ALLOWED_HOSTS": ""}) as (port, server):
        with ThreadPoolExecutor(8) as readers:
            answers = set(readers.map(lambda url: status(port, url), addresses * 4))
        if answers != {200}:
            raise SystemExit(f"the server answers {sorted(answers)}")
        workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        named = {"master": str(server)} | {f"worker {n}": worker for n, worker in enumerate(workers, 1)}
        return [Process(collection, name, *megabytes(process)) for name, process in named.items()]


@contextmanager
def served(env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Start the server that quickstart starts; yields its port and process id once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen([sys.executable, "-c", SERVE, str(port)], cwd=ROOT, env=env, stdout=log, stderr=log) as server,
    ):
        try:
            while status(port, "/livez") != 200:
                if server.poll() is not None:
                    raise SystemExit("The server ended.")
                time.sleep(0.2)
            yield port, server.pid
        except SystemExit:
            log.seek(0)
            say(log.read().decode()[-LOG_SHOWN:])
            raise
        finally:
            server.terminate()


@contextmanager
def serving() -> Iterator[tuple[dict[str, str], int]]:
    """Serve the real collection from a scratch database as quickstart does; yields its environment and port."""
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        env = environment(f"sqlite:///{folder}/db.sqlite3", f"{folder}/static") | {"KB_LOCAL": "1", "ALLOWED_HOSTS": ""}
        say("serving the real collection")
        command(env, "manage.py", "quickstart", "--no-serve")
        with served(env) as (port, _):
            yield env, port


def status(port: int, url: str) -> int:
    """Return the status that an address of this machine answers, 0 where nothing listens yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", url)
        response = connection.getresponse()
        response.read()
        return response.status
    except ConnectionRefusedError:
        return 0
    finally:
        connection.close()


def megabytes(process: str) -> tuple[float, float]:
    """Return the resident and the proportional memory of a process, as Linux counts them."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {line.split()[0]: int(line.split()[1]) for line in lines}
    return kilobytes["Rss:"] / 1024, kilobytes["Pss:"] / 1024


# Reporting


def targets(run: Run) -> list[tuple[str, str, bool]]:
    """Return (target, what was measured, whether it is held)."""
    slowest = max(run.real, key=lambda page: page.p95)
    most = max([*run.real, *run.grown], key=lambda page: page.queries)
    # of one address, and of the longest page of a type, which may be another one when the collection has grown
    moving = [real.name for real, grown in run.pairs if not real.queries == run.again[real.url] == grown.queries]
    rss = max(process.rss for process in run.processes)
    return [
        (
            f"p95 of every page of the real collection ≤ {MOST_MILLISECONDS} ms",
            f"`{slowest.name}`: {slowest.p95:.1f}",
            slowest.p95 <= MOST_MILLISECONDS,
        ),
        (f"Queries of a page ≤ {MOST_QUERIES}", f"`{most.name}`: {most.queries}", most.queries <= MOST_QUERIES),
        ("Queries the same at both sizes", f"other: {', '.join(moving) or 'none'}", not moving),
        (f"Each process ≤ {MOST_MEGABYTES} MB", f"{rss:.0f}", rss <= MOST_MEGABYTES),
        (f"Quickstart ≤ {MOST_SECONDS} s", f"{run.quickstart:.1f}", run.quickstart <= MOST_SECONDS),
    ]


def show(runs: list[Run], size: Size, busy: float) -> None:
    """Print everything as Markdown."""
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores (load before: {busy:.1f}), one client, "
        f"{size.requests} requests of the longest page of each type when warm. Milliseconds, CPU of the Python process "
        f"alone; HTML in kB. The real collection / with {size.added:,} made-up practices added."
    )
    for run in runs:
        table(run.database, ["Page", "p50", "p95", "CPU", "Queries", "HTML"], [figures(*pair) for pair in run.pairs])
    taken = [[r.database, p.collection, p.name, f"{p.rss:.0f}", f"{p.pss:.0f}"] for r in runs for p in r.processes]
    table("Memory while serving, in megabytes", ["Database", "Collection", "Process", "RSS", "PSS"], taken)
    table("Quickstart, in seconds", ["Database", "Time"], [[run.database, f"{run.quickstart:.1f}"] for run in runs])
    rows = [
        [run.database, text, found, "yes" if held else "**no**"] for run in runs for text, found, held in targets(run)
    ]
    table("Targets", ["Database", "Target", "Measured", "Held"], rows)
    slow = [f"`{page.url}` ({run.database}, {page.p95:.0f})" for run in runs for page in run.grown if page.p95 > SLOW]
    print(f"\nSlower than {SLOW} ms when grown: {', '.join(slow) or 'none'}.")


def figures(real: Page, grown: Page) -> list[str]:
    """Return a page type's row: each figure at both sizes."""
    return [
        f"`{real.name}`",
        f"{real.p50:.1f} / {grown.p50:.1f}",
        f"{real.p95:.1f} / {grown.p95:.1f}",
        f"{real.cpu:.1f} / {grown.cpu:.1f}",
        str(real.queries) if real.queries == grown.queries else f"{real.queries} / **{grown.queries}**",
        f"{real.kilobytes:.0f} / {grown.kilobytes:.0f}",
    ]


def table(title: str, heads: list[str], rows: list[list[str]]) -> None:
    """Print a Markdown table under its title, figures to the right."""
    print(f"\n**{title}**\n")
    print("| " + " | ".join(heads) + " |")
    print("|" + "|".join("---" if head in ("Page", "Database", "Target", "Process") else "--:" for head in heads) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    sys.exit(main())
