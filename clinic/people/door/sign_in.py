"""One sign-in on one device: since when, when it was last used, and whether it is locked.

It is kept in the sign-in's own session and moved by what a person does, never by what a page asks
by itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)

ABSOLUTE = timedelta(hours=12)
TOUCHED_EVERY = timedelta(minutes=1)  # written no oftener than this
SINCE, SEEN, IDLE, LOCKED, FACTOR = (
    "door_since",
    "door_seen",
    "door_idle_minutes",
    "door_locked",
    "door_factor",
)


def begin(session: Any, *, at: datetime, idle_minutes: int) -> None:
    """Somebody has just come in."""
    session[SINCE] = session[SEEN] = at.timestamp()
    session[IDLE] = idle_minutes
    session.pop(LOCKED, None)


def is_over(session: Any, *, at: datetime) -> bool:
    """Whether the sign-in has lasted as long as one may."""
    return at - _moment(session, SINCE, at) >= ABSOLUTE


def is_locked(session: Any, *, at: datetime) -> bool:
    """Whether nobody has used the device for so long that it asks who is there."""
    idle = timedelta(minutes=session.get(IDLE, 15))
    return bool(session.get(LOCKED)) or at - _moment(session, SEEN, at) >= idle


def was_locked(session: Any) -> bool:
    """Whether the lock has been noticed already."""
    return bool(session.get(LOCKED))


def lock(session: Any) -> None:
    """Ask who is there from now on, whatever the clock says."""
    session[LOCKED] = True


def needs_touch(session: Any, *, at: datetime) -> bool:
    """Whether it is long enough ago that a use was written down."""
    return SEEN not in session or at - _moment(session, SEEN, at) >= TOUCHED_EVERY


def touch(session: Any, *, at: datetime, idle_minutes: int) -> None:
    """Somebody has just used it."""
    session.setdefault(SINCE, at.timestamp())
    session[SEEN] = at.timestamp()
    session[IDLE] = idle_minutes
    session.pop(LOCKED, None)


def _moment(session: Any, name: str, at: datetime) -> datetime:
    said = session.get(name)
    return datetime.fromtimestamp(said, tz=UTC) if said is not None else at


def forget_proof(request: Any) -> None:
    """Whoever signed has used up their proof: what asks for one asks again."""
    kept = [
        record
        for record in get_authentication_records(request, request.user)
        if not record.get("reauthenticated")
    ]
    if AUTHENTICATION_METHODS_SESSION_KEY in request.session:
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept
