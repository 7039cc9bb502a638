"""`python -m bench.rival_import FILE`: import a workbook by django-import-export as it comes; see `bench.importing`.

Each line is saved by the ORM, and django-simple-history writes its history; the index is brought up to date at the end,
as ours would be. Its bulk mode, which writes neither history nor many-to-many rows, is off, as by default.
"""

import os
import sys
from pathlib import Path
from typing import Any

import django
from django.db.models import Model

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
django.setup()

from import_export import fields, resources, widgets  # noqa: E402 (models need Django)
from tablib import Dataset  # noqa: E402

from practices import models as kb  # noqa: E402
from practices.curation.publishing import reindexed  # noqa: E402

SEPARATOR = "; "


def named(name: str, model: type[Model]) -> Any:
    """Return the field of a term, known by its code."""
    return fields.Field(name, name, widgets.ForeignKeyWidget(model, "code"))


def listed(name: str, model: type[Model]) -> Any:
    """Return the field of several terms, known by their codes."""
    return fields.Field(name, name, widgets.ManyToManyWidget(model, separator=SEPARATOR, field="code"))


class PracticeResource(resources.ModelResource):
    """Practices with the columns of the bench."""

    kind, level = named("kind", kb.Kind), named("level", kb.Level)
    dimensions, topics = listed("dimensions", kb.Dimension), listed("topics", kb.Topic)
    target_groups, stages = listed("target_groups", kb.TargetGroup), listed("stages", kb.Stage)

    class Meta:
        model = kb.Practice
        import_id_fields = ("slug",)
        fields = (
            *("slug", "title", "summary", "description", "kind", "level", "dimensions", "topics", "target_groups"),
            *("stages", "year_start", "year_end", "reported_status", "evidence"),
        )


def main() -> None:
    """Import the file that is named, all or nothing."""
    dataset = Dataset().load(Path(sys.argv[1]).read_bytes(), format="xlsx")
    result = PracticeResource().import_data(dataset, raise_errors=True, use_transactions=True)
    reindexed()
    if result.totals["new"] != len(dataset):
        raise SystemExit(f"Of {len(dataset)} lines it made {result.totals}.")


if __name__ == "__main__":
    main()
