"""The diary of one site for a week, line by line as rooms or as people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from clinic.booking.models import Visit
from clinic.booking.queries import (
    TOOK_PLACE,
    absences_of,
    hidden_visits,
    overlapping,
    rooms_of,
    staff_of,
    visible_visits,
)
from clinic.people.models import Absence, Site


@dataclass(frozen=True)
class DayOfWeek:
    """One day of one line of the diary."""

    day: date
    visits: tuple[Visit, ...]
    taken: tuple[Visit, ...]  # by people the reader does not know
    is_today: bool
    is_away: bool = False


@dataclass(frozen=True)
class Visits:
    """The visits of a stretch: those the reader may open, and those that only take up time."""

    known: list[Visit]
    hidden: list[Visit]

    def of(self, is_there: Callable[[Visit], bool]) -> Visits:
        """Those of one room or one person."""
        return Visits(
            [visit for visit in self.known if is_there(visit)],
            [visit for visit in self.hidden if is_there(visit)],
        )

    def __bool__(self) -> bool:
        return bool(self.known or self.hidden)


@dataclass(frozen=True)
class Line:
    """One room or one person, day by day."""

    title: str
    note: str
    days: tuple[DayOfWeek, ...]


@dataclass(frozen=True)
class Week:
    """The diary of one site for seven days from a Monday."""

    site: Site
    monday: date
    today: date
    lines: tuple[Line, ...]

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is booked on any day of it."""
        return not any(each.visits for line in self.lines for each in line.days)

    def columns(self, chosen: date) -> list[tuple[date, bool, bool]]:
        """Each day, whether it is today, and whether it is the one that was chosen."""
        return [(day, day == self.today, day == chosen) for day in self.days]

    def agenda(self, chosen: date) -> list[tuple[Line, DayOfWeek]]:
        """One day of every line that has something on it: what a small screen shows."""
        found = []
        for line in self.lines:
            day = next((each for each in line.days if each.day == chosen), None)
            if day is not None and (day.visits or day.taken or day.is_away):
                found.append((line, day))
        return found

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=7)


def week_of(user: Any, site: Site, day: date, *, by: str, at: datetime) -> Week:
    """Seven days of a site, line by line as rooms or as people, in a constant number of queries."""
    monday = day - timedelta(days=day.weekday())
    starts = datetime.combine(monday, time(), tzinfo=site.tz)
    ends = datetime.combine(monday + timedelta(days=7), time(), tzinfo=site.tz)
    asked = overlapping(starts, ends) & Q(site=site, status__in=TOOK_PLACE)
    known = list(visible_visits(user).filter(asked).order_by("starts_at"))
    hidden = hidden_visits(site, known=known).filter(asked).order_by("starts_at")
    visits = Visits(known, list(hidden))
    today = at.astimezone(site.tz).date()
    make = _person_lines if by == "person" else _room_lines
    return Week(site, monday, today, tuple(make(site, monday, today, visits, at)))


def _days(
    site: Site, monday: date, today: date, visits: Visits, away: Iterable[Absence] = ()
) -> tuple[DayOfWeek, ...]:
    days = (monday + timedelta(days=n) for n in range(7))
    return tuple(
        DayOfWeek(
            day,
            tuple(visit for visit in visits.known if _touches(visit, day, site)),
            tuple(visit for visit in visits.hidden if _touches(visit, day, site)),
            day == today,
            any(_touches(absence, day, site) for absence in away),
        )
        for day in days
    )


def _touches(row: Visit | Absence, day: date, site: Site) -> bool:
    first = row.starts_at.astimezone(site.tz).date()
    last = (row.ends_at - timedelta(microseconds=1)).astimezone(site.tz).date()
    return first <= day <= last


def _room_lines(
    site: Site, monday: date, today: date, visits: Visits, at: datetime
) -> Iterator[Line]:
    for room in rooms_of(site):
        here = visits.of(lambda visit, room=room: visit.room_id == room.pk)
        note = "for sessions" if room.for_dosing else ""
        yield Line(room.name, note, _days(site, monday, today, here))
    at_a_distance = visits.of(lambda visit: visit.room_id is None)
    if at_a_distance:
        yield Line("At a distance", "", _days(site, monday, today, at_a_distance))


def _person_lines(
    site: Site, monday: date, today: date, visits: Visits, at: datetime
) -> Iterator[Line]:
    staff = list(staff_of(site, at))
    starts = datetime.combine(monday, time(), tzinfo=site.tz)
    away = absences_of(staff, starts, starts + timedelta(days=8))
    for user in staff:
        theirs = visits.of(
            lambda visit, user=user: any(p.user_id == user.pk for p in visit.people.all())
        )
        absent = [absence for absence in away if absence.user_id == user.pk]
        if theirs or absent or any(user.licences.all()):
            yield Line(user.name, "", _days(site, monday, today, theirs, absent))
