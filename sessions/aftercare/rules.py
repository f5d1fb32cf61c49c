"""Why a contact cannot be recorded, a case not move on, not close yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.access import Permission, may
from clinic.cases.models import STEPS as CASE_STEPS
from clinic.cases.models import Status as CaseStatus
from clinic.workflow import ROLE, STATUS, Basis, Decider, Obstacle, gate, obstacles_in_status
from sessions.aftercare import queries
from sessions.aftercare.models import STEPS, Status, Touchpoint

OPEN_TOUCHPOINT = gate(
    "open_touchpoint",
    "A contact after the session is due and nobody has dealt with it.",
    basis=Basis.PROTOCOL,
    clears="aftercare:touchpoint",
)
NO_WORDS = gate("contact_without_words", "A contact is recorded with what was said.")
COURSE = gate(
    "course_ended",
    "The course has as many sessions as the protocol says, not more.",
    basis=Basis.PROTOCOL,
)
INTEGRATION = gate(
    "integration_visits",
    "Fewer integration visits took place than the protocol asks for.",
    basis=Basis.PROTOCOL,
    decider=Decider.PRESCRIBER,
    clears="booking:book",
)


def obstacles_to_record_contact(
    touchpoint: Touchpoint, *, by: Any, at: datetime, words: str
) -> Iterator[Obstacle]:
    """Whoever follows people up says that they reached the person, and what was said."""
    yield from obstacles_in_status(touchpoint, Status.DONE, STEPS)
    yield from _obstacles_in_contact(touchpoint, by, words)


def obstacles_to_record_not_reached(
    touchpoint: Touchpoint, *, by: Any, at: datetime, words: str
) -> Iterator[Obstacle]:
    """Whoever follows people up says that they tried, and how."""
    yield from obstacles_in_status(touchpoint, Status.NOT_REACHED, STEPS)
    yield from _obstacles_in_contact(touchpoint, by, words)


def obstacles_to_call_off(
    touchpoint: Touchpoint, *, by: Any, at: datetime, words: str
) -> Iterator[Obstacle]:
    """A contact is called off by whoever follows people up, saying why."""
    yield from obstacles_in_status(touchpoint, Status.CANCELLED, STEPS)
    yield from _obstacles_in_contact(touchpoint, by, words)


def obstacles_to_begin_aftercare(
    case: Any, *, by: Any, at: datetime, reason: str = ""
) -> Iterator[Obstacle]:
    """Integration ends when its visits took place, or when who decides says why without them."""
    yield from obstacles_in_status(case, CaseStatus.AFTERCARE, CASE_STEPS)
    if not may(by, Permission.INTEGRATE, site=case.site_id):
        yield ROLE("Only somebody who integrates at this site may do this.")
    needed, held = (
        queries.integration_visits_needed(case),
        queries.integration_visits_held(case),
    )
    decided = reason.strip() and may(by, Permission.DECIDE, site=case.site_id)
    if held < needed and not decided:
        yield INTEGRATION(
            f"The protocol asks for at least {needed} integration visits; {held} took place."
            if needed > 1
            else "The protocol asks for an integration visit; none took place."
        )


def obstacles_to_open_next_cycle(case: Any, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Another dose is prepared by who prepares, once the session before it has ended."""
    if case.status not in {CaseStatus.INTEGRATING, CaseStatus.AFTERCARE}:
        yield STATUS(f"This case is {case.get_status_display().lower()}.")
    if not may(by, Permission.PREPARE, site=case.site_id):
        yield ROLE("Only somebody who prepares at this site may do this.")
    for words in queries.beyond_the_course(case):
        yield COURSE(words)


def obstacles_in_touchpoints(case: Any, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A case does not close over a contact that is overdue, unread, or due within two weeks."""
    for touchpoint in queries.open_near(case, at):
        title = queries.meaning_of(touchpoint).title
        day = touchpoint.due_at.astimezone(queries.zone_of(case))
        yield OPEN_TOUCHPOINT(
            f"{title}, {day:%d %B %Y}: {touchpoint.get_status_display().lower()}.",
            subject=str(touchpoint.key),
        )


def _obstacles_in_contact(touchpoint: Touchpoint, by: Any, words: str) -> Iterator[Obstacle]:
    if not may(by, Permission.FOLLOW_UP, site=touchpoint.site_id):
        yield ROLE("Only somebody who follows people up at this site may do this.")
    if not words.strip():
        yield NO_WORDS("Say in a few words what was said or tried.")
