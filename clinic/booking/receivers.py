"""What booking does when something happens below it."""

from django.dispatch import receiver

from clinic.booking import actions
from clinic.cases.models import Status
from clinic.cases.signals import left


@receiver(left, dispatch_uid="booking.left")
def free_the_diary(sender, case, status, by, at, **kwargs):
    """Whoever has left their path is expected nowhere; who is only suspended keeps their visits."""
    if status == Status.SUSPENDED:
        return
    actions.release_from_diary(case, by=by, at=at, reason=f"The case is {status}.")
