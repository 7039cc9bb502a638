"""Name the parts of the text index in the code as what they are; their columns stay, as do index and triggers."""

from django.db import migrations, models

PARTS = ("a", "b", "c")


class Migration(migrations.Migration):
    """No statement: a column is named as before."""

    dependencies = [("practices", "0003_text_index")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                operation
                for part in PARTS
                for operation in (
                    migrations.AlterField("searchdocument", part, models.TextField(db_column=part)),
                    migrations.RenameField("searchdocument", part, f"text_{part}"),
                )
            ]
        )
    ]
