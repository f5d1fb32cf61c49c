"""The course as a sum: visits to lay on a grid of quarters of an hour, and what binds them.

A quarter is counted from midnight of the first day on the site's own clock, 96 to a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

A_DAY = 96


@dataclass(frozen=True)
class Seat:
    """A capacity a visit needs, and how often."""

    capacity: str
    count: int


@dataclass(frozen=True)
class Session:
    """A session that is booked or was held: other visits are counted from it."""

    starts: int
    ends: int


@dataclass(frozen=True)
class Bound:
    """A visit begins not before, or not after, so many days and quarters from a session."""

    ground: str
    cycle: int  # whose session it is counted from
    is_least: bool
    from_end: bool
    days: int = 0
    clock: int | None = None  # at this quarter of that day
    quarters: int = 0


@dataclass(frozen=True)
class Piece:
    """One visit to lay: what it takes, and when each thing it takes is free for as long."""

    name: str
    kind: str
    cycle: int
    turn: int
    is_session: bool
    length: int
    seats: tuple[Seat, ...]
    starts: Mapping[str, frozenset[int]]  # by the ground that leaves only these
    rooms: Mapping[int, frozenset[int]]  # empty: it needs none
    people: Mapping[tuple[str, int], frozenset[int]]  # by capacity and person
    bounds: tuple[Bound, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Everything a course is laid from."""

    days: int
    pieces: tuple[Piece, ...]
    sessions: Mapping[int, Session]  # by cycle, those that stand
    gaps: Mapping[int, tuple[int, int | None]]  # by cycle: days from the session before it
    named: Mapping[str, int] = field(default_factory=dict)  # by capacity, who is wished for


@dataclass(frozen=True)
class Place:
    """Where one visit was laid."""

    start: int
    room: int | None
    people: tuple[tuple[str, int], ...]
