"""Ask where the person is, and write down a visit that took place though something stood open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.booking.models import STEPS, Status, Visit, Whereabouts
from clinic.booking.queries import whereabouts_at
from clinic.booking.remote.rules import (
    obstacles_at_a_distance,
    obstacles_to_ask_where,
    obstacles_to_take_place,
)
from clinic.safety.incidents import actions as incidents
from clinic.workflow import Obstacle, lock, move, refuse_unless_clear


@transaction.atomic
def ask_where(
    visit: Visit, *, by: Any, at: datetime, place: str, ring_back: str, emergency_number: str
) -> Whereabouts:
    """Keep where the person said they are at the beginning of a visit at a distance.

    It is kept whatever the answer is; who is licensed there is asked when the visit begins.
    """
    visit.case.lock()
    lock(visit)
    refuse_unless_clear(obstacles_to_ask_where(visit, by=by, at=at))
    where = Whereabouts.objects.create(
        case=visit.case,
        visit=visit,
        place=place,
        ring_back=ring_back,
        emergency_number=emergency_number,
        asked_at=at,
        asked_by=by,
    )
    record("whereabouts asked", where, by=by, at=at, place=place)
    return where


@transaction.atomic
def took_place(visit: Visit, *, by: Any, at: datetime) -> None:
    """Keep that a visit at a distance took place; what stood open opens an incident."""
    visit.case.lock()
    lock(visit)
    refuse_unless_clear(obstacles_to_take_place(visit, by=by, at=at))
    stood_open = list(obstacles_at_a_distance(visit, at=at))
    where = whereabouts_at(visit, at)
    move(visit, Status.ARRIVED, table=STEPS, arrived_at=at, arrived_by=by)
    if stood_open:
        incidents.open_incident(
            visit.case,
            by=by,
            at=at,
            about_key=visit.key,
            act="visit at a distance",
            words=_words(stood_open, where),
            stated_at=visit.starts_at,
        )
    record("visit took place", visit, by=by, at=at, stood_open=[each.code for each in stood_open])


def _words(stood_open: list[Obstacle], where: Whereabouts | None) -> str:
    """What stood open, and the place: whoever leads safety has to know whose law it was."""
    place = [f"The person was in {where.place}."] if where else []
    return "\n".join([*(obstacle.message for obstacle in stood_open), *place])
