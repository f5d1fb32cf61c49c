"""Ask where the person is, and write down a visit that took place though something stood open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.booking.models import STEPS, Status, Visit, Whereabouts
from clinic.booking.remote.deviations import open_deviation
from clinic.booking.remote.rules import obstacles_to_ask_where, obstacles_to_take_place
from clinic.workflow import lock, move, refuse_unless_clear


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
    stood_open = open_deviation(visit, by=by, at=at)
    move(visit, Status.ARRIVED, table=STEPS, arrived_at=at, arrived_by=by)
    record("visit took place", visit, by=by, at=at, stood_open=stood_open)
