"""The text index of each database, behind one interface.

To add a backend: a module with a class that keeps `base.Backend`, its line in `backend()`, and its index in a
migration. The conformance suite (`tests/search/test_conformance.py`) then runs against it.
"""

from django.db import connection

from practices.index.backends.base import Backend
from practices.index.backends.postgres import Postgres
from practices.index.backends.sqlite import SQLite


def backend() -> Backend:
    """Return the text index of the database in use."""
    return Postgres() if connection.vendor == "postgresql" else SQLite()
