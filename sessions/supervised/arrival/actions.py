"""Plan a session with its visit, check the person in, say who is where, check what today asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.booking import actions as booking
from clinic.booking.models import Stage, Visit
from clinic.booking.models import Status as VisitStatus
from clinic.cases import actions as cases
from clinic.checklists import actions as checklists
from clinic.checklists.models import Form
from clinic.workflow import move, refuse_unless_clear
from sessions.supervised.arrival.rules import (
    obstacles_to_abandon,
    obstacles_to_check_in,
    obstacles_to_check_today,
    obstacles_to_come,
)
from sessions.supervised.models import STEPS, Presence, Status, SupervisedSession
from sessions.supervised.queries import TODAY, capacity_of, document, form_of


@transaction.atomic
def plan(visit: Visit, *, by: Any, at: datetime) -> SupervisedSession | None:
    """A booked visit for a dose has its run sheet as soon as its cycle is open."""
    if visit.stage != Stage.DOSING or visit.cycle is None:
        return None
    session, is_new = SupervisedSession.objects.get_or_create(
        visit=visit,
        defaults={
            "case": visit.case,
            "cycle": visit.cycle,
            "planned_at": at,
            "planned_by": by,
            "site_id": visit.site_id,
        },
    )
    if is_new:
        record("session planned", session, by=by, at=at, visit=visit.key)
    return session


@transaction.atomic
def check_in(session: SupervisedSession, *, by: Any, at: datetime) -> None:
    """The person has come: visit and case follow, and the staff of the visit take their places."""
    session.lock()
    refuse_unless_clear(obstacles_to_check_in(session, by=by, at=at))
    move(session, Status.CHECKED_IN, table=STEPS, checked_in_at=at, checked_in_by=by)
    booking.arrive(session.visit, by=by, at=at, is_checked_in=True)
    cases.enter_session(session.case, by=by, at=at)
    staff_takes_its_places(session, by=by, at=at)
    _open_todays_checks(session, by=by, at=at)
    record("checked in", session, by=by, at=at)


def staff_takes_its_places(session: SupervisedSession, *, by: Any, at: datetime) -> None:
    """Everybody booked for the visit is where the version wants their capacity to be."""
    taken = {presence.user_id for presence in session.presences.all()}
    for person in session.visit.people.select_related("user"):
        if person.user_id in taken:
            continue
        role = document(session).role(person.capacity)
        Presence.objects.create(
            session=session,
            user=person.user,
            capacity=person.capacity,
            where=str(role.presence) if role else Presence.Where.ON_PREMISES,
            stated_at=at,
            by=by,
        )
    session._prefetched_objects_cache = {}


@transaction.atomic
def come(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    user: Any,
    where: str,
    capacity: str = "",
    stated_at: datetime | None = None,
) -> Presence:
    """Somebody came to the client, left, or is reachable; one capacity a person and session."""
    session.lock()
    stated_at = stated_at or at
    capacity = capacity or capacity_of(session, user) or ""
    refuse_unless_clear(
        obstacles_to_come(
            session, by=by, at=at, user=user, capacity=capacity, where=where, stated_at=stated_at
        )
    )
    presence = Presence.objects.create(
        session=session, user=user, capacity=capacity, where=where, stated_at=stated_at, by=by
    )
    record(
        "presence",
        presence,
        by=by,
        at=at,
        who=user.key,
        capacity=capacity,
        where=where,
        stated_at=stated_at,
    )
    return presence


@transaction.atomic
def hand_over(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    user: Any,
    words: str = "",
    capacity: str = "",
    leaving: str = Presence.Where.ON_PREMISES,
) -> Presence:
    """Somebody else takes the place beside the client, and whoever was there leaves it."""
    session.lock()
    capacity = capacity or capacity_of(session, user) or capacity_of(session, by) or ""
    arriving = come(
        session,
        by=by,
        at=at,
        user=user,
        capacity=capacity,
        where=Presence.Where.WITH_CLIENT,
        stated_at=at,
    )
    if by.pk != user.pk and capacity_of(session, by) is not None:
        come(session, by=by, at=at, user=by, where=leaving, stated_at=at)
    record("handed over", session, by=by, at=at, to=user.key, words=words)
    return arriving


@transaction.atomic
def begin_todays_checks(session: SupervisedSession, *, by: Any, at: datetime) -> Form:
    """Open the version's checklist of the day; a list that was completed is begun anew, empty."""
    session.lock()
    refuse_unless_clear(obstacles_to_check_today(session, by=by, at=at))
    form = form_of(session, TODAY)
    if form is None or form.completed_at is not None:
        form = _open_todays_checks(session, by=by, at=at)
    assert form is not None  # a version without checks of the day was refused above
    return form


@transaction.atomic
def answer_todays_checks(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    form: Form,
    answers: dict,
    revision: int,
    is_finished: bool = False,
) -> Form:
    """Save what was checked; a finished list is completed, and every missing answer is named."""
    session.lock()
    refuse_unless_clear(obstacles_to_check_today(session, by=by, at=at))
    checklists.answer(form, by=by, at=at, answers=answers, revision=revision)
    if is_finished:
        checklists.complete(form, by=by, at=at)
    record("today's checks", session, by=by, at=at, form=form.key, is_finished=is_finished)
    return form


@transaction.atomic
def abandon(session: SupervisedSession, *, by: Any, at: datetime, reason: str) -> None:
    """Give the session up before the dose; the case goes back to preparing."""
    session.lock()
    refuse_unless_clear(obstacles_to_abandon(session, by=by, at=at, reason=reason))
    was_here = session.status == Status.CHECKED_IN
    _give_up(session, reason, by=by, at=at)
    if session.visit.status in {VisitStatus.PLANNED, VisitStatus.ARRIVED}:
        booking.cancel(session.visit, by=by, at=at, reason=reason)
    if was_here:
        cases.session_abandoned(session.case, by=by, at=at)
    record("session abandoned", session, by=by, at=at, reason=reason)


@transaction.atomic
def visit_cancelled(visit: Visit, *, by: Any, at: datetime) -> None:
    """The visit of a planned session was cancelled: there will be no session on it."""
    session = SupervisedSession.objects.filter(visit=visit, status=Status.PLANNED).first()
    if session is None:
        return
    _give_up(session, visit.reason or "The visit was cancelled.", by=by, at=at)
    record("session abandoned", session, by=by, at=at, reason="the visit was cancelled")


def _give_up(session: SupervisedSession, words: str, *, by: Any, at: datetime) -> None:
    facts = {"ended_at": at, "ended_by": by, "ended_as": Status.ABANDONED, "end_words": words}
    move(session, Status.ABANDONED, table=STEPS, **facts)


def _open_todays_checks(session: SupervisedSession, *, by: Any, at: datetime) -> Form | None:
    rule = document(session).today
    checklist = document(session).checklist(rule.checklist) if rule else None
    if checklist is None:
        return None
    return checklists.open_form(
        session.case,
        by=by,
        at=at,
        checklist=checklist,
        purpose=TODAY,
        about_key=session.key,
        cycle=session.cycle,
    )
