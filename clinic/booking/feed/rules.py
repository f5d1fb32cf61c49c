"""Why the address of a diary cannot be made or ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.booking.feed.queries import open_feed
from clinic.people.models import User
from clinic.workflow import ROLE, STATUS, Obstacle


def obstacles_to_make_feed(user: User, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A diary is given an address by the person it is of, and by nobody for them."""
    if by.pk != user.pk:
        yield ROLE("An address of a diary is made by the person themself.")


def obstacles_to_end_feed(user: User, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """An address ends by the person's own hand, or with their account."""
    if by.pk != user.pk and user.is_active:
        yield ROLE("An address of a diary is ended by the person themself.")
    if open_feed(user) is None:
        yield STATUS("There is no address to end.")
