"""The arithmetic of a course of several cycles: how many, how far apart, with which visits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from clinic.protocols.document import CoursePhase, ProtocolDocument, Stage, VisitRule


@dataclass(frozen=True)
class PlannedVisits:
    """The visits of one kind that a cycle has at least."""

    rule: VisitRule
    count: int


@dataclass(frozen=True)
class PlannedCycle:
    """One cycle of the course: the phase it lies in and the visits that belong to it."""

    number: int
    phase: CoursePhase
    visits: tuple[PlannedVisits, ...]


def planned_sessions(document: ProtocolDocument) -> int | None:
    """Give the number of sessions of the whole course; None where it has no end of its own."""
    counts = [phase.sessions for phase in document.course]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def phase_of(document: ProtocolDocument, number: int) -> CoursePhase | None:
    """Find the phase a session of the course lies in; None beyond its end, or without a course."""
    reached = 0
    for phase in document.course:
        reached += phase.sessions or 0
        if phase.sessions is None or number <= reached:
            return phase
    return None


def planned_cycles(document: ProtocolDocument, up_to: int = 52) -> tuple[PlannedCycle, ...]:
    """List the cycles of the course with their visits; one without an end is cut off."""
    numbers = range(1, (planned_sessions(document) or up_to) + 1)
    found = ((number, phase_of(document, number)) for number in numbers)
    return tuple(
        PlannedCycle(number, phase, tuple(_visits(document, number)))
        for number, phase in found
        if phase is not None
    )


def visits_in_course(document: ProtocolDocument, stage: Stage) -> int | None:
    """Count the visits of a stage over the whole course; None where it has no end of its own."""
    if planned_sessions(document) is None:
        return None
    return sum(
        visits.count
        for cycle in planned_cycles(document)
        for visits in cycle.visits
        if visits.rule.stage == stage
    )


def next_session(
    document: ProtocolDocument, number: int, last_on: date
) -> tuple[date, date | None] | None:
    """Give the days between which a session follows the one before it, by its phase."""
    phase = phase_of(document, number)
    if phase is None or number == 1:
        return None
    latest = None if phase.latest_days is None else last_on + timedelta(days=phase.latest_days)
    return last_on + timedelta(days=phase.earliest_days), latest


def course_problems(
    document: ProtocolDocument, number: int, last_on: date | None, on: date
) -> tuple[str, ...]:
    """Say why the course has no session of this number on a day; a late one is still had."""
    return tuple(_course_problems(document, number, last_on, on))


def _course_problems(
    document: ProtocolDocument, number: int, last_on: date | None, on: date
) -> Iterator[str]:
    planned = planned_sessions(document)
    if planned is not None and number > planned:
        yield f"This course has {planned} {'session' if planned == 1 else 'sessions'}, not more."
    window = next_session(document, number, last_on) if last_on else None
    if window and on < window[0]:
        yield (
            f"Session {number} of the course follows the one of {last_on:%d %B %Y} from "
            f"{window[0]:%d %B %Y} on."
        )


def _visits(document: ProtocolDocument, number: int) -> Iterator[PlannedVisits]:
    for rule in document.visits:
        if rule.belongs_to(number):
            yield PlannedVisits(rule, rule.count_min)
