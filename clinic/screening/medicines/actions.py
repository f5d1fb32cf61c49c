"""Medicines are listed, and a line is changed by a newer one in its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.cases.models import Case
from clinic.protocols.queries import document_at
from clinic.screening.medicines.models import ListedMedicine
from clinic.screening.medicines.rules import obstacles_to_change, obstacles_to_list
from clinic.workflow import refuse_unless_clear


@transaction.atomic
def add(case: Case, *, by: Any, at: datetime, **told: Any) -> ListedMedicine:
    """Put a medicine on the list, as the person tells it."""
    case.lock()
    refuse_unless_clear(obstacles_to_list(case, by=by, at=at, told=told))
    medicine = _write(case, by=by, at=at, told=told)
    record("medicine listed", medicine, by=by, at=at, **_in_the_trail(medicine))
    return medicine


@transaction.atomic
def change(medicine: ListedMedicine, *, by: Any, at: datetime, **told: Any) -> ListedMedicine:
    """Say anew how a medicine is taken; what was said before stays readable behind it."""
    medicine.case.lock()
    refuse_unless_clear(obstacles_to_change(medicine, by=by, at=at, told=told))
    newer = _write(medicine.case, by=by, at=at, told=told, line=medicine.line, replaces=medicine)
    record(
        "medicine changed",
        newer,
        by=by,
        at=at,
        before=str(medicine.key),
        **_in_the_trail(newer),
    )
    return newer


def _write(case: Case, *, by: Any, at: datetime, told: dict, **place: Any) -> ListedMedicine:
    rules = document_at(case.protocol_version, case.site).washouts
    words = {name: said.strip() for name, said in told.items() if isinstance(said, str)}
    return ListedMedicine.objects.create(
        case=case,
        entered_at=at,
        entered_by=by,
        asked_about=[rule.code for rule in rules],
        **(told | words | place),
    )


def _in_the_trail(medicine: ListedMedicine) -> dict[str, Any]:
    # What is taken stays in the row; the trail says what became of the line and who agreed.
    return {
        "line": str(medicine.line),
        "state": medicine.state,
        "falls_under": medicine.falls_under,
        "agreed_by": str(medicine.agreed_by.key) if medicine.agreed_by else "",
        "agreed_on": medicine.agreed_on,
    }
