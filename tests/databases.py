"""Databases for tests, named by their addresses: empty ones and copies.

They are files in a folder, or, where DATABASE_URL names a PostgreSQL server, databases of that server.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import environ
import psycopg2
from django.apps import apps
from django.db import connection, connections
from django.db.models import CheckConstraint

SERVER = os.environ.get("DATABASE_URL", "")
ON_POSTGRES = SERVER.startswith("postgres")
#: what a process connects to that works on SQLite; shared by its threads
IN_MEMORY = "file:tests?mode=memory&cache=shared"


@contextmanager
def empty(folder: Path) -> Iterator[str]:
    """Yield the address of a database without tables."""
    with _database(folder, template="template1") as address:
        yield address


@contextmanager
def copy(source: str, folder: Path) -> Iterator[str]:
    """Yield the address of a copy of a database to which nobody is connected."""
    with _database(folder, template=_name(source)) as address:
        if not ON_POSTGRES:
            shutil.copy(_name(source), _name(address))
        yield address


@contextmanager
def connected(source: str, folder: Path) -> Iterator[None]:
    """Connect Django to a copy of a database; one of SQLite is in memory."""
    if not ON_POSTGRES:
        connection.settings_dict["NAME"] = IN_MEMORY
        connection.ensure_connection()
        with closing(sqlite3.connect(_name(source))) as file:
            file.backup(connection.connection)
        yield
        return
    with copy(source, folder) as address:
        connection.settings_dict["NAME"] = _name(address)
        # a test is one transaction, and idle in it for as long as it works on what it read
        connection.settings_dict["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0"
        yield
        connection.close()


@contextmanager
def in_use(address: str) -> Iterator[dict[str, Any]]:
    """Let Django work on a database outside of any transaction until the end of the block; yields its settings."""
    shared, own = connections["default"], connections.create_connection("default")
    own.settings_dict = {**own.settings_dict, "NAME": environ.Env.db_url_config(address)["NAME"]}
    connections["default"] = own
    try:
        yield own.settings_dict
    finally:
        own.close()
        connections["default"] = shared


@contextmanager
def unchecked() -> Iterator[None]:
    """Let the database take what its checks refuse: until the end of the block, on PostgreSQL of the test."""
    if not ON_POSTGRES:
        _execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            _execute("PRAGMA ignore_check_constraints = OFF")
        return
    _execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model in apps.get_app_config("practices").get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                _execute(f'ALTER TABLE {model._meta.db_table} DROP CONSTRAINT "{constraint.name}"')
    yield


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _database(folder: Path, *, template: str) -> Iterator[str]:
    name = f"tests_{uuid4().hex}"
    if not ON_POSTGRES:
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    with closing(psycopg2.connect(SERVER)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            try:
                yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
            finally:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _name(address: str) -> str:
    """Return what the address names: the path of a file, or the name of a database."""
    return address.removeprefix("sqlite:///") if not ON_POSTGRES else urlsplit(address).path.removeprefix("/")
