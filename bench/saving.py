"""How long saving one practice through the admin's form takes, beside a former version of the project, in turns.

`python -m bench.saving --base FOLDER` fills a scratch database for this version and one for the version checked out in
FOLDER with the same 5,000 made-up practices, on SQLite and on PostgreSQL, and saves the same practices in both: a
published one that stays public, a draft, and a published one as a pending edit, which the former version saves at once.
FOLDER has an environment of its own (`.venv`) with its `requirements/test.txt`. Exits with 1 where a target is missed.
"""

import argparse
import os
import statistics
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bench.contest import local
from bench.pages import ROOT, command, databases, say, table
from bench.rivals import Worker

WARM_UPS = 3
FIRST = 100  # the key from which on practices are saved
SAVER = (ROOT / "bench" / "saver.py").read_text(encoding="utf-8")


class Way(NamedTuple):
    """A way of saving: what is saved, what is changed, and the button that is pressed here."""

    what: str
    edit: str
    button: str
    #: its time at most, by that of the former version
    most: float


WAYS = [
    Way(what, edit, button, most)
    for what, button, most in (("published", "_publish", 0.5), ("draft", "_save", 0.5), ("pending edit", "_save", 1))
    for edit in ("text", "text, term and row")
]


class Version(NamedTuple):
    """A version of the project: its folder, its Python, and what there makes practices up."""

    folder: Path
    python: str
    synthetic: tuple[str, ...]


@dataclass
class Saves:
    """What saves of one way took, ours and theirs in pairs."""

    way: Way
    ours: list[dict[str, float]] = field(default_factory=list)
    theirs: list[dict[str, float]] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)

    def ratio(self, name: str) -> float:
        """Return the median of ours by theirs, on the clock ("ms") or of computing ("cpu")."""
        return statistics.median(our[name] / their[name] for our, their in zip(self.ours, self.theirs, strict=True))


def main() -> int:
    """Measure, print a table, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.saving", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--base", type=Path, required=True, help="the folder of the former version")
    parser.add_argument("--python", help="its Python (.venv/bin/python in it)")
    parser.add_argument("--size", type=int, default=5000, help="how many practices to make (5,000)")
    parser.add_argument("--rounds", type=int, default=25, help="how many practices are saved in each way (25)")
    options = parser.parse_args()
    folder = options.base.resolve()
    ours = Version(ROOT, sys.executable, ("-m", "bench.synthetic"))
    theirs = Version(folder, options.python or str(folder / ".venv/bin/python"), ("manage.py", "make_synthetic"))
    busy = os.getloadavg()[0]
    measured: list[tuple[str, Saves]] = []
    for (database, our_address), (_, their_address) in zip(databases(), databases(), strict=True):
        found = measure((ours, our_address), (theirs, their_address), options.size, options.rounds)
        measured += [(database, saved) for saved in found]
    print(f"{os.cpu_count()} cores (load before: {busy:.1f}); medians of {options.rounds} saves each, in milliseconds.")
    heads = ["Database", "Saved", "Changed", "Clock", "former", "times", "Computing", "former", "times", "Queries"]
    rows = [cells(database, saved) for database, saved in measured]
    table(f"Saving one of {options.size:,} practices", heads, rows)
    held = all(max(saved.ratio("ms"), saved.ratio("cpu")) <= saved.way.most for _database, saved in measured)
    print(f"\nTargets: half the former version's time, a pending edit all of it: {'held' if held else 'not held'}.")
    return 0 if held else 1


def measure(ours: tuple[Version, str], theirs: tuple[Version, str], size: int, rounds: int) -> list[Saves]:
    """Save practices of two versions, each filled on its empty database, in turns."""
    each = rounds + WARM_UPS + 1
    keys = {way: range(FIRST + each * n, FIRST + each * (n + 1)) for n, way in enumerate(WAYS)}
    drafts = [key for way in WAYS if way.what == "draft" for key in keys[way]]
    with ExitStack() as stack:
        mine, its = (stack.enter_context(filled(*version, size)) for version in (ours, theirs))
        if mine.ask("start", drafts) != its.ask("start", drafts):
            raise SystemExit("The two versions were filled with different practices.")
        return [saves(way, list(keys[way]), mine, its) for way in WAYS]


def filled(version: Version, address: str, size: int) -> Worker:
    """Fill an empty database with made-up practices; returns a process that saves them."""
    say(f"{version.folder}: {size:,} made-up practices on {address.partition(':')[0]}")
    env = local(address, "/nonexistent")
    for arguments in (
        ("manage.py", "migrate", "--verbosity", "0"),
        ("manage.py", "loaddata", "--verbosity", "0", "01_vocabularies", "02_countries"),
        (*version.synthetic, str(size)),
    ):
        command(env, *arguments, python=version.python, folder=version.folder)
    return Worker("-c", SAVER, env=env, python=version.python, folder=version.folder)


def saves(way: Way, keys: list[int], mine: Worker, its: Worker) -> Saves:
    """Save some practices in both versions, who comes first taking turns; count the queries of the last."""
    say(f"  {way.what}: {way.edit}")
    result = Saves(way)
    *timed, last = keys
    sides = [(result.ours, mine, way.button), (result.theirs, its, "_save")]
    for number, key in enumerate(timed):
        for took, worker, button in reversed(sides) if number % 2 else sides:
            took.append(worker.ask("save", key, way.edit, button))
    del result.ours[:WARM_UPS], result.theirs[:WARM_UPS]
    result.queries = [worker.ask("save", last, way.edit, button, True)["queries"] for _took, worker, button in sides]
    return result


def cells(database: str, saved: Saves) -> list[str]:
    """Return a row of the table: on the clock and of computing ours, theirs and how many times theirs; queries."""
    times: list[str] = []
    for name in ("ms", "cpu"):
        medians = [statistics.median(save[name] for save in side) for side in (saved.ours, saved.theirs)]
        times += [*(f"{median:.0f}" for median in medians), f"{saved.ratio(name):.2f}"]
    return [database, saved.way.what, saved.way.edit, *times, " / ".join(map(str, saved.queries))]


if __name__ == "__main__":
    sys.exit(main())
