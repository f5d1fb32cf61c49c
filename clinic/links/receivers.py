"""When a case ends, its links open nothing and its letters stay here."""

from django.dispatch import receiver
from django.utils.timezone import now

from clinic.cases.models import Status
from clinic.cases.queries import WANTS
from clinic.cases.signals import left
from clinic.links import actions
from clinic.links.packets.queries import wants_at


def wants(cases):
    """What the person has not sent back at this moment."""
    return wants_at(cases, now())


WANTS.append(wants)

ENDS = {Status.WITHDRAWN, Status.CLOSED, Status.DIED}


@receiver(left, dispatch_uid="links.left")
def shut_the_links(sender, case, status, by, at, **kwargs):
    """A suspended or lost person is still followed up; one who has gone is left in peace."""
    if status in ENDS:
        actions.close_all(case, by=by, at=at)
