"""What a supervised session does when something happens below it."""

from django.dispatch import receiver

from clinic.booking.signals import booked, cancelled, joined
from clinic.cases.models import Status as CaseStatus
from clinic.cases.signals import held, left
from sessions.supervised import actions, holding


@receiver(booked, dispatch_uid="supervised.booked")
@receiver(joined, dispatch_uid="supervised.joined")
def plan_its_session(sender, visit, by, at, **kwargs):
    """A visit for a dose has its run sheet from the moment it is booked."""
    actions.plan(visit, by=by, at=at)


@receiver(cancelled, dispatch_uid="supervised.cancelled")
def give_up_its_session(sender, visit, by, at, **kwargs):
    """No visit, no session."""
    actions.visit_cancelled(visit, by=by, at=at)


@receiver(left, dispatch_uid="supervised.left")
def end_the_session_of_the_dead(sender, case, status, by, at, **kwargs):
    """A death ends what was going on; every other way of leaving a case leaves the session alone."""
    if status == CaseStatus.DIED:
        actions.person_died(case, by=by, at=at)


@receiver(held, dispatch_uid="supervised.held")
def tell_the_room(sender, hold, by, at, **kwargs):
    """Whoever is in a session behind a hold hears of it at once."""
    holding.tell(hold, by=by, at=at)
