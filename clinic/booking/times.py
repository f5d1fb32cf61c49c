"""When a site sees people and when its staff works there, as far as either is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from clinic.people.hours.models import ClosedDay, WorkingHours
from clinic.people.models import Site, User

A_DAY, AN_INSTANT = timedelta(days=1), timedelta(microseconds=1)
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class Off:
    """Somebody who is asked for outside their hours, and what these are on that day, if any."""

    user: User
    day: date
    hours: WorkingHours | None


def closed_on(site: Site, starts_at: datetime, ends_at: datetime) -> tuple[ClosedDay, ...]:
    """The closed days of a site that a stretch touches."""
    first, last = (t.astimezone(site.tz).date() for t in (starts_at, ends_at - AN_INSTANT))
    closed = ClosedDay.objects.filter(site=site, day__gte=first, day__lte=last)
    return tuple(closed.select_related("site").order_by("day"))


def off_hours(
    site: Site, people: Iterable[User], starts_at: datetime, ends_at: datetime
) -> tuple[Off, ...]:
    """Who of these people does not work all through a stretch, of whom hours are written."""
    people = list(people)
    weeks = _weeks(site, people)
    begins, ends = starts_at.astimezone(site.tz), ends_at.astimezone(site.tz)
    found = []
    for user in people:
        if user.pk not in weeks:
            continue
        hours = weeks[user.pk].get(begins.weekday())
        is_on_one_day = ends.date() == begins.date()
        if not (
            hours and is_on_one_day and hours.starts <= begins.time() and ends.time() <= hours.ends
        ):
            found.append(Off(user, begins.date(), hours))
    return tuple(found)


def shut_times(
    site: Site, people: Iterable[User], starts_at: datetime, ends_at: datetime
) -> Iterator[Stretch]:
    """Every stretch around these times in which the site is closed or one of the people is off."""
    for each in closed_on(site, starts_at, ends_at):
        yield _clock(site, each.day), _clock(site, each.day + A_DAY)
    weeks = _weeks(site, people)
    day, last = (t.astimezone(site.tz).date() for t in (starts_at, ends_at))
    while weeks and day <= last:
        for week in weeks.values():
            hours = week.get(day.weekday())
            opens, closes = (hours.starts, hours.ends) if hours else (time(), time())
            yield _clock(site, day), _clock(site, day, opens)
            yield _clock(site, day, closes), _clock(site, day + A_DAY)
        day += A_DAY


def _weeks(site: Site, people: Iterable[User]) -> dict[int, dict[int, WorkingHours]]:
    """Each person's hours by the day of the week, of those of whom any are written."""
    weeks: dict[int, dict[int, WorkingHours]] = {}
    for each in WorkingHours.objects.filter(site=site, user__in=list(people)):
        weeks.setdefault(each.user_id, {})[each.weekday] = each
    return weeks


def _clock(site: Site, day: date, clock: time = time()) -> datetime:
    return datetime.combine(day, clock, tzinfo=site.tz)
