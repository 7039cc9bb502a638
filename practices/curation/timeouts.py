"""Limits of time on PostgreSQL for what commands do, in place of those of pages, on which readers wait."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from practices.index.backends.postgres import LIMITS


def extend(**limits: str) -> None:
    """Set other limits until the transaction ends, such as lock_timeout="5s"; SQLite has none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name, limit in limits.items():
                cursor.execute("SELECT set_config(%s, %s, true)", [name, limit])


@contextmanager
def lifted() -> Iterator[None]:
    """Do without the limits of statements and idle transactions until the end of the block; in no transaction."""
    _execute(f"SET {name} = 0" for name in LIMITS)
    try:
        yield
    finally:
        _execute(f"RESET {name}" for name in LIMITS)


def _execute(statements: Iterator[str]) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
