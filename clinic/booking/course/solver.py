"""Lay the visits of a course by constraint programming, always the same way for the same facts.

One worker, one seed, and an end counted in the solver's own steps rather than in seconds: the same
question has the same answer on every machine. The library is loaded when it is first asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from clinic.booking.course.problem import A_DAY, Bound, Piece, Place, Problem

# In the solver's own measure, about a second each on a slow core.
STEPS, STEPS_TO_EXPLAIN = 1.5, 0.5
SECONDS = 20  # never reached but on a machine that stands still
SEED = 7
# What the answer is judged by: few faces, few rooms, an early end, talks a week apart.
A_FACE, A_ROOM, A_DAY_LATER, A_STRAY_DAY = 80, 8, 2, 3
A_WEEK = 7

WINDOWS, SPACING, ROOMS, ONE_A_DAY = "windows", "spacing", "rooms", "one_a_day"


def seats_of(capacity: str) -> str:
    """The ground that a capacity has to be filled."""
    return f"seats {capacity}"


def named_of(capacity: str) -> str:
    """The ground that a capacity is filled by whom somebody wishes for."""
    return f"named {capacity}"


def load() -> None:
    """Load the library while somebody still writes their wishes: it takes a second or two."""
    import ortools.sat.python.cp_model  # noqa: F401, PLC0415 -- no other page pays for it


def lay(problem: Problem, grounds: Iterable[str]) -> list[Place] | None:
    """Lay every visit, or answer None where that cannot be done.

    Raises TimeoutError when neither was found within the steps allowed.
    """
    model = _Model(problem, set(grounds))
    model.judge()
    status = model.run(STEPS)
    if status == "unknown":
        raise TimeoutError
    return model.places() if status == "found" else None


def smallest_conflict(problem: Problem, grounds: Iterable[str]) -> list[str]:
    """Grounds that cannot be kept together though any one of them fewer could be.

    Each is left out in turn; where nothing fits even so, it is not what stands in the way.
    """
    kept = list(grounds)
    domains: dict[frozenset[int], Any] = {}
    for ground in list(kept):
        fewer = [each for each in kept if each != ground]
        if _Model(problem, set(fewer), domains).run(STEPS_TO_EXPLAIN) == "none":
            kept = fewer
    return kept


@dataclass
class _Laid:
    """One visit's unknowns."""

    piece: Piece
    start: Any
    day: Any
    rooms: dict[int, Any] = field(default_factory=dict)
    people: dict[tuple[str, int], Any] = field(default_factory=dict)


class _Model:
    def __init__(self, problem: Problem, grounds: set[str], domains: Any = None):
        from ortools.sat.python import cp_model  # noqa: PLC0415 -- no other page pays for it

        self.cp, self.problem, self.grounds = cp_model, problem, grounds
        self.domains = {} if domains is None else domains  # made once for all who are as free
        self.model = cp_model.CpModel()
        self.laid = [self._lay_out(piece) for piece in problem.pieces]
        self.session_of = {each.piece.cycle: each for each in self.laid if each.piece.is_session}
        self._apart()
        for each in self.laid:
            self._seated(each)
            for bound in each.piece.bounds:
                self._bound(each, bound)
        self._spaced()

    def _lay_out(self, piece: Piece) -> _Laid:
        starts = frozenset(range(0, self.problem.days * A_DAY - piece.length + 1, 2))
        for ground, left in piece.starts.items():
            if ground in self.grounds:
                starts &= left
        if not starts:
            self.model.add_bool_or([])  # nothing is left of it: no way to lay the course
            starts = frozenset({0})
        start = self.model.new_int_var_from_domain(self._domain(starts), piece.name)
        day = self.model.new_int_var(0, self.problem.days, f"day of {piece.name}")
        clock = self.model.new_int_var(0, A_DAY - 1, f"clock of {piece.name}")
        self.model.add(start == A_DAY * day + clock)
        return _Laid(piece, start, day)

    def _domain(self, values: frozenset[int]) -> Any:
        if values not in self.domains:
            self.domains[values] = self.cp.Domain.from_values(sorted(values))
        return self.domains[values]

    def _apart(self) -> None:
        """Nobody is in two visits at once; visits of one kind come in their order."""
        intervals = [
            self.model.new_fixed_size_interval_var(each.start, each.piece.length, each.piece.name)
            for each in self.laid
        ]
        self.model.add_no_overlap(intervals)
        for one, other in self._in_turn():
            self.model.add(other.start >= one.start + one.piece.length)
        if ONE_A_DAY in self.grounds:
            self.model.add_all_different([each.day for each in self.laid])

    def _in_turn(self) -> list[tuple[_Laid, _Laid]]:
        pairs = zip(self.laid, self.laid[1:], strict=False)
        return [
            (one, other)
            for one, other in pairs
            if (one.piece.kind, one.piece.cycle) == (other.piece.kind, other.piece.cycle)
        ]

    def _seated(self, each: _Laid) -> None:
        piece = each.piece
        if ROOMS in self.grounds and piece.rooms:
            each.rooms = self._chosen(each, piece.rooms, "room")
            self.model.add_exactly_one(each.rooms.values())
        by_person: dict[int, list[Any]] = {}
        for seat in piece.seats:
            if seats_of(seat.capacity) not in self.grounds:
                continue
            free = {who: starts for who, starts in piece.people.items() if who[0] == seat.capacity}
            sitting = self._chosen(each, free, "person")
            each.people |= sitting
            self.model.add(sum(sitting.values()) == seat.count)
            for (_, person), is_there in sitting.items():
                by_person.setdefault(person, []).append(is_there)
            self._wished(seat.capacity, sitting)
        for seats in by_person.values():
            self.model.add_at_most_one(seats)

    def _chosen(self, each: _Laid, free: Any, what: str) -> dict[Any, Any]:
        """A yes or no for each that could be taken, which only free times allow."""
        found = {}
        for key, starts in sorted(free.items()):
            if not starts:
                continue
            taken = self.model.new_bool_var(f"{what} {key}")
            self.model.add_linear_expression_in_domain(
                each.start, self._domain(starts)
            ).only_enforce_if(taken)
            found[key] = taken
        if not found:
            self.model.add_bool_or([])
        return found

    def _wished(self, capacity: str, sitting: dict[Any, Any]) -> None:
        person = self.problem.named.get(capacity)
        if person is None or named_of(capacity) not in self.grounds:
            return
        self.model.add_bool_or([taken for (_, who), taken in sitting.items() if who == person])

    def _bound(self, each: _Laid, bound: Bound) -> None:
        if bound.ground not in self.grounds:
            return
        start, ends, day = self._session(bound.cycle)
        if start is None:
            return
        if bound.clock is None:
            limit = (ends if bound.from_end else start) + A_DAY * bound.days + bound.quarters
        else:
            limit = A_DAY * (day + bound.days) + bound.clock + bound.quarters
        if bound.is_least:
            self.model.add(each.start >= limit)
        else:
            self.model.add(each.start <= limit)

    def _session(self, cycle: int) -> tuple[Any, Any, Any]:
        """When a cycle's session begins and ends, and its day: an unknown, or one that stands."""
        laid = self.session_of.get(cycle)
        if laid is not None:
            return laid.start, laid.start + laid.piece.length, laid.day
        there = self.problem.sessions.get(cycle)
        if there is None:
            return None, None, None
        return there.starts, there.ends, there.starts // A_DAY

    def _spaced(self) -> None:
        if SPACING not in self.grounds:
            return
        for cycle, (least, most) in self.problem.gaps.items():
            before, after = self._session(cycle - 1)[2], self._session(cycle)[2]
            if before is None or after is None:
                continue
            self.model.add(after >= before + least)
            if most is not None:
                self.model.add(after <= before + most)

    def judge(self) -> None:
        """Prefer few faces, few rooms, an early end, and talks a week apart."""
        cost: list[Any] = []
        for key, chosen in self._by_choice(lambda each: each.people).items():
            cost.append(A_FACE * self._used(f"face {key}", chosen))
        for key, chosen in self._by_choice(lambda each: each.rooms).items():
            cost.append(A_ROOM * self._used(f"room {key}", chosen))
        cost += [A_DAY_LATER * each.day for each in list(self.session_of.values())[-1:]]
        for one, other in zip(self.laid, self.laid[1:], strict=False):
            if one.piece.cycle == other.piece.cycle:
                cost.append(A_STRAY_DAY * self._stray(one, other))
        if cost:
            self.model.minimize(sum(cost))

    def _by_choice(self, of: Callable[[_Laid], dict[Any, Any]]) -> dict[Any, list[Any]]:
        found: dict[Any, list[Any]] = {}
        for each in self.laid:
            for key, taken in of(each).items():
                found.setdefault(key, []).append(taken)
        return found

    def _used(self, name: str, chosen: list[Any]) -> Any:
        used = self.model.new_bool_var(name)
        for taken in chosen:
            self.model.add_implication(taken, used)
        return used

    def _stray(self, one: _Laid, other: _Laid) -> Any:
        stray = self.model.new_int_var(0, self.problem.days + A_WEEK, "stray days")
        self.model.add(stray >= other.day - one.day - A_WEEK)
        self.model.add(stray >= one.day - other.day + A_WEEK)
        return stray

    def run(self, steps: float) -> str:
        """Look for an answer: found, none, or unknown when the steps are used up."""
        self.solver = self.cp.CpSolver()
        self.solver.parameters.num_workers = 1
        self.solver.parameters.random_seed = SEED
        self.solver.parameters.max_deterministic_time = steps
        self.solver.parameters.max_time_in_seconds = SECONDS
        status = self.solver.solve(self.model)
        if status in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return "found"
        return "none" if status == self.cp.INFEASIBLE else "unknown"

    def places(self) -> list[Place]:
        """Where each visit was laid."""
        return [
            Place(
                self.solver.value(each.start),
                next((key for key, taken in each.rooms.items() if self.solver.value(taken)), None),
                tuple(key for key, taken in each.people.items() if self.solver.value(taken)),
            )
            for each in self.laid
        ]
