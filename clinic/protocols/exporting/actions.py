"""A version leaves the house as a file, and the trail says who took it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.protocols.exporting.rules import obstacles_to_take_copy
from clinic.protocols.models import ProtocolVersion
from clinic.workflow import refuse_unless_clear


@transaction.atomic
def take_copy(version: ProtocolVersion, *, by: Any, at: datetime, kind: str) -> None:
    """Write down that somebody takes a version away as a file of this kind."""
    refuse_unless_clear(obstacles_to_take_copy(version, by=by, at=at))
    record(
        "protocol copied out",
        version,
        by=by,
        at=at,
        kind=kind,
        protocol=version.protocol.code,
        number=version.number,
        digest=version.digest,
    )
