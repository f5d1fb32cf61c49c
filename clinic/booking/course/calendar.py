"""What the diary, the rota and the licences leave free, on the grid a course is laid on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from clinic.booking.course.problem import A_DAY
from clinic.booking.models import Visit, VisitPerson
from clinic.booking.queries import HELD, absences_of, overlapping, rooms_of, staff_of, taken_people
from clinic.cases.models import Case
from clinic.cases.queries import holds_on
from clinic.people.hours.models import ClosedDay, WorkingHours
from clinic.people.models import Duty, DutyShift, Room, User

A_QUARTER = timedelta(minutes=15)
# A site sees people between these hours, but for those whose own hours are written.
OPENS, CLOSES = time(8), time(20)


def quarters(clock: time) -> int:
    """A time of day on the grid, the fraction of a quarter left out."""
    return clock.hour * 4 + clock.minute // 15


def _first_quarter(clock: time) -> int:
    """The first quarter that does not begin before a time of day."""
    return clock.hour * 4 + -(-clock.minute // 15)


@dataclass(frozen=True)
class Grid:
    """Quarters of an hour from midnight of a day on a site's own clock."""

    first: date
    days: int
    zone: ZoneInfo

    def floor(self, at: datetime) -> int:
        """The quarter an instant lies in."""
        local = at.astimezone(self.zone)
        return (local.date() - self.first).days * A_DAY + quarters(local.time())

    def ceil(self, at: datetime) -> int:
        """The quarter by which an instant is over."""
        return self.floor(at + A_QUARTER - timedelta(microseconds=1))

    def moment(self, start: int) -> datetime:
        """The instant at which a quarter begins."""
        day = self.first + timedelta(days=start // A_DAY)
        clock = time(start % A_DAY // 4, start % 4 * 15)
        return datetime.combine(day, clock, tzinfo=self.zone)

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    @property
    def from_until(self) -> tuple[datetime, datetime]:
        """The stretch of the whole grid."""
        return self.moment(0), self.moment(self.days * A_DAY)


class Taken:
    """Which quarters of the grid something is taken, and when it is free for how long."""

    def __init__(self, grid: Grid):
        self.grid, self.cells = grid, bytearray(grid.days * A_DAY)

    def take(self, starts: int, ends: int) -> None:
        """Take a stretch, as far as it lies on the grid."""
        low, high = max(starts, 0), min(ends, len(self.cells))
        if low < high:
            self.cells[low:high] = b"\1" * (high - low)

    def take_times(self, starts_at: datetime, ends_at: datetime) -> None:
        """Take the quarters a stretch of time touches."""
        self.take(self.grid.floor(starts_at), self.grid.ceil(ends_at))

    def take_outside(self, hours: dict[int, tuple[int, int]]) -> None:
        """Take every quarter but these of each weekday."""
        for number in range(self.grid.days):
            midnight = number * A_DAY
            opens, closes = hours.get(self.grid.day(number).weekday(), (0, 0))
            self.take(midnight, midnight + opens)
            self.take(midnight + closes, midnight + A_DAY)

    def free(self, length: int, days: Callable[[int], bool] | None = None) -> frozenset[int]:
        """When something as long may begin, on every half hour of the days that are allowed."""
        begins = range(0, len(self.cells) - length + 1, 2)
        return frozenset(
            start
            for start in begins
            if not self.cells.find(1, start, start + length) + 1
            and (days is None or days(start // A_DAY))
        )


@dataclass(frozen=True)
class Calendar:
    """The facts of one site on the grid, read once for a whole course."""

    case: Case
    grid: Grid
    at: datetime

    @cached_property
    def rooms(self) -> list[Room]:
        """The rooms in use that no hold lies on."""
        return self._not_held(rooms_of(self.case.site))

    @cached_property
    def staff(self) -> list[User]:
        """Who works here, but for those on whom a hold lies."""
        return self._not_held(staff_of(self.case.site, self.at).prefetch_related("roles"))

    def _not_held(self, rows: Iterable[Any]) -> list[Any]:
        rows = list(rows)
        held = {hold.target_key for hold in holds_on(self.case.site, [row.key for row in rows])}
        return [row for row in rows if row.key not in held]

    @cached_property
    def site_taken(self) -> Taken:
        """What is past, the nights and the closed days."""
        taken = Taken(self.grid)
        taken.take_outside({n: (quarters(OPENS), quarters(CLOSES)) for n in range(7)})
        taken.take_times(self.grid.moment(0), self.at)
        last = self.grid.day(self.grid.days)
        closed = ClosedDay.objects.filter(
            site=self.case.site, day__gte=self.grid.first, day__lt=last
        )
        for each in closed:
            midnight = (each.day - self.grid.first).days * A_DAY
            taken.take(midnight, midnight + A_DAY)
        return taken

    @cached_property
    def _visits(self) -> list[Visit]:
        stretch = overlapping(*self.grid.from_until)
        held = Visit.objects.filter(stretch, status__in=HELD)
        return list(
            held.filter(site=self.case.site).only("room_id", "patient_id", "starts_at", "ends_at")
        )

    def room_taken(self, room: Room) -> Taken:
        """When a room is booked."""
        return self._of(visit for visit in self._visits if visit.room_id == room.pk)

    @cached_property
    def patient_taken(self) -> Taken:
        """When the person has another visit."""
        return self._of(v for v in self._visits if v.patient_id == self.case.patient_id)

    def _of(self, rows: Iterable[Any]) -> Taken:
        taken = Taken(self.grid)
        for row in rows:
            taken.take_times(row.starts_at, row.ends_at)
        return taken

    @cached_property
    def _booked(self) -> list[VisitPerson]:
        stretch = overlapping(*self.grid.from_until)
        return list(taken_people(self.staff, stretch))

    @cached_property
    def _away(self) -> list[Any]:
        return absences_of(self.staff, *self.grid.from_until)

    @cached_property
    def _hours(self) -> dict[int, dict[int, tuple[int, int]]]:
        found: dict[int, dict[int, tuple[int, int]]] = {}
        for each in WorkingHours.objects.filter(site=self.case.site, user__in=self.staff):
            hours = found.setdefault(each.user_id, {})
            hours[each.weekday] = (_first_quarter(each.starts), quarters(each.ends))
        return found

    def person_taken(self, user: User, *, is_with_client: bool) -> Taken:
        """When somebody is away, off, or with somebody else."""
        rows = [*self._away, *(self._booked if is_with_client else [])]
        taken = self._of(row for row in rows if row.user_id == user.pk)
        if user.pk in self._hours:
            taken.take_outside(self._hours[user.pk])
        return taken

    def works_here(self, user: User, number: int) -> bool:
        """Whether somebody has a role at the site on a day of the grid."""
        noon = self.grid.moment(number * A_DAY + A_DAY // 2)
        return any(
            role.site_id == self.case.site_id
            and role.valid_from <= noon
            and (role.valid_until is None or role.valid_until > noon)
            for role in user.roles.all()
        )

    @cached_property
    def _on_call(self) -> list[DutyShift]:
        starts_at, _ = self.grid.from_until
        shifts = DutyShift.objects.filter(
            site=self.case.site, duty=Duty.ON_CALL, ends_at__gt=starts_at, user__is_active=True
        )
        return list(shifts.order_by("starts_at"))

    @cached_property
    def rota_ends_at(self) -> datetime:
        """Until when it is written who is on call; what lies after nobody knows yet."""
        return max((each.ends_at for each in self._on_call), default=self.grid.moment(0))

    def is_covered(self, starts_at: datetime, until: datetime) -> bool:
        """Whether somebody is on call all the time, as far as the rota is written."""
        return self.covered_until(starts_at) >= min(until, self.rota_ends_at)

    def covered_until(self, starts_at: datetime) -> datetime:
        """The end of the unbroken cover that begins at a moment; the moment itself without any."""
        reached = starts_at
        for shift in self._on_call:
            if shift.starts_at <= reached:
                reached = max(reached, shift.ends_at)
        return reached

    def gaps_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches from a moment on in which the rota, as far as it is written, has nobody."""
        reached = at
        for shift in self._on_call:
            if shift.starts_at > reached:
                yield reached, shift.starts_at
            reached = max(reached, shift.ends_at)
