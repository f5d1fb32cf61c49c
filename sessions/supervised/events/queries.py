"""The adverse events a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, sites_where
from sessions.supervised.models import AdverseEvent


def visible_adverse_events(user: Any) -> QuerySet[AdverseEvent]:
    """The adverse events of the sites at which the person may open a case."""
    return (
        AdverseEvent.objects.filter(site_id__in=sites_where(user, Permission.SEE_CASE))
        .select_related("case__patient", "case__site", "session", "reported_by", "site")
        .prefetch_related("assessments__by")
    )
