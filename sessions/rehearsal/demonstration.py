"""A made-up clinic at work: forty people at every stage, two of them in a session right now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from clinic.cases import actions as cases
from clinic.checklists.engine import Answer
from clinic.people.models import Organisation
from sessions.rehearsal import house as made_up
from sessions.rehearsal import walk
from sessions.rehearsal.house import PASSWORD, House
from sessions.rehearsal.walk import DAY, HOUR, MINUTE
from sessions.supervised.models import LIVE, SupervisedSession

TREES = [
    "Alder", "Aspen", "Beech", "Birch", "Cedar", "Cypress", "Elder", "Elm", "Fir", "Hawthorn",
    "Hazel", "Holly", "Hornbeam", "Juniper", "Larch", "Laurel", "Linden", "Maple", "Medlar", "Oak",
    "Olive", "Pine", "Plane", "Poplar", "Quince", "Rowan", "Spruce", "Sycamore", "Tamarisk", "Willow",
]  # fmt: skip
PLACES = [
    "Ashgrove", "Bayhead", "Coldwater", "Dunmoor", "Eastlake", "Fernhill", "Greenway", "Highfield",
    "Inverbrook", "Kestrelton", "Longmeadow", "Millstream", "Northcliff", "Oldfield", "Pebbleford",
]  # fmt: skip
LONGEST = ("Maximiliana-Konstantina Eleftheria", "von und zu Hohenstaufen-Wolkenkuckucksheim")


def people() -> Iterator[dict[str, Any]]:
    """Names and birthdays of people who do not exist, always in the same order."""
    yield {"given_name": LONGEST[0], "family_name": LONGEST[1], "born": date(1951, 2, 28)}
    yield {"given_name": "", "family_name": "Wren", "born": date(2001, 12, 31)}
    yield {"given_name": "Łucja", "family_name": "Østergård-Ñúñez", "born": date(1979, 8, 4)}
    for number in range(300):
        yield {
            "given_name": TREES[number % len(TREES)],
            "family_name": PLACES[(number * 7) % len(PLACES)],
            "born": date(1958 + (number * 13) % 44, 1 + number % 12, 1 + (number * 5) % 28),
            "may_email": number % 5 != 0,
            "allergies": ["", "Penicillin", "Latex", ""][number % 4],
        }


def seed(*, at: datetime, say: Callable[[str], None]) -> None:
    """Make the clinic, or where it stands see that two sessions are in progress.

    Each case is one transaction; a start that was cut off begins again where it stopped.
    """
    with transaction.atomic():
        house = made_up.find()
        if house is None:
            say("Building a made-up clinic …")
            house = made_up.build(at=at - 90 * DAY, password=PASSWORD)
            Organisation.objects.filter(pk=1).update(changed_at=house.at, changed_by=house.manager)
    names = people()
    for number, tell in enumerate(_stories(house, at)):
        person = next(names)
        with transaction.atomic():
            walk.clock(house, at)
            if not _is_there(house, person):
                if number % 10 == 0:
                    say(f"  case {number + 1} …")
                tell(person)
    with transaction.atomic():
        _keep_two_in_session(house, at, names)


def _is_there(house: House, person: dict[str, Any]) -> bool:
    return house.site.patients.filter(
        family_name=person["family_name"],
        given_name=person["given_name"],
        date_of_birth=person["born"],
    ).exists()


# -- When things happen ----------------------------------------------------------------------


def _local(house: House, day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=house.site.tz)


def _working_day(day: date, step: int) -> date:
    """The nearest working day in a direction, the day itself included."""
    while day.weekday() >= 5:
        day += timedelta(days=step)
    return day


class Diary:
    """Gives each made-up session its own half day, so that nobody is in two places."""

    def __init__(self, house: House, at: datetime):
        self.house, self.today = house, at.astimezone(house.site.tz).date()
        self.past, self.future = self.today - timedelta(days=4), self.today + timedelta(days=2)
        self.halves: dict[date, int] = {}
        self.evenings: dict[date, int] = {}

    def before(self) -> datetime:
        """The next free half day, going back."""
        self.past = _working_day(self.past, -1)
        return self._half(self.past, "past", -1)

    def ahead(self) -> datetime:
        """The next free half day, going on."""
        self.future = _working_day(self.future, 1)
        return self._half(self.future, "future", 1)

    def evening(self, day: date) -> datetime:
        """An hour after the sessions of that day, for a visit."""
        used = self.evenings.setdefault(day, 0)
        self.evenings[day] = used + 1
        return _local(self.house, day, 16 + used)

    def _half(self, day: date, direction: str, step: int) -> datetime:
        used = self.halves.setdefault(day, 0)
        self.halves[day] = used + 1
        if used == 1:
            setattr(self, direction, day + timedelta(days=step))
        return _local(self.house, day, 9 if used == 0 else 12, 0 if used == 0 else 30)


# -- The stories -----------------------------------------------------------------------------


def _stories(house: House, at: datetime) -> Iterator[Callable[[dict], None]]:
    """Thirty-eight people, each at a stage; two more are in session."""
    diary = Diary(house, at)

    def after(person: dict, *, mood: int) -> tuple[Any, Any]:
        dosed_at = diary.before() + 30 * MINUTE
        starts_at = dosed_at - 30 * MINUTE
        prepared_at = diary.evening(_working_day(starts_at.date() - timedelta(days=5), -1))
        case, session = walk.ready(
            house, session_at=starts_at, prepared_at=prepared_at, **person
        )
        released_at = walk.whole_session(house, session, at=dosed_at)
        next_day = _working_day(released_at.date() + timedelta(days=2), 0)
        return case, (released_at, next_day, mood)

    def integrating(person: dict) -> None:
        after(person, mood=1)

    def integrated(person: dict) -> Any:
        case, (released_at, day, mood) = after(person, mood=1)
        walk.integrated(house, case, released_at=released_at, starts_at=diary.evening(day))
        walk.measured(house, case, at=released_at + 3 * DAY, phq=mood, gad=mood)
        return case, released_at

    def aftercare(person: dict) -> Any:
        case, released_at = integrated(person)
        walk.into_aftercare(house, case, at=released_at + 3 * DAY + HOUR)
        return case, released_at

    def closed(person: dict) -> None:
        case, released_at = aftercare(person)
        walk.closed(house, case, at=released_at + 3 * DAY + 2 * HOUR)

    def ahead(person: dict, without: tuple[str, ...] = ()) -> None:
        starts_at = diary.ahead()
        prepared_at = diary.evening(_working_day(diary.today - timedelta(days=2), -1))
        walk.ready(
            house,
            session_at=starts_at,
            prepared_at=prepared_at,
            told_at=at - HOUR,
            without=without,
            **person,
        )

    def referred(person: dict) -> None:
        walk.referred(house, walk.registered(house, at=at - 2 * DAY, **person), at=at - DAY)

    def screening(person: dict, **chosen: Any) -> None:
        patient = walk.registered(house, at=at - 5 * DAY, **person)
        case = walk.referred(house, patient, at=at - 4 * DAY)
        walk.answered(house, case, at=at - 2 * DAY, **chosen)

    def decided(person: dict, outcome: str) -> None:
        patient = walk.registered(house, at=at - 9 * DAY, **person)
        case = walk.referred(house, patient, at=at - 8 * DAY)
        walk.answered(house, case, at=at - 7 * DAY, pressor_medicines=["maoi"])
        walk.decided(house, case, at=at - 6 * DAY, outcome=outcome)

    def left(person: dict, act: Callable, **facts: Any) -> None:
        case = walk.eligible(house, at=at - 12 * DAY, **person)
        walk.clock(house, at - 3 * DAY)
        act(case, at=at - 3 * DAY, **facts)

    def died(person: dict) -> None:
        case = walk.eligible(house, at=at - 30 * DAY, **person)
        walk.clock(house, at - 3 * DAY)
        cases.died(case.patient, by=house.facilitator, at=at - 3 * DAY)

    by = {"by": house.facilitator}
    yield aftercare
    yield referred
    yield lambda p: ahead(p)
    yield from [integrating] * 3
    yield from [integrated] * 3
    yield from [aftercare] * 3
    yield from [closed] * 2
    for without in [
        (),
        (),
        (),
        ("consent",),
        ("measures",),
        ("way_home",),
        ("preparation",),
        ("consent", "way_home", "measures"),
    ]:
        yield lambda p, without=without: ahead(p, without)
    yield from [referred] * 2
    yield screening
    yield lambda p: screening(p, hypertension=True, pregnancy=Answer("not_known"))
    yield lambda p: screening(p, psychosis=True)
    yield lambda p: screening(p, seizures=Answer("not_known"))
    yield lambda p: screening(p, blunting_medicines=["lamotrigine"])
    yield from [lambda p: walk.eligible(house, at=at - DAY, **p)] * 4
    yield lambda p: decided(p, "deferred")
    yield lambda p: decided(p, "declined")
    yield lambda p: left(p, cases.suspend, by=house.prescriber, reason="New chest pain; under investigation.")
    yield lambda p: left(p, cases.withdraw, reason="Moved away.", **by)
    yield lambda p: left(p, cases.lose, reason="Three calls and a letter, no answer.", **by)
    yield died
    yield lambda p: screening(p, capacity=False)


def _keep_two_in_session(house: House, at: datetime, names: Iterator[dict]) -> None:
    """Two people in session whose next checks come due while one looks."""
    walk.clock(house, at)
    live = SupervisedSession.objects.filter(site=house.site, status__in=LIVE, dosed_at__isnull=False)
    fresh = [each for each in live if at - each.dosed_at < 3 * HOUR]
    pairs = [
        (house.room, house.facilitator, house.nurse, house.prescriber, 43),
        (house.second_room, house.second_facilitator, house.second_nurse, house.medical_lead, 88),
    ]
    for (room, facilitator, nurse, prescriber, minutes), person in zip(pairs, names, strict=False):
        if any(each.visit.room_id == room.pk for each in fresh):
            continue
        dosed_at = at - minutes * MINUTE
        case, session = walk.ready(
            house,
            session_at=dosed_at - 30 * MINUTE,
            prepared_at=dosed_at - 6 * DAY,
            room=room,
            people=[(facilitator, "facilitator"), (nurse, "nurse"), (prescriber, "prescriber")],
            **person,
        )
        walk.up_to_the_dose(house, session, at=dosed_at, nurse=nurse)
        late = {15: 9} if room == house.room else None
        walk.watched(house, session, dosed_at=dosed_at, until=at, nurse=nurse, late=late)
        walk.tapped(house, session, at=dosed_at + 18 * MINUTE, code="eyes-closed", nurse=nurse)
