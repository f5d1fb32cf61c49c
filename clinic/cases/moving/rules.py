"""Why an open case may not be moved to another version of its protocol now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.cases.models import ENDED, Case
from clinic.cases.moving.queries import licence_to_decide
from clinic.cases.rules import REASON
from clinic.protocols.models import ProtocolVersion, Status
from clinic.workflow import ROLE, STATUS, Basis, Obstacle, gate

TARGET = gate("move_target", "The case cannot be moved to this version of its protocol.")
UNLICENSED = gate(
    "move_unlicensed",
    "Who moves a case holds no verified licence in force here to decide eligibility.",
    basis=Basis.LAW,
    citation="The licensing law of the place where the person is treated",
)

# A session above knows that it goes on: it appends a generator of obstacles, called with
# (case, at=…), when its app is ready.
WHILE: list[Callable[..., Iterable[Obstacle]]] = []


def obstacles_to_move(
    case: Case,
    *,
    by: Any,
    at: datetime,
    to: ProtocolVersion | None,
    reason: str = "-",
    proof: Proof | None = None,
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """A licensed person who decides here moves an open case between sessions, and signs.

    Asked by a page before its form, it asks no signature.
    """
    if case.status in ENDED:
        yield STATUS(f"This case is {case.get_status_display().lower()}.")
    if not may(by, Permission.DECIDE, site=case.site_id):
        yield ROLE("Only somebody who decides eligibility at this site moves a case.")
    elif licence_to_decide(by, case, at=at) is None:
        yield UNLICENSED(
            f"You hold no verified licence in force today in {case.site.jurisdiction}"
            " that covers deciding eligibility."
        )
    yield from _obstacles_in_target(case, to)
    for others in WHILE:
        yield from others(case, at=at)
    if not reason.strip():
        yield REASON("Say why.")
    if not is_asking:
        yield from obstacles_to_sign(by, proof, at)


def _obstacles_in_target(case: Case, to: ProtocolVersion | None) -> Iterator[Obstacle]:
    own = case.protocol_version
    if to is None:
        yield TARGET("No other version of this protocol is in force.")
    elif to.pk == own.pk:
        yield TARGET(f"The case is on version {to.number} already.")
    elif to.protocol_id != own.protocol_id:
        yield TARGET("A case stays on its protocol; another one takes a new referral.")
    elif to.status != Status.PUBLISHED:
        yield TARGET(
            f"Version {to.number} is {to.get_status_display().lower()};"
            " a case is moved to a published one."
        )
