"""Why a version may not leave the house as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may_anywhere
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import complete_document_of
from clinic.protocols.rules import obstacles_in_mistakes
from clinic.workflow import ROLE, Obstacle


def obstacles_to_take_copy(
    version: ProtocolVersion, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Whoever writes or publishes protocols takes a copy of one."""
    if not any(
        may_anywhere(by, each)
        for each in (Permission.WRITE_PROTOCOLS, Permission.PUBLISH_PROTOCOLS)
    ):
        yield ROLE("Only a protocol author or approver takes a copy of a protocol.")
    if complete_document_of(version) is None:
        yield from obstacles_in_mistakes(version, by=by)
