from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0042_two_people_are_told_apart"),
    ]

    operations = [
        migrations.AlterField(
            model_name="listedmedicine",
            name="state",
            field=models.CharField(
                choices=[
                    ("taken", "Taken now"),
                    ("as_needed", "Taken only as needed"),
                    ("leaving", "Being left off step by step"),
                    ("left", "No longer taken"),
                    ("mistaken", "Entered by mistake"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="listedmedicine",
            constraint=models.CheckConstraint(
                condition=~Q(state="as_needed") | ~Q(last=""),
                name="medicine_taken_as_needed_says_when_last",
            ),
        ),
    ]
