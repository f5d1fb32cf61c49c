"""Give a person's diary an address for their calendar program, and take it away."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.booking.feed import rules
from clinic.booking.feed.models import DiaryFeed
from clinic.booking.feed.queries import digest_of, open_feed
from clinic.people.models import User
from clinic.workflow import lock, refuse_unless_clear


@transaction.atomic
def make_feed(user: User, *, by: Any, at: datetime) -> str:
    """Give a diary a new address; its secret is told once, and the address before it ends."""
    lock(user)
    refuse_unless_clear(rules.obstacles_to_make_feed(user, by=by, at=at))
    before = open_feed(user)
    if before is not None:
        _end(before, by=by, at=at)
    token = secrets.token_urlsafe(32)
    feed = DiaryFeed.objects.create(
        user=user, token_digest=digest_of(token), made_at=at, made_by=by
    )
    record("diary address made", feed, by=by, at=at, instead_of=before and before.key)
    return token


@transaction.atomic
def end_feed(user: User, *, by: Any, at: datetime) -> None:
    """End the address of a diary: from now on it opens nothing."""
    lock(user)
    refuse_unless_clear(rules.obstacles_to_end_feed(user, by=by, at=at))
    feed = open_feed(user)
    _end(feed, by=by, at=at)
    record("diary address ended", feed, by=by, at=at)


def _end(feed: Any, *, by: Any, at: datetime) -> None:
    feed.ended_at, feed.ended_by = at, by
    feed.save(update_fields=["ended_at", "ended_by"])
