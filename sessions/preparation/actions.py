"""Everything between the decision and the day, and what was decided past an obstacle.

Where an act hands over to the case or the diary, the trail's row is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.audit.signing import Proof, sign
from clinic.booking import actions as booking
from clinic.booking.models import Visit
from clinic.cases import actions as cases
from clinic.cases.models import Case, Cycle
from clinic.checklists import actions as checklists
from clinic.checklists.engine import Answer
from clinic.checklists.models import Form
from clinic.workflow import lock, refuse_unless_clear
from sessions.preparation.asking import needs_approval, standing_at, steps
from sessions.preparation.barred import Barred
from sessions.preparation.models import DecisionPast, WayHome
from sessions.preparation.queries import content_form, content_of, facts_of
from sessions.preparation.rules import (
    obstacles_to_begin,
    obstacles_to_complete_visit,
    obstacles_to_decide_past,
    obstacles_to_declare_ready,
    obstacles_to_hold_visit,
    obstacles_to_open_content,
    obstacles_to_plan_way_home,
    obstacles_to_unready,
)


@transaction.atomic
def begin(case: Case, *, by: Any, at: datetime) -> None:
    """Begin to prepare somebody who has been found eligible."""
    case.lock()
    refuse_unless_clear(obstacles_to_begin(case, by=by, at=at))
    cases.begin_preparing(case, by=by, at=at)


@transaction.atomic
def plan_way_home(
    cycle: Cycle,
    *,
    by: Any,
    at: datetime,
    kind: str,
    escort_name: str,
    escort_phone: str,
    pickup_at: datetime | None,
    will_not_drive: bool,
) -> WayHome:
    """Keep how the person gets home after this session; the newest plan stands."""
    cycle.case.lock()
    refuse_unless_clear(
        obstacles_to_plan_way_home(
            cycle,
            by=by,
            at=at,
            kind=kind,
            escort_name=escort_name,
            escort_phone=escort_phone,
        )
    )
    plan = WayHome.objects.create(
        cycle=cycle,
        kind=kind,
        escort_name=escort_name.strip(),
        escort_phone=escort_phone.strip(),
        pickup_at=pickup_at,
        will_not_drive=will_not_drive,
        planned_at=at,
        planned_by=by,
    )
    record("way home planned", plan, by=by, at=at, kind=kind, will_not_drive=will_not_drive)
    return plan


@transaction.atomic
def open_content(visit: Visit, *, by: Any, at: datetime) -> Form:
    """Open the list of what a preparation visit covers, or go on with it."""
    checklist = content_of(visit)
    refuse_unless_clear(obstacles_to_open_content(visit, checklist, by=by, at=at))
    assert checklist is not None  # asked above
    return checklists.open_form(
        visit.case,
        by=by,
        at=at,
        checklist=checklist,
        purpose="preparation",
        about_key=visit.key,
        cycle=visit.cycle,
    )


@transaction.atomic
def hold_visit(
    visit: Visit, *, by: Any, at: datetime, answers: Mapping[str, Answer], revision: int
) -> None:
    """Complete the list of a preparation visit and mark it done, or neither."""
    form = content_form(visit)
    refuse_unless_clear(obstacles_to_hold_visit(visit, form, by=by, at=at))
    assert form is not None  # asked above
    checklists.finish(form, by=by, at=at, answers=answers, revision=revision)
    complete_visit(visit, by=by, at=at)


@transaction.atomic
def complete_visit(visit: Visit, *, by: Any, at: datetime) -> None:
    """Mark a preparation visit done once everything it covers has been gone through."""
    visit.case.lock()
    lock(visit)
    refuse_unless_clear(obstacles_to_complete_visit(visit, content_form(visit), by=by, at=at))
    booking.finish(visit, by=by, at=at)


@transaction.atomic
def declare_ready(case: Case, *, by: Any, at: datetime) -> None:
    """Say that a person is ready; it opens nothing, the dose asks everything again."""
    case.lock()
    refuse_unless_clear(obstacles_to_declare_ready(case, by=by, at=at))
    cases.declare_ready(case, by=by, at=at)


@transaction.atomic
def not_ready(case: Case, *, by: Any, at: datetime, reason: str = "") -> None:
    """Take back that somebody was declared ready."""
    case.lock()
    refuse_unless_clear(obstacles_to_unready(case, by=by, at=at))
    cases.not_ready(case, by=by, at=at, reason=reason)


@transaction.atomic
def decide_past(
    cycle: Cycle,
    *,
    by: Any,
    at: datetime,
    code: str,
    reason: str,
    proof: Proof | None,
    approval_reference: str = "",
    approval_on: date | None = None,
    found: Iterable[Barred] | None = None,
) -> list[DecisionPast]:
    """Decide past what stands at one gate: for this case, this session and this day.

    What stands there is asked under the lock; a step of the dose that alone knows its attempt
    hands it in as `found`.
    """
    cycle.case.lock()
    facts = facts_of([cycle], at=at)[cycle.pk]
    standing = list(found) if found is not None else standing_at(steps(facts), code)
    refuse_unless_clear(
        obstacles_to_decide_past(
            cycle,
            by=by,
            at=at,
            code=code,
            reason=reason,
            approval_reference=approval_reference,
            approval_on=approval_on,
            proof=proof,
            found=standing,
        )
    )
    approval = {"approval_reference": approval_reference, "approval_on": approval_on}
    said = approval if needs_approval(standing) else {}
    shown = {
        "case": cycle.case.key,
        "cycle": cycle.number,
        "day": facts.day,
        "gate": code,
        "reason": reason,
        "obstacles": [
            {"message": o.message, "basis": o.basis, "citation": o.citation} for o in standing
        ],
        **said,
    }
    signature = sign(
        cycle, by=by, at=at, meaning="decided past this obstacle", content=shown, proof=proof
    )
    decided = [
        DecisionPast.objects.create(
            cycle=cycle,
            code=code,
            message=obstacle.message,
            reason=reason,
            decided_at=at,
            decided_by=by,
            on_day=facts.day,
            signature=signature,
            **(approval if needs_approval([obstacle]) else {}),
        )
        for obstacle in standing
    ]
    record(
        "decided past an obstacle",
        decided[0],
        by=by,
        at=at,
        code=code,
        reason=reason,
        day=facts.day,
        messages=[obstacle.message for obstacle in standing],
        **said,
    )
    return decided
