"""What the trail says: who did what, and who opened what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from clinic.access import Permission, sites_where
from clinic.audit.models import TrailEntry

OPENED = "case opened"
ONE_OPENING = timedelta(minutes=15)


def visible_trail(user: Any) -> Any:
    """The trail of the sites whose trail this person reads, newest first."""
    return (
        TrailEntry.objects.filter(site_id__in=sites_where(user, Permission.READ_TRAIL))
        .select_related("by", "site")
        .order_by("-received_at", "-pk")
    )


def has_just_opened(user: Any, case: Any, *, at: datetime) -> bool:
    """Whether the person's opening of the case was written within a quarter of an hour."""
    return TrailEntry.objects.filter(
        act=OPENED, case_key=case.key, by=user, at__gt=at - ONE_OPENING
    ).exists()
