"""Who works when at a site, and on which days it is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, sites_where
from clinic.people.hours.models import WEEKDAYS, ClosedDay, WorkingHours
from clinic.people.models import Site, User
from clinic.people.queries import colleagues


@dataclass(frozen=True)
class Week:
    """One colleague's week at a site; without any day, nothing is written of them."""

    user: User
    days: tuple[WorkingHours | None, ...]

    @property
    def is_written(self) -> bool:
        return any(self.days)


def weeks_of(site: Site, *, at: datetime) -> list[Week]:
    """The week of everybody who works at a site, by name."""
    written: dict[int, dict[int, WorkingHours]] = {}
    for each in WorkingHours.objects.filter(site=site):
        written.setdefault(each.user_id, {})[each.weekday] = each
    return [
        Week(user, tuple(written.get(user.pk, {}).get(n) for n in range(len(WEEKDAYS))))
        for user in colleagues([site.pk], at=at)
    ]


def hours_of(user: User, site: Site) -> dict[int, WorkingHours]:
    """One colleague's week at a site, by day of the week."""
    return {each.weekday: each for each in WorkingHours.objects.filter(user=user, site=site)}


def closed_days(site: Site, *, since: date) -> QuerySet[ClosedDay]:
    """The days to come on which a site is closed."""
    return ClosedDay.objects.filter(site=site, day__gte=since)


def visible_closed_days(user: Any) -> QuerySet[ClosedDay]:
    """The closed days of the sites this person may change."""
    sites = sites_where(user, Permission.MANAGE_SITE)
    return ClosedDay.objects.filter(site_id__in=sites).select_related("site")
