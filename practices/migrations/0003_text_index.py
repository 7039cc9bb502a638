"""The text index of each database over the search documents, kept in step by triggers.

A later migration that remakes the table of documents on SQLite drops its triggers: run `create` again in it.
"""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE practices_searchindex USING fts5(
        a, b, c, content='practices_searchdocument', content_rowid='practice_id',
        tokenize="ascii tokenchars '_'", columnsize=0)""",
    """CREATE TRIGGER practices_searchdocument_insert AFTER INSERT ON practices_searchdocument BEGIN
        INSERT INTO practices_searchindex(rowid, a, b, c) VALUES (new.practice_id, new.a, new.b, new.c);
    END""",
    """CREATE TRIGGER practices_searchdocument_delete AFTER DELETE ON practices_searchdocument BEGIN
        INSERT INTO practices_searchindex(practices_searchindex, rowid, a, b, c)
        VALUES ('delete', old.practice_id, old.a, old.b, old.c);
    END""",
    """CREATE TRIGGER practices_searchdocument_update AFTER UPDATE ON practices_searchdocument BEGIN
        INSERT INTO practices_searchindex(practices_searchindex, rowid, a, b, c)
        VALUES ('delete', old.practice_id, old.a, old.b, old.c);
        INSERT INTO practices_searchindex(rowid, a, b, c) VALUES (new.practice_id, new.a, new.b, new.c);
    END""",
]
SQLITE_BACK = [
    "DROP TRIGGER practices_searchdocument_insert",
    "DROP TRIGGER practices_searchdocument_delete",
    "DROP TRIGGER practices_searchdocument_update",
    "DROP TABLE practices_searchindex",
]
POSTGRESQL = [
    # words are letters and digits, made by practices.index.text: no parser or dictionary of PostgreSQL's has a say
    """CREATE FUNCTION practices_vector(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT coalesce(string_agg('''' || word || ''':' || place, ' '), '')::tsvector
        FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS found(word, place)
        WHERE word NOT IN ('_', '')
    $$""",
    """ALTER TABLE practices_searchdocument
        ADD COLUMN vector_a tsvector GENERATED ALWAYS AS (practices_vector(a)) STORED,
        ADD COLUMN vector_b tsvector GENERATED ALWAYS AS (practices_vector(b)) STORED,
        ADD COLUMN vector_c tsvector GENERATED ALWAYS AS (practices_vector(c)) STORED""",
    """CREATE INDEX practices_searchdocument_text ON practices_searchdocument
        USING gin (vector_a, vector_b, vector_c) WITH (fastupdate = off)""",
    # without the setting the planner reads and unpacks every vector when a word is common (513 ms instead of 35)
    """CREATE FUNCTION practices_postings(asked tsquery[]) RETURNS TABLE (listed text)
        LANGUAGE plpgsql STABLE SET enable_seqscan = off SET jit = off AS $$
        DECLARE one tsquery;
        BEGIN
            FOREACH one IN ARRAY asked LOOP
                RETURN QUERY SELECT string_agg(practice_id::text, ',') FROM practices_searchdocument WHERE vector_a @@ one;
                RETURN QUERY SELECT string_agg(practice_id::text, ',') FROM practices_searchdocument WHERE vector_b @@ one;
                RETURN QUERY SELECT string_agg(practice_id::text, ',') FROM practices_searchdocument WHERE vector_c @@ one;
            END LOOP;
        END $$""",
]
POSTGRESQL_BACK = [
    "DROP FUNCTION practices_postings(tsquery[])",
    "DROP INDEX practices_searchdocument_text",
    "ALTER TABLE practices_searchdocument DROP COLUMN vector_a, DROP COLUMN vector_b, DROP COLUMN vector_c",
    "DROP FUNCTION practices_vector(text)",
]


def create(apps, schema_editor):
    """Make the index of the database in use."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Drop the index."""
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """FTS5 on SQLite, tsvector on PostgreSQL."""

    dependencies = [("practices", "0002_search")]

    operations = [migrations.RunPython(create, drop)]
