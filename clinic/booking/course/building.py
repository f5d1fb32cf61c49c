"""From the protocol, the calendars and the wishes to the sum the solver is given."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

from clinic.booking.course import solver
from clinic.booking.course.calendar import Calendar, Taken, quarters
from clinic.booking.course.problem import A_DAY, Bound, Piece, Problem, Seat, Session
from clinic.booking.course.wanted import Course, Wanted, gap_before
from clinic.booking.course.wishes import Wishes
from clinic.booking.models import Stage
from clinic.booking.queries import is_with_client
from clinic.booking.rules import acts_not_covered, needed_of
from clinic.people.models import User
from clinic.protocols.document import Offset, ProtocolDocument, Window
from clinic.protocols.queries import document_of

HOURS, PATIENT, COVER = "hours", "patient", "cover"
DAYS, TIMES, INTERPRETER = "days", "times", "interpreter"


class Building:
    """One course on one calendar: what is free for each of its visits."""

    def __init__(self, calendar: Calendar, course: Course, wishes: Wishes):
        self.calendar, self.course, self.wishes = calendar, course, wishes
        self.case, self.grid = calendar.case, calendar.grid
        self.document: ProtocolDocument = document_of(self.case.protocol_version)
        self.needed = needed_of(self.document, self.case.site)
        self._rooms: dict[tuple[int, int], frozenset[int]] = {}
        self._people: dict[tuple[str, int, bool, int], frozenset[int]] = {}
        self._taken = {room.pk: calendar.room_taken(room) for room in calendar.rooms}
        self._busy: dict[tuple[int, bool], Taken] = {}
        self._licensed: dict[tuple[str, int], list[bool]] = {}

    def problem(self) -> Problem:
        """The sum of the whole course."""
        standing = {number: self._standing(number) for number in self.course.sessions}
        return Problem(
            days=self.grid.days,
            pieces=tuple(self._piece(each) for each in self.course.wanted),
            sessions={number: each for number, each in standing.items() if each},
            gaps={cycle: self.gap(cycle) for cycle in self._spaced_from_the_one_before()},
            named={capacity: user.pk for capacity, user in self.wishes.people.items()},
        )

    def grounds(self) -> list[str]:
        """Everything that binds the course, wishes last: they are named first when it fails."""
        capacities = sorted({c for each in self.course.wanted for c, _, _ in each.capacities})
        found = [solver.WINDOWS, solver.SPACING, PATIENT, HOURS, solver.ROOMS, COVER]
        found += [solver.seats_of(capacity) for capacity in capacities]
        found += [INTERPRETER] if self.wishes.interpreter_days else []
        found += [TIMES] if self.wishes.begins or self.wishes.ends else []
        found += [DAYS] if self.wishes.weekdays else []
        return found + [solver.named_of(capacity) for capacity in self.wishes.people]

    def _piece(self, wanted: Wanted) -> Piece:
        length = math.ceil(wanted.rule.minutes / 15)
        return Piece(
            name=f"{wanted.code} {wanted.turn}",
            kind=wanted.rule.code,
            cycle=wanted.cycle,
            turn=wanted.turn,
            is_session=wanted.stage == Stage.DOSING,
            length=length,
            seats=tuple(Seat(capacity, count) for capacity, _, count in wanted.capacities),
            starts=self._starts(wanted, length),
            rooms=self._free_rooms(wanted, length),
            people={
                (capacity, user.pk): self.free_of(capacity, user, wanted, length)
                for capacity, _, _ in wanted.capacities
                for user in self.calendar.staff
            },
            bounds=tuple(self._bounds(wanted, length)),
        )

    # -- When ------------------------------------------------------------------------------

    def _starts(self, wanted: Wanted, length: int) -> dict[str, frozenset[int]]:
        anywhen = Taken(self.grid)
        found = {
            HOURS: self.calendar.site_taken.free(length),
            PATIENT: self.calendar.patient_taken.free(length),
        }
        if self.wishes.weekdays:
            found[DAYS] = anywhen.free(length, self._on(self.wishes.weekdays))
        if self.wishes.interpreter_days:
            found[INTERPRETER] = anywhen.free(length, self._on(self.wishes.interpreter_days))
        if wanted.stage != Stage.DOSING:
            found[TIMES] = self._within_hours(length)
        else:
            found[COVER] = self._covered(length)
        return found

    def _on(self, weekdays: tuple[int, ...]):
        return lambda number: self.grid.day(number).weekday() in weekdays

    def _within_hours(self, length: int) -> frozenset[int]:
        opens = quarters(self.wishes.begins) if self.wishes.begins else 0
        closes = quarters(self.wishes.ends) if self.wishes.ends else A_DAY
        taken = Taken(self.grid)
        taken.take_outside(dict.fromkeys(range(7), (opens, closes)))
        return taken.free(length)

    def _covered(self, length: int) -> frozenset[int]:
        rule = self.document.on_call
        starts = Taken(self.grid).free(length)
        if rule is None:
            return starts
        last = self.grid.floor(self.calendar.rota_ends_at)
        hours = timedelta(hours=rule.hours)
        return frozenset(
            start
            for start in starts
            if start >= last
            or self.calendar.is_covered(
                self.grid.moment(start), self.grid.moment(start + length) + hours
            )
        )

    # -- Where and with whom ---------------------------------------------------------------

    def _free_rooms(self, wanted: Wanted, length: int) -> dict[int, frozenset[int]]:
        delivery = set(wanted.rule.delivery)
        may_be_apart = delivery - {"in_person"}
        if may_be_apart and (self.wishes.at_distance or "in_person" not in delivery):
            return {}
        is_session = wanted.stage == Stage.DOSING
        return {
            room.pk: self._free_room(room.pk, length)
            for room in self.calendar.rooms
            if room.for_dosing or not is_session
        } or {0: frozenset()}

    def _free_room(self, room: int, length: int) -> frozenset[int]:
        if (room, length) not in self._rooms:
            self._rooms[room, length] = self._taken[room].free(length)
        return self._rooms[room, length]

    def free_of(self, capacity: str, user: User, wanted: Wanted, length: int) -> frozenset[int]:
        """When somebody could sit in a capacity of a visit: licensed that day, there and free."""
        is_near = is_with_client(self.case, wanted.stage, capacity)
        key = (capacity, user.pk, is_near, length)
        if key not in self._people:
            licensed = self.licensed(capacity, user)
            if not any(licensed):
                self._people[key] = frozenset()
            else:
                busy = self._busy_of(user, is_near)
                self._people[key] = busy.free(length, lambda number: licensed[number])
        return self._people[key]

    def _busy_of(self, user: User, is_near: bool) -> Taken:
        if (user.pk, is_near) not in self._busy:
            taken = self.calendar.person_taken(user, is_with_client=is_near)
            self._busy[user.pk, is_near] = taken
        return self._busy[user.pk, is_near]

    def licensed(self, capacity: str, user: User) -> list[bool]:
        """On which days of the grid somebody works here with a licence for a capacity."""
        if (capacity, user.pk) not in self._licensed:
            needed, place = self.needed.get(capacity), self.case.site.jurisdiction
            licences = list(user.licences.all())
            self._licensed[capacity, user.pk] = [
                needed is not None
                and bool(licences)
                and not acts_not_covered(licences, needed, place, self.grid.day(number))
                and self.calendar.works_here(user, number)
                for number in range(self.grid.days)
            ]
        return self._licensed[capacity, user.pk]

    def is_over(self, wanted: Wanted) -> bool:
        """Whether its window around a session that stands leaves nothing on this grid."""
        length = math.ceil(wanted.rule.minutes / 15)
        low, high = 0, self.grid.days * A_DAY - length
        for bound in self._bounds(wanted, length):
            session = self._standing(bound.cycle)
            if session is None:
                continue
            limit = _limit(bound, session)
            low, high = (max(low, limit), high) if bound.is_least else (low, min(high, limit))
        return low > high

    def _standing(self, cycle: int) -> Session | None:
        visit = self.course.sessions.get(cycle)
        if visit is None:
            return None
        return Session(self.grid.floor(visit.starts_at), self.grid.ceil(visit.ends_at))

    # -- Between visits --------------------------------------------------------------------

    def _spaced_from_the_one_before(self) -> set[int]:
        """The cycles that are laid, and those that stand behind a session that is laid."""
        behind = {each.cycle + 1 for each in self.course.wanted if each.stage == Stage.DOSING}
        return {each.cycle for each in self.course.wanted} | behind

    def gap(self, cycle: int) -> tuple[int, int | None]:
        """How many days a session of the course lies from the one before it, at least and at most."""
        return gap_before(self.document, cycle)

    def _bounds(self, wanted: Wanted, length: int) -> Iterator[Bound]:
        ground, cycle = solver.WINDOWS, wanted.cycle
        if wanted.stage == Stage.PREPARATION:
            yield Bound(ground, cycle, is_least=False, from_end=False, quarters=-length)
            yield Bound(ground, cycle - 1, is_least=True, from_end=True)
        if wanted.stage == Stage.INTEGRATION:
            yield Bound(ground, cycle, is_least=True, from_end=True)
        if wanted.rule.window is not None:
            yield from _window(wanted.rule.window, cycle)


def _limit(bound: Bound, session: Session) -> int:
    """The quarter before or after which a bound holds a visit, counted from a session that stands."""
    if bound.clock is not None:
        return A_DAY * (session.starts // A_DAY + bound.days) + bound.clock + bound.quarters
    anchor = session.ends if bound.from_end else session.starts
    return anchor + A_DAY * bound.days + bound.quarters


def _window(window: Window, cycle: int) -> Iterator[Bound]:
    counted_from = cycle - 1 if window.relative_to == "previous_session_end" else cycle
    from_end = window.relative_to != "dose"
    for offset, is_least in ((window.earliest, True), (window.latest, False)):
        if offset is not None:
            yield _bound(offset, counted_from, is_least=is_least, from_end=from_end)


def _bound(offset: Offset, cycle: int, *, is_least: bool, from_end: bool) -> Bound:
    minutes = offset.hours * 60 + offset.minutes
    return Bound(
        solver.WINDOWS,
        cycle,
        is_least=is_least,
        from_end=from_end,
        days=offset.days,
        clock=quarters(offset.at) if offset.at is not None else None,
        quarters=math.ceil(minutes / 15) if is_least else math.floor(minutes / 15),
    )
