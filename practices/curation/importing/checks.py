"""What must hold of records, found out in memory: the models' own constraints, and that nothing stands under itself.

The database holds its constraints in any case; here they are asked of each line, so that a fault has a line and column.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import CheckConstraint, F, Model, Q, UniqueConstraint

Values = Mapping[str, Any]
Compare = Callable[[Any, Any], bool]

COMPARISONS: dict[str, Compare] = {
    "exact": lambda value, other: bool(value == other),
    "in": lambda value, other: value in other,
    "range": lambda value, other: bool(other[0] <= value <= other[1]),
    "gte": lambda value, other: bool(value >= other),
    "gt": lambda value, other: bool(value > other),
    "lte": lambda value, other: bool(value <= other),
    "lt": lambda value, other: bool(value < other),
}


def broken(model: type[Model], values: Values) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (message, fields) of each check of a model that these values break."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint) and holds(constraint.condition, values) is False:
            fields = getattr(constraint.condition, "referenced_base_fields", ())
            yield str(constraint.get_violation_error_message()), tuple(name for name in values if name in fields)


def repeated(model: type[Model], rows: Sequence[Values], owner: str) -> Iterator[tuple[int, str]]:
    """Yield (position in `rows`, message) of each row of one owner that repeats another where none may."""
    for constraint in model._meta.constraints:
        if not isinstance(constraint, UniqueConstraint) or "position" in constraint.fields:
            continue
        seen = set[tuple[Any, ...]]()
        for position, row in enumerate(rows):
            if constraint.condition is not None and not holds(constraint.condition, row):
                continue
            key = tuple(row.get(name) for name in constraint.fields if name != owner)
            if key in seen:
                yield position, str(constraint.get_violation_error_message())
            elif None not in key:
                seen.add(key)


def holds(condition: Any, values: Values) -> bool | None:
    """Whether a condition is true of values, as a database would say: None where it cannot be told.

    What is more than a comparison of plain fields is left to the database.
    """
    if isinstance(condition, Q):
        answers = [holds(child, values) for child in condition.children]
        decisive = condition.connector == Q.OR
        answer = decisive if decisive in answers else None if None in answers else not decisive
        return not answer if condition.negated and answer is not None else answer
    if isinstance(condition, tuple):
        path, other = condition
        return _compared(path, other, values)
    return None


def _compared(path: str, other: Any, values: Values) -> bool | None:
    """Whether one comparison is true: that of a field, by the lookup that its path may name."""
    name, _mark, lookup = path.partition("__")
    if name not in values:
        return None
    other = values.get(getattr(other, "name", "")) if isinstance(other, F) else other
    value = values[name]
    if lookup == "isnull" or (other is None and lookup in ("", "exact")):
        return (value is None) == (other is not False)
    if value is None or other is None or (compare := COMPARISONS.get(lookup or "exact")) is None:
        return None
    return compare(value, other)


def circles(above: Mapping[Any, Iterable[Any]], changed: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Yield those (record, one above it) of `changed` by which a record stands above itself."""
    for record, over in changed:
        passed, pending = set[object](), [over]
        while pending and record not in passed:
            current = pending.pop()
            if current not in passed:
                passed.add(current)
                pending += above.get(current, ())
        if record in passed:
            yield record, over
