"""Why a course cannot be planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.booking.models import Visit
from clinic.booking.rules import BOOKABLE_AHEAD
from clinic.cases.models import Case
from clinic.workflow import ROLE, STATUS, Obstacle, gate

NOTHING_CHOSEN = gate("course_is_empty", "A course is booked with at least one visit.")


def obstacles_to_follow(
    session: Visit, *, by: Any, at: datetime, visits: Sequence[dict[str, Any]] | None = None
) -> Iterator[Obstacle]:
    """Who books at the site moves what depends on a session along with it."""
    if not may(by, Permission.BOOK, site=session.site):
        yield ROLE("Only somebody who books at this site may change its diary.")
    if visits is not None and not visits:
        yield NOTHING_CHOSEN("Choose at least one visit.")


def obstacles_to_book_course(
    case: Case, *, by: Any, at: datetime, visits: Sequence[dict[str, Any]] | None = None
) -> Iterator[Obstacle]:
    """Who books at the site books a course, of somebody found eligible."""
    if not may(by, Permission.BOOK, site=case.site):
        yield ROLE("Only somebody who books at this site may book a course.")
    if case.status not in BOOKABLE_AHEAD:
        yield STATUS(f"This case is {case.get_status_display().lower()}; no course is planned.")
    if visits is not None and not visits:
        yield NOTHING_CHOSEN("Choose at least one visit.")
