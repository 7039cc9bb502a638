"""The contest of `bench.search`: the same practices for every engine, all ready at once, answering in turn."""

import hashlib
import http.client
import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import rivals
from bench.pages import ROOT, command, environment, megabytes, say, served
from bench.queries import Query
from bench.rivals import Worker
from tests import postgres

WARM_UPS = 10
TANTIVY, DATASETTE = "tantivy, in process", "Datasette, JSON over HTTP"
IN_PROCESS, PAGE, JSON = "in process", "page over HTTP", "JSON over HTTP"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
#: what decides how the made-up practices look and how they are exported
MADE_BY = (
    "bench/synthetic.py",
    "practices/migrations/*.py",
    "fixtures/0[12]*.json",
    "bench/export.py",
    "bench/rivals.py",
)

Answers = dict[str, Any]  # "ms" and "totals", one of each a query
Figure = Callable[[list[float]], float]  # the median or the p95


@dataclass
class Engine:
    """What answers the queries: its processes, what it found, and the milliseconds of each query in each round.

    `first` are those of the round before, when it met each query for the first time: what remembers queries was slower
    then. `megabytes` is the resident memory of its largest process when all rounds are over.
    """

    name: str
    ask: Callable[[list[Query]], Answers] = field(repr=False)
    processes: list[int]
    totals: list[int | None] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    rounds: list[list[float]] = field(default_factory=list)
    megabytes: float = 0

    @property
    def times(self) -> list[float]:
        """The middle time of each query: what else the machine did now and then has no say."""
        return [statistics.median(times) for times in zip(*self.rounds, strict=True)]


@dataclass
class Run:
    """What was measured at one size. `indexes`, by database: seconds for all, milliseconds for one record."""

    size: int
    engines: dict[str, Engine] = field(default_factory=dict)
    indexes: dict[str, tuple[float, float]] = field(default_factory=dict)

    def add(self, name: str, ask: Callable[[list[Query]], Answers], *processes: int) -> None:
        """Let an engine take part."""
        self.engines[name] = Engine(name, ask, list(processes))

    def ratio(self, name: str, other: str, figure: Figure) -> tuple[float, float, float] | None:
        """Return a figure of one engine by that of another, and the least and the most that it was in one round."""
        if not {name, other} <= self.engines.keys():
            return None
        one, another = self.engines[name], self.engines[other]
        rounds = [figure(mine) / figure(its) for mine, its in zip(one.rounds, another.rounds, strict=True)]
        return figure(one.times) / figure(another.times), min(rounds), max(rounds)


# Making the practices


def made(size: int, folder: Path, static: str) -> None:
    """Make the practices in SQLite, and the others' indexes of them, unless the folder holds them already."""
    content = b"".join(path.read_bytes() for pattern in MADE_BY for path in sorted(ROOT.glob(pattern)))
    stamp, noted = hashlib.sha256(content).hexdigest(), folder / "stamp"
    env = local(sqlite(folder), static)
    if noted.exists() and noted.read_text() == stamp:
        migrate(env)
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    fill(env, size)
    with Worker("-m", "bench.ours", env=env) as ours:
        ours.ask("export", str(folder / "export.jsonl"))
    say("  indexing them with tantivy and for Datasette")
    rivals.Tantivy.build(folder / "tantivy", rivals.exported(folder / "export.jsonl"))
    rivals.build_datasette(folder / "datasette.db", rivals.exported(folder / "export.jsonl"))
    noted.write_text(stamp)


def fill(env: dict[str, str], size: int) -> None:
    """Make the practices in an empty database."""
    say(f"  making {size:,} practices")
    migrate(env)
    command(env, "manage.py", "loaddata", "--verbosity", "0", "01_vocabularies", "02_countries")
    command(env, "-m", "bench.synthetic", str(size))


def migrate(env: dict[str, str]) -> None:
    """Bring a database up to date, one that was kept perhaps from before a migration."""
    command(env, "manage.py", "migrate", "--verbosity", "0")


def sqlite(folder: Path) -> str:
    """Return the address of the SQLite database."""
    return f"sqlite:///{folder}/db.sqlite3"


def local(address: str, static: str) -> dict[str, str]:
    """Return the environment that serves this machine without HTTPS."""
    return {**environment(address, static), "KB_LOCAL": "1", "ALLOWED_HOSTS": ""}


@contextmanager
def filled_cluster(size: int, folder: Path, static: str) -> Iterator[str]:
    """Run PostgreSQL with the same practices, from the dump in the folder if there is one; yields its address."""
    binaries = postgres.binaries()
    with postgres.cluster() as address:
        dump = folder / "postgres.dump"
        if dump.exists():
            client(binaries, "pg_restore", "--no-owner", "--dbname", address, str(dump))
            migrate(local(address, static))
        else:
            fill(local(address, static), size)
            client(binaries, "pg_dump", "--format=custom", "--file", str(dump), address)
        yield address


def client(binaries: Path | None, program: str, *arguments: str) -> None:
    """Run a program that comes with PostgreSQL."""
    subprocess.run([str((binaries or Path()) / program), *arguments], check=True, cwd="/")


# Measuring


def hold(size: int, folder: Path, static: str, asked: list[Query], rounds: int, *, ours: bool = True) -> Run:
    """Start every engine, or the rivals alone, on the same practices, and let them answer in turn."""
    say(f"{size:,} practices")
    result = Run(size)
    made(size, folder, static)
    with ExitStack() as stack:
        tantivy = stack.enter_context(Worker("-m", "bench.rivals", str(folder / "tantivy")))
        result.add(TANTIVY, lambda some: tantivy.ask("search", [str(query) for query in some]), tantivy.process.pid)
        port, process = stack.enter_context(rivals.datasette(folder / "datasette.db"))
        result.add(DATASETTE, over_http(port, lambda query: f"/datasette/practices.json?{query.datasette}"), process)
        if ours:
            add_databases(stack, result, folder, static)
        compare(result, asked, rounds)
    return result


def add_databases(stack: ExitStack, result: Run, folder: Path, static: str) -> None:
    """Let ours take part on each kind of database."""
    if not Path(static).exists():
        command(local(sqlite(folder), static), "manage.py", "collectstatic", "--verbosity", "0", "--no-input")
    add_ours(stack, result, SQLITE, local(sqlite(folder), static))
    if postgres.binaries() is None:
        say("  No PostgreSQL server found (apt-get install postgresql): without it.")
        return
    address = stack.enter_context(filled_cluster(result.size, folder, static))
    add_ours(stack, result, POSTGRESQL, local(address, static))


def add_ours(stack: ExitStack, result: Run, database: str, env: dict[str, str]) -> None:
    """Index one database and start what searches it: a process, a page, and JSON where there is such an address."""
    ours = stack.enter_context(Worker("-m", "bench.ours", env=env))
    say(f"  indexing them in {database}")
    indexed = ours.ask("index")
    result.indexes[database] = (indexed["seconds"], statistics.median(indexed["one"]))
    if database == POSTGRESQL:  # autovacuum would have done it by the time that readers come
        client(postgres.binaries(), "vacuumdb", "--analyze", "--quiet", "--dbname", env["DATABASE_URL"])
    searching = lambda some: ours.ask("search", [query.ours for query in some])  # noqa: E731
    result.add(f"{database}, {IN_PROCESS}", searching, ours.process.pid)
    port, server = stack.enter_context(served(env))
    workers = map(int, Path(f"/proc/{server}/task/{server}/children").read_text().split())
    processes = [server, *workers]
    for name, path in ((PAGE, "/practices/"), (JSON, "/practices.json")):
        if rivals.status(port, path) == 200:
            result.add(f"{database}, {name}", over_http(port, at(path)), *processes)


def at(path: str) -> Callable[[Query], str]:
    """Return what gives the address of a page for a query."""
    return lambda query: f"{path}?{query.ours}"


def over_http(port: int, address: Callable[[Query], str]) -> Callable[[list[Query]], Answers]:
    """Return what asks a server of this machine, over one connection, opened before the first query is timed."""

    def ask(some: list[Query]) -> Answers:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        for query in some[:WARM_UPS]:  # a connection may meet a process that has not answered before
            get(connection, address(query))
        times, totals = [], []
        for query in some:
            start = time.perf_counter()
            body = get(connection, address(query))
            times.append((time.perf_counter() - start) * 1000)
            found = json.loads(body) if body.startswith(b"{") else {}
            totals.append(found.get("filtered_table_rows_count", found.get("count")))
        connection.close()
        return {"ms": times, "totals": totals}

    return ask


def get(connection: http.client.HTTPConnection, address: str) -> bytes:
    """Return the body that an address answers."""
    connection.request("GET", address)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{address} answers {response.status}: {body[:500]!r}")
    return body


def compare(result: Run, asked: list[Query], rounds: int) -> None:
    """Let the engines answer once unmeasured, for their totals, and then in turn, each round starting with another."""
    engines = list(result.engines.values())
    for engine in engines:
        say(f"  warming up: {engine.name}")
        answers = engine.ask(asked)
        engine.totals, engine.first = answers["totals"], answers["ms"]
    for number in range(rounds):
        say(f"  round {number + 1} of {rounds}")
        for engine in engines[number % len(engines) :] + engines[: number % len(engines)]:
            engine.rounds.append(engine.ask(asked)["ms"])
    for engine in engines:
        engine.megabytes = max(megabytes(str(process))[0] for process in engine.processes)


def p95(times: list[float]) -> float:
    """Return what 95 of 100 are faster than."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]
