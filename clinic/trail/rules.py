"""Who may take a copy of a record on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.audit.actions import site_of
from clinic.workflow import ROLE, Obstacle

READS_RECORDS = (Permission.SEE_CASE, Permission.SUPERVISE, Permission.READ_TRAIL)


def obstacles_to_print(subject: Any, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Whoever reads a record at its site may print it; it says for whom and why."""
    if not any(may(by, permission, site=site_of(subject)) for permission in READS_RECORDS):
        yield ROLE("Only somebody who reads this record may print it.")
