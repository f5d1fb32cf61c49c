"""The few words every rule is written in: why not, who decides, and the one door for a status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models


class Basis(StrEnum):
    """Where a rule comes from; a reader must see whether "no" is law or house policy."""

    LAW = "law"
    LABEL = "label"
    PROTOCOL = "protocol"
    HOUSE = "house"


class Decider(StrEnum):
    """Who may decide past an obstacle, for one case, one session and one day."""

    NOBODY = "nobody"
    PRESCRIBER = "prescriber"
    NAMED_ROLE = "named_role"
    SPONSOR_ETHICS = "sponsor_ethics"


@dataclass(frozen=True)
class Obstacle:
    """One reason why a step must not happen yet, in words a clinician reads."""

    code: str
    message: str
    basis: Basis = Basis.HOUSE
    citation: str = ""
    decider: Decider = Decider.NOBODY
    clears: str = ""  # the URL name of the place that clears it, or its whole address
    subject: str = ""  # the key that place takes, when it is not the case's
    clear_until: Any = None  # set on a gate that stands open: the moment it closes by itself

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Gate:
    """A kind of obstacle. Every one is registered, so that tests can count them."""

    code: str
    meaning: str
    basis: Basis = Basis.HOUSE
    decider: Decider = Decider.NOBODY
    citation: str = ""
    clears: str = ""

    def __call__(self, message: str, **changes: Any) -> Obstacle:
        facts = {
            "basis": self.basis,
            "decider": self.decider,
            "citation": self.citation,
            "clears": self.clears,
        }
        return Obstacle(self.code, message, **(facts | changes))


GATES: dict[str, Gate] = {}


def gate(code: str, meaning: str, **facts: Any) -> Gate:
    """Register a kind of obstacle under its code; a code means one thing in the whole house."""
    if code in GATES:
        raise ValueError(f"the obstacle code '{code}' is taken: {GATES[code].meaning}")
    GATES[code] = Gate(code, meaning, **facts)
    return GATES[code]


STATUS = gate("status", "The record is not in a status from which this step can be taken.")
ROLE = gate("role", "The person has no role at this site that allows the act.")
CHANGED = gate("changed", "Somebody else has just changed this record.")


class Refused(ValidationError):
    """An act that may not happen, with every reason; forms and the admin understand it unaided."""

    def __init__(self, obstacles: Iterable[Obstacle]):
        self.obstacles = list(obstacles)
        super().__init__([str(obstacle) for obstacle in self.obstacles])

    @property
    def codes(self) -> list[str]:
        return [obstacle.code for obstacle in self.obstacles]


def refuse_unless_clear(obstacles: Iterable[Obstacle]) -> None:
    """Raise Refused with every obstacle at once, or do nothing when the way is clear."""
    found = list(obstacles)
    if found:
        raise Refused(found)


Steps = Mapping[Any, Iterable[Any]]


def obstacles_in_status(row: models.Model, to: str, table: Steps) -> Iterable[Obstacle]:
    """The one question about a status: is there a step from where the row stands?"""
    if to not in table[row.status]:  # type: ignore[attr-defined]
        yield STATUS(f"This is {row.get_status_display().lower()}.")  # type: ignore[attr-defined]


def move(row: models.Model, to: str, *, table: Steps, **fields: Any) -> None:
    """Take one step of the table, provided nobody took another meanwhile.

    The table is checked first, then the row is updated only where it still has the status we saw.
    Raises Refused when there is no such step, or when somebody else has just changed the row.
    """
    seen = row.status  # type: ignore[attr-defined]
    refuse_unless_clear(obstacles_in_status(row, to, table))
    changed = type(row)._default_manager.filter(pk=row.pk, status=seen).update(status=to, **fields)
    if not changed:
        raise Refused([CHANGED("Somebody else has just changed this. Look again, then decide.")])
    row.status = to  # type: ignore[attr-defined]
    for name, value in fields.items():
        setattr(row, name, value)


def lock(row: models.Model) -> None:
    """Hold the row until the transaction ends and read it afresh.

    The house's lock order: case (by id), visit, lot (by id), chain head last. The lock is the one
    a change of the row takes itself: it lets others write rows that only point here, so that two
    people whose acts name each other never wait for one another in a ring.
    Raises Refused when somebody else has just taken the row away.
    """
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    fresh = rows.filter(pk=row.pk).first()
    if fresh is None:
        raise Refused([CHANGED("Somebody else has just removed this.")])
    for column in row._meta.concrete_fields:
        setattr(row, column.attname, getattr(fresh, column.attname))


def alone(name: str) -> None:
    """Wait until nobody else is in an act of this name, for what no row stands for yet.

    Taken before any row is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


@dataclass(frozen=True)
class Step:
    """One gate as a reader sees it: shut for these reasons, or open until a moment."""

    gate: Gate
    obstacles: tuple[Obstacle, ...] = field(default=())
    clear_until: Any = None

    @property
    def is_clear(self) -> bool:
        return not self.obstacles
