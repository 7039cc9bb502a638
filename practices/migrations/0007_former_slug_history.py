"""Keep the history of former addresses, so that no load undoes what curators did to them.

No fixture held any before: those that are there are curators', and their history starts by saying so.
"""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

import practices.models.curated


def start_history(apps, schema_editor):
    former, history = (apps.get_model("practices", name) for name in ("FormerSlug", "HistoricalFormerSlug"))
    history.objects.bulk_create(
        history(
            **values,
            history_date=timezone.now(),
            history_type="+",
            history_change_reason="Written before its history was kept",
        )
        for values in former.objects.order_by("pk").values("id", "model", "slug", "ref")
    )


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("practices", "0006_possible_values"),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalFormerSlug',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('model', models.CharField(choices=practices.models.curated.kinds_with_addresses, max_length=40, verbose_name='kind of record')),
                ('slug', models.SlugField(max_length=120, verbose_name='former slug')),
                ('ref', models.CharField(max_length=12, verbose_name='ref')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical former address',
                'verbose_name_plural': 'historical former addresses',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(start_history, migrations.RunPython.noop),
    ]
