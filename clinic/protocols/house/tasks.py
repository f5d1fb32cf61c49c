"""The sweep: a house value ends on its last day."""

from celery import shared_task
from django.utils.timezone import now

from clinic.context import acting_as, every_site
from clinic.people.queries import system_user
from clinic.protocols.house import actions, queries
from clinic.workflow import Refused


@shared_task(name="clinic.protocols.house.sweep")
def sweep():
    """End every value whose last day is over, each in its own transaction."""
    system = system_user()
    with acting_as(system, sites=every_site()):
        values = queries.past_their_day(now())
    for value in values:
        with acting_as(system, sites=[value.site_id]):
            try:
                actions.end(value, by=system, at=now(), reason="Its last day is over.")
            except Refused:
                continue
    return len(values)
