"""What the trail says: who did what, and who opened what."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from clinic.access import Permission, sites_where
from clinic.audit.models import TrailEntry

OPENED = "case opened"
ONE_OPENING = timedelta(minutes=15)


def visible_trail(user: Any) -> Any:
    """The trail of the sites whose trail this person reads, and the organisation's own, newest first.

    What stands at no site (a failed sign-in, an act of somebody who works at several sites) is
    read by everybody who reads a trail. The database asks the same by itself.
    """
    sites = sites_where(user, Permission.READ_TRAIL)
    reads = Q(site_id__in=sites) | Q(site_id__isnull=True) if sites else Q(pk__in=[])
    return (
        TrailEntry.objects.filter(reads)
        .select_related("by", "site")
        .order_by("-received_at", "-pk")
    )


def has_just_opened(user: Any, record: Any, *, at: datetime) -> bool:
    """Whether the person's opening of the record was written within a quarter of an hour."""
    about = {"case_key" if record._meta.label == "clinic.Case" else "subject_key": record.key}
    return TrailEntry.objects.filter(act=OPENED, by=user, at__gt=at - ONE_OPENING, **about).exists()
