"""Write what was said, keep what was meant, see what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.booking import actions as booking
from clinic.booking.models import Visit
from clinic.workflow import move, refuse_unless_clear
from sessions.integration import signals
from sessions.integration.models import STEPS, Commitment, Note, ProcessNote, Status
from sessions.integration.rules import (
    obstacles_to_add,
    obstacles_to_commit,
    obstacles_to_finish_visit,
    obstacles_to_settle,
    obstacles_to_write,
    obstacles_to_write_process_note,
)


@transaction.atomic
def write_note(visit: Visit, *, by: Any, at: datetime, body: str) -> Note:
    """Write the shared note of a visit; once there is one, a further text is added to it."""
    visit.case.lock()
    first = visit.notes.filter(adds_to__isnull=True).first()
    if first is not None:
        return add_to_note(first, by=by, at=at, body=body)
    refuse_unless_clear(obstacles_to_write(visit, by=by, at=at, body=body))
    note = Note.objects.create(
        case=visit.case, visit=visit, body=body, written_at=at, written_by=by
    )
    record("note written", note, by=by, at=at, body=body)
    return note


@transaction.atomic
def add_to_note(note: Note, *, by: Any, at: datetime, body: str) -> Note:
    """Add to a note; what was written stays as it was written."""
    note.case.lock()
    refuse_unless_clear(obstacles_to_add(note, by=by, at=at, body=body))
    addition = Note.objects.create(
        case=note.case, visit=note.visit, body=body, written_at=at, written_by=by, adds_to=note
    )
    record("note added to", addition, by=by, at=at, adds_to=note.key, body=body)
    return addition


@transaction.atomic
def write_process_note(visit: Visit, *, by: Any, at: datetime, body: str) -> ProcessNote:
    """Write the therapist's own note; the trail keeps that it was written, never what."""
    visit.case.lock()
    refuse_unless_clear(obstacles_to_write_process_note(visit, by=by, at=at, body=body))
    note = ProcessNote.objects.create(
        case=visit.case, visit=visit, body=body, written_at=at, written_by=by
    )
    record("process note written", note, by=by, at=at)
    return note


@transaction.atomic
def commit(
    visit: Visit,
    *,
    by: Any,
    at: datetime,
    words: str,
    insight: str = "",
    follow_up_on: date | None = None,
) -> Commitment:
    """Turn an insight into something to do, and a day on which to ask."""
    visit.case.lock()
    refuse_unless_clear(obstacles_to_commit(visit, by=by, at=at, words=words))
    commitment = Commitment.objects.create(
        case=visit.case,
        visit=visit,
        words=words,
        insight=insight,
        follow_up_on=follow_up_on,
        made_at=at,
        made_by=by,
    )
    record("commitment made", commitment, by=by, at=at, words=words, follow_up_on=follow_up_on)
    return commitment


@transaction.atomic
def settle(
    commitment: Commitment, *, by: Any, at: datetime, kept: bool, outcome: str
) -> Commitment:
    """Keep what came of a commitment: kept, or let go."""
    commitment.case.lock()
    refuse_unless_clear(obstacles_to_settle(commitment, by=by, at=at, kept=kept, outcome=outcome))
    to = Status.KEPT if kept else Status.LET_GO
    move(commitment, to, table=STEPS, settled_at=at, settled_by=by, outcome=outcome)
    record("commitment settled", commitment, by=by, at=at, kept=kept, outcome=outcome)
    return commitment


@transaction.atomic
def finish_visit(visit: Visit, *, by: Any, at: datetime) -> Visit:
    """The integration visit took place and its note is written."""
    visit.case.lock()
    visit.refresh_from_db(fields=["status"])
    refuse_unless_clear(obstacles_to_finish_visit(visit, by=by, at=at))
    booking.finish(visit, by=by, at=at)
    signals.finished.send(Visit, visit=visit, by=by, at=at)
    record("integration visit finished", visit, by=by, at=at)
    return visit
