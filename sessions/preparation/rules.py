"""The gates to the dose, once: ready page, case file, check-in and dose all ask here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from clinic.access import Permission, may
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.booking.models import Status as VisitStatus
from clinic.booking.models import Visit
from clinic.booking.queries import visit_rule
from clinic.booking.remote.rules import obstacles_at_a_distance
from clinic.booking.rules import obstacles_in_waiting
from clinic.cases.models import Case, Cycle
from clinic.cases.models import Status as CaseStatus
from clinic.checklists.document import Checklist
from clinic.checklists.models import Form
from clinic.checklists.models import Status as FormStatus
from clinic.screening.approval import obstacles_in_approval
from clinic.workflow import ROLE, STATUS, Decider, Obstacle, gate
from sessions.preparation.asking import (
    QUESTIONS,
    GateStep,
    When,
    needs_approval,
    steps,
    who_decides,
)
from sessions.preparation.barred import Barred
from sessions.preparation.facts import Day, Facts
from sessions.preparation.models import WayHome
from sessions.preparation.queries import attempt_of, dose_at_hand, facts_of, facts_of_case

NO_SESSION = gate(
    "dosing_not_booked", "No supervised session is booked for this cycle.", clears="booking:book"
)
CHECKLIST = gate("visit_checklist_open", "The checklist of the visit is not completed.")
TOO_EARLY = gate("visit_before_its_day", "A visit is not held before its day.",
                 clears="booking:reschedule")  # fmt: skip
NO_LIST = gate("visit_has_no_checklist", "The protocol has no list for this visit.")
NOT_OPEN = gate("nothing_to_decide", "This gate stands open; there is nothing to decide past.")
UNDECIDABLE = gate("not_decidable", "Nobody may decide past this obstacle.")
NOT_ENTITLED = gate("not_entitled", "This person may not decide past this obstacle.")
NO_GROUNDS = gate("decision_reason", "A decision past an obstacle has its reason.")
WAY_HOME_PLAN = gate(
    "way_home_plan", "A plan for the way home names somebody and how to reach them."
)

BEFORE_THE_DOSE = {
    CaseStatus.ELIGIBLE, CaseStatus.PREPARING, CaseStatus.READY, CaseStatus.IN_SESSION,
}  # fmt: skip


# -- The gates -------------------------------------------------------------------------------


def obstacles_to_dose(
    session: Any,
    *,
    by: Any,
    at: datetime,
    amount: Any = None,
    total: Any = None,
    lot: Any = None,
    second: Any = None,
    is_still_in_stock: bool = False,
    without: Iterable[str] = (),
    day: Day | None = None,
) -> Iterator[Barred]:
    """Every gate the version names, asked again at this very moment.

    `total` is what the person will have had in this session with this dose. `without` leaves out
    gates that an earlier step of the same dose cannot know yet (an order has no lot);
    `is_still_in_stock` asks whether the lot holds as much, before it is prepared; `day` saves
    asking the supervised session.
    """
    facts = _facts(session, at=at, day=day, on_the_day=True)
    attempt = attempt_of(
        facts,
        by=by,
        amount=amount,
        total=total,
        lot=lot,
        is_still_in_stock=is_still_in_stock,
        second=second,
    )
    left_out = set(without)
    for step in steps(facts, attempt=attempt):
        if step.gate.code not in left_out:
            yield from step.obstacles  # type: ignore[misc]


def obstacles_to_check_in(
    session: Any, *, by: Any, at: datetime, day: Day | None = None
) -> Iterator[Barred]:
    """Everything that is known before the day is asked again when the person comes."""
    facts = _facts(session, at=at, day=day, on_the_day=True)
    for step in steps(facts):
        if QUESTIONS[step.gate.code].when == When.BEFORE:
            yield from step.obstacles  # type: ignore[misc]


def gates(subject: Any, *, at: datetime, by: Any = None, day: Day | None = None) -> list[GateStep]:
    """Every gate of a cycle, or of a session of it, as a reader sees it at a moment.

    With `by`, the dose that stands ready is asked about too, as if this person gave it.
    """
    return gates_in(_facts(subject, at=at, day=day), by=by)


def gates_in(facts: Facts, *, by: Any = None) -> list[GateStep]:
    """The same of facts that are gathered already."""
    return steps(facts, attempt=dose_at_hand(facts, by=by) if by is not None else None)


def gates_of(cycles: Iterable[Cycle], *, at: datetime) -> dict[int, list[GateStep]]:
    """The gates of many cycles by their ids, in a constant number of queries."""
    return {pk: steps(facts) for pk, facts in facts_of(cycles, at=at).items()}


def _facts(subject: Any, *, at: datetime, day: Day | None, on_the_day: bool = False) -> Facts:
    cycle = subject if isinstance(subject, Cycle) else subject.cycle
    days: Mapping[int, Day] | None = None if day is None else {cycle.pk: day}
    return facts_of([cycle], at=at, days=days, on_the_day=on_the_day)[cycle.pk]


def entitled_codes(asked: Iterable[GateStep], *, by: Any, case: Case) -> set[str]:
    """The gates past which this very person may decide."""
    return {
        step.gate.code
        for step in asked
        if step.may_be_decided_past
        and all(isinstance(o, Barred) and is_entitled(by, o, case) for o in step.obstacles)
    }


def is_declared_ready(case: Case) -> bool:
    """Whether somebody has declared the person ready and nobody took it back."""
    return case.status == CaseStatus.READY


def waits_to_begin(case: Case) -> bool:
    """Whether the person is eligible and nobody has begun to prepare them."""
    return case.status == CaseStatus.ELIGIBLE


# -- What is done here -----------------------------------------------------------------------


def obstacles_to_begin(case: Case, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Whoever has been found eligible is prepared by somebody who prepares people here."""
    yield from _obstacles_in_preparer(case, by)
    if case.status != CaseStatus.ELIGIBLE:
        yield STATUS(f"This case is {case.get_status_display().lower()}.")


def obstacles_to_plan_way_home(
    cycle: Cycle, *, by: Any, at: datetime, kind: str = "", escort_name: str = "-",
    escort_phone: str = "-",
) -> Iterator[Obstacle]:  # fmt: skip
    """A plan names who fetches the person and how to reach them; it may change up to the end."""
    yield from _obstacles_in_preparer(cycle.case, by)
    if cycle.case.status not in BEFORE_THE_DOSE:
        yield STATUS(f"This case is {cycle.case.get_status_display().lower()}.")
    needs_somebody = kind != WayHome.Kind.STAYS
    if needs_somebody and not (escort_name.strip() and escort_phone.strip()):
        yield WAY_HOME_PLAN("Write who takes the person home and a telephone number.")


def obstacles_to_open_content(
    visit: Visit, checklist: Checklist | None, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """What a visit covers is gone through while it is planned or going on."""
    if not may(by, Permission.PREPARE, site=visit.site):
        yield ROLE("Only somebody who prepares people at this site may hold this visit.")
    if visit.status not in (VisitStatus.PLANNED, VisitStatus.ARRIVED):
        yield STATUS(f"This visit is {visit.get_status_display().lower()}.")
    yield from obstacles_in_waiting(visit)
    yield from obstacles_at_a_distance(visit, at=at)
    if checklist is None:
        yield NO_LIST("The protocol has no list for this visit.")


def obstacles_to_hold_visit(
    visit: Visit, form: Form | None, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """What a visit covers is gone through on its own list, on the day and not before."""
    if not may(by, Permission.PREPARE, site=visit.site):
        yield ROLE("Only somebody who prepares people at this site may hold this visit.")
    if visit.status not in (VisitStatus.PLANNED, VisitStatus.ARRIVED):
        yield STATUS(f"This visit is {visit.get_status_display().lower()}.")
    day = visit.starts_at.astimezone(visit.site.tz).date()
    if at.astimezone(visit.site.tz).date() < day:
        yield TOO_EARLY(
            f"This visit is on {day:%d %B %Y}. Move it, or wait for the day.",
            subject=str(visit.key),
        )
    if form is None:
        yield CHECKLIST("Begin the list of what this visit covers.")


def obstacles_to_complete_visit(
    visit: Visit, form: Form | None, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """A preparation visit is done when its checklist is."""
    yield from (
        o for o in obstacles_to_hold_visit(visit, form, by=by, at=at) if o.code != CHECKLIST.code
    )
    rule = visit_rule(visit.case, visit.stage, visit.code)
    is_completed = form is not None and form.status == FormStatus.COMPLETED
    if rule is not None and rule.checklist and not is_completed:
        yield CHECKLIST("Go through everything this visit covers, then complete its list.")


def obstacles_to_declare_ready(
    case: Case, *, by: Any, at: datetime, facts: Facts | None = None
) -> Iterator[Obstacle]:
    """Whoever declares a person ready has every gate open that can be known by then."""
    yield from _obstacles_in_preparer(case, by)
    if case.status != CaseStatus.PREPARING:
        yield STATUS(f"This case is {case.get_status_display().lower()}.")
    found = facts or facts_of_case(case, at=at)
    if found.visit is None:
        yield NO_SESSION("No supervised session is booked.")
    for step in steps(found):
        yield from step.obstacles


def obstacles_to_unready(case: Case, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """What was declared may be taken back until the person is in the session."""
    yield from _obstacles_in_preparer(case, by)
    if case.status != CaseStatus.READY:
        yield STATUS(f"This case is {case.get_status_display().lower()}.")


def obstacles_to_decide_past(
    cycle: Cycle,
    *,
    by: Any,
    at: datetime,
    code: str,
    reason: str = "-",
    approval_reference: str = "",
    approval_on: date | None = None,
    proof: Proof | None = None,
    found: Iterable[Barred] = (),
    is_asking: bool = False,
) -> Iterator[Obstacle]:
    """Past what stands in the way decides only who the version entitles, that day, with a reason.

    What a trial leaves to its sponsor and ethics board takes their approval by its reference.
    `found` is what stands at the gate now; asked by a page before its form, it asks no approval
    and no signature.
    """
    standing = list(found)
    if not standing:
        yield NOT_OPEN("Nothing stands at this gate now.")
        return
    for obstacle in standing:
        if not obstacle.is_decidable:
            yield UNDECIDABLE(f"Nobody may decide past this: {obstacle.message}")
        elif not is_entitled(by, obstacle, cycle.case):
            yield NOT_ENTITLED(f"Only {who_decides(obstacle)} may decide past this.")
    if not reason.strip():
        yield NO_GROUNDS("Write why, for those who answer for it later.")
    if not is_asking:
        if needs_approval(standing):
            on = at.astimezone(cycle.case.site.tz).date()
            yield from obstacles_in_approval(approval_reference, approval_on, on)
        yield from obstacles_to_sign(by, proof, at)


def is_entitled(user: Any, obstacle: Barred, case: Case) -> bool:
    """Whether this person is the one the version lets decide past this obstacle."""
    if obstacle.decider == Decider.NAMED_ROLE:
        return any(
            role.role == obstacle.role and role.site_id == case.site_id for role in user.roles_now
        )
    if obstacle.decider in (Decider.PRESCRIBER, Decider.SPONSOR_ETHICS):
        return may(user, Permission.ORDER, site=case.site)
    return False


def _obstacles_in_preparer(case: Case, by: Any) -> Iterator[Obstacle]:
    if not may(by, Permission.PREPARE, site=case.site):
        yield ROLE("Only somebody who prepares people at this site may do this.")
