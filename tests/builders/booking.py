"""Visits in the diary, by the acts of those who book."""

from datetime import timedelta

from clinic.booking import actions
from clinic.booking.models import Stage
from tests.builders.house import DAY, HOUR, NOON

WHO_DOSES = [("nurse", "nurse"), ("facilitator", "facilitator"), ("prescriber", "prescriber")]


def people_for(house, stage):
    """Who is booked for a visit of a stage in the made-up house."""
    if stage == Stage.DOSING:
        return [(house.people[part], capacity) for part, capacity in WHO_DOSES]
    return [(house.facilitator, "facilitator")]


def a_visit(
    house, case, *, stage=Stage.PREPARATION, at=NOON - 20 * DAY, starts_at=NOON, hours=None, **facts
):
    """A planned visit."""
    length = HOUR * (hours or (3 if stage == Stage.DOSING else 1))
    facts = {
        "code": str(stage),
        "room": house.room,
        "people": people_for(house, stage),
        "ends_at": starts_at + length,
    } | facts
    return actions.book(
        case, by=facts.pop("by", house.intake), at=at, stage=stage, starts_at=starts_at, **facts
    )


def a_dosing_visit(house, case, **facts):
    """A planned supervised session's visit."""
    return a_visit(house, case, stage=Stage.DOSING, **facts)


HALF_AN_HOUR = timedelta(minutes=30)
