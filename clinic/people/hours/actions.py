"""Write down when somebody works; close a site for a day, and open it again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.people.hours import rules
from clinic.people.hours.models import WEEKDAYS, ClosedDay, WorkingHours
from clinic.people.models import Site, User
from clinic.workflow import lock, refuse_unless_clear


@transaction.atomic
def write_hours(user: User, *, by: Any, at: datetime, site: Site, hours: rules.Hours) -> None:
    """Write down the week somebody works at a site, in place of what was written before."""
    lock(user)
    refuse_unless_clear(rules.obstacles_to_write_hours(user, by=by, at=at, site=site, hours=hours))
    WorkingHours.objects.filter(user=user, site=site).delete()
    for weekday, starts, ends in hours:
        WorkingHours.objects.create(
            user=user,
            site=site,
            weekday=weekday,
            starts=starts,
            ends=ends,
            written_at=at,
            written_by=by,
        )
    week = [
        f"{WEEKDAYS[weekday]} {starts:%H:%M} to {ends:%H:%M}" for weekday, starts, ends in hours
    ]
    record("working hours written", site, by=by, at=at, user=user.key, hours=week)


@transaction.atomic
def close_day(site: Site, *, by: Any, at: datetime, day: date, name: str) -> ClosedDay:
    """Close a site for a day: nothing is proposed on it."""
    lock(site)
    refuse_unless_clear(rules.obstacles_to_close_day(site, by=by, at=at, day=day))
    closed = ClosedDay.objects.create(site=site, day=day, name=name, written_at=at, written_by=by)
    record("day closed", closed, by=by, at=at, day=day, name=name)
    return closed


@transaction.atomic
def open_day(closed: ClosedDay, *, by: Any, at: datetime) -> None:
    """Open a site again on a day that was closed."""
    lock(closed)
    refuse_unless_clear(rules.obstacles_to_open_day(closed, by=by, at=at))
    closed.delete()
    record("day opened again", closed, by=by, at=at, day=closed.day, name=closed.name)
