"""Every few minutes the heads of the trail are written down where the database cannot reach."""

from celery import shared_task
from django.contrib.auth import get_user_model
from django.utils.timezone import now

from clinic.audit import checkpoints, places, signals
from clinic.context import acting_as, every_site


@shared_task(name="clinic.audit.checkpoint")
def checkpoint():
    """Take a checkpoint, send it to every place, and ask for a person where it does not arrive."""
    with acting_as(_system(), sites=every_site()):
        checkpoints.take(at=now())
    for place in places.places():
        with acting_as(_system(), sites=every_site()):
            places.send_out(place, at=now())
    with acting_as(_system(), sites=every_site()):
        late = places.late_places(at=now())
        for each in late:
            signals.checkpoint_late.send(checkpoint, place=each.place, since=each.since, at=now())
        if not late:
            signals.checkpoints_arrive.send(checkpoint, at=now())
    return len(late)


def _system():
    return get_user_model().objects.get(is_system=True)
