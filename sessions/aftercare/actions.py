"""Plan the contacts after a session, make them, and lead the case to its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from clinic.attention import actions as attention
from clinic.attention.models import Urgency
from clinic.audit.actions import record
from clinic.cases import actions as cases
from clinic.checklists import actions as checklists
from clinic.checklists.models import Form
from clinic.checklists.models import Status as FormStatus
from clinic.checklists.wording.queries import in_use
from clinic.links import actions as links
from clinic.messages import actions as messages
from clinic.workflow import move, refuse_unless_clear
from sessions.aftercare import queries
from sessions.aftercare.models import STEPS, Status, Touchpoint
from sessions.aftercare.rules import (
    obstacles_to_begin_aftercare,
    obstacles_to_call_off,
    obstacles_to_open_next_cycle,
    obstacles_to_record_contact,
    obstacles_to_record_not_reached,
)

LETTER = "touchpoint"
GRACE = timedelta(days=7)  # house: a late answer is better than none


@transaction.atomic
def plan(session: Any, *, by: Any, at: datetime) -> list[Touchpoint]:
    """Plan every contact the protocol asks for after this session, once for its cycle."""
    case = session.case
    case.lock()
    for touchpoint in queries.falling_away(case, but_for=session.cycle):
        _cancel(touchpoint, by=by, at=at, words="Another session followed.")
    planned = []
    for each in queries.planned(session):
        touchpoint, is_new = Touchpoint.objects.get_or_create(
            cycle=session.cycle,
            code=each.touchpoint.code,
            defaults={"case": case, "channel": each.touchpoint.channel, "due_at": each.due_at},
        )
        if is_new:
            planned.append(touchpoint)
            _queue_letter(touchpoint, each, by=by, at=at)
    if planned:
        due = {touchpoint.code: touchpoint.due_at for touchpoint in planned}
        record("contacts planned", session, by=by, at=at, due=due)
    return planned


def _queue_letter(touchpoint: Touchpoint, planned: Any, *, by: Any, at: datetime) -> None:
    """Put its letter in the outbox, unless the time for it has passed already."""
    if planned.touchpoint.message is None or planned.closes_at < at:
        return
    messages.queue(
        by=by,
        at=at,
        kind=LETTER,
        occurrence=f"touchpoint/{touchpoint.key}/email",
        due_at=touchpoint.due_at,
        case=touchpoint.case,
        about_key=touchpoint.key,
        is_safety=planned.touchpoint.purpose == "safety",
    )


@transaction.atomic
def prepare_forms(touchpoint: Touchpoint, *, by: Any, at: datetime) -> list[Form]:
    """Open the questionnaires of a contact, each behind a link of its own."""
    touchpoint.case.lock()
    forms = []
    for code in queries.meaning_of(touchpoint).instruments:
        form = checklists.open_form(
            touchpoint.case,
            by=by,
            at=at,
            checklist=_checklist(touchpoint, code),
            purpose=LETTER,
            about_key=touchpoint.key,
            cycle=touchpoint.cycle,
            by_patient=True,
        )
        forms.append(form)
        if queries.live_link(form, at) is None:
            open_for = queries.closes_at(touchpoint) + GRACE - at
            days = max(open_for, GRACE) / timedelta(days=1)
            links.make_link(form, by=by, at=at, days=days)
    record("questions made ready", touchpoint, by=by, at=at, forms=[form.key for form in forms])
    return forms


def _checklist(touchpoint: Touchpoint, code: str) -> Any:
    return queries.document(touchpoint.case).checklists.get(code) or in_use()[code]


@transaction.atomic
def letter_sent(touchpoint: Touchpoint, *, by: Any, at: datetime) -> Touchpoint:
    """The contact's letter has gone."""
    touchpoint.case.lock()
    touchpoint.refresh_from_db()
    if touchpoint.status == Status.PLANNED:
        move(touchpoint, Status.SENT, table=STEPS, sent_at=at)
        record("contact sent", touchpoint, by=by, at=at, code=touchpoint.code)
    return touchpoint


@transaction.atomic
def questions_answered(touchpoint: Touchpoint, *, by: Any, at: datetime) -> Touchpoint:
    """Every questionnaire of the contact is finished; somebody still reads what was answered."""
    touchpoint.case.lock()
    touchpoint.refresh_from_db()
    unfinished = queries.forms_of(touchpoint).exclude(status=FormStatus.COMPLETED).exists()
    if not unfinished and Status.ANSWERED in STEPS[Status(touchpoint.status)]:
        move(touchpoint, Status.ANSWERED, table=STEPS, answered_at=at)
        record("contact answered", touchpoint, by=by, at=at, code=touchpoint.code)
    return touchpoint


@transaction.atomic
def contact_made(touchpoint: Touchpoint, *, by: Any, at: datetime, words: str) -> Touchpoint:
    """Record that somebody spoke with the person, or read their answers, and what was said."""
    touchpoint.case.lock()
    touchpoint.refresh_from_db()
    refuse_unless_clear(obstacles_to_record_contact(touchpoint, by=by, at=at, words=words))
    move(touchpoint, Status.DONE, table=STEPS, done_at=at, done_by=by, words=words)
    messages.cancel_all(
        touchpoint.case, by=by, at=at, about_key=touchpoint.key, reason="The contact was made."
    )
    for occurrence in (f"not-reached/{touchpoint.key}", f"overdue/{touchpoint.key}"):
        attention.settle(occurrence=occurrence, by=by, at=at, outcome="The contact was made.")
    record("contact made", touchpoint, by=by, at=at, code=touchpoint.code, words=words)
    return touchpoint


@transaction.atomic
def not_reached(touchpoint: Touchpoint, *, by: Any, at: datetime, words: str) -> Touchpoint:
    """Record that the person was not reached; where it was for safety, a named person is asked."""
    touchpoint.case.lock()
    touchpoint.refresh_from_db()
    refuse_unless_clear(obstacles_to_record_not_reached(touchpoint, by=by, at=at, words=words))
    move(touchpoint, Status.NOT_REACHED, table=STEPS, words=words)
    rule = queries.meaning_of(touchpoint)
    if rule.purpose == "safety":
        attention.raise_matter(
            by=by,
            at=at,
            kind="not_reached",
            words=f"Not reached: {rule.title.lower()}. {words}",
            urgency=Urgency.AMBER,
            occurrence=f"not-reached/{touchpoint.key}",
            case=touchpoint.case,
            about_key=touchpoint.key,
        )
    record("contact not reached", touchpoint, by=by, at=at, code=touchpoint.code, words=words)
    return touchpoint


@transaction.atomic
def call_off(touchpoint: Touchpoint, *, by: Any, at: datetime, words: str) -> Touchpoint:
    """Call a contact off, with the reason; its letter does not go."""
    touchpoint.case.lock()
    touchpoint.refresh_from_db()
    refuse_unless_clear(obstacles_to_call_off(touchpoint, by=by, at=at, words=words))
    _cancel(touchpoint, by=by, at=at, words=words)
    return touchpoint


@transaction.atomic
def ask_for_contact(touchpoint: Touchpoint, *, by: Any, at: datetime) -> None:
    """Nobody made this contact in time: ask for a person."""
    touchpoint.case.lock()
    rule = queries.meaning_of(touchpoint)
    attention.raise_matter(
        by=by,
        at=at,
        kind=queries.OVERDUE,
        words=f"No contact yet: {rule.title.lower()}.",
        urgency=Urgency.AMBER,
        occurrence=f"overdue/{touchpoint.key}",
        case=touchpoint.case,
        about_key=touchpoint.key,
    )


@transaction.atomic
def visit_held(visit: Any, *, by: Any, at: datetime) -> None:
    """An integration visit took place: the contact that asked for it is made."""
    visit.case.lock()
    touchpoint = (
        Touchpoint.objects.filter(cycle=visit.cycle, channel="visit", status=Status.PLANNED)
        .order_by("due_at")
        .first()
    )
    if touchpoint is not None:
        words = "The visit took place."
        move(touchpoint, Status.DONE, table=STEPS, done_at=at, done_by=by, words=words)
        record("contact made", touchpoint, by=by, at=at, code=touchpoint.code, visit=visit.key)


@transaction.atomic
def cancel_all(case: Any, *, by: Any, at: datetime, words: str) -> None:
    """The case has ended: nobody is contacted any more."""
    case.lock()
    for touchpoint in queries.unmade(case):
        _cancel(touchpoint, by=by, at=at, words=words)


@transaction.atomic
def keep_local_time(case: Any, *, by: Any, at: datetime) -> None:
    """The person lives in another zone now: what has not gone out comes at its hour there."""
    case.lock()
    moved = {}
    for touchpoint, due_at in queries.out_of_zone(case):
        Touchpoint.objects.filter(pk=touchpoint.pk).update(due_at=due_at)
        for letter in queries.letters_due(touchpoint):
            messages.postpone(letter, by=by, at=at, due_at=due_at)
        moved[str(touchpoint.key)] = due_at
    if moved:
        record("contacts moved with the zone", case, by=by, at=at, due=moved)


def _cancel(touchpoint: Touchpoint, *, by: Any, at: datetime, words: str) -> None:
    move(touchpoint, Status.CANCELLED, table=STEPS, words=words)
    messages.cancel_all(
        touchpoint.case, by=by, at=at, about_key=touchpoint.key, reason="The contact is off."
    )
    record("contact called off", touchpoint, by=by, at=at, code=touchpoint.code, words=words)


# -- The case goes on ------------------------------------------------------------------------


@transaction.atomic
def begin_aftercare(case: Any, *, by: Any, at: datetime, reason: str = "") -> Any:
    """Integration has ended; what was agreed is followed up."""
    case.lock()
    refuse_unless_clear(obstacles_to_begin_aftercare(case, by=by, at=at, reason=reason))
    cases.begin_aftercare(case, by=by, at=at)
    if reason.strip():
        record("aftercare begun early", case, by=by, at=at, reason=reason)
    return case


@transaction.atomic
def open_next_cycle(case: Any, *, by: Any, at: datetime) -> Any:
    """Another session is prepared, in a cycle of its own; contacts after the last one go on."""
    case.lock()
    refuse_unless_clear(obstacles_to_open_next_cycle(case, by=by, at=at))
    return cases.next_cycle(case, by=by, at=at)
