"""What the people's slice does by itself: answer those who forgot their password."""

from celery import shared_task
from django.utils.timezone import now

from clinic.context import acting_as, every_site
from clinic.people.door import actions, queries
from clinic.people.queries import system_user
from clinic.workflow import Refused


@shared_task(name="clinic.people.answer", time_limit=60)
def answer():
    """Put a link in the outbox for each who asked and has an account; how many were sent one."""
    system, sent = system_user(), 0
    with acting_as(system, sites=every_site()):
        waiting = list(queries.still_to_answer()[:200])
    for row in waiting:
        try:
            with acting_as(system, sites=every_site()):
                sent += actions.answer(row, by=system, at=now())
        except Refused:
            continue  # somebody else has just answered it
    return sent
