"""What booking does when something happens below it."""

from django.dispatch import receiver

from clinic.booking import actions
from clinic.cases.signals import left


@receiver(left, dispatch_uid="booking.left")
def free_the_diary(sender, case, status, by, at, **kwargs):
    """Whoever has left their path is expected nowhere."""
    actions.release_from_diary(case, by=by, at=at, reason=f"The case is {status}.")
