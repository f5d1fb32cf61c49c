"""The sweep of this slice: an overdue check reaches a person though nobody looks at a screen."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils.timezone import now

from clinic.context import acting_as, every_site
from clinic.people.queries import system_user
from clinic.workflow import Refused
from sessions.supervised import actions
from sessions.supervised.models import SupervisedSession
from sessions.supervised.observations.overdue import sessions_with_overdue_checks

log = logging.getLogger(__name__)


@shared_task(name="sessions.supervised.sweep", time_limit=60)
def sweep() -> int:
    """Raise a matter for every check that is overdue; looking twice raises it once."""
    system = system_user()
    with acting_as(system, sites=every_site()):
        keys = sessions_with_overdue_checks(now())
    raised = 0
    for key in keys:
        try:
            # One transaction a session: a stumble over one keeps none of the others waiting.
            with acting_as(system, sites=every_site()):
                session = SupervisedSession.objects.get(key=key)
                raised += actions.raise_overdue(session, by=system, at=now())
        except Refused as refusal:
            log.warning("an overdue check could not be raised: %s", refusal)
    return raised
