"""Where a journey begins: people brought so far by the real actions, on the made-up clock."""

from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from clinic.protocols.queries import document_of
from sessions.rehearsal import walk

MINUTE = timedelta(minutes=1)
ROWAN = {"family_name": "Ashgrove", "given_name": "Rowan"}


@transaction.atomic
def somebody_ready(house):
    """A person whose session begins right now."""
    return walk.ready(house, session_at=now() - 2 * MINUTE, **ROWAN)[1]


@transaction.atomic
def somebody_dosed(house, ago):
    """A person who had the dose so long ago and was watched ever since."""
    given_at = now() - ago
    session = walk.ready(house, session_at=given_at - 30 * MINUTE, **ROWAN)[1]
    walk.up_to_the_dose(house, session, at=given_at)
    walk.watched(house, session, dosed_at=given_at, until=now())
    return session


def checklist(house, code):
    """A list of the protocol: today's checks, the criteria for leaving."""
    document = document_of(house.version)
    return document.checklist(getattr(document, code).checklist)
