"""Mutants: how many small faults, put into search, index and curation at random, the tests find.

`python -m bench.mutants --count 200 --seed 1` draws faults (`bench.faults`) in the functions of MODULES. Each is put
into a process of its own, which runs the tests that reach its lines on a copy of the collection, until one fails:
first those that found the most faults for their time. `--only TEXT` tries those drawn whose text holds that.

EQUIVALENT names the faults that change nothing a caller could see, with the reason; they do not count. Those that no
test fails for are printed.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib import import_module
from itertools import zip_longest
from pathlib import Path

import pytest
from coverage import Coverage, CoverageData

from bench.faults import ROOT, Mutant, mutants, path

SEARCH = ["tests/search/", "tests/commands/test_search.py", "tests/index/test_embeddings.py"]
INDEX = ["tests/index/", "tests/search/test_matching.py"]
CURATION = ["tests/curation/", "tests/commands/test_loaddata.py", "tests/index/test_writer.py"]
#: the modules that faults are put into, and the tests that concern them
MODULES: dict[str, list[str]] = {
    "practices.search.matching": SEARCH,
    "practices.search.expansion": SEARCH,
    "practices.search.query": SEARCH,
    "practices.index.documents": INDEX,
    "practices.index.writer": INDEX,
    "practices.index.text": [*INDEX, *SEARCH],
    "practices.curation.fixtures.loading": CURATION,
    "practices.curation.fixtures.counterparts": CURATION,
    "practices.curation.fixtures.writer": CURATION,
    "practices.curation.fixtures.baseline": CURATION,
    "practices.curation.changes.workflow": [*CURATION, "tests/admin/test_curated.py", "tests/admin/lists/test_bulk.py"],
}
#: seconds that tests may take with a fault in place, and how many times as long as without: more counts as noticed
PATIENCE, TIMES = 60, 5
#: bytes that such a process may take: a loop without end shall not take the machine's memory
MEMORY = 4_000_000_000
#: "module.function: before -> after" of faults that nobody could notice, and why
EQUIVALENT: dict[str, str] = {
    # the word after the last: any place that follows no other word
    "practices.index.text.compounds: 1 -> 2": "a start before the text, too",
    "practices.index.text.compounds: 1 -> 2 (2)": "its end is never looked at",
    # faster for many, and the same
    "practices.index.writer.refresh: len(keys) > MANY -> len(keys) >= MANY": "as many as that are quick either way",
    "practices.index.writer.refresh: bulk_write() if len(keys) > MANY else nullcontext() -> "
    "bulk_write() if not len(keys) > MANY else nullcontext()": "slower for many, and the same",
    "practices.search.matching.QueryMatch.ranked: stop - len(full) -> stop + len(full)": "puts more in order",
    "practices.index.writer._new_words: 1000 -> 1001 (2)": "a word is looked up twice",
    # what is zipped is of one length
    "practices.search.expansion.QueryExpander._all_parts: True -> False": "nothing to be strict about",
    "practices.curation.fixtures.writer.FixtureWriter._insert: True -> False (2)": "inserted anyway",
    # codes are unique: what comes after them in the order of terms is never compared
    "practices.index.documents._add_terms: 5 -> 6": "sorted by one more column than tells terms apart",
    # the faults are tried on SQLite, where nobody else writes: on PostgreSQL, test_concurrent_load finds these
    "practices.curation.fixtures.loading._locked: _lock(comparison.places - locked) -> pass": "found on PostgreSQL",
    "practices.curation.fixtures.loading.Comparison._find_stale: self._place(owner) -> pass": "found on PostgreSQL",
    # a record that is gone has no terms left to copy, and a model without many-to-many fields none to go through
    "practices.curation.fixtures.baseline.write_history: sign != '-' and past._history_m2m_fields -> "
    "sign != '-' or past._history_m2m_fields": "copies nothing where there is nothing",
    # what a record needs is asked of its relations only; one word has no half that could match
    "practices.curation.fixtures.counterparts._needs: "
    "field.is_relation and (not field.null or field.name in counted) -> "
    "field.is_relation or (not field.null or field.name in counted)": "more names, none of them a relation",
    "practices.search.matching.match: query.size > 1 -> query.size >= 1": "the half of one word is the word",
    # every check of a model is a Q, and no constraint but a check has a Q to refer to fields by
    "practices.curation.fixtures.counterparts._needs: isinstance(constraint, CheckConstraint) and "
    "isinstance(constraint.condition, Q) -> isinstance(constraint, CheckConstraint) or "
    "isinstance(constraint.condition, Q)": "both or neither",
}


@dataclass
class Reach:
    """Which tests reach which lines of which modules, and how many seconds each of them takes."""

    by_line: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def tests(self, mutant: Mutant) -> set[str]:
        """Return those of the tests that concern the module of a fault that reach it."""
        by_line = self.by_line[mutant.module]
        reaching = {test for line in mutant.lines for test in by_line.get(line, ())}
        return {test for test in reaching if test.startswith(tuple(MODULES[mutant.module]))}


@dataclass
class Trials:
    """A plugin of pytest that runs no tests itself: once all are collected, it tries each fault in a fork of pytest."""

    drawn: list[Mutant]
    jobs: int
    folder: Path
    alive: list[Mutant] = field(default_factory=list)
    _found: Counter[str] = field(default_factory=Counter)  # faults by the test that found them
    _items: dict[str, pytest.Item] = field(default_factory=dict)
    # in a fork: what is told which test begins, the seconds that each took, the test that failed
    _coverage: Coverage | None = None
    _seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _failed: str = ""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all faults, some at a time."""
        self._items = {item.nodeid: item for item in session.items}
        running: dict[int, Mutant] = {}
        for mutant in self.drawn:
            if len(running) == self.jobs:
                self._end_one(running)
            if tests := self._most_telling_first(self.reach.tests(mutant)):
                seconds = PATIENCE + TIMES * sum(self.reach.seconds[test] for test in tests)
                running[forked(partial(self._try, mutant, tests), int(seconds))] = mutant
            else:
                self._survived(mutant, "no test reaches it")
        while running:
            self._end_one(running)
        return True

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Let what is reached from now on be the next test's, what others left in caches among it."""
        if self._coverage:
            empty_caches()
            self._coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a test took, and whether it failed."""
        self._seconds[report.nodeid] += report.duration
        if report.failed:
            self._failed = report.nodeid

    @cached_property
    def reach(self) -> Reach:
        """Which tests reach which lines, from one run of all of them."""
        _pid, status = os.waitpid(forked(self._observe, 3600), 0)
        if status:
            failed = self._note("failed")
            raise SystemExit(f"Without any fault, the tests do not pass: {failed or status}")
        lines, seconds = CoverageData(str(self.folder / "coverage")), json.loads(self._note("seconds"))
        lines.read()
        return Reach({module: lines.contexts_by_lineno(str(path(module))) for module in MODULES}, seconds)

    def _observe(self) -> None:
        """Run all tests; write down what they reach and how long each takes, or which of them fails."""
        files = [str(path(module)) for module in MODULES]
        coverage = Coverage(data_file=str(self.folder / "coverage"), include=files, config_file=False)
        coverage.start()
        self._coverage = coverage
        self._run(list(self._items))
        coverage.stop()
        coverage.save()
        (self.folder / "seconds").write_text(json.dumps(self._seconds), encoding="utf-8")
        if self._failed:
            (self.folder / "failed").write_text(self._failed, encoding="utf-8")
            os._exit(1)

    def _try(self, mutant: Mutant, tests: list[str]) -> None:
        """Run tests with a fault in place until one fails; write down which."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        mutant.apply()
        self._run(tests)
        if self._failed:
            (self.folder / str(os.getpid())).write_text(self._failed, encoding="utf-8")

    def _run(self, tests: list[str]) -> None:
        """Run tests until one fails, in folders that go with the process."""
        own = self.folder / f"tests-{os.getpid()}"
        own.mkdir()
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(own)
        for test, following in zip_longest(tests, tests[1:]):
            item = self._items[test]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=self._items.get(following))
            if self._failed:
                return

    def _end_one(self, running: dict[int, Mutant]) -> None:
        """Wait until one of the processes ends, and note what became of its fault."""
        pid, status = os.wait()
        mutant, found = running.pop(pid), self._note(str(pid))
        shutil.rmtree(self.folder / f"tests-{pid}", ignore_errors=True)
        if found:
            self._found[found] += 1
        elif os.WIFEXITED(status):
            self._survived(mutant, "could not be tried" if status else "no test fails")

    def _survived(self, mutant: Mutant, why: str) -> None:
        self.alive.append(mutant)
        print(f"{why}: line {mutant.lines.start}  {mutant}", flush=True)

    def _note(self, name: str) -> str:
        """Return what a process wrote down under a name, or nothing."""
        note = self.folder / name
        return note.read_text(encoding="utf-8") if note.exists() else ""

    def _most_telling_first(self, tests: set[str]) -> list[str]:
        """Return tests by the faults that they found for their time; those of a file share a set-up: together."""
        files: defaultdict[str, list[str]] = defaultdict(list)
        for test in sorted(tests, key=lambda test: -self._telling([test])):
            files[test.partition("::")[0]].append(test)
        return [test for file in sorted(files.values(), key=lambda file: -self._telling(file)) for test in file]

    def _telling(self, tests: Sequence[str]) -> float:
        found = sum(self._found[test] for test in tests) + 1
        return found / (sum(self.reach.seconds[test] for test in tests) + 0.001)


def empty_caches() -> None:
    """Let all functions of MODULES that keep what they returned work it out again."""
    for module in MODULES:
        for function in vars(import_module(module)).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()


def forked(work: Callable[[], None], patience: int) -> int:
    """Start a fork that works in silence, for some seconds at most; returns its id. Its status is 2 after an error."""
    if pid := os.fork():
        return pid
    signal.alarm(patience)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    try:
        work()
    except BaseException:
        os._exit(2)
    os._exit(0)


def draw(count: int, seed: int) -> list[Mutant]:
    """Return as many faults as are asked for, or all there are."""
    pool = [mutant for module in MODULES for mutant in mutants(module)]
    return random.Random(seed).sample(pool, min(count, len(pool)))


def survivors(drawn: list[Mutant], jobs: int, folder: Path) -> list[Mutant]:
    """Return the faults that no test finds."""
    set_up_django()
    from tests.installation import installed

    tests = sorted({name for mutant in drawn for name in MODULES[mutant.module]})
    with installed(folder / "installation") as installation:
        os.environ |= {"KB_COLLECTION": installation.database, "KB_INSTALLATION": str(installation.base)}
        trials = Trials(drawn, jobs, folder)
        options = ["-q", "-s", "-p", "no:cov", "-p", "no:xdist", f"--rootdir={ROOT}"]
        if pytest.main([*options, *tests], plugins=[trials]):
            raise SystemExit("The tests could not be collected: run them with pytest.")
    return trials.alive


def set_up_django() -> None:
    """Load the project as its tests do, so that forks have it."""
    sys.path.insert(0, str(ROOT))
    import_module("tests.environ")
    os.environ["DATABASE_URL"] = "sqlite:///:memory:"
    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    import django

    django.setup()
    for module in MODULES:
        import_module(module)


def print_figures(drawn: list[Mutant], equivalent: list[Mutant], alive: list[Mutant]) -> None:
    """Print, for each module and altogether, how many faults there were and how many the tests found."""
    print("| module | faults | equivalent | found | not found |\n|---|--:|--:|--:|--:|")
    for module in [*MODULES, ""]:
        total, same, missed = (
            sum(mutant.module == (module or mutant.module) for mutant in some) for some in (drawn, equivalent, alive)
        )
        found = total - same - missed
        share = f" ({found / (total - same):.1%})" if total > same else ""
        print(f"| {f'`{module}`' if module else 'all'} | {total} | {same} | {found}{share} | {missed} |")


def main() -> None:
    """Draw faults, look which survive, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    drawn = [mutant for mutant in draw(options.count, options.seed) if options.only in str(mutant)]
    equivalent = [mutant for mutant in drawn if str(mutant) in EQUIVALENT]
    with tempfile.TemporaryDirectory() as folder:
        alive = survivors([mutant for mutant in drawn if mutant not in equivalent], options.jobs, Path(folder))
    print_figures(drawn, equivalent, alive)


if __name__ == "__main__":
    main()
