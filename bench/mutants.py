"""Mutants: how many small faults, put into search, index and curation at random, the tests find.

`python -m bench.mutants --count 200 --seed 1` draws faults in the functions of MODULES: a comparison turned round, a
condition negated, a number one larger, a value not returned, a call left out, and the like. Each is put into the
functions of a forked process, which runs the tests that reach its line on a copy of the collection, until one fails.

EQUIVALENT names the faults that change nothing a caller could see, with the reason; they do not count. Those that no
test fails for are printed.
"""

import argparse
import ast
import copy
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SEARCH = ["tests/search/test_query.py", "tests/search/test_matching.py", "tests/search/test_conformance.py"]
INDEX = ["tests/index/test_text.py", "tests/index/test_writer.py", "tests/search/test_matching.py"]
CURATION = ["tests/curation", "tests/commands/test_loaddata.py", "tests/index/test_writer.py"]
#: the modules that faults are put into, and the tests that concern them
MODULES: dict[str, list[str]] = {
    "practices.search.matching": SEARCH,
    "practices.search.expansion": SEARCH,
    "practices.search.query": SEARCH,
    "practices.index.documents": INDEX,
    "practices.index.writer": INDEX,
    "practices.index.text": [*INDEX, *SEARCH],
    "practices.curation.loading": CURATION,
    "practices.curation.counterparts": CURATION,
    "practices.curation.fixture_writer": CURATION,
    "practices.curation.baseline": CURATION,
    "practices.curation.workflow": [*CURATION, "tests/admin/test_curated.py"],
}
#: seconds after which a fault counts as noticed: the tests hang
PATIENCE = 600
#: "module.function: before -> after" of faults that nobody could notice, and why
EQUIVALENT: dict[str, str] = {}

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.Mod: ast.Mult,
}


@dataclass
class Mutant:
    """A fault: where it is, what stood there and stands there now, and the function that holds it."""

    module: str
    function: str
    line: int
    before: str
    after: str
    changed: ast.Module = field(repr=False)

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.before} -> {self.after}"

    def apply(self) -> None:
        """Give the function, wherever it has been imported to, the code of the changed source."""
        code = compile(ast.fix_missing_locations(self.changed), self.module, "exec")
        target: Any = import_module(self.module)
        for name in self.function.split("."):
            target = vars(target)[name]
        plain(target).__code__ = next(part for part in codes(code) if part.co_qualname == self.function)


def plain(target: Any) -> FunctionType:
    """Return the function inside a property, a class method or a decorated function."""
    while not isinstance(target, FunctionType) or hasattr(target, "__wrapped__"):
        inner = (getattr(target, name, None) for name in ("__wrapped__", "fget", "func", "__func__"))
        target = next(filter(None, inner))
    return target


def codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of everything that is defined in a piece of code."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from codes(part)


# Which faults there are


def mutants(module: str) -> list[Mutant]:
    """Return every fault that can be put into the functions of a module."""
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    return [mutant for name, function in functions(tree) for mutant in faults(module, tree, name, function)]


def functions(node: Any, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions and methods of a module with their names."""
    for part in node.body:
        if isinstance(part, ast.ClassDef):
            yield from functions(part, f"{prefix}{part.name}.")
        elif isinstance(part, ast.FunctionDef):
            yield f"{prefix}{part.name}", part


def faults(module: str, tree: ast.Module, name: str, function: ast.FunctionDef) -> Iterator[Mutant]:
    """Yield a fault for each way to change each part of a function."""
    for statement in function.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # the docstring
        for node in ast.walk(statement):
            for after in changes(node):
                line, before = getattr(node, "lineno", statement.lineno), ast.unparse(node)
                changed = replaced(tree, node, after)
                yield Mutant(module, name, line, one_line(before), one_line(ast.unparse(after)), changed)


def changes(node: ast.AST) -> Iterator[Any]:
    """Yield what may stand in place of a part of a function."""
    match node:
        case ast.Compare(ops=[first, *rest]) if type(first) in COMPARISONS:
            yield with_(node, ops=[COMPARISONS[type(first)](), *rest])
        case ast.BoolOp():
            yield with_(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp() | ast.AugAssign() if type(node.op) in ARITHMETIC:
            yield with_(node, op=ARITHMETIC[type(node.op)]())
        case ast.Constant(value=int() as value):
            yield ast.Constant(not value if isinstance(value, bool) else value + 1)
        case _:
            yield from changes_of_flow(node)


def changes_of_flow(node: ast.AST) -> Iterator[Any]:
    """Yield what may stand in place of a condition, of what is returned, and of a call whose value nobody needs."""
    match node:
        case ast.If() | ast.IfExp():
            yield with_(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Return(value=ast.expr()):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()


def with_(node: Any, **fields: Any) -> Any:
    """Return a copy of a node with some of its fields changed."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def replaced(tree: ast.Module, node: ast.AST, after: ast.AST) -> ast.Module:
    """Return a copy of a module with another node in place of one."""
    if "lineno" in node._attributes:
        ast.copy_location(after, node)

    def unshared(part: Any) -> Any:
        if part is node:
            return after
        if isinstance(part, list):
            return [unshared(item) for item in part]
        if not isinstance(part, ast.AST):
            return part
        return with_(part, **{name: unshared(value) for name, value in ast.iter_fields(part)})

    changed: ast.Module = unshared(tree)
    return changed


def one_line(code: str) -> str:
    """Return code as one line that is not too long to read."""
    return " ".join(code.split())[:160]


# Which tests there are for each line


def tests_by_line(tests: list[str], collection: str) -> dict[str, dict[int, list[str]]]:
    """Run the tests once; return for each module and line the tests that reach it, in the order of their run."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "COVERAGE_FILE": f"{folder}/coverage", "KB_COLLECTION": collection}
        command = [sys.executable, "-m", "pytest", "-q", "--cov=practices", "--cov-context=test", "--cov-report="]
        done = subprocess.run([*command, *tests], cwd=ROOT, env=env, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"The tests fail without any fault:\n{done.stdout[-3000:]}")
        from coverage import CoverageData

        data = CoverageData(f"{folder}/coverage")
        data.read()
        return {module: _tests_by_line(data, module) for module in MODULES}


def _tests_by_line(data: Any, module: str) -> dict[int, list[str]]:
    path = str(ROOT / (module.replace(".", "/") + ".py"))
    return {
        line: sorted({context.partition("|")[0] for context in contexts if "|run" in context})
        for line, contexts in data.contexts_by_lineno(path).items()
    }


# What becomes of a fault


def survives(mutant: Mutant, tests: list[str]) -> bool:
    """Whether no test fails of those that reach a fault."""
    if not tests:
        return True
    process = multiprocessing.get_context("fork").Process(target=attempt, args=(mutant, tests))
    process.start()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
    return process.exitcode == 0


def attempt(mutant: Mutant, tests: list[str]) -> None:
    """Run tests with a fault in place and leave with the status of pytest."""
    import pytest

    mutant.apply()
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        status = pytest.main(["-x", "-q", "-p", "no:cov", "-p", "no:xdist", *tests])
    os._exit(int(status))


def draw(count: int, seed: int) -> list[Mutant]:
    """Return as many faults as are asked for, or all there are."""
    pool = [mutant for module in MODULES for mutant in mutants(module)]
    return random.Random(seed).sample(pool, min(count, len(pool)))


def run(drawn: list[Mutant], jobs: int, collection: str, report: Callable[[Mutant], None]) -> list[Mutant]:
    """Return the faults that survive."""
    os.environ["KB_COLLECTION"] = collection
    reached = tests_by_line(sorted({name for tests in MODULES.values() for name in tests}), collection)

    def outcome(mutant: Mutant) -> bool:
        survived = survives(mutant, selected(mutant, reached[mutant.module].get(mutant.line, [])))
        if survived:
            report(mutant)
        return survived

    with ThreadPoolExecutor(jobs) as pool:
        return [mutant for mutant, survived in zip(drawn, pool.map(outcome, drawn), strict=True) if survived]


def selected(mutant: Mutant, reaching: list[str]) -> list[str]:
    """Return those of the tests that concern a module, the files in the order in which they stand there."""
    return [test for name in MODULES[mutant.module] for test in reaching if test.startswith(name)]


def main() -> None:
    """Draw faults, look which survive, and print the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    set_up_django()
    from tests import databases

    drawn = draw(options.count, options.seed)
    equivalent = [mutant for mutant in drawn if str(mutant) in EQUIVALENT]
    with tempfile.TemporaryDirectory() as folder, databases.collection(Path(folder)) as collection:
        others = [mutant for mutant in drawn if mutant not in equivalent]
        alive = run(others, options.jobs, collection, lambda mutant: print(f"line {mutant.line}  {mutant}", flush=True))
    print_figures(drawn, equivalent, alive)


def set_up_django() -> None:
    """Load the project as its tests do, so that forked processes have it."""
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
    for module in [*MODULES, ""]:
        numbers = [sum(mutant.module.startswith(module) for mutant in some) for some in (drawn, equivalent, alive)]
        total, same, missed = numbers
        if total > same:
            share = (total - same - missed) / (total - same)
            print(
                f"{module or 'all':30} {total:4} faults, {same:3} equivalent, {missed:3} not found: {share:.1%} found"
            )


if __name__ == "__main__":
    main()
