from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("clinic_sessions", "0004_what_is_reported_outside"),
    ]

    operations = [
        migrations.AddField(
            model_name='decisionpast',
            name='approval_reference',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddField(
            model_name='decisionpast',
            name='approval_on',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='decisionpast',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approval_on__isnull', True), ('approval_reference', '')), models.Q(('approval_on__isnull', False), models.Q(('approval_reference', ''), _negated=True)), _connector='OR'), name='decisionpast_approval_has_reference_and_day'),
        ),
    ]
