"""Why somebody's hours cannot be written, or a day closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from clinic.access import Permission, may
from clinic.people.hours.models import ClosedDay
from clinic.people.models import Site, User
from clinic.people.queries import in_force
from clinic.people.rules import NOT_STAFF, SENTENCES, TIMES
from clinic.workflow import ROLE, Obstacle, gate

DAY_CLOSED = gate("day_closed_already", "A site is closed on a day once.")
Hours = Sequence[tuple[int, time, time]]  # day of the week, from, until


def obstacles_to_write_hours(
    user: User, *, by: Any, at: datetime, site: Site, hours: Hours = ()
) -> Iterator[Obstacle]:
    """The hours of somebody who works at the site are written by who manages it."""
    yield from _managed(by, site)
    if not user.is_active or not user.roles.filter(in_force(at), site=site).exists():
        yield NOT_STAFF(f"{user} has no role at {site}.")
    if any(ends <= starts for _, starts, ends in hours):
        yield TIMES("A day's work ends after it begins.")


def obstacles_to_close_day(site: Site, *, by: Any, at: datetime, day: date) -> Iterator[Obstacle]:
    """A day is closed once, by who manages the site; what is booked on it stands."""
    yield from _managed(by, site)
    closed = site.closed_days.filter(day=day).first()
    if closed is not None:
        yield DAY_CLOSED(f"{site} is closed on {day:%d %B %Y} already: {closed.name}.")


def obstacles_to_open_day(closed: ClosedDay, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A closed day is opened again by who manages the site."""
    yield from _managed(by, closed.site)


def _managed(by: Any, site: Site) -> Iterator[Obstacle]:
    if not may(by, Permission.MANAGE_SITE, site=site):
        yield ROLE(SENTENCES[Permission.MANAGE_SITE])
