"""SQLite's text index: FTS5 over the documents. https://www.sqlite.org/fts5.html"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from django.db import DatabaseError, connection, transaction

from practices.index.backends.base import Phrase, Postings, bitmap
from practices.index.schema import WEIGHTS
from practices.models import SearchDocument

TABLE = "practices_searchindex"
DOCUMENTS = SearchDocument._meta.db_table
#: phrases in one statement: SQLite joins at most 500 SELECTs
PHRASES_AT_ONCE = 150


class SQLite:
    """FTS5. Words are quoted, so that nothing a reader types is an operator."""

    def postings(self, phrases: Sequence[Phrase]) -> list[Postings]:
        listed: list[str | None] = []
        select = f"SELECT group_concat(rowid) FROM {TABLE} WHERE {TABLE} MATCH %s"  # noqa: S608
        with connection.cursor() as cursor:
            for start in range(0, len(phrases), PHRASES_AT_ONCE):
                queries = [
                    match(phrase, part) for phrase in phrases[start : start + PHRASES_AT_ONCE] for part in WEIGHTS
                ]
                cursor.execute(" UNION ALL ".join([select] * len(queries)), queries)
                listed += [row[0] for row in cursor.fetchall()]
        practices = [bitmap(keys) for keys in listed]
        return [tuple(practices[start : start + len(WEIGHTS)]) for start in range(0, len(practices), len(WEIGHTS))]

    def check(self) -> list[str]:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {TABLE}({TABLE}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
        except DatabaseError as error:
            return [f"the text index differs from the documents ({error})"]
        return []

    def repair(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE}({TABLE}) VALUES ('rebuild')")  # noqa: S608

    def consistent_read(self) -> AbstractContextManager[object]:
        return nullcontext()  # one statement is one moment; a transaction would keep writers out

    def bulk_write(self) -> AbstractContextManager[None]:
        return nullcontext()  # it plans by the indexes alone, and knows no limit of time

    @contextmanager
    def deferred_text_index(self) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [DOCUMENTS])
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _, statement in triggers:
                cursor.execute(statement)
        self.repair()


def match(phrase: Phrase, part: str) -> str:
    """Return the FTS5 query for a phrase in one part of the index. Words are letters and digits: see `text.fold`."""
    return f'{{{part}}} : "{" ".join(phrase)}"'
