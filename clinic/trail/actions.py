"""What leaves the screen on paper is an act, and stands in the account of what left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.trail.rules import obstacles_to_print
from clinic.workflow import refuse_unless_clear

PRINTED = "printed"


@transaction.atomic
def print_out(subject: Any, *, by: Any, at: datetime, what: str, for_whom: str, why: str) -> None:
    """Print a record: what it is, for whom, and why. Each print counts by itself."""
    refuse_unless_clear(obstacles_to_print(subject, by=by, at=at))
    record(PRINTED, subject, by=by, at=at, what=what, to=for_whom, why=why)
