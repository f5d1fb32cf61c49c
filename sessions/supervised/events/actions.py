"""One tap and its undo; an adverse event and what a clinician makes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from clinic.attention import actions as attention
from clinic.attention.models import Urgency
from clinic.audit.actions import record
from clinic.workflow import refuse_unless_clear
from sessions.supervised import entries
from sessions.supervised.events.rules import (
    NOTE,
    obstacles_to_assess,
    obstacles_to_note_event,
    obstacles_to_report_adverse_event,
    obstacles_to_undo,
    word_of,
)
from sessions.supervised.models import (
    AdverseEvent,
    Assessment,
    SessionEvent,
    SupervisedSession,
)
from sessions.supervised.queries import document
from sessions.supervised.signals import untoward


@transaction.atomic
def event(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    client_key: UUID,
    code: str,
    label: str = "",
    note: str = "",
    stated_at: datetime | None = None,
    when: str = "",
) -> SessionEvent:
    """Write down in one tap what was seen, said or done."""
    session.lock()
    content = {"session": session.key, "code": code, "note": note, "when": when or stated_at}
    if seen := entries.already_here(SessionEvent, client_key, content):
        return seen
    stated_at = stated_at or at
    refuse_unless_clear(
        obstacles_to_note_event(session, by=by, at=at, code=code, stated_at=stated_at, note=note)
    )
    word = word_of(session, code)
    row = SessionEvent.objects.create(
        session=session,
        client_key=client_key,
        content_digest=entries.digest_of(content),
        code=code,
        label=label or (word.label if word else "Note" if code == NOTE else code),
        note=note,
        stated_at=stated_at,
        by=by,
    )
    # A step of the rescue menu tells somebody by itself; an event does where the version says so.
    if word is not None and getattr(word, "alerts", True):
        attention.raise_matter(
            by=by,
            at=at,
            kind="session_event",
            words=f"{word.label}, in a supervised session",
            urgency=Urgency.RED,
            occurrence=f"session_event:{row.key}",
            case=session.case,
            about_key=session.key,
        )
    record("event", row, by=by, at=at, code=code, note=note, stated_at=stated_at)
    return row


@transaction.atomic
def undo(event: SessionEvent, *, by: Any, at: datetime) -> SessionEvent:
    """Take a tap back by a later line; the first stays readable, struck out."""
    event.session.lock()
    fresh = SessionEvent.objects.select_related("session__case", "undone_by").get(pk=event.pk)
    refuse_unless_clear(obstacles_to_undo(fresh, by=by, at=at))
    key = uuid4()
    row = SessionEvent.objects.create(
        session=event.session,
        client_key=key,
        content_digest=entries.digest_of({"undoes": event.key}),
        code=event.code,
        label=event.label,
        stated_at=at,
        by=by,
        undoes=event,
    )
    record("event undone", row, by=by, at=at, undoes=event.key, code=event.code)
    return row


@transaction.atomic
def report_adverse_event(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    client_key: UUID,
    term: str,
    started_at: datetime,
    words: str = "",
    when: str = "",
) -> AdverseEvent:
    """Report something untoward; it may be assessed at once or later, and after signing too.

    The same entry sent twice by its device is one report, and is told to somebody once.
    """
    session.lock()
    content = {
        "session": session.key,
        "term": term,
        "words": words,
        "when": when or started_at,
    }
    if seen := entries.already_here(AdverseEvent, client_key, content):
        return seen
    refuse_unless_clear(
        obstacles_to_report_adverse_event(session, by=by, at=at, term=term, started_at=started_at)
    )
    known = document(session).term(term)
    row = AdverseEvent.objects.create(
        case=session.case,
        session=session,
        client_key=client_key,
        content_digest=entries.digest_of(content),
        term=known.label if known else term,
        started_at=started_at,
        words=words,
        reported_at=at,
        reported_by=by,
    )
    if known is not None and known.serious:
        _tell(row, "may be serious", by=by, at=at)
    untoward.send(AdverseEvent, adverse_event=row, by=by, at=at)
    record("adverse event reported", row, by=by, at=at, term=row.term, started_at=started_at)
    return row


@transaction.atomic
def assess(
    adverse_event: AdverseEvent,
    *,
    by: Any,
    at: datetime,
    grade: int,
    is_serious: bool,
    relatedness: str,
    is_expected: bool,
    prevents_release: bool,
    outcome: str,
    seriousness: str = "",
    ended_at: datetime | None = None,
    action_taken: str = "",
) -> Assessment:
    """Say how severe, how serious, how related and how it ended; the newest assessment stands."""
    adverse_event.case.lock()
    refuse_unless_clear(
        obstacles_to_assess(
            adverse_event,
            by=by,
            at=at,
            grade=grade,
            is_serious=is_serious,
            seriousness=seriousness,
            relatedness=relatedness,
            outcome=outcome,
        )
    )
    facts = {
        "grade": grade,
        "is_serious": is_serious,
        "seriousness": seriousness,
        "relatedness": relatedness,
        "is_expected": is_expected,
        "prevents_release": prevents_release,
        "outcome": outcome,
        "ended_at": ended_at,
        "action_taken": action_taken,
    }
    row = Assessment.objects.create(adverse_event=adverse_event, at=at, by=by, **facts)
    if is_serious:
        _tell(adverse_event, "assessed as serious", by=by, at=at)
    untoward.send(AdverseEvent, adverse_event=adverse_event, by=by, at=at)
    record("adverse event assessed", row, by=by, at=at, **facts)
    return row


def _tell(adverse_event: AdverseEvent, how: str, *, by: Any, at: datetime) -> None:
    attention.raise_matter(
        by=by,
        at=at,
        kind="adverse_event",
        words=f"{adverse_event.term}: {how}",
        urgency=Urgency.RED,
        occurrence=f"adverse_event:{adverse_event.key}",
        case=adverse_event.case,
        about_key=adverse_event.session.key if adverse_event.session else None,
    )
