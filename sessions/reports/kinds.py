"""What reports ask a person for, and what they listen to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clinic.attention import kinds as attention
from sessions.reports import queries, receivers  # noqa: F401 -- receivers connect
from sessions.reports.models import Report, Status


def report_is_still_due(matter: Any, at: datetime) -> bool:
    """A report is asked for until somebody sends it or says why it is not owed."""
    return Report.objects.filter(key=matter.about_key, status=Status.DUE).exists()


attention.register(
    queries.OVERDUE,
    label="Report overdue",
    still_wanted=report_is_still_due,
    leads_to="reports:show",
)
