"""What a visit was allowed to lie over another for, out of the field it shared with other reasons.

Where a cancellation or an absence has overwritten it, the visit's own history still has it. In
which role somebody allowed it was not kept; it stays open.
"""

from django.db import migrations
from django.db.models import F

OVERWRITES = ("cancelled", "no_show")


def words_of_their_own(apps, schema_editor):
    visits = apps.get_model("clinic", "Visit").objects.filter(overlap_allowed_at__isnull=False)
    events = apps.get_model("clinic", "VisitEvent").objects
    visits.exclude(status__in=OVERWRITES).update(overlap_reason=F("reason"), reason="")
    for visit in visits.filter(status__in=OVERWRITES):
        before = events.filter(
            pgh_obj_id=visit.pk, overlap_allowed_at=visit.overlap_allowed_at, status="planned"
        )
        kept = before.exclude(reason="").order_by("-pgh_id").values_list("reason", flat=True)
        visits.filter(pk=visit.pk).update(overlap_reason=kept.first() or "")


def shared_again(apps, schema_editor):
    visits = apps.get_model("clinic", "Visit").objects.exclude(overlap_reason="")
    visits.exclude(status__in=OVERWRITES).update(reason=F("overlap_reason"))
    visits.update(overlap_reason="")


class Migration(migrations.Migration):
    dependencies = [("clinic", "0039_overlap_has_a_reason_of_its_own")]

    operations = [migrations.RunPython(words_of_their_own, shared_again)]
