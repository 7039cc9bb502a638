"""Limits of time on PostgreSQL for transactions of commands, in place of those of pages, on which readers wait."""

from django.db import connection


def extend(**limits: str) -> None:
    """Set other limits until the transaction ends, such as lock_timeout="5s"; SQLite has none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name, limit in limits.items():
                cursor.execute("SELECT set_config(%s, %s, true)", [name, limit])
