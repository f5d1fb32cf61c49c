"""The sweep: climb the ladder for everything nobody has taken in time."""

from celery import shared_task
from django.utils.timezone import now

from clinic.attention import actions, queries
from clinic.context import acting_as, every_site
from clinic.people.queries import system_user


@shared_task(name="clinic.attention.sweep")
def sweep():
    """Tell the next rung of every matter whose clock has run out, each in its own transaction."""
    system = system_user()
    with acting_as(system, sites=every_site()):
        matters = list(queries.matters_to_climb(now()).select_related("case", "site"))
    for matter in matters:
        with acting_as(system, sites=[matter.site_id]):
            actions.climb(matter, by=system, at=now())
    return len(matters)
