"""A made-up clinic at work: forty people at every stage, two of them in a session right now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import partial
from typing import Any

from django.db import transaction

from clinic.cases import actions as cases
from clinic.checklists.engine import Answer
from clinic.people.models import Organisation
from clinic.workflow import Refused
from sessions.rehearsal import house as made_up
from sessions.rehearsal import walk
from sessions.rehearsal.house import PASSWORD, House
from sessions.rehearsal.walk import DAY, HOUR, MINUTE
from sessions.supervised.models import LIVE, Status, SupervisedSession

FOUNDED_BEFORE = 90 * DAY
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
    named = [
        {"given_name": LONGEST[0], "family_name": LONGEST[1], "born": date(1951, 2, 28)},
        {"given_name": "", "family_name": "Wren", "born": date(2001, 12, 31)},
        {"given_name": "Łucja", "family_name": "Østergård-Ñúñez", "born": date(1979, 8, 4)},
    ]
    for number in range(300):
        person = named[number] if number < len(named) else _somebody(number)
        yield person | {
            "phone": f"+1 212 555 {number:04d}",
            "email": f"patient-{number:03d}@patients.example",
        }


def _somebody(number: int) -> dict[str, Any]:
    return {
        "given_name": TREES[number % len(TREES)],
        "family_name": PLACES[(number * 7 + number // 30) % len(PLACES)],
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
            house = made_up.build(at=at - FOUNDED_BEFORE, password=PASSWORD)
            Organisation.objects.filter(pk=1).update(changed_at=house.at, changed_by=house.manager)
    names = people()
    # The stories are dated from the founding, so that a start that was cut off goes on the same.
    for number, tell in enumerate(Stories(house, house.at + FOUNDED_BEFORE).all()):
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


@dataclass(frozen=True)
class Slot:
    """When one made-up person is prepared, treated and seen again; no two clash."""

    prepared_at: datetime
    session_at: datetime
    integrated_at: datetime


class Diary:
    """Gives each made-up session its own half day, going back from today or on from it."""

    def __init__(self, house: House, at: datetime):
        self.house, self.today = house, at.astimezone(house.site.tz).date()
        self.past = self.future = 0

    def before(self) -> Slot:
        """The next free half day, going back."""
        day = _working_days(self.today - timedelta(days=4), self.past // 2, -1)
        half, self.past = self.past % 2, self.past + 1
        return Slot(
            _local(self.house, _working_days(day, 4, -1), 16 + half),
            self._half(day, half),
            _local(self.house, day + timedelta(days=1), 18 + half),
        )

    def ahead(self) -> Slot:
        """The next free half day, going on; its person was prepared the day before yesterday."""
        day = _working_days(self.today + timedelta(days=1), self.future // 2, 1)
        half, hour = self.future % 2, 8 + self.future
        self.future += 1
        prepared_at = _local(self.house, self.today - timedelta(days=2), hour)
        return Slot(prepared_at, self._half(day, half), prepared_at)

    def _half(self, day: date, half: int) -> datetime:
        return _local(self.house, day, 12 if half else 9, 30 if half else 0)


def _working_days(day: date, steps: int, direction: int) -> date:
    """The working day so many steps on, counted from the first one at, before or after a day."""
    one = timedelta(days=direction)
    while day.weekday() >= 5:
        day += one
    for _ in range(steps):
        day += one
        while day.weekday() >= 5:
            day += one
    return day


# -- The stories -----------------------------------------------------------------------------


class Stories:
    """What has happened to whom, each told by the real actions."""

    def __init__(self, house: House, at: datetime):
        self.house, self.at, self.diary = house, at, Diary(house, at)

    def treated(self, slot: Slot, person: dict) -> tuple[Any, datetime]:
        case, session = walk.ready(
            self.house, session_at=slot.session_at, prepared_at=slot.prepared_at, **person
        )
        return case, walk.whole_session(self.house, session, at=slot.session_at + 30 * MINUTE)

    def integrated(self, slot: Slot, person: dict) -> Any:
        case, released_at = self.treated(slot, person)
        seen_at = slot.integrated_at
        walk.integrated(self.house, case, released_at=released_at, starts_at=seen_at)
        walk.measured(self.house, case, at=seen_at + HOUR, phq=1, gad=1)
        walk.followed_up(self.house, case, until=self.at - HOUR)
        return case

    def in_aftercare(self, slot: Slot, person: dict) -> Any:
        case = self.integrated(slot, person)
        walk.into_aftercare(self.house, case, at=slot.integrated_at + 2 * HOUR)
        return case

    def closed(self, slot: Slot, person: dict) -> None:
        case = self.in_aftercare(slot, person)
        walk.closed(self.house, case, at=slot.integrated_at + 3 * HOUR)

    def prepared(self, slot: Slot, person: dict, *without: str) -> None:
        walk.ready(
            self.house,
            session_at=slot.session_at,
            prepared_at=slot.prepared_at,
            told_at=self.at - HOUR,
            without=without,
            **person,
        )

    def referred(self, person: dict) -> Any:
        patient = walk.registered(self.house, at=self.at - 5 * DAY, **person)
        return walk.referred(self.house, patient, at=self.at - 4 * DAY)

    def screened(self, person: dict, **chosen: Any) -> Any:
        case = self.referred(person)
        walk.answered(self.house, case, at=self.at - 2 * DAY, **chosen)
        return case

    def decided(self, person: dict, outcome: str) -> None:
        case = self.screened(person, pressor_medicines=["maoi"])
        walk.decided(self.house, case, at=self.at - DAY, outcome=outcome)

    def eligible(self, person: dict) -> Any:
        return walk.eligible(self.house, at=self.at - 3 * DAY, **person)

    def left(self, person: dict, act: Callable, **facts: Any) -> None:
        case = self.eligible(person)
        walk.clock(self.house, self.at - 2 * DAY)
        act(case, at=self.at - 2 * DAY, **facts)

    def died(self, person: dict) -> None:
        case = self.eligible(person)
        walk.clock(self.house, self.at - 2 * DAY)
        cases.died(case.patient, by=self.house.facilitator, at=self.at - 2 * DAY)

    def all(self) -> Iterator[Callable[[dict], Any]]:
        """Thirty-eight people, each at a stage; two more are in session."""
        back = [
            self.in_aftercare,
            *[self.treated] * 3,
            *[self.integrated] * 3,
            *[self.in_aftercare] * 3,
            *[self.closed] * 2,
        ]
        ahead = [
            (), (), (), (),
            ("consent",), ("measures",), ("way_home",), ("preparation",),
            ("consent", "way_home", "measures"),
        ]  # fmt: skip
        for tell in back:
            yield partial(tell, self.diary.before())
        for without in ahead:
            slot = self.diary.ahead()
            yield lambda person, s=slot, w=without: self.prepared(s, person, *w)
        yield from [self.referred] * 3
        yield self.screened
        for chosen in [
            {"hypertension": True, "pregnancy": Answer("not_known")},
            {"psychosis": True},
            {"seizures": Answer("not_known")},
            {"capacity": False},
        ]:
            yield partial(self.screened, **chosen)
        yield from [self.eligible] * 3
        yield partial(self.decided, outcome="deferred")
        yield partial(self.decided, outcome="declined")
        by = self.house.facilitator
        yield partial(
            self.left,
            act=cases.suspend,
            by=self.house.prescriber,
            reason="New chest pain; under investigation.",
        )
        yield partial(self.left, act=cases.withdraw, by=by, reason="Moved away.")
        yield partial(self.left, act=cases.lose, by=by, reason="Three calls, a letter, no answer.")
        yield self.died


def _keep_two_in_session(house: House, at: datetime, names: Iterator[dict]) -> None:
    """Two people in session whose next checks come due while one looks, at any hour of the night.

    What an earlier start left running has ended since, as its own course tells.
    """
    walk.clock(house, at)
    live = list(
        SupervisedSession.objects.filter(
            site=house.site, status=Status.DOSED, dosed_at__lt=at - 3 * HOUR
        ).select_related("visit", "case")
    )
    for stale in live:
        _end(house, stale)
    taken = set(
        SupervisedSession.objects.filter(site=house.site, status__in=LIVE).values_list(
            "visit__room_id", flat=True
        )
    )
    teams = [
        (house.room, house.facilitator, house.nurse, house.prescriber, (43, 58, 28)),
        (
            house.second_room,
            house.second_facilitator,
            house.second_nurse,
            house.medical_lead,
            (88, 118),
        ),
    ]
    strangers = (person for person in names if not _is_there(house, person))
    for room, facilitator, nurse, prescriber, minutes in teams:
        if room.pk in taken:
            continue
        dosed_at = dose_on_one_day(at, minutes, house.site.tz)
        _, session = walk.ready(
            house,
            session_at=dosed_at - 30 * MINUTE,
            prepared_at=dosed_at - 6 * DAY,
            room=room,
            people=[(facilitator, "facilitator"), (nurse, "nurse"), (prescriber, "prescriber")],
            **next(strangers),
        )
        walk.up_to_the_dose(house, session, at=dosed_at, nurse=nurse)
        late = {15: 9} if room == house.room else None
        walk.watched(house, session, dosed_at=dosed_at, until=at, nurse=nurse, late=late)
        walk.tapped(house, session, at=dosed_at + 18 * MINUTE, code="eyes-closed", nurse=nurse)


def dose_on_one_day(at: datetime, minutes: Iterable[int], zone: tzinfo) -> datetime:
    """When a dose was given whose person came on the same day, so that today's consent is today's.

    Each of the minutes ago lies just before a check falls due.
    """
    moments = [at - each * MINUTE for each in minutes]
    return next(
        dosed_at
        for dosed_at in moments
        if dosed_at.astimezone(zone).date() == (dosed_at - HOUR / 2).astimezone(zone).date()
    )


def _end(house: House, session: SupervisedSession) -> None:
    """The session went on calmly to its end; where somebody played in it, it is left as it is."""
    nurse, dosed_at = session.dosed_by, session.dosed_at
    last = max(each.stated_at for each in session.observation_sets.all())
    try:
        with transaction.atomic():
            for minute in (60, 90, 120):
                planned = dosed_at + minute * MINUTE
                if planned > last:
                    walk.observed(house, session, at=planned, planned_for=planned, nurse=nurse)
            walk.criteria_met(house, session, at=dosed_at + 123 * MINUTE, nurse=nurse)
            walk.released(house, session, at=dosed_at + 126 * MINUTE, nurse=nurse)
            walk.signed(house, session, at=dosed_at + 140 * MINUTE, nurse=nurse)
    except Refused:
        session.refresh_from_db()
