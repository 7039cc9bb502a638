"""PostgreSQL's text index gathers the entries of some documents, and takes them together."""

from django.db import migrations

# sorted, up to 128 kB of them (some 30 documents) are written in a fraction of the time; so few slow no search down
TOGETHER = "ALTER INDEX IF EXISTS practices_searchdocument_text SET (fastupdate = on, gin_pending_list_limit = 128)"
ONE_BY_ONE = (
    "ALTER INDEX IF EXISTS practices_searchdocument_text SET (fastupdate = off)",
    "ALTER INDEX IF EXISTS practices_searchdocument_text RESET (gin_pending_list_limit)",
)


def set_on(apps, schema_editor):
    """Let new entries wait for each other."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TOGETHER)


def set_back(apps, schema_editor):
    """Write each entry at once."""
    for statement in ONE_BY_ONE if schema_editor.connection.vendor == "postgresql" else ():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """What many documents at once wait for is their index."""

    dependencies = [("practices", "0018_assignment")]

    operations = [migrations.RunPython(set_on, set_back)]
