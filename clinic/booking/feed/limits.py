"""How often a calendar program may ask, and how often an address may try secrets nobody made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache

from clinic.booking.feed.queries import digest_of
from clinic.workflow import alone

WINDOW = timedelta(hours=1)
A_FEED = 60  # house: several devices of one person, each every few minutes
WRONG = 30  # house: a calendar nobody took out goes on asking; more than that is somebody trying


def is_read_too_often(token: str, *, at: datetime) -> bool:
    """Count one reading of a feed, and say whether there were too many this hour."""
    return _count(f"feed:{digest_of(token)[:32]}", at) > A_FEED


def has_tried_too_often(request: Any, *, at: datetime) -> bool:
    """Whether this address has sent too many secrets this hour that open nothing."""
    return _seen(_address(request), at)[0] >= WRONG


def note_wrong(request: Any, *, at: datetime) -> None:
    """Count a secret that opens nothing against the address it came from."""
    _count(_address(request), at)


def _address(request: Any) -> str:
    return f"feed:from:{get_adapter().get_client_ip(request)}"


def _seen(key: str, at: datetime) -> tuple[int, float]:
    """How often since when the count of this hour ends; an hour that is over counts for nothing."""
    count, ends_at = cache.get(key, (0, 0.0))
    if ends_at <= at.timestamp():
        return 0, (at + WINDOW).timestamp()
    return count, ends_at


def _count(key: str, at: datetime) -> int:
    alone(key)  # two at once are two
    count, ends_at = _seen(key, at)
    cache.set(key, (count + 1, ends_at), max(1.0, ends_at - at.timestamp()))
    return count + 1
