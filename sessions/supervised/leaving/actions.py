"""Leave: ready, released, or by a door that is always open; then describe it, then sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.attention import actions as attention
from clinic.attention.models import Urgency
from clinic.audit import signing
from clinic.audit.actions import record
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.booking import actions as booking
from clinic.booking.models import Status as VisitStatus
from clinic.cases import actions as cases
from clinic.checklists import actions as checklists
from clinic.checklists.models import Form
from clinic.workflow import Refused, move, refuse_unless_clear
from sessions.supervised import signals
from sessions.supervised.leaving.record import record_of, release_content
from sessions.supervised.leaving.rules import (
    obstacles_to_be_ready,
    obstacles_to_call_for_help,
    obstacles_to_check_criteria,
    obstacles_to_describe,
    obstacles_to_leave,
    obstacles_to_release,
    obstacles_to_sign_session,
)
from sessions.supervised.models import LIVE, STEPS, Status, SupervisedSession
from sessions.supervised.queries import RELEASE, document, form_of

WORDS_OF_DOORS = {
    Status.TRANSFERRED: "was transferred to other care",
    Status.LEFT_AGAINST_ADVICE: "left against advice",
    Status.LEFT_UNSEEN: "left unseen",
}


@transaction.atomic
def begin_criteria(session: SupervisedSession, *, by: Any, at: datetime) -> Form:
    """Open the criteria for leaving; a list that was completed is begun anew, empty."""
    session.lock()
    refuse_unless_clear(obstacles_to_check_criteria(session, by=by, at=at))
    form = form_of(session, RELEASE)
    if form is not None and form.completed_at is None:
        return form
    rule = document(session).release
    checklist = document(session).checklist(rule.checklist) if rule else None
    assert checklist is not None  # a version without criteria was refused above
    return checklists.open_form(
        session.case,
        by=by,
        at=at,
        checklist=checklist,
        purpose=RELEASE,
        about_key=session.key,
        cycle=session.cycle,
    )


@transaction.atomic
def answer_criteria(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    form: Form,
    answers: dict,
    revision: int,
    is_finished: bool = True,
) -> Form:
    """Save the criteria as they were found; a finished list is completed and counts from now."""
    session.lock()
    refuse_unless_clear(obstacles_to_check_criteria(session, by=by, at=at))
    checklists.answer(form, by=by, at=at, answers=answers, revision=revision)
    if is_finished:
        checklists.complete(form, by=by, at=at)
    record("criteria for leaving", session, by=by, at=at, form=form.key, is_finished=is_finished)
    return form


@transaction.atomic
def ready_to_leave(session: SupervisedSession, *, by: Any, at: datetime) -> None:
    """A clinician finds the person ready to leave; when and by whom is kept apart from the release.

    Who found it first stays; whoever finds it again is in the trail.
    """
    session.lock()
    refuse_unless_clear(obstacles_to_be_ready(session, by=by, at=at))
    if session.ready_at is not None:
        record("clinically ready to leave, found again", session, by=by, at=at)
        return
    SupervisedSession.objects.filter(pk=session.pk).update(ready_at=at, ready_by=by)
    session.ready_at, session.ready_by = at, by
    record("clinically ready to leave", session, by=by, at=at)


@transaction.atomic
def release(session: SupervisedSession, *, by: Any, at: datetime, proof: Proof | None) -> None:
    """Let the person go home: every gate asked again under lock, and a licensed signature."""
    session.lock()
    refuse_unless_clear(
        [*obstacles_to_release(session, by=by, at=at), *obstacles_to_sign(by, proof, at)]
    )
    signature = signing.sign(
        session,
        by=by,
        at=at,
        meaning="released this person",
        content=release_content(session, at),
        proof=proof,
    )
    if session.ready_at is None:
        ready_to_leave(session, by=by, at=at)
    _end(session, Status.RELEASED, by=by, at=at)
    record("released", session, by=by, at=at, signature=signature.key)


@transaction.atomic
def call_for_help(session: SupervisedSession, *, by: Any, at: datetime) -> None:
    """Everybody on duty is told at once, and the schedule's prompts fall silent for this person.

    A second call tells everybody again; the first keeps its time.
    """
    session.lock()
    refuse_unless_clear(obstacles_to_call_for_help(session, by=by, at=at))
    if session.help_called_at is None:
        SupervisedSession.objects.filter(pk=session.pk).update(help_called_at=at, help_called_by=by)
        session.help_called_at, session.help_called_by = at, by
    room = session.visit.room.name if session.visit.room else session.site.name
    attention.raise_matter(
        by=by,
        at=at,
        kind="call_for_help",
        words=f"Help is needed now: {room}",
        urgency=Urgency.RED,
        occurrence=f"call_for_help:{session.key}:{at.isoformat(timespec='seconds')}",
        case=session.case,
        about_key=session.key,
        to_everyone=True,
    )
    record("called for help", session, by=by, at=at)


def transfer(session: SupervisedSession, *, by: Any, at: datetime) -> None:
    """The person went to other care. One tap: no gate, no reason, no signature; the words follow."""
    leave(session, by=by, at=at, to=Status.TRANSFERRED)


def leave_against_advice(session: SupervisedSession, *, by: Any, at: datetime) -> None:
    """The person left against advice. One tap; the words follow."""
    leave(session, by=by, at=at, to=Status.LEFT_AGAINST_ADVICE)


def leave_unseen(session: SupervisedSession, *, by: Any, at: datetime) -> None:
    """The person was found to have left. One tap; the words follow."""
    leave(session, by=by, at=at, to=Status.LEFT_UNSEEN)


@transaction.atomic
def leave(session: SupervisedSession, *, by: Any, at: datetime, to: Status) -> None:
    """Somebody left by one of the doors: it is saved at the tap, and told to the lead."""
    session.lock()
    refuse_unless_clear(obstacles_to_leave(session, to=to))
    _end(session, to, by=by, at=at)
    attention.raise_matter(
        by=by,
        at=at,
        kind="left_by_a_door",
        words=f"A person {WORDS_OF_DOORS[to]}",
        urgency=Urgency.RED,
        occurrence=f"left_by_a_door:{session.key}",
        case=session.case,
        about_key=session.key,
    )
    record(f"person {WORDS_OF_DOORS[to]}", session, by=by, at=at)


@transaction.atomic
def person_died(case: Any, *, by: Any, at: datetime) -> None:
    """The death of a person was recorded: what was planned is off, what was going on has ended."""
    for session in SupervisedSession.objects.filter(case=case, status__in=LIVE):
        session.lock()
        _end(session, Status.DIED, by=by, at=at, end_words="The person died.")
        record("person died in the session", session, by=by, at=at)


@transaction.atomic
def describe(session: SupervisedSession, *, by: Any, at: datetime, words: str) -> None:
    """Write how the person left, after the tap."""
    session.lock()
    refuse_unless_clear(obstacles_to_describe(session, by=by, at=at, words=words))
    SupervisedSession.objects.filter(pk=session.pk).update(end_words=words)
    before, session.end_words = session.end_words, words
    record("leaving described", session, by=by, at=at, words=words, before=before)


@transaction.atomic
def sign(session: SupervisedSession, *, by: Any, at: datetime, proof: Proof | None) -> None:
    """Sign the whole record as it is shown; from here on it is frozen."""
    session.lock()
    refuse_unless_clear(
        [*obstacles_to_sign_session(session, by=by, at=at), *obstacles_to_sign(by, proof, at)]
    )
    signature = signing.sign(
        session,
        by=by,
        at=at,
        meaning="signed the record of this session",
        content=record_of(session),
        proof=proof,
    )
    move(session, Status.SIGNED, table=STEPS, signed_at=at, signed_by=by, signature=signature)
    record("session signed", session, by=by, at=at, digest=signature.digest)


def _end(
    session: SupervisedSession, to: Status, *, by: Any, at: datetime, end_words: str = ""
) -> None:
    was_live = session.status in LIVE
    had_dose = bool(session.doses.all())
    words = {"end_words": end_words} if end_words else {}
    move(session, to, table=STEPS, ended_at=at, ended_by=by, ended_as=to, **words)
    if was_live:
        after = cases.leave_session if had_dose else cases.session_abandoned
        _as_far_as_allowed(after, session.case, by=by, at=at)
    if session.visit.status in {VisitStatus.PLANNED, VisitStatus.ARRIVED}:
        _as_far_as_allowed(booking.finish, session.visit, by=by, at=at)
    signals.over.send(SupervisedSession, session=session, by=by, at=at)
    if to != Status.DIED:
        signals.ended.send(SupervisedSession, session=session, by=by, at=at)


def _as_far_as_allowed(act: Callable, subject: Any, *, by: Any, at: datetime) -> None:
    """Nothing keeps a session from ending: what a lower record refuses stays as it was, and is seen."""
    try:
        with transaction.atomic():
            act(subject, by=by, at=at)
    except Refused as refusal:
        record(
            "not handed over",
            subject,
            by=by,
            at=at,
            wanted=act.__name__,
            reasons=[obstacle.message for obstacle in refusal.obstacles],
        )
