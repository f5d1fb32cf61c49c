"""A participant of the three cycles of MDMA, two therapists, one room, twelve weeks half full."""

import random
from datetime import date, datetime, time, timedelta

from clinic.booking import actions as booking
from clinic.booking.course.wishes import Wishes
from clinic.people import actions as people
from tests.builders import trials
from tests.builders.house import DAY, HOUR, NOON, a_house
from tests.builders.protocols import a_shipped_version

MONDAY = date(2026, 11, 23)
WEEKS = 12
SEED = 3


def a_house_with_two_therapists():
    """The house with MDMA in force, its medical lead and facilitator as the only pair, one room."""
    house = a_house()
    house.version = a_shipped_version(house, "mdma-assisted", at=house.at)
    house.people = house.people | {"lead": house.medical_lead, "second": house.facilitator}
    house.pair = [(house.lead, "facilitator"), (house.second, "second_therapist")]
    for room in house.site.rooms.exclude(pk=house.room.pk):
        people.close_room(room, by=house.manager, at=house.at)
    return house


def a_participant(house, name="Ashgrove", year=1985):
    """Somebody whose preparation has begun."""
    person = {"family_name": name, "given_name": name, "phone": "", "born": date(year, 2, 3)}
    return trials.a_participant(
        house, NOON - 30 * DAY, person=person, age=41, weight="70", qtc_limit="male"
    )


def half_full(house, case):
    """Take every second working day of the pair and their room, all day, for somebody else."""
    days = [MONDAY + timedelta(days=n) for n in range(WEEKS * 7) if n % 7 < 5]
    taken = sorted(random.Random(SEED).sample(days, len(days) // 2))  # noqa: S311 -- a made-up diary
    for day in taken:
        starts_at = datetime.combine(day, time(8), tzinfo=house.site.tz)
        booking.book(
            case, by=house.intake, at=NOON, stage="preparation", code="preparation",
            room=house.room, starts_at=starts_at, ends_at=starts_at + 12 * HOUR, people=house.pair,
        )  # fmt: skip
    return len(taken) / len(days)


def wishes(**changes):
    """The whole course, on working days."""
    facts = {"earliest": MONDAY, "weeks": WEEKS, "sessions": 3, "weekdays": (0, 1, 2, 3, 4)}
    return Wishes(**facts | changes)


def as_booked(draft):
    """A draft as its form sends it."""
    return [
        {
            "stage": each.wanted.stage,
            "code": each.wanted.rule.code,
            "number": each.wanted.cycle,
            "room": each.room,
            "people": list(each.people),
            "interpreter": each.interpreter,
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
        }
        for each in draft.visits
    ]
