"""Book a visit, move it, call it off, say what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from clinic.access import role_of
from clinic.audit.actions import record
from clinic.booking import diary, signals
from clinic.booking.models import STEPS, Status, Visit, VisitPerson
from clinic.booking.queries import clashes, is_with_client, place_of
from clinic.booking.remote.deviations import open_deviation
from clinic.booking.remote.rules import obstacles_to_begin
from clinic.booking.rules import (
    ALLOWS_OVERLAP,
    PATIENT_TAKEN,
    PERSON_TAKEN,
    ROOM_TAKEN,
    People,
    obstacles_to_book,
    obstacles_to_cancel,
    obstacles_to_finish,
    obstacles_to_no_show,
    obstacles_to_reschedule,
)
from clinic.cases.models import Case, Contact, Cycle, Patient
from clinic.people.models import Room
from clinic.workflow import Refused, lock, move, refuse_unless_clear

NO_OVERLAP: dict[str, Any] = {
    "overlap_allowed_at": None,
    "overlap_allowed_by": None,
    "overlap_allowed_as": "",
    "overlap_reason": "",
}


@transaction.atomic
def book(
    case: Case,
    *,
    by: Any,
    at: datetime,
    stage: str,
    code: str,
    room: Room | None,
    starts_at: datetime,
    ends_at: datetime,
    people: People,
    overlap_reason: str = "",
    interpreter: Contact | None = None,
    no_interpreter: str = "",
    most_planned: Decimal | None = None,
    number: int | None = None,
) -> Visit:
    """Book a visit of the protocol in a room with people, each in one capacity.

    By its number it is of a certain cycle; of one to come it waits until that is opened.
    """
    case.lock()
    diary.hold([room], people, case.patient)
    refuse_unless_clear(
        obstacles_to_book(
            case,
            by=by,
            at=at,
            stage=stage,
            code=code,
            room=room,
            starts_at=starts_at,
            ends_at=ends_at,
            people=people,
            overlap_reason=overlap_reason,
            interpreter=interpreter,
            no_interpreter=no_interpreter,
            most_planned=most_planned,
            number=number,
        )
    )
    cycle, ahead = place_of(case, stage, number)
    overlap = _overlap(room, people, case, stage, starts_at, ends_at, by, at, overlap_reason)
    with _same_words_from_the_database(room, case.patient):
        visit = Visit.objects.create(
            case=case,
            patient=case.patient,
            cycle=cycle,
            ahead=ahead,
            stage=stage,
            code=code,
            room=room,
            starts_at=starts_at,
            ends_at=ends_at,
            booked_at=at,
            booked_by=by,
            **_besides(interpreter, no_interpreter, most_planned),
            **overlap,
        )
        _seat(visit, people)
    signals.booked.send(Visit, visit=visit, by=by, at=at)
    record("visit booked", visit, by=by, at=at, **_facts(visit, people))
    return visit


@transaction.atomic
def reschedule(
    visit: Visit,
    *,
    by: Any,
    at: datetime,
    starts_at: datetime,
    ends_at: datetime,
    room: Room | None,
    people: People,
    overlap_reason: str = "",
    interpreter: Contact | None = None,
    no_interpreter: str = "",
    most_planned: Decimal | None = None,
) -> None:
    """Move a planned visit to another time, room or people; its history keeps where it was."""
    _lock(visit)
    diary.hold([room], people, visit.patient)
    refuse_unless_clear(
        obstacles_to_reschedule(
            visit,
            by=by,
            at=at,
            room=room,
            starts_at=starts_at,
            ends_at=ends_at,
            people=people,
            overlap_reason=overlap_reason,
            interpreter=interpreter,
            no_interpreter=no_interpreter,
            most_planned=most_planned,
        )
    )
    overlap = _overlap(
        room,
        people,
        visit.case,
        visit.stage,
        starts_at,
        ends_at,
        by,
        at,
        overlap_reason,
        but_not=visit,
    )
    before = _facts(visit, [(person.user, person.capacity) for person in visit.people.all()])
    with _same_words_from_the_database(room, visit.patient):
        # Whoever no longer comes is let go before the times of the others follow the visit's.
        visit.people.all().delete()
        besides = _besides(interpreter, no_interpreter, most_planned)
        changes = {"starts_at": starts_at, "ends_at": ends_at, "room": room, **besides, **overlap}
        Visit.objects.filter(pk=visit.pk).update(**changes)
        visit.refresh_from_db()
        _seat(visit, people)
    signals.moved.send(Visit, visit=visit, by=by, at=at)
    record("visit moved", visit, by=by, at=at, was=before, **_facts(visit, people))


@transaction.atomic
def cancel(visit: Visit, *, by: Any, at: datetime, reason: str) -> None:
    """Call a visit off, saying why; room and people are free again at once."""
    _lock(visit)
    refuse_unless_clear(obstacles_to_cancel(visit, by=by, at=at, reason=reason))
    _cancel(visit, by=by, at=at, reason=reason)


@transaction.atomic
def release_from_diary(case: Case, *, by: Any, at: datetime, reason: str) -> None:
    """Call off every visit still planned for a case that has left its path."""
    case.lock()
    for visit in case.visits.filter(status=Status.PLANNED).select_related("site", "patient"):
        lock(visit)
        _cancel(visit, by=by, at=at, reason=reason)


@transaction.atomic
def no_show(visit: Visit, *, by: Any, at: datetime, reason: str = "") -> None:
    """Keep that the person did not come, and what is known of why."""
    _lock(visit)
    refuse_unless_clear(obstacles_to_no_show(visit, by=by, at=at))
    move(visit, Status.NO_SHOW, table=STEPS, reason=reason.strip())
    signals.cancelled.send(Visit, visit=visit, by=by, at=at)
    record("visit missed", visit, by=by, at=at, code=visit.code, reason=reason.strip())


@transaction.atomic
def arrive(visit: Visit, *, by: Any, at: datetime, is_checked_in: bool = False) -> None:
    """Keep that the person is here; for a dose, as part of the check-in."""
    _lock(visit)
    refuse_unless_clear(obstacles_to_begin(visit, by=by, at=at, is_checked_in=is_checked_in))
    move(visit, Status.ARRIVED, table=STEPS, arrived_at=at, arrived_by=by)
    record("visit arrived", visit, by=by, at=at, code=visit.code)


@transaction.atomic
def finish(visit: Visit, *, by: Any, at: datetime) -> None:
    """Keep that the visit took place; what stood open against one at a distance is an incident."""
    _lock(visit)
    refuse_unless_clear(obstacles_to_finish(visit, by=by, at=at))
    stood_open = open_deviation(visit, by=by, at=at)
    move(visit, Status.DONE, table=STEPS, done_at=at, done_by=by)
    record("visit done", visit, by=by, at=at, code=visit.code, stood_open=stood_open)


@transaction.atomic
def join_cycle(cycle: Cycle, *, by: Any, at: datetime) -> None:
    """Let the visits that waited for a cycle belong to it, now that it is opened."""
    cycle.case.lock()
    for visit in cycle.case.visits.filter(ahead=cycle.number).order_by("pk"):
        lock(visit)
        Visit.objects.filter(pk=visit.pk).update(cycle=cycle, ahead=None)
        visit.refresh_from_db()
        if visit.status == Status.PLANNED:
            signals.joined.send(Visit, visit=visit, by=by, at=at)
        record("visit joined its cycle", visit, by=by, at=at, cycle=cycle.number)


def _cancel(visit: Visit, *, by: Any, at: datetime, reason: str) -> None:
    move(visit, Status.CANCELLED, table=STEPS, cancelled_at=at, cancelled_by=by, reason=reason)
    signals.cancelled.send(Visit, visit=visit, by=by, at=at)
    record("visit cancelled", visit, by=by, at=at, code=visit.code, reason=reason)


def _lock(visit: Visit) -> None:
    """The house's lock order: the case, then the visit."""
    visit.case.lock()
    lock(visit)


@contextmanager
def _same_words_from_the_database(room: Room | None, patient: Patient) -> Iterator[None]:
    """What the diary shows of this site the rules have said; the database also sees the others."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as clash:
        obstacle = _obstacle_of(clash, room, patient)
        if obstacle is None:
            raise
        raise Refused([obstacle]) from clash


def _obstacle_of(clash: IntegrityError, room: Room | None, patient: Patient) -> Any:
    constraint = _constraint_of(clash)
    if constraint == "room_holds_one_visit":
        return ROOM_TAKEN(f"{room} is taken at that time.")
    if constraint == "patient_has_one_visit":
        return PATIENT_TAKEN(f"{patient} has another visit at that time.")
    return None


def _overlap(
    room: Room | None,
    people: People,
    case: Case,
    stage: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Any,
    at: datetime,
    overlap_reason: str,
    but_not: Visit | None = None,
) -> dict[str, Any]:
    """The flag that lets a visit lie over another or outside hours, only where it really does."""
    if not overlap_reason.strip():
        return NO_OVERLAP
    times = {"starts_at": starts_at, "ends_at": ends_at}
    found = clashes(case, stage, room=room, people=people, but_not=but_not, **times)
    if not found:
        return NO_OVERLAP
    return {
        "overlap_allowed_at": at,
        "overlap_allowed_by": by,
        "overlap_allowed_as": role_of(by, *ALLOWS_OVERLAP, site=case.site_id),
        "overlap_reason": overlap_reason.strip(),
    }


def _besides(
    interpreter: Contact | None, no_interpreter: str, most_planned: Decimal | None
) -> dict[str, Any]:
    """Who interprets, or why nobody does where nobody is named; how much is planned at most."""
    why_not = "" if interpreter else no_interpreter.strip()
    return {"interpreter": interpreter, "no_interpreter": why_not, "most_planned": most_planned}


def _seat(visit: Visit, people: People) -> None:
    for user, capacity in people:
        try:
            VisitPerson.objects.create(
                visit=visit,
                user=user,
                capacity=capacity,
                is_with_client=is_with_client(visit.case, visit.stage, capacity),
                starts_at=visit.starts_at,
                ends_at=visit.ends_at,
            )
        except IntegrityError as clash:
            # PostgreSQL keeps to itself what lies behind another site's wall; who it is, we know.
            if _constraint_of(clash) != "person_is_at_one_visit":
                raise
            words = f"{user} is booked at another site at that time."
            raise Refused([PERSON_TAKEN(words)]) from clash


def _constraint_of(clash: IntegrityError) -> str:
    return getattr(getattr(clash.__cause__, "diag", None), "constraint_name", "") or ""


def _facts(visit: Visit, people: People) -> dict[str, Any]:
    return {
        "stage": visit.stage,
        "code": visit.code,
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "room": visit.room.key if visit.room else None,
        "people": [{"person": user.key, "capacity": capacity} for user, capacity in people],
        "interpreter": visit.interpreter.key if visit.interpreter else None,
        "no interpreter": visit.no_interpreter,
        "most planned": visit.most_planned,
        "overlap": visit.overlap_reason,
        "overlap allowed as": visit.overlap_allowed_as,
    }
