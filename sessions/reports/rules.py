"""Why a report cannot be written down as sent, or as not owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from clinic.access import Permission, may
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.workflow import ROLE, Obstacle, gate, obstacles_in_status
from sessions.reports import queries
from sessions.reports.models import STEPS, Report, Status

AHEAD = gate("report_sent_ahead", "A report was sent on a day that has come.")
TOO_SOON = gate("report_sent_too_soon", "A report is sent after what it tells of.")
NO_REASON = gate("report_not_owed_without_reason", "A report is not owed for a reason.")


def obstacles_to_send(
    report: Report,
    *,
    by: Any,
    at: datetime,
    sent_on: date | None = None,
    how: str = "",
    reference: str = "",
    words: str = "",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """Whoever sends reports at the site says once when it went, and signs."""
    yield from _obstacles_in_settling(report, Status.SENT, by)
    today = queries.today_at(report.site, at)
    if report.begins_on > (sent_on or today):
        yield TOO_SOON(f"What it tells of ends on {report.begins_on:%d %B %Y}; send it after that.")
    if sent_on is not None and sent_on > today:
        yield AHEAD("That day is still to come. Write when it went.")
    if not is_asking:
        yield from obstacles_to_sign(by, proof, at)


def obstacles_to_set_aside(
    report: Report,
    *,
    by: Any,
    at: datetime,
    words: str = "-",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """Whoever sends reports at the site says why this one is not owed, and signs."""
    yield from _obstacles_in_settling(report, Status.NOT_OWED, by)
    if not words.strip():
        yield NO_REASON("Say why it is not owed.")
    if not is_asking:
        yield from obstacles_to_sign(by, proof, at)


def _obstacles_in_settling(report: Report, to: str, by: Any) -> Iterator[Obstacle]:
    yield from obstacles_in_status(report, to, STEPS)
    if not may(by, Permission.REPORT, site=report.site_id):
        yield ROLE("Only somebody who sends reports at this site may do this.")
