"""Who was marked as agreeing to e-mail has agreed since they were marked so, as the trail has it."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def agreed_since_marked(apps, schema_editor):
    consents = apps.get_model("clinic", "ChannelConsent").objects
    patients = apps.get_model("clinic", "Patient").objects.filter(may_email=True)
    marked = _marked_last(apps.get_model("clinic", "TrailEntry").objects)

    def consent_of(patient):
        # Whose mark was never corrected was marked when they were registered.
        at, by = marked.get(patient.key, (patient.registered_at, patient.registered_by_id))
        return consents.model(
            site_id=patient.site_id, patient_id=patient.pk, channel="email", given_at=at,
            given_by_id=by,
        )

    rows = map(consent_of, patients.defer("email", "phone", "address").iterator())
    consents.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _marked_last(trail):
    """When the mark was last corrected, and by whom: as it stands now it has stood since then."""
    corrected = trail.filter(
        act="details corrected", by__isnull=False, payload__contains='"may_email"'
    ).order_by("pk")
    return {
        key: (at, by) for key, at, by in corrected.values_list("subject_key", "at", "by_id")
    }


def marked_again(apps, schema_editor):
    consents = apps.get_model("clinic", "ChannelConsent").objects
    agreed = consents.filter(
        patient=OuterRef("pk"), contact=None, channel="email", withdrawn_at=None
    )
    patients = apps.get_model("clinic", "Patient").objects
    patients.filter(Exists(agreed)).update(may_email=True)


class Migration(migrations.Migration):
    dependencies = [("clinic", "0030_how_people_are_reached")]

    operations = [migrations.RunPython(agreed_since_marked, marked_again)]
