"""The sweep: a contact made for safety that nobody has made becomes a matter for a person."""

from celery import shared_task
from django.utils.timezone import now

from clinic.context import acting_as, every_site
from clinic.people.queries import system_user
from sessions.aftercare import actions, queries


@shared_task(name="sessions.aftercare.sweep")
def sweep():
    """Ask for a person about every safety contact whose time has run out."""
    system = system_user()
    with acting_as(system, sites=every_site()):
        missing = queries.unmade_safety_contacts(now())
    for touchpoint in missing:
        with acting_as(system, sites=[touchpoint.site_id]):
            actions.ask_for_contact(touchpoint, by=system, at=now())
    return len(missing)
