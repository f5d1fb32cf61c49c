"""Whose feed is open, and what a calendar program may read of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from clinic.booking.feed.models import DiaryFeed

KEPT = timedelta(days=28)  # house: how long a visit that is over stays in the calendar


@dataclass(frozen=True)
class Entry:
    """One visit as its calendar has it: all the database tells about it without a sign-in."""

    key: UUID
    starts_at: datetime
    ends_at: datetime
    is_off: bool
    room: str  # empty for a visit at a distance
    site: str
    changes: int
    changed_at: datetime


def open_feed(user: Any) -> DiaryFeed | None:
    """The feed a person's calendar reads now, if there is one."""
    return DiaryFeed.objects.filter(user=user, ended_at__isnull=True).first()


def digest_of(token: str) -> str:
    """What the database keeps of a feed's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def entries_by(token: str, *, at: datetime) -> list[Entry] | None:
    """The diary a secret opens, or None for one nobody made, that has ended or whose person left.

    Nobody is signed in: no site and no patient is seen before, meanwhile or afterwards.
    """
    digest = digest_of(token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT vigil_feed_is_open(%s)", [digest])
        (is_open,) = cursor.fetchone()
        if not is_open:
            return None
        cursor.execute(
            "SELECT key, starts_at, ends_at, is_off, room, site, changes, changed_at"
            " FROM vigil_diary_of_feed(%s, %s)",
            [digest, at - KEPT],
        )
        return [Entry(*row) for row in cursor.fetchall()]
