"""Which visits there are, what stands in the way of another, and the week as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from clinic.access import Permission, sites_where
from clinic.booking.models import Stage, Status, Visit, VisitPerson
from clinic.cases.models import Case, Cycle
from clinic.people.models import Absence, Room, Site, User
from clinic.protocols.document import Presence, VisitRule
from clinic.protocols.queries import document_of

HELD = (Status.PLANNED, Status.ARRIVED)
TOOK_PLACE = (Status.PLANNED, Status.ARRIVED, Status.DONE)


def visible_visits(user: Any) -> QuerySet[Visit]:
    """The visits of the sites at which the person books, or may open a case."""
    sites = {*sites_where(user, Permission.BOOK), *sites_where(user, Permission.SEE_CASE)}
    return (
        Visit.objects.filter(site_id__in=sorted(sites))
        .select_related(
            "site", "room", "patient", "cycle", "case__patient", "case__protocol_version__protocol"
        )
        .select_related("case__site", "booked_by", "overlap_allowed_by")
        .prefetch_related("people__user")
    )


def bookable_cases(user: Any) -> QuerySet[Case]:
    """The cases of the sites at which the person books; no clinical content is read for it."""
    return Case.objects.filter(site_id__in=sites_where(user, Permission.BOOK)).select_related(
        "site", "patient", "protocol_version__protocol"
    )


def diary_sites(user: Any) -> list[Site]:
    """The sites whose diary the person may open."""
    sites = {*sites_where(user, Permission.BOOK), *sites_where(user, Permission.SEE_CASE)}
    return list(Site.objects.filter(pk__in=sorted(sites)))


def visits_of(case: Case) -> QuerySet[Visit]:
    """Every visit of a case in order, whatever became of it."""
    return case.visits.select_related("room", "cycle").prefetch_related("people__user")


def visit_rules(case: Case) -> tuple[VisitRule, ...]:
    """The visits the case's protocol has; nothing else is ever offered."""
    return document_of(case.protocol_version).visits


def visit_rule(case: Case, stage: str, code: str) -> VisitRule | None:
    """The protocol's rule for one kind of visit, or None."""
    return next(
        (each for each in visit_rules(case) if (each.stage.value, each.code) == (stage, code)), None
    )


def capacities_of(case: Case, rule: VisitRule) -> list[tuple[str, str, int]]:
    """Who has to be booked for a visit: capacity, title, how many.

    A supervised session takes everybody the protocol wants with the person or in the house; who
    need only be reachable is on the rota, not in the room.
    """
    document = document_of(case.protocol_version)
    near = {
        role.capacity: (role.capacity, role.title, role.count)
        for role in document.roles
        if role.presence != Presence.REACHABLE and role.count
    }
    if rule.stage.value == Stage.DOSING:
        return list(near.values())
    roles = {role.capacity: role.title for role in document.roles}
    return [(capacity, roles.get(capacity, capacity), 1) for capacity in rule.staff]


def is_with_client(case: Case, stage: str, capacity: str) -> bool:
    """Whether somebody in this capacity is in the room for the whole visit."""
    role = document_of(case.protocol_version).role(capacity)
    is_near = role is None or role.presence == Presence.WITH_CLIENT
    return stage != Stage.DOSING or is_near


def cycle_of(case: Case, stage: str) -> Cycle | None:
    """The cycle a new visit belongs to: integration follows the last session there was."""
    cycles = case.cycles.order_by("-number")
    if stage == Stage.INTEGRATION:
        held = cycles.filter(visits__stage=Stage.DOSING, visits__status=Status.DONE).first()
        if held is not None:
            return held
    return cycles.first()


def dosing_visit(cycle: Cycle) -> Visit | None:
    """The visit of this cycle in which the dose is given, if it is booked or has been."""
    return (
        cycle.visits.filter(stage=Stage.DOSING, status__in=TOOK_PLACE)
        .select_related("room", "site")
        .prefetch_related("people__user__licences")
        .first()
    )


def rooms_of(site: Site) -> QuerySet[Room]:
    """The rooms of a site that are in use."""
    return site.rooms.filter(closed_at__isnull=True)


def staff_of(site: Site, at: datetime) -> QuerySet[User]:
    """Who has a role at a site at a moment, with their licences."""
    return (
        User.objects.filter(
            Q(roles__valid_until__isnull=True) | Q(roles__valid_until__gt=at),
            roles__site=site,
            roles__valid_from__lte=at,
            is_active=True,
        )
        .distinct()
        .order_by("name")
        .prefetch_related("licences")
    )


def overlapping(starts_at: datetime, ends_at: datetime) -> Q:
    """Rows that share a moment with this stretch; touching ends do not."""
    return Q(starts_at__lt=ends_at, ends_at__gt=starts_at)


@dataclass(frozen=True)
class Clashes:
    """Everything that already holds the room, the people or the patient in a stretch of time."""

    rooms: tuple[Visit, ...]
    people: tuple[VisitPerson, ...]
    patients: tuple[Visit, ...]

    def __bool__(self) -> bool:
        return bool(self.rooms or self.people or self.patients)


def clashes(
    *,
    room: Room | None,
    people: Iterable[User],
    patient_id: int,
    starts_at: datetime,
    ends_at: datetime,
    but_not: Visit | None = None,
) -> Clashes:
    """Ask the diary who and what is taken, all of it and not only the first."""
    stretch = overlapping(starts_at, ends_at)
    visits = (
        Visit.objects.filter(stretch, status__in=HELD, overlap_allowed_at__isnull=True)
        .exclude(pk=but_not and but_not.pk)
        .select_related("room", "patient", "site")
    )
    persons = (
        VisitPerson.objects.filter(stretch, is_held=True, user__in=list(people))
        .exclude(visit=but_not)
        .select_related("user", "visit__site", "visit__patient")
    )
    return Clashes(
        tuple(visits.filter(room=room)) if room else (),
        tuple(persons),
        tuple(visits.filter(patient_id=patient_id)),
    )


def absences_of(people: Iterable[User], starts_at: datetime, ends_at: datetime) -> list[Absence]:
    """Who of these people is away for any part of a stretch."""
    away = Absence.objects.filter(overlapping(starts_at, ends_at), user__in=list(people))
    return list(away.select_related("user"))


# -- The week ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class DayOfWeek:
    """One day of one line of the diary."""

    day: date
    visits: tuple[Visit, ...]
    is_today: bool
    is_away: bool = False


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
    visits = list(
        visible_visits(user)
        .filter(overlapping(starts, ends), site=site, status__in=TOOK_PLACE)
        .order_by("starts_at")
    )
    today = at.astimezone(site.tz).date()
    make = _person_lines if by == "person" else _room_lines
    return Week(site, monday, today, tuple(make(site, monday, today, visits, at)))


def _days(
    site: Site, monday: date, today: date, visits: list[Visit], away: Iterable[Absence] = ()
) -> tuple[DayOfWeek, ...]:
    days = (monday + timedelta(days=n) for n in range(7))
    return tuple(
        DayOfWeek(
            day,
            tuple(visit for visit in visits if _touches(visit, day, site)),
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
    site: Site, monday: date, today: date, visits: list[Visit], at: datetime
) -> Iterator[Line]:
    for room in rooms_of(site):
        here = [visit for visit in visits if visit.room_id == room.pk]
        note = "for sessions" if room.for_dosing else ""
        yield Line(room.name, note, _days(site, monday, today, here))
    at_a_distance = [visit for visit in visits if visit.room_id is None]
    if at_a_distance:
        yield Line("At a distance", "", _days(site, monday, today, at_a_distance))


def _person_lines(
    site: Site, monday: date, today: date, visits: list[Visit], at: datetime
) -> Iterator[Line]:
    staff = list(staff_of(site, at))
    starts = datetime.combine(monday, time(), tzinfo=site.tz)
    away = absences_of(staff, starts, starts + timedelta(days=8))
    for user in staff:
        theirs = [v for v in visits if any(p.user_id == user.pk for p in v.people.all())]
        absent = [absence for absence in away if absence.user_id == user.pk]
        if theirs or absent or any(user.licences.all()):
            yield Line(user.name, "", _days(site, monday, today, theirs, absent))
