"""The sweep: send what is due. Run it as often and as many times over as you like."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils.timezone import now

from clinic.context import acting_as, every_site
from clinic.messages import actions, queries

LONGEST_SWEEP = timedelta(seconds=50)  # well inside the time limit of a task

logger = logging.getLogger(__name__)


@shared_task(name="clinic.messages.sweep")
def sweep():
    """Send what is due, one message at a time, each claim committed before the wire is touched."""
    system = queries.system_user()
    stop_at = now() + LONGEST_SWEEP
    with acting_as(system, sites=every_site()):
        actions.give_up_lapsed(by=system, at=now())
    handled = 0
    while now() < stop_at:
        with acting_as(system, sites=every_site()):
            message = actions.claim_next(by=system, at=now())
        if message is None:
            break
        _send(message, system)
        handled += 1
    return handled


def _send(message, system):
    """Send one claimed message; one that cannot be handled must not hold up those behind it."""
    for act, may_have_gone in [(actions.prepare, False), (actions.deliver, True)]:
        try:
            with acting_as(system, sites=[message.site_id]):
                act(message, by=system, at=now())
        except Exception:
            # The key alone: what a message says and to whom is no matter for a log.
            logger.exception("message %s could not be handled", message.key)
            with acting_as(system, sites=[message.site_id]):
                actions.stumbled(message, by=system, at=now(), may_have_gone=may_have_gone)
            return
