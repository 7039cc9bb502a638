import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('practices', '0017_distinct_records'),
    ]

    operations = [
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=40, verbose_name='kind of record')),
                ('ref', models.CharField(max_length=12, verbose_name='ref')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned by')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
            ],
            options={
                'verbose_name': 'assignment',
                'verbose_name_plural': 'assignments',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('model', 'ref'), name='assignment_of_record', violation_error_message='This record is assigned to somebody already.'),
        ),
        migrations.RemoveConstraint(
            model_name='operation',
            name='operation_kind_known',
        ),
        migrations.AlterField(
            model_name='operation',
            name='kind',
            field=models.CharField(choices=[('merge', 'Merge'), ('bulk', 'Several at once'), ('import', 'Import'), ('deletion', 'Deletion'), ('retirement', 'Retirement'), ('assignment', 'Assignment'), ('distinction', 'Not the same')], max_length=12, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='operation',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['merge', 'bulk', 'import', 'deletion', 'retirement', 'assignment', 'distinction'])), name='operation_kind_known', violation_error_message='This value is none of those in the list.'),
        ),
    ]
