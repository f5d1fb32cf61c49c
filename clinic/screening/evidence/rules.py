"""Why a result cannot be entered, taken back, or its file opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from clinic.access import Permission, may
from clinic.cases.models import Case
from clinic.screening.evidence.models import Evidence
from clinic.screening.evidence.queries import asked
from clinic.workflow import ROLE, Obstacle, gate

NOT_ASKED = gate(
    "evidence_not_asked", "Neither an answer nor the protocol asks for this to be shown."
)
DAY = gate("evidence_day", "A result is of today or of a day before, and of this person's life.")
ENTERED = gate("evidence_entered", "The same result of the same day is entered already.")
TAKEN_BACK = gate("evidence_taken_back", "This result has been taken back already.")
NO_WORDS = gate("evidence_without_words", "A result is taken back with the reason written down.")
NO_FILE = gate("evidence_without_file", "No file was given with this result.")
ENTERERS = (Permission.SCREEN, Permission.PREPARE, Permission.DECIDE)


def obstacles_to_enter(
    case: Case,
    *,
    by: Any,
    at: datetime,
    code: str,
    result: str = "",
    done_on: date | None = None,
    digest: str = "",
) -> Iterator[Obstacle]:
    """Who screens, prepares or decides enters a result, early or late, of an open case or not.

    Asked without `done_on`, as a page does before the form, it leaves out what the form answers.
    """
    if not any(may(by, permission, site=case.site_id) for permission in ENTERERS):
        yield ROLE("None of your roles at this site enters results.")
    on = at.astimezone(case.site.tz).date()
    wanted = asked(case, code, on=on)
    if wanted is None:
        yield NOT_ASKED("Nothing asks for this any more.")
        return
    if done_on is None:
        return
    if done_on > on:
        yield DAY("The day of the result lies ahead.")
    if done_on < case.patient.date_of_birth:
        yield DAY("The day of the result lies before the person was born.")
    same = (done_on, result.strip(), digest)
    if any(
        (each.done_on, each.result, each.file_digest) == same
        for each in wanted.entered
        if each.is_standing
    ):
        yield ENTERED("This very result of this day is entered already.")


def obstacles_to_withdraw(
    evidence: Evidence, *, by: Any, at: datetime, words: str = "-"
) -> Iterator[Obstacle]:
    """Who may enter a result takes one back, saying why; it stays in the record, marked."""
    if not any(may(by, permission, site=evidence.site_id) for permission in ENTERERS):
        yield ROLE("None of your roles at this site takes results back.")
    if not evidence.is_standing:
        yield TAKEN_BACK("This has been taken back already.")
    if not words.strip():
        yield NO_WORDS("Say why it is taken back.")


def obstacles_to_open_file(evidence: Evidence, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Whoever may open the case opens its files, one by one, and each time it is written down."""
    if not may(by, Permission.SEE_CASE, site=evidence.site_id):
        yield ROLE("None of your roles at this site opens case files.")
    if not evidence.file_kind:
        yield NO_FILE("No file was given with this result.")
