"""PostgreSQL's text index: a tsvector per field, with one GIN index. https://www.postgresql.org/docs/15/textsearch.html"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from practices.index.backends.base import Phrase, Postings, bitmap
from practices.index.schema import WEIGHTS

INDEX = "practices_searchdocument_text"
#: what ends a session that keeps others waiting
LIMITS = ["statement_timeout", "idle_in_transaction_session_timeout"]


class Postgres:
    """The function `practices_postings` of the migration: it keeps the planner from reading every vector."""

    def postings(self, phrases: Sequence[Phrase]) -> list[Postings]:
        if not phrases:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT listed FROM practices_postings(%s::tsquery[])", [[query(phrase) for phrase in phrases]]
            )
            practices = [bitmap(row[0]) for row in cursor.fetchall()]
        return [tuple(practices[start : start + len(WEIGHTS)]) for start in range(0, len(practices), len(WEIGHTS))]

    def check(self) -> list[str]:
        wrong = " OR ".join(f"vector_{part} IS DISTINCT FROM practices_vector({part})" for part in WEIGHTS)
        with no_timeout() as cursor:
            cursor.execute(f"SELECT count(*) FROM practices_searchdocument WHERE {wrong}")  # noqa: S608
            number = cursor.fetchone()[0]
        return [f"the text index differs from {number} documents"] if number else []

    def repair(self) -> None:
        with no_timeout() as cursor:
            cursor.execute("UPDATE practices_searchdocument SET a = a")

    def consistent_read(self) -> AbstractContextManager[object]:
        return transaction.atomic()  # without it, the first row would come when all are made

    @contextmanager
    def bulk_write(self) -> Iterator[None]:
        with no_timeout() as cursor:
            # what this transaction has written is not counted yet: joins of tables thought empty read them whole
            cursor.execute("ANALYZE")
            yield

    @contextmanager
    def deferred_text_index(self) -> Iterator[None]:
        with no_timeout() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [INDEX])
            (definition,) = cursor.fetchone()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index is made or dropped while a check is pending
            cursor.execute(f"DROP INDEX {INDEX}")
            yield
            cursor.execute(definition)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def no_timeout() -> Iterator[CursorWrapper]:
    """Within this, statements, and what happens between them, may take longer than a reader would wait."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [LIMITS])
        limits = cursor.fetchall()
        for name, _ in limits:
            cursor.execute("SELECT set_config(%s, '0', true)", [name])
        yield cursor
        for limit in limits:
            cursor.execute("SELECT set_config(%s, %s, true)", limit)


def query(phrase: Phrase) -> str:
    """Return the tsquery for a phrase. Words hold letters and digits only: see `text.fold`."""
    return " <-> ".join(f"'{word}'" for word in phrase)
