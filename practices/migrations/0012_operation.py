"""Operations: acts of one curator on many records at once, kept so that each can be undone."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("practices", "0011_reader_suggestions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Operation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("merge", "Merge"), ("bulk", "Several at once"), ("import", "Import"), ("deletion", "Deletion"), ("retirement", "Retirement")], max_length=12, verbose_name="kind")),
                ("title", models.CharField(max_length=250, verbose_name="what was done")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("changes", models.JSONField(default=dict, editable=False)),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="undone at")),
                ("by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="by")),
                ("undone_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="undone by")),
            ],
            options={
                "verbose_name": "operation",
                "verbose_name_plural": "operations",
                "ordering": ["-at", "-pk"],
                "constraints": [models.CheckConstraint(condition=models.Q(("kind__in", ["merge", "bulk", "import", "deletion", "retirement"])), name="operation_kind_known", violation_error_message="This value is none of those in the list.")],
            },
        ),
    ]
