"""Who was marked as agreeing to e-mail has agreed since they were registered, as far as is known."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def agreed_since_registered(apps, schema_editor):
    consents = apps.get_model("clinic", "ChannelConsent").objects
    patients = apps.get_model("clinic", "Patient").objects.filter(may_email=True)
    rows = (
        consents.model(
            site_id=patient.site_id,
            patient=patient,
            channel="email",
            given_at=patient.registered_at,
            given_by_id=patient.registered_by_id,
        )
        for patient in patients.defer("email", "phone", "address").iterator()
    )
    consents.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def marked_again(apps, schema_editor):
    consents = apps.get_model("clinic", "ChannelConsent").objects
    agreed = consents.filter(
        patient=OuterRef("pk"), contact=None, channel="email", withdrawn_at=None
    )
    patients = apps.get_model("clinic", "Patient").objects
    patients.filter(Exists(agreed)).update(may_email=True)


class Migration(migrations.Migration):
    dependencies = [("clinic", "0030_how_people_are_reached")]

    operations = [migrations.RunPython(agreed_since_registered, marked_again)]
