"""What booking does when something happens below it."""

from django.dispatch import receiver
from django.urls import reverse

from clinic.booking import actions
from clinic.booking.feed.actions import end_feed
from clinic.booking.feed.queries import open_feed
from clinic.booking.models import Status as VisitStatus
from clinic.cases.models import Status
from clinic.cases.signals import cycle_opened, left
from clinic.people.door.ties import HOLDINGS, Holding
from clinic.people.signals import shut


@receiver(left, dispatch_uid="booking.left")
def free_the_diary(sender, case, status, by, at, **kwargs):
    """Whoever has left their path is expected nowhere; who is only suspended keeps their visits."""
    if status == Status.SUSPENDED:
        return
    actions.release_from_diary(case, by=by, at=at, reason=f"The case is {status}.")


@receiver(cycle_opened, dispatch_uid="booking.cycle_opened")
def let_them_in(sender, cycle, by, at, **kwargs):
    """What was booked ahead for this cycle is of it from now on."""
    actions.join_cycle(cycle, by=by, at=at)


@receiver(shut, dispatch_uid="booking.shut")
def end_their_feed(sender, user, by, at, **kwargs):
    """Whose account is shut reads nothing from outside either."""
    if open_feed(user) is not None:
        end_feed(user, by=by, at=at)


def visits_to_come(user, at):
    """The visits somebody is still booked for, by day and room: who comes is not said here."""
    booked = (
        user.visits.filter(visit__status=VisitStatus.PLANNED, starts_at__gt=at)
        .select_related("visit__room", "site")
        .order_by("starts_at")[:50]
    )
    return [
        Holding(
            f"A visit on {row.starts_at.astimezone(row.site.tz):%d %b %Y, %H:%M}"
            f"{f', {row.visit.room}' if row.visit.room else ''}",
            f"{reverse('booking:week')}?week={row.starts_at.astimezone(row.site.tz):%Y-%m-%d}",
        )
        for row in booked
    ]


HOLDINGS.append(visits_to_come)
