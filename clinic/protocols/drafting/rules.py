"""Why a draft may not be begun, copied, changed or discarded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from clinic.access import Permission, may_anywhere
from clinic.protocols.drafting.parts import Written
from clinic.protocols.drafting.words import title_of
from clinic.protocols.models import STEPS, ProtocolVersion, Status
from clinic.protocols.rules import SAME_DOCUMENT
from clinic.workflow import CHANGED, ROLE, STATUS, Obstacle, gate, obstacles_in_status

PROTOCOL_STANDS = gate(
    "protocol_stands", "A protocol of this short name is there; a new version of it is written."
)


def obstacles_to_begin(
    standing: ProtocolVersion | None, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Only an author begins a protocol, and under a short name that no other has."""
    yield from _obstacles_in_role(by)
    if standing is not None:
        yield PROTOCOL_STANDS(
            f"“{standing.protocol}” has this short name. Choose another, or write a new version of it."
        )


def obstacles_to_copy(
    version: ProtocolVersion, untouched: ProtocolVersion | None, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Only an author copies, what was published once, and not beside a copy nobody has touched."""
    yield from _obstacles_in_role(by)
    if version.status not in (Status.PUBLISHED, Status.RETIRED):
        words = version.get_status_display().lower()
        yield STATUS(f"This is {words}. A new version begins from one that was published.")
    if untouched is not None:
        yield SAME_DOCUMENT(
            f"Version {untouched.number} is a draft of it already, unchanged so far."
        )


def obstacles_to_change(
    version: ProtocolVersion, written: Sequence[Written] = (), *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """Only an author writes, only in a draft, and only over what they had before them."""
    if version.status != Status.DRAFT:
        words = version.get_status_display().lower()
        yield STATUS(f"This is {words}. Only a draft is written in.")
    yield from _obstacles_in_role(by)
    for each in written:
        if each.group.digest(version.document) != each.seen:
            yield CHANGED(f"Somebody else has changed “{title_of(each.group)}” meanwhile.")


def obstacles_to_discard(version: ProtocolVersion, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Only an author discards, and only a draft."""
    yield from obstacles_in_status(version, Status.DISCARDED, STEPS)
    yield from _obstacles_in_role(by)


def _obstacles_in_role(by: Any) -> Iterator[Obstacle]:
    if not may_anywhere(by, Permission.WRITE_PROTOCOLS):
        yield ROLE("Only a protocol author may write a protocol.")
