"""Sign beside a signed record, propose what is to stand beside it, accept or refuse that."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit import signing
from clinic.audit.actions import record
from clinic.audit.models import Signature
from clinic.cases.signatures.models import STEPS, Amendment, CounterSignature, Status
from clinic.cases.signatures.rules import (
    obstacles_to_accept,
    obstacles_to_countersign,
    obstacles_to_propose,
    obstacles_to_refuse,
)
from clinic.workflow import move, refuse_unless_clear

REVIEWED = "I have reviewed this record and agree"
ACCEPTED = "I accept that this stands beside the record"


@transaction.atomic
def countersign(
    signature: Signature, *, by: Any, at: datetime, proof: signing.Proof | None
) -> CounterSignature:
    """Put a second person's name under a signed record, bound to the first one and its digest."""
    if signature.case:
        signature.case.lock()
    refuse_unless_clear(obstacles_to_countersign(signature, by=by, at=at))
    second = CounterSignature(
        case=signature.case,
        site_id=signature.site_id,
        first=signature,
        countersigned_at=at,
        countersigned_by=by,
    )
    second.signature = signing.sign(
        second,
        by=by,
        at=at,
        meaning=REVIEWED,
        content={"beside": _named(signature), "record": json.loads(signature.content)},
        proof=proof,
    )
    second.save()
    record(
        "record countersigned",
        second,
        by=by,
        at=at,
        first=signature.key,
        signature=second.signature.key,
        digest=signature.digest,
    )
    return second


@transaction.atomic
def propose(
    signature: Signature,
    *,
    by: Any,
    at: datetime,
    words: str,
    reason: str,
    is_asked_by_patient: bool = False,
) -> Amendment:
    """Propose words to stand beside a signed record, and say why."""
    if signature.case:
        signature.case.lock()
    refuse_unless_clear(obstacles_to_propose(signature, by=by, at=at, words=words, reason=reason))
    amendment = Amendment.objects.create(
        case=signature.case,
        record=signature,
        words=words.strip(),
        reason=reason.strip(),
        is_asked_by_patient=is_asked_by_patient,
        proposed_at=at,
        proposed_by=by,
    )
    record(
        "amendment proposed",
        amendment,
        by=by,
        at=at,
        signature=signature.key,
        words=amendment.words,
        reason=amendment.reason,
        is_asked_by_patient=is_asked_by_patient,
    )
    return amendment


@transaction.atomic
def accept(
    amendment: Amendment, *, by: Any, at: datetime, proof: signing.Proof | None
) -> Amendment:
    """Let an amendment stand beside the record, signed; the record stays as it was."""
    _under_lock(amendment)
    refuse_unless_clear(obstacles_to_accept(amendment, by=by, at=at))
    signature = signing.sign(
        amendment,
        by=by,
        at=at,
        meaning=ACCEPTED,
        content={
            "beside": _named(amendment.record),
            "words": amendment.words,
            "reason": amendment.reason,
            "is_asked_by_patient": amendment.is_asked_by_patient,
            "proposed_at": amendment.proposed_at,
            "proposed_by": amendment.proposed_by.key,
        },
        proof=proof,
    )
    move(
        amendment, Status.ACCEPTED, table=STEPS, decided_at=at, decided_by=by, acceptance=signature
    )
    record(
        "amendment accepted",
        amendment,
        by=by,
        at=at,
        signature=signature.key,
        digest=signature.digest,
    )
    return amendment


@transaction.atomic
def refuse(amendment: Amendment, *, by: Any, at: datetime, answer: str) -> Amendment:
    """Refuse an amendment and say why; what was asked and what was answered both stay readable."""
    _under_lock(amendment)
    refuse_unless_clear(obstacles_to_refuse(amendment, by=by, at=at, answer=answer))
    answer = answer.strip()
    move(amendment, Status.REFUSED, table=STEPS, decided_at=at, decided_by=by, answer=answer)
    record("amendment refused", amendment, by=by, at=at, answer=answer)
    return amendment


def _under_lock(amendment: Amendment) -> None:
    amendment.case.lock()
    amendment.refresh_from_db()


def _named(signature: Signature) -> dict[str, Any]:
    """A signature as whoever signs beside it was shown it."""
    return {
        "signature": signature.key,
        "printed_name": signature.printed_name,
        "licence": signature.licence,
        "at": signature.at,
        "meaning": signature.meaning,
        "digest": signature.digest,
    }
