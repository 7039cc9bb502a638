"""Terms and places that are no longer chosen, and what stands for them."""

import django.db.models.deletion
from django.db import migrations, models

from practices.migrations._together import Together


class Migration(migrations.Migration):

    dependencies = [
        ("practices", "0015_comments"),
    ]

    operations = [
        Together([
            migrations.AddField(
                model_name='dimension',
                name='replaced_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='practices.dimension', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='dimension',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='historicaldimension',
                name='replaced_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='practices.dimension', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='historicaldimension',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='historicalkind',
                name='replaced_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='practices.kind', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='historicalkind',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='historicallevel',
                name='replaced_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='practices.level', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='historicallevel',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='historicalpartnershiptype',
                name='replaced_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='practices.partnershiptype', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='historicalpartnershiptype',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='historicalplace',
                name='replaced_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='practices.place', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='historicalplace',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='historicalstage',
                name='replaced_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='practices.stage', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='historicalstage',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='historicalstakeholderrole',
                name='replaced_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='practices.stakeholderrole', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='historicalstakeholderrole',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='historicaltargetgroup',
                name='replaced_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='practices.targetgroup', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='historicaltargetgroup',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='historicaltopic',
                name='replaced_by',
                field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='practices.topic', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='historicaltopic',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='kind',
                name='replaced_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='practices.kind', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='kind',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='level',
                name='replaced_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='practices.level', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='level',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='partnershiptype',
                name='replaced_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='practices.partnershiptype', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='partnershiptype',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='place',
                name='replaced_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='practices.place', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='place',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='stage',
                name='replaced_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='practices.stage', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='stage',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='stakeholderrole',
                name='replaced_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='practices.stakeholderrole', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='stakeholderrole',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='targetgroup',
                name='replaced_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='practices.targetgroup', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='targetgroup',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
            migrations.AddField(
                model_name='topic',
                name='replaced_by',
                field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='practices.topic', verbose_name='replaced by'),
            ),
            migrations.AddField(
                model_name='topic',
                name='retired_on',
                field=models.DateField(blank=True, editable=False, null=True, verbose_name='retired on'),
            ),
        ]),
    ]
