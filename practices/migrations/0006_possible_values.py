"""Years and dates that can be, kept by the database.

An update never stops the site: `clear_impossible` takes out what the database refuses from now on, and the log names
it. The history of the record keeps what stood there.
"""

import logging

from django.db import migrations, models
from django.db.models.functions import Left, Length

from practices.migrations._together import Together

MESSAGE = "A year is between 1000 and 2200."


def year(model, field):
    """Return (model, fields, constraint) of a field that holds a year or none."""
    condition = models.Q((f"{field}__isnull", True), (f"{field}__range", (1000, 2200)), _connector="OR")
    name = f"{model}_{field}_possible"
    return model, (field,), models.CheckConstraint(condition=condition, name=name, violation_error_message=MESSAGE)


def day(model, field):
    """Return (model, fields, constraint) of a field that holds a partial date or none."""
    within = models.Q((f"{field}__gte", "1000"), (f"{field}__lt", "2201"))
    condition = models.Q((field, ""), within, _connector="OR")
    name = f"{model}_{field}_possible"
    return model, (field,), models.CheckConstraint(condition=condition, name=name, violation_error_message=MESSAGE)


CHECKS = [
    *(year("practice", field) for field in ("year_start", "year_end", "status_year")),
    *(year("source", field) for field in ("year", "reported_year")),
    year("outcome", "as_of"),
    *(day("event", field) for field in ("starts", "ends")),
    (
        "event",
        ("starts", "ends"),
        models.CheckConstraint(
            condition=models.Q(
                ("ends", ""), ("starts", ""), ("ends__gte", Left("starts", Length("ends"))), _connector="OR"
            ),
            name="event_days_in_order",
            violation_error_message="The last day is before the first.",
        ),
    ),
]
logger = logging.getLogger(__name__)


def clear_impossible(apps, schema_editor):
    """Empty, or bring to the nearest year where none is not allowed, each value that a constraint refuses; log it."""
    for name, fields, check in CHECKS:
        rows = apps.get_model("practices", name).objects.using(schema_editor.connection.alias)
        for row in rows.filter(~check.condition).order_by("pk"):
            *_others, last = fields  # of two that are in the wrong order, the first stays
            values = [f"{row._meta.get_field(field).verbose_name} {getattr(row, field)}" for field in fields]
            owner = getattr(row, "ref", "") or f"{row._meta.verbose_name} of {row.practice.ref}"
            possible = nearest(row._meta.get_field(last), getattr(row, last))
            rows.filter(pk=row.pk).update(**{last: possible})
            words = "%s: %s cannot be, %s now. Its history keeps what stood there."
            logger.warning(words, owner, ", ".join(values), possible or "empty")


def nearest(field, value):
    """Return the value that stands for an impossible one: none where the field may be empty, else the nearest year."""
    if isinstance(field, models.CharField):
        return ""
    return None if field.null else min(max(value, 1000), 2200)


class Migration(migrations.Migration):
    dependencies = [("practices", "0005_validators_and_messages")]

    operations = [
        migrations.RunPython(clear_impossible, migrations.RunPython.noop),
        migrations.RemoveConstraint("event", "event_days_in_order"),
        Together([migrations.AddConstraint(model, check) for model, _fields, check in CHECKS]),
    ]
