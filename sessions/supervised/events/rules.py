"""Why an event cannot be written down as it was tapped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.protocols.document import OneTapEvent, RescueStep
from clinic.workflow import CHANGED, ROLE, Obstacle, gate
from sessions.supervised import queries
from sessions.supervised.models import AdverseEvent, SessionEvent, SupervisedSession
from sessions.supervised.rules import UNKNOWN_WORD, is_carer, obstacles_in_time, obstacles_to_chart

NOTE = "note"
NO_TEXT = gate("event_without_words", "A note has words.")
NO_TERM = gate("adverse_event_without_term", "An adverse event says what happened.")
BAD_GRADE = gate("grade_unknown", "Severity is graded from 1 to 5.")
SERIOUS_WHY = gate("seriousness_without_reason", "A serious event says what makes it serious.")

SERIOUSNESS = {
    "death": "Death",
    "life_threatening": "Life-threatening",
    "hospitalisation": "Hospital admission, or a longer stay there",
    "disability": "Lasting or significant disability",
    "congenital": "Congenital anomaly",
    "important": "Another important medical event",
}
RELATEDNESS = {
    "unrelated": "Unrelated",
    "unlikely": "Unlikely",
    "possible": "Possible",
    "probable": "Probable",
    "definite": "Definite",
}
OUTCOMES = {
    "not_recovered": "Not recovered",
    "recovering": "Recovering",
    "recovered": "Recovered",
    "sequelae": "Recovered with sequelae",
    "fatal": "Fatal",
    "unknown": "Not known",
}


def obstacles_to_note_event(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    code: str,
    stated_at: datetime,
    note: str = "",
) -> Iterator[Obstacle]:
    """An event is one of the version's words, or a note with words of its own."""
    yield from obstacles_to_chart(session, by=by, at=at)
    yield from obstacles_in_time(stated_at, at)
    if code == NOTE:
        if not note.strip() and session.help_called_at is None:
            yield NO_TEXT("Write what happened.")
    elif word_of(session, code) is None:
        yield UNKNOWN_WORD("This protocol has no such event.")


def word_of(session: SupervisedSession, code: str) -> OneTapEvent | RescueStep | None:
    """An event of the version, or a step of its rescue menu."""
    document = queries.document(session)
    return document.event(code) or next((s for s in document.rescue if s.code == code), None)


def obstacles_to_undo(event: SessionEvent, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A tap is taken back once, by a later line; it stays readable, struck out."""
    yield from obstacles_to_chart(event.session, by=by, at=at)
    if event.undoes_id is not None or getattr(event, "undone_by", None) is not None:
        yield CHANGED("This was taken back already.")


def obstacles_to_report_adverse_event(
    session: SupervisedSession, *, by: Any, at: datetime, term: str, started_at: datetime
) -> Iterator[Obstacle]:
    """Anyone who may chart reports it, also after the record is signed: late facts are welcome."""
    yield from _obstacles_in_clinician(session.site_id, session, by)
    yield from obstacles_in_time(started_at, at)
    if not term.strip():
        yield NO_TERM("Say what happened.")


def obstacles_to_assess(
    adverse_event: AdverseEvent,
    *,
    by: Any,
    at: datetime,
    grade: int,
    is_serious: bool,
    seriousness: str,
    relatedness: str,
    outcome: str,
) -> Iterator[Obstacle]:
    """A clinician says how severe and how serious it is; both are kept, they are not the same."""
    yield from _obstacles_in_clinician(adverse_event.site_id, adverse_event.session, by)
    if not 1 <= grade <= 5:
        yield BAD_GRADE("Grade the severity from 1 to 5.")
    if is_serious and seriousness not in SERIOUSNESS:
        yield SERIOUS_WHY("Say what makes it serious.")
    if relatedness not in RELATEDNESS or outcome not in OUTCOMES:
        yield UNKNOWN_WORD("Choose how it relates to the dose, and its outcome.")


def _obstacles_in_clinician(
    site: int, session: SupervisedSession | None, by: Any
) -> Iterator[Obstacle]:
    wanted = (Permission.SUPERVISE, Permission.FOLLOW_UP)
    entitled = any(may(by, permission, site=site) for permission in wanted)
    if not (entitled or (session is not None and is_carer(session, by))):
        yield ROLE("Your roles here do not include this.")
