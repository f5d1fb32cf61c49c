"""Why nobody may be checked in, take a place, or be sent home before the dose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.workflow import ROLE, Obstacle, gate, obstacles_in_status
from sessions.preparation import rules as preparation
from sessions.supervised.models import STEPS, Presence, Status, SupervisedSession
from sessions.supervised.queries import capacity_of, document
from sessions.supervised.rules import (
    UNKNOWN_WORD,
    obstacles_in_being_live,
    obstacles_in_time,
    obstacles_to_chart,
)

ONE_CAPACITY = gate(
    "one_capacity", "A person takes one capacity for a session and keeps it to its end."
)
AFTER_DOSE = gate(
    "dose_was_given", "After a dose a session ends by release or by one of the doors."
)
NO_WORDS = gate("abandoned_without_reason", "A session is given up for a reason.")


def obstacles_to_check_in(
    session: SupervisedSession, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """The person is expected here today, and nothing that can be seen already forbids the session."""
    yield from obstacles_in_status(session, Status.CHECKED_IN, STEPS)
    if not may(by, Permission.SUPERVISE, site=session.site_id):
        yield ROLE("Only someone who supervises sessions here checks a person in.")
    yield from preparation.obstacles_to_check_in(session, by=by, at=at)


def obstacles_to_come(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    user: Any,
    capacity: str,
    where: str,
    stated_at: datetime,
) -> Iterator[Obstacle]:
    """Whoever comes takes one capacity of the version, and keeps it; coming is a fact in the past."""
    yield from obstacles_to_chart(session, by=by, at=at)
    yield from obstacles_in_being_live(session)
    yield from obstacles_in_time(stated_at, at)
    taken = capacity_of(session, user)
    if taken is not None and taken != capacity:
        title = title_of(session, taken)
        yield ONE_CAPACITY(f"{user.name} is {title} in this session and stays so to its end.")
    if document(session).role(capacity) is None and taken != capacity:
        yield UNKNOWN_WORD(f"This protocol has no capacity “{capacity}”.")
    if where not in Presence.Where.values:
        yield UNKNOWN_WORD("Say where the person is.")


def obstacles_to_check_today(
    session: SupervisedSession, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Today's checks are made between check-in and the end, on the version's own checklist."""
    yield from obstacles_to_chart(session, by=by, at=at)
    yield from obstacles_in_being_live(session)
    if document(session).today is None:
        yield UNKNOWN_WORD("This protocol has no checks of the day.")


def obstacles_to_abandon(
    session: SupervisedSession, *, by: Any, at: datetime, reason: str
) -> Iterator[Obstacle]:
    """Before the dose a session may be given up at any time, for a reason."""
    yield from obstacles_to_chart(session, by=by, at=at)
    if session.doses.all():
        yield AFTER_DOSE("A dose was given. This session ends by release or by one of the doors.")
    else:
        yield from obstacles_in_status(session, Status.ABANDONED, STEPS)
    if not reason.strip():
        yield NO_WORDS("Say why the session is given up.")


def title_of(session: SupervisedSession, capacity: str) -> str:
    """A capacity in the words of the version."""
    return document(session).capacity(capacity)
