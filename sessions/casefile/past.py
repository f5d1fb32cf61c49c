"""What was decided past for one person, so that it stands in the case file and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from clinic.audit.models import Signature
from clinic.cases.models import Case
from clinic.checklists.queries import checklist_of
from clinic.screening.models import FindingDecision
from sessions.preparation.models import DecisionPast


@dataclass(frozen=True)
class Past:
    """One exclusion or gate past which somebody entitled decided, and by which approval."""

    what: str
    reason: str
    by: Any
    at: datetime
    approval_reference: str
    approval_on: date | None
    signature: Signature | None


def decided_past(case: Case) -> list[Past]:
    """Every finding and every gate decided past for a case, the newest first."""
    found = [*_findings(case), *_gates(case)]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _findings(case: Case) -> Iterator[Past]:
    past = Q(signature__isnull=False) | Q(approval_on__isnull=False)
    rows = FindingDecision.objects.filter(past, case=case).select_related(
        "form", "decided_by", "signature"
    )
    for row in rows.order_by("pk"):
        asked = checklist_of(row.form).item(row.item)
        yield _past(asked.text if asked else row.item, row)


def _gates(case: Case) -> Iterator[Past]:
    rows = DecisionPast.objects.filter(cycle__case=case).select_related("decided_by", "signature")
    for row in rows.order_by("pk"):
        yield _past(row.message, row)


def _past(what: str, row: FindingDecision | DecisionPast) -> Past:
    return Past(
        what=what,
        reason=row.reason,
        by=row.decided_by,
        at=row.decided_at,
        approval_reference=row.approval_reference,
        approval_on=row.approval_on,
        signature=row.signature,
    )
