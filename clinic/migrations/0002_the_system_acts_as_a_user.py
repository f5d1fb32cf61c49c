"""The user that tasks and loaders act as: nobody can sign in as it."""

from django.contrib.auth.hashers import make_password
from django.db import migrations

EMAIL = "system@vigil.invalid"


def seed(apps, schema_editor):
    apps.get_model("clinic", "User").objects.get_or_create(
        email=EMAIL,
        defaults={
            "name": "Vigil",
            "is_system": True,
            "is_active": False,
            "password": make_password(None),
        },
    )


def remove(apps, schema_editor):
    apps.get_model("clinic", "User").objects.filter(email=EMAIL, is_system=True).delete()


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_the_house")]

    operations = [migrations.RunPython(seed, remove)]
