"""The sweep: what each site reports of its periods is planned; what is overdue needs a person."""

from celery import shared_task
from django.utils.timezone import now

from clinic.context import acting_as, every_site
from clinic.people.queries import system_user
from sessions.reports import actions, queries


@shared_task(name="sessions.reports.sweep")
def sweep():
    """Plan the periods of every site, and ask for a person about every report that is overdue."""
    system = system_user()
    with acting_as(system, sites=every_site()):
        sites = queries.sites()
    for site in sites:
        with acting_as(system, sites=[site.pk]):
            actions.plan_for_site(site, by=system, at=now())
    with acting_as(system, sites=every_site()):
        late = queries.overdue(now())
    for report in late:
        with acting_as(system, sites=[report.site_id]):
            actions.ask_for_report(report, by=system, at=now())
    return len(late)
