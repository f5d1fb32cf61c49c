"""Why a note cannot be written, a commitment not settled, a visit not finished yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.booking.models import Stage, Visit
from clinic.booking.models import Status as VisitStatus
from clinic.booking.rules import obstacles_to_finish
from clinic.workflow import ROLE, STATUS, Obstacle, gate, obstacles_in_status
from sessions.integration.models import STEPS, Commitment, Note, Status

NOT_INTEGRATION = gate("not_an_integration_visit", "The visit is not an integration visit.")
NO_WORDS = gate("note_without_words", "A note says something.")
NO_NOTE = gate(
    "visit_without_note", "Nothing was written about the visit.", clears="integration:visit"
)
NO_OUTCOME = gate("commitment_without_outcome", "Nobody said what came of the commitment.")
PROCESS_ROLE = gate("process_note_role", "Process notes are for those who may read them.")

NEVER_HELD = {VisitStatus.CANCELLED, VisitStatus.NO_SHOW}


def obstacles_to_write(visit: Visit, *, by: Any, at: datetime, body: str) -> Iterator[Obstacle]:
    """Who integrates writes about a visit that took place; late words are welcome for ever."""
    yield from _obstacles_in_visit(visit, by)
    if visit.status in NEVER_HELD:
        yield STATUS(f"This visit is {visit.get_status_display().lower()}: it did not take place.")
    if not body.strip():
        yield NO_WORDS("Write something, or leave the note for later.")


def obstacles_to_add(note: Note, *, by: Any, at: datetime, body: str) -> Iterator[Obstacle]:
    """A note is never changed; what is missing is added beneath it."""
    yield from obstacles_to_write(note.visit, by=by, at=at, body=body)


def obstacles_to_write_process_note(
    visit: Visit, *, by: Any, at: datetime, body: str
) -> Iterator[Obstacle]:
    """A process note is written by those who may read such notes here."""
    yield from obstacles_to_write(visit, by=by, at=at, body=body)
    if not may(by, Permission.SEE_PROCESS_NOTES, site=visit.site_id):
        yield PROCESS_ROLE("Your roles at this site do not include process notes.")


def obstacles_to_commit(visit: Visit, *, by: Any, at: datetime, words: str) -> Iterator[Obstacle]:
    """What a person means to do is written down by who integrates with them."""
    yield from obstacles_to_write(visit, by=by, at=at, body=words)


def obstacles_to_settle(
    commitment: Commitment, *, by: Any, at: datetime, kept: bool, outcome: str
) -> Iterator[Obstacle]:
    """A commitment is settled once, with what came of it."""
    to = Status.KEPT if kept else Status.LET_GO
    yield from obstacles_in_status(commitment, to, STEPS)
    if not may(by, Permission.INTEGRATE, site=commitment.site_id):
        yield ROLE("Only somebody who integrates at this site may settle a commitment.")
    if not outcome.strip():
        yield NO_OUTCOME("Say what came of it, in the person's own words if you can.")


def obstacles_to_finish_visit(visit: Visit, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """An integration visit is done when it took place and somebody wrote about it."""
    yield from _obstacles_in_visit(visit, by)
    yield from obstacles_to_finish(visit, by=by, at=at)
    if not visit.notes.exists():
        yield NO_NOTE("Write the note of this visit first.", subject=str(visit.key))


def _obstacles_in_visit(visit: Visit, by: Any) -> Iterator[Obstacle]:
    if visit.stage != Stage.INTEGRATION:
        yield NOT_INTEGRATION("This is not an integration visit.")
    if not may(by, Permission.INTEGRATE, site=visit.site_id):
        yield ROLE("Only somebody who integrates at this site may do this.")
