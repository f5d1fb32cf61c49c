import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("clinic", "0044_who_interprets_and_what_is_planned"),
    ]

    operations = [
        migrations.AddField(
            model_name='findingdecision',
            name='signature',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.signature'),
        ),
        migrations.AddConstraint(
            model_name='findingdecision',
            constraint=models.CheckConstraint(condition=models.Q(('signature__isnull', True), ('ruling', 'accepted'), _connector='OR'), name='a_ruling_is_signed_only_where_it_accepts'),
        ),
        migrations.AddField(
            model_name='findingdecision',
            name='approval_reference',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddField(
            model_name='findingdecision',
            name='approval_on',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='findingdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approval_on__isnull', True), ('approval_reference', '')), models.Q(('approval_on__isnull', False), models.Q(('approval_reference', ''), _negated=True)), _connector='OR'), name='findingdecision_approval_has_reference_and_day'),
        ),
    ]
