"""Why not take it, why not close it; and how long a rung is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clinic.access import Permission, may
from clinic.attention.models import STEPS, Matter, Status, Urgency
from clinic.workflow import ROLE, Basis, Obstacle, gate, obstacles_in_status

NOT_WAITING = gate("matter_already_taken", "Somebody else has already taken the matter.")
NOT_TAKEN = gate("matter_not_taken", "Nobody has taken the matter, so nobody can say its outcome.")
NO_OUTCOME = gate("matter_without_outcome", "A matter is closed with what came of it.")


@dataclass(frozen=True)
class Pace:
    """How long one rung has to take a matter, and whoever took it to say what came of it."""

    to_take: timedelta
    to_outcome: timedelta
    basis: Basis = Basis.HOUSE


PACE: dict[str, Pace] = {
    Urgency.RED: Pace(to_take=timedelta(minutes=5), to_outcome=timedelta(minutes=60)),
    Urgency.AMBER: Pace(to_take=timedelta(hours=2), to_outcome=timedelta(hours=24)),
}


def obstacles_to_take(matter: Matter, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A matter is taken by a named person of its site while it waits for one."""
    if matter.status == Status.TAKEN:
        yield NOT_WAITING(f"{matter.taken_by} has already taken this.")
    else:
        yield from obstacles_in_status(matter, Status.TAKEN, STEPS)
    if not may(by, Permission.ACKNOWLEDGE, site=matter.site_id):
        yield ROLE("Only somebody who answers for such matters at this site may take it.")


def obstacles_to_close(
    matter: Matter, *, by: Any, at: datetime, outcome: str
) -> Iterator[Obstacle]:
    """A matter is closed, with words, by somebody of its site after a named person took it."""
    yield from obstacles_in_status(matter, Status.CLOSED, STEPS)
    if not outcome.strip():
        yield NO_OUTCOME("Write what came of it.")
    if by.is_system:
        return
    if matter.status == Status.WAITING:
        yield NOT_TAKEN("Take it first: its outcome needs a name.", clears="attention:show")
    if not may(by, Permission.ACKNOWLEDGE, site=matter.site_id):
        yield ROLE("Only somebody who answers for such matters at this site may close it.")
