from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('practices', '0016_retiring'),
    ]

    operations = [
        migrations.CreateModel(
            name='DistinctRecords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='kind of record')),
                ('first', models.CharField(max_length=12, verbose_name='first record')),
                ('second', models.CharField(max_length=12, verbose_name='second record')),
            ],
            options={
                'verbose_name': 'pair of different records',
                'verbose_name_plural': 'pairs of different records',
            },
        ),
        migrations.AddConstraint(
            model_name='distinctrecords',
            constraint=models.UniqueConstraint(fields=('kind', 'first', 'second'), name='distinct_records_unique', violation_error_message='It is noted already that these are not the same.'),
        ),
        migrations.AddConstraint(
            model_name='distinctrecords',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='distinct_records_in_order', violation_error_message='The record with the lower ref stands first.'),
        ),
        migrations.AddField(
            model_name='recordissue',
            name='other',
            field=models.PositiveBigIntegerField(null=True, verbose_name='other record'),
        ),
        migrations.RemoveConstraint(
            model_name='operation',
            name='operation_kind_known',
        ),
        migrations.AlterField(
            model_name='operation',
            name='kind',
            field=models.CharField(choices=[('merge', 'Merge'), ('bulk', 'Several at once'), ('import', 'Import'), ('deletion', 'Deletion'), ('retirement', 'Retirement'), ('distinction', 'Not the same')], max_length=12, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='operation',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['merge', 'bulk', 'import', 'deletion', 'retirement', 'distinction'])), name='operation_kind_known', violation_error_message='This value is none of those in the list.'),
        ),
    ]
