"""Why it cannot be written down what somebody found of a person's capacity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.cases.models import Case
from clinic.documents.capacity.models import CapacityAssessment
from clinic.workflow import ROLE, Obstacle, gate

AHEAD = gate(
    "capacity_assessed_ahead", "Nobody has assessed what lies ahead, nor before the birth."
)
WRITTEN = gate("capacity_written_already", "This very assessment is written down already.")


def obstacles_to_assess(
    case: Case,
    *,
    by: Any,
    at: datetime,
    decision: str = "",
    outcome: str = "",
    assessed_at: datetime | None = None,
) -> Iterator[Obstacle]:
    """Whoever prepares people or decides on them writes down what they found, once it is found."""
    wanted = (Permission.PREPARE, Permission.DECIDE)
    if not any(may(by, permission, site=case.site) for permission in wanted):
        yield ROLE("Only somebody who prepares people at this site or decides may assess this.")
    if assessed_at is not None and assessed_at > at:
        yield AHEAD("This time has not come yet. Say when it was assessed.")
    if assessed_at is not None and assessed_at.date() < case.patient.date_of_birth:
        yield AHEAD("This lies before the person was born. Say when it was assessed.")
        return
    same = CapacityAssessment.objects.filter(
        case=case, decision=decision, outcome=outcome, assessed_at=assessed_at, assessed_by=by
    )
    if assessed_at is not None and same.exists():
        yield WRITTEN("This assessment is written down already.")
