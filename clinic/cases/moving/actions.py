"""Move an open case to another version of its protocol."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.cases import actions as cases
from clinic.cases.models import Case, Status
from clinic.cases.moving import queries
from clinic.cases.moving.models import CaseMove
from clinic.cases.moving.rules import obstacles_to_move
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.queries import digest_of
from clinic.workflow import refuse_unless_clear


@transaction.atomic
def move_to_version(
    case: Case,
    *,
    by: Any,
    at: datetime,
    to: ProtocolVersion,
    reason: str,
    proof: signing.Proof | None,
) -> CaseMove:
    """Pin a case to the version in force, signed under everything that this changes for it.

    Whoever was declared ready is so no longer: that was said of another version.
    """
    case.lock()
    refuse_unless_clear(obstacles_to_move(case, by=by, at=at, to=to, reason=reason, proof=proof))
    former, listed = case.protocol_version, queries.listed(case, to, at=at)
    if case.status == Status.READY:
        cases.not_ready(case, by=by, at=at, reason=f"Moved to version {to.number}: {reason}")
    Case.objects.filter(pk=case.pk).update(protocol_version=to)
    case.protocol_version = to
    moved = CaseMove.objects.create(
        case=case,
        from_version=former,
        to_version=to,
        reason=reason,
        listed=listed,
        moved_at=at,
        moved_by=by,
    )
    signing.sign(
        moved,
        by=by,
        at=at,
        meaning="I have read what changes and move this case",
        content={
            "from": [former.number, digest_of(former)],
            "to": [to.number, digest_of(to)],
            "reason": reason,
            **listed,
        },
        proof=proof,
    )
    record(
        "case moved to another version",
        moved,
        by=by,
        at=at,
        reason=reason,
        former=former.number,
        version=to.number,
        digest=digest_of(to),
    )
    return moved
