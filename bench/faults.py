"""Faults: what can be put into a function in place of what stands there, one change at a time.

A comparison turned round, a condition negated, a number one larger, a value not returned, a call left out, and the
like. `mutants(module)` returns all of them, `Mutant.apply` puts one into this process.
"""

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

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
    lines: range
    before: str
    after: str
    changed: ast.Module = field(repr=False)
    #: the how manieth fault of its function it is that reads so
    number: int = 1

    def __str__(self) -> str:
        number = f" ({self.number})" if self.number > 1 else ""
        return f"{self.module}.{self.function}: {self.before} -> {self.after}{number}"

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


def path(module: str) -> Path:
    """Return the file of a module."""
    return ROOT / (module.replace(".", "/") + ".py")


def mutants(module: str) -> list[Mutant]:
    """Return every fault that can be put into the functions of a module."""
    tree = ast.parse(path(module).read_text(encoding="utf-8"))
    found = [mutant for name, function in functions(tree) for mutant in faults(module, tree, name, function)]
    alike: Counter[str] = Counter()
    for mutant in found:
        alike[text := str(mutant)] += 1
        mutant.number = alike[text]
    return found


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
        for node in evaluated(statement):
            for after in changes(node):
                texts = one_line(ast.unparse(node)), one_line(ast.unparse(after))
                if "super()" not in texts[0]:  # without it, the code could not stand in for that of the function
                    yield Mutant(module, name, lines(node), *texts, replaced(tree, node, after))


def evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a part of a function with all parts of it that are run, which annotations are not."""
    yield node
    for name, value in ast.iter_fields(node):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and name != "annotation":
                yield from evaluated(part)


def lines(node: Any) -> range:
    """Return the lines on which a part of a function stands, of a condition those of the condition alone."""
    last: Any = node.test if isinstance(node, ast.If) else node
    return range(node.lineno, last.end_lineno + 1)


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
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
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
