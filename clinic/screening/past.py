"""How often an exclusion was decided past, for the safety lead's page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from clinic.access import Permission, in_reach
from clinic.safety import counted
from clinic.screening.models import FindingDecision
from clinic.screening.rules import EXCLUDED


def by_month(user: Any, on: date) -> Iterable[counted.Decided]:
    """What was accepted though it excludes in the last twelve months, the newest month first."""
    since = on.replace(year=on.year - 1, day=1)
    signed = (
        FindingDecision.objects.filter(
            in_reach(user, Permission.LEAD_SAFETY),
            signature__isnull=False,
            decided_at__gte=datetime.combine(since, time(), tzinfo=UTC) - timedelta(days=1),
        )
        .select_related("case__patient", "case__site")
        .order_by("pk")
    )
    months: dict[date, list[Any]] = {}
    for row in signed:
        month = row.decided_at.astimezone(row.case.site.tz).date().replace(day=1)
        months.setdefault(month, []).append(row.case)
    for month in sorted(months, reverse=True):
        if month >= since:
            yield counted.Decided(month, EXCLUDED.meaning, tuple(months[month]))


counted.register(by_month)
