"""Why a visit at a distance does not begin: where the person is now, and who is licensed there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clinic.booking.models import Stage, Status, Visit, Whereabouts
from clinic.booking.queries import HELD, whereabouts_at
from clinic.booking.rules import acts_not_covered, obstacles_in_host_on_the_day, obstacles_to_arrive
from clinic.protocols.calculators import licences_needed
from clinic.protocols.queries import document_of
from clinic.workflow import STATUS, Basis, Obstacle, gate

UNKNOWN = gate(
    "whereabouts_unknown",
    "A visit at a distance begins with where the person is now.",
    clears="booking:whereabouts",
)
NOT_LICENSED_THERE = gate(
    "licence_where_person_is",
    "Somebody at the visit has no licence that holds where the person is now.",
    basis=Basis.LAW,
    citation="The licence needed is that of the place where the person is at the time",
    clears="booking:show",
)
IN_A_ROOM = gate("visit_in_a_room", "Who comes into a room is not asked where they are.")


def is_at_a_distance(visit: Visit) -> bool:
    """Whether the person is seen by video or telephone, wherever they are."""
    return visit.room_id is None and visit.stage != Stage.DOSING


def obstacles_at_a_distance(visit: Visit, *, at: datetime) -> Iterator[Obstacle]:
    """A visit at a distance begins once the place is known and all there are licensed for it."""
    if not is_at_a_distance(visit) or visit.status != Status.PLANNED:
        return
    where = whereabouts_at(visit, at)
    if where is None:
        yield UNKNOWN("Ask first where the person is now.", subject=str(visit.key))
    elif unlicensed := _who_is_unlicensed(visit, where):
        yield NOT_LICENSED_THERE(unlicensed, subject=str(visit.key))


def _who_is_unlicensed(visit: Visit, where: Whereabouts) -> str:
    """Say who of the visit has no licence there for what they do; nothing, where all have.

    Who books reads it too and may not know where the person is: the place itself is left out.
    """
    document = document_of(visit.case.protocol_version)
    needed = {each.capacity: each for each in licences_needed(document, where.place)}
    day = where.asked_at.astimezone(visit.site.tz).date()
    lacking, booked = [], 0
    for person in visit.people.select_related("user").prefetch_related("user__licences"):
        booked += 1
        acts = needed.get(person.capacity)
        # A capacity that needs no licence needs none there either.
        if acts and acts_not_covered(person.user.licences.all(), acts, where.place, day):
            lacking.append(f"{person.user} ({acts.title.lower()})")
    if booked and not lacking:
        return ""
    who, then = ("Nobody", ":") if len(lacking) == booked else ("Not everybody", ". Without one:")
    return (
        f"{who} at this visit has a licence seen and in force where the person is"
        f" on {day:%d %B %Y}{then} {', '.join(lacking)}."
    )


def obstacles_to_ask_where(visit: Visit, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Where the person is now is asked on the day, by whoever sees people, before all else."""
    if not is_at_a_distance(visit):
        yield IN_A_ROOM("This visit is held in a room.")
    if visit.status not in HELD:
        yield STATUS(f"This visit is {visit.get_status_display().lower()}.")
    yield from obstacles_in_host_on_the_day(visit, by=by, at=at)


def obstacles_to_begin(
    visit: Visit, *, by: Any, at: datetime, is_checked_in: bool = False
) -> Iterator[Obstacle]:
    """A person arrives; at a distance, in a place all at the visit are licensed for."""
    yield from obstacles_to_arrive(visit, by=by, at=at, is_checked_in=is_checked_in)
    yield from obstacles_at_a_distance(visit, at=at)


def obstacles_to_take_place(visit: Visit, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """What took place is written down whatever stood in its way."""
    if not is_at_a_distance(visit):
        yield IN_A_ROOM("This visit is held in a room.")
    yield from obstacles_to_arrive(visit, by=by, at=at)
