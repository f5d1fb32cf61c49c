"""Which visits a course still wants, by the protocol and what is booked or held already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clinic.booking.models import Stage, Visit
from clinic.booking.queries import TOOK_PLACE, capacities_of, cycle_of, visit_rules
from clinic.cases.models import Case
from clinic.protocols.calculators import phase_of, planned_sessions
from clinic.protocols.document import ProtocolDocument, VisitRule
from clinic.protocols.queries import document_of

MOST_SESSIONS = 12


@dataclass(frozen=True)
class Wanted:
    """One visit that is still to be booked."""

    rule: VisitRule
    cycle: int
    turn: int  # the first of its kind in the cycle, the second …
    of: int
    capacities: tuple[tuple[str, str, int], ...]

    @property
    def stage(self) -> str:
        return self.rule.stage.value

    @property
    def name(self) -> str:
        """The visit as a person reads it."""
        number = f" {self.turn}" if self.of > 1 else ""
        return f"{self.rule.title}{number}"

    @property
    def code(self) -> str:
        """The visit as a form carries it."""
        return f"{self.stage}:{self.rule.code}:{self.cycle}"


@dataclass(frozen=True)
class Course:
    """The visits a course still wants, and the sessions of its cycles that stand already."""

    wanted: tuple[Wanted, ...]
    sessions: dict[int, Visit]  # by the number of the cycle


def gap_before(document: ProtocolDocument, cycle: int) -> tuple[int, int | None]:
    """How many days a session of the course lies from the one before it, at least and at most."""
    own = [rule.min_days for rule in document.intervals if document.substance in rule.substances]
    phase = phase_of(document, cycle)
    least = max([*own, phase.earliest_days if phase else 0], default=0)
    return least, phase.latest_days if phase else None


def sessions_left(case: Case) -> int:
    """How many sessions of the course are still to come; one where it has no end of its own."""
    planned = planned_sessions(document_of(case.protocol_version))
    if planned is None:
        return 1
    return max(1, min(MOST_SESSIONS, planned - cycle_of(case, Stage.PREPARATION).number + 1))


def course_of(case: Case, sessions: int) -> Course:
    """The visits of this cycle and of those to come, less what is booked or held."""
    first = cycle_of(case, Stage.PREPARATION).number
    there: dict[tuple[str, str, int], int] = {}
    held: dict[int, Visit] = {}
    known = case.visits.filter(status__in=TOOK_PLACE).select_related("cycle")
    for visit in known.order_by("starts_at"):
        number = visit.cycle.number if visit.cycle else visit.ahead or 0
        there[visit.stage, visit.code, number] = there.get((visit.stage, visit.code, number), 0) + 1
        if visit.stage == Stage.DOSING:
            held[number] = visit
    wanted = [
        each
        for number in range(first, first + sessions)
        if number == first or phase_of(document_of(case.protocol_version), number)
        for rule in visit_rules(case)
        if rule.belongs_to(number)
        for each in _of_a_kind(case, rule, number, there.get((rule.stage, rule.code, number), 0))
    ]
    order = list(Stage)
    wanted.sort(key=lambda each: (each.cycle, order.index(Stage(each.stage))))
    return Course(tuple(wanted), held)


def _of_a_kind(case: Case, rule: VisitRule, number: int, there: int) -> Iterator[Wanted]:
    count = max(rule.count_min, rule.count_typical)
    capacities = tuple(capacities_of(case, rule))
    for turn in range(there + 1, count + 1):
        yield Wanted(rule, number, turn, count, capacities)
