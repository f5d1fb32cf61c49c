"""One booking at a time of the same room, person or patient."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from clinic.booking.rules import People
from clinic.cases.models import Patient
from clinic.people.models import Room


def hold(rooms: Iterable[Room | None], people: People, patient: Patient) -> None:
    """Let nobody else book the same rooms, people or patient until this is written or refused.

    In one order, so that two bookings that share several of them wait in turn and never for each
    other. The exclusion constraints stand behind it and need no lock to hold; beside a visit that
    was allowed to overlap they cannot stand, and the rules asked under these locks hold alone.
    """
    wanted = {f"patient {patient.pk}", *(f"person {user.pk}" for user, _ in people)}
    wanted |= {f"room {room.pk}" for room in rooms if room is not None}
    with connection.cursor() as cursor:
        for name in sorted(wanted):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('diary ' || %s, 0))", [name]
            )
