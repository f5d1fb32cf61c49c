"""The adverse events a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from sessions.supervised.models import AdverseEvent


def visible_adverse_events(user: Any) -> QuerySet[AdverseEvent]:
    """The adverse events of the cases this person may open."""
    return (
        AdverseEvent.objects.filter(in_reach(user, Permission.SEE_CASE))
        .select_related("case__patient", "case__site", "session", "reported_by", "site")
        .prefetch_related("assessments__by")
    )
