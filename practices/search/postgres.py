"""PostgreSQL's text index: a tsvector per field, with one GIN index. https://www.postgresql.org/docs/15/textsearch.html"""

from collections.abc import Sequence

from django.db import connection

from practices.search.backends import Phrase, Postings, bitmap
from practices.search.documents import FIELDS


class Postgres:
    """The function `practices_postings` of the migration: it keeps the planner from reading every vector."""

    def postings(self, phrases: Sequence[Phrase]) -> list[Postings]:
        if not phrases:
            return []
        with connection.cursor() as cursor:
            cursor.execute("SELECT listed FROM practices_postings(%s::tsquery[])", [[query(one) for one in phrases]])
            found = [bitmap(row[0]) for row in cursor.fetchall()]
        return [tuple(found[start : start + len(FIELDS)]) for start in range(0, len(found), len(FIELDS))]

    def faults(self) -> list[str]:
        wrong = " OR ".join(f"vector_{field} IS DISTINCT FROM practices_vector({field})" for field in FIELDS)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM practices_searchdocument WHERE {wrong}")  # noqa: S608
            number = cursor.fetchone()[0]
        return [f"the text index differs from {number} documents"] if number else []

    def repair(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE practices_searchdocument SET a = a")


def query(phrase: Phrase) -> str:
    """Return the tsquery for a phrase. Words hold letters and digits only: see `text.fold`."""
    return " <-> ".join(f"'{word}'" for word in phrase)
