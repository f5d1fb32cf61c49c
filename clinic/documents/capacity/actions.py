"""Somebody assesses whether a person can decide one thing for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.cases.models import Case
from clinic.documents.capacity.models import CapacityAssessment, Outcome
from clinic.documents.capacity.rules import obstacles_to_assess
from clinic.workflow import refuse_unless_clear


@transaction.atomic
def assess(
    case: Case,
    *,
    by: Any,
    at: datetime,
    decision: str,
    outcome: str,
    rests_on: str,
    assessed_at: datetime,
) -> CapacityAssessment:
    """Write down what was found of a person's capacity for one decision, and what it rests on."""
    case.lock()
    refuse_unless_clear(
        obstacles_to_assess(
            case, by=by, at=at, decision=decision, outcome=outcome, assessed_at=assessed_at
        )
    )
    assessment = CapacityAssessment.objects.create(
        case=case,
        decision=decision,
        outcome=outcome,
        rests_on=rests_on,
        assessed_at=assessed_at,
        assessed_by=by,
    )
    record(
        "capacity assessed",
        assessment,
        by=by,
        at=at,
        code=decision,
        outcome=Outcome(outcome).label,
        rests_on=rests_on,
        assessed_at=assessed_at,
    )
    return assessment
