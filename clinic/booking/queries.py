"""Which visits there are, what stands in the way of another, and the week as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from clinic.access import Permission, in_reach, may, sites_where
from clinic.booking.models import Stage, Status, Visit, VisitPerson, Whereabouts
from clinic.booking.times import Off, closed_on, off_hours, shut_times
from clinic.cases.models import Case, Cycle, Patient
from clinic.people.hours.models import ClosedDay
from clinic.people.models import Absence, Room, Site, User
from clinic.protocols.calculators import LicenceNeeded, licences_needed
from clinic.protocols.document import Presence, VisitRule
from clinic.protocols.queries import document_at, document_of

HELD = (Status.PLANNED, Status.ARRIVED)
# Whoever holds visits or books them opens the page of one.
HOSTS = (Permission.BOOK, Permission.PREPARE, Permission.SUPERVISE, Permission.INTEGRATE)
LOST = (Status.CANCELLED, Status.NO_SHOW)
TOOK_PLACE = (Status.PLANNED, Status.ARRIVED, Status.DONE)


def visible_visits(user: Any) -> QuerySet[Visit]:
    """The visits of whom the person books for, or whose case they may open."""
    return (
        Visit.objects.filter(
            in_reach(user, Permission.BOOK, Permission.SEE_CASE, patient="patient")
        )
        .select_related(
            "site", "room", "patient", "cycle", "case__patient", "case__protocol_version__protocol"
        )
        .select_related("case__site", "booked_by", "overlap_allowed_by", "interpreter")
        # A version's document is read once a process; a list of visits need not carry it.
        .defer("case__protocol_version__document")
        .prefetch_related("people__user")
    )


def hidden_visits(site: Site, *, known: Iterable[Visit]) -> QuerySet[Visit]:
    """The visits at a site but for those a person knows: a time, a room, who is booked."""
    return (
        Visit.objects.filter(site=site)
        .exclude(pk__in=[visit.pk for visit in known])
        .select_related("room")
        .prefetch_related("people__user")
    )


def bookable_cases(user: Any) -> QuerySet[Case]:
    """The cases the person books for; no clinical content is read for it."""
    return Case.objects.filter(in_reach(user, Permission.BOOK, patient="patient")).select_related(
        "site", "patient", "protocol_version__protocol"
    )


def diary_sites(user: Any) -> list[Site]:
    """The sites whose diary the person may open."""
    sites = {*sites_where(user, Permission.BOOK), *sites_where(user, Permission.SEE_CASE)}
    return list(Site.objects.filter(pk__in=sorted(sites)))


def visits_of(case: Case) -> QuerySet[Visit]:
    """Every visit of a case in order, whatever became of it."""
    return case.visits.select_related("room", "cycle", "interpreter").prefetch_related(
        "people__user"
    )


def whereabouts_of(visit: Visit) -> Whereabouts | None:
    """Where the person said they are, the last time they were asked."""
    return visit.whereabouts.select_related("asked_by").order_by("pk").last()


def whereabouts_at(visit: Visit, at: datetime) -> Whereabouts | None:
    """Where the person said they are, asked on the visit's own day or, if it is held later, now.

    A visit may be written up on a day after it; what was asked when it was held still holds.
    """
    days = {moment.astimezone(visit.site.tz).date() for moment in (visit.starts_at, at)}
    told = visit.whereabouts.select_related("asked_by").order_by("-pk")
    return next((w for w in told if w.asked_at.astimezone(visit.site.tz).date() in days), None)


def visit_rules(case: Case) -> tuple[VisitRule, ...]:
    """The visits the case's protocol has; nothing else is ever offered."""
    return document_at(case.protocol_version, case.site).visits


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


def cycle_of(case: Case, stage: str) -> Cycle:
    """The cycle a new visit belongs to: integration follows the last session there was."""
    cycles = case.cycles.order_by("-number")
    if stage == Stage.INTEGRATION:
        held = cycles.filter(visits__stage=Stage.DOSING, visits__status=Status.DONE).first()
        if held is not None:
            return held
    return cycles[0]  # a case is opened with its first


def place_of(case: Case, stage: str, number: int | None = None) -> tuple[Cycle | None, int | None]:
    """The cycle a new visit belongs to, or the number of the one to come for which it waits."""
    if number is None:
        return cycle_of(case, stage), None
    cycle = case.cycles.filter(number=number).first()
    return cycle, None if cycle else number


def dosing_visit_ahead(case: Case, number: int) -> Visit | None:
    """The visit booked for the dose of a cycle that has not been opened."""
    return case.visits.filter(ahead=number, stage=Stage.DOSING, status__in=TOOK_PLACE).first()


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


def staff_for(case: Case, at: datetime) -> dict[str, QuerySet[User]]:
    """Who could fill each capacity at the case's site by profession and acts of a licence.

    Whether the licence holds on the day is asked when the visit is booked, and said by name.
    """
    place = case.site.jurisdiction
    staff = list(staff_of(case.site, at))
    found = {}
    for needed in licences_needed(document_of(case.protocol_version), place):
        fitting = [user.pk for user in staff if _could_fill(user, needed, place)]
        found[needed.capacity] = User.objects.filter(pk__in=fitting).order_by("name")
    return found


def _could_fill(user: User, needed: LicenceNeeded, place: str) -> bool:
    professions = {each.casefold() for each in needed.professions}
    acts = {
        act
        for licence in user.licences.all()
        if licence.jurisdiction == place
        and (not professions or licence.profession.casefold() in professions)
        for act in licence.acts
    }
    return set(needed.acts) <= acts


def overlapping(starts_at: datetime, ends_at: datetime) -> Q:
    """Rows that share a moment with this stretch; touching ends do not."""
    return Q(starts_at__lt=ends_at, ends_at__gt=starts_at)


@dataclass(frozen=True)
class Clashes:
    """Everything that already holds the room, the people or the patient in a stretch of time,
    and what closes the site or the day of one of the people.
    """

    rooms: tuple[Visit, ...]
    people: tuple[VisitPerson, ...]
    patients: tuple[Visit, ...]
    names: dict[int, str]  # of the patients the one who asks may see
    closed: tuple[ClosedDay, ...]
    off: tuple[Off, ...]

    def __bool__(self) -> bool:
        return bool(self.rooms or self.people or self.patients or self.closed or self.off)


def clashes(
    case: Case,
    stage: str,
    *,
    room: Room | None,
    people: Iterable[tuple[User, str]],
    starts_at: datetime,
    ends_at: datetime,
    but_not: Visit | None = None,
) -> Clashes:
    """Ask the diary who and what is taken, all of it and not only the first.

    A visit that was allowed to lie over another takes its room, people and patient as any does.
    Only who is with the person for the whole visit is taken by it; hours count for everybody.
    """
    stretch = overlapping(starts_at, ends_at)
    visits = (
        Visit.objects.filter(stretch, status__in=HELD)
        .exclude(pk=but_not.pk if but_not else 0)
        # Not the patient: a room is taken also by whom the one who books does not know.
        .select_related("room", "site")
    )
    people = list(people)
    near = [user for user, capacity in people if is_with_client(case, stage, capacity)]
    persons = (
        taken_people(near, stretch).exclude(visit=but_not).select_related("user", "visit__site")
    )
    rooms = tuple(visits.filter(room=room)) if room else ()
    patients = tuple(visits.filter(patient_id=case.patient_id))
    known = Patient.objects.filter(pk__in=[visit.patient_id for visit in (*rooms, *patients)])
    return Clashes(
        rooms,
        tuple(persons),
        patients,
        {patient.pk: str(patient) for patient in known} if rooms or patients else {},
        closed_on(case.site, starts_at, ends_at),
        off_hours(case.site, [user for user, _ in people], starts_at, ends_at),
    )


def taken_people(people: Iterable[User], stretch: Q) -> QuerySet[VisitPerson]:
    """Who of these people is with somebody in a stretch, whatever was allowed to lie over it."""
    return VisitPerson.objects.filter(
        stretch, is_with_client=True, visit__status__in=HELD, user__in=people
    )


def absences_of(people: Iterable[User], starts_at: datetime, ends_at: datetime) -> list[Absence]:
    """Who of these people is away for any part of a stretch."""
    away = Absence.objects.filter(overlapping(starts_at, ends_at), user__in=list(people))
    return list(away.select_related("user"))


# -- One visit and what may be booked --------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """One kind of visit the protocol has: how many there are, and the way to book another."""

    rule: VisitRule
    held: int
    planned: int

    @property
    def wanted(self) -> str:
        least, usual = self.rule.count_min, self.rule.count_typical
        return f"{least}" if least == usual else f"at least {least}, usually {usual}"


def offers(case: Case) -> list[Offer]:
    """Every kind of visit of the protocol, with those of the newest cycle counted."""
    cycle = cycle_of(case, Stage.PREPARATION)
    counts: dict[tuple[str, str], int] = {}
    for code, status in case.visits.filter(cycle=cycle).values_list("code", "status"):
        counts[code, status] = counts.get((code, status), 0) + 1
    return [
        Offer(
            rule,
            counts.get((rule.code, Status.DONE), 0),
            sum(counts.get((rule.code, status), 0) for status in HELD),
        )
        for rule in visit_rules(case)
    ]


def rooms_for(case: Case, rule: VisitRule) -> QuerySet[Room]:
    """The rooms a visit of this kind may be held in."""
    rooms = rooms_of(case.site)
    return rooms.filter(for_dosing=True) if rule.stage.value == Stage.DOSING else rooms


def people_of(visit: Visit) -> list[tuple[User, str]]:
    """Who is booked for a visit, each with the title of their capacity."""
    # A visit that is over keeps the words of its day.
    at = None if visit.status in HELD else visit.starts_at
    document = document_of(visit.case.protocol_version, at)
    return [(each.user, document.capacity(each.capacity)) for each in visit.people.all()]


def may_see(user: Any, visit: Visit) -> bool:
    """Whether the person may open the case behind a visit."""
    return may(user, Permission.SEE_CASE, site=visit.site_id)


@dataclass(frozen=True)
class Asked:
    """A stretch of the diary somebody would like to have."""

    case: Case
    room: Room | None
    people: tuple[User, ...]
    starts_at: datetime
    ends_at: datetime
    but_not: Visit | None = None


DAYS_AHEAD = 14
FIRST, LAST = time(8), time(18)
STEP = timedelta(minutes=15)


def free_times(asked: Asked | None, how_many: int = 3) -> list[datetime]:
    """The next times at which the same room, people and patient are free for as long."""
    if asked is None:
        return []
    taken = _taken(asked, asked.starts_at + timedelta(days=DAYS_AHEAD))
    length, zone = asked.ends_at - asked.starts_at, asked.case.site.tz
    found: list[datetime] = []
    at = asked.starts_at
    while len(found) < how_many and at < asked.starts_at + timedelta(days=DAYS_AHEAD):
        local = at.astimezone(zone)
        is_open = FIRST <= local.time() <= LAST
        if is_open and not any(begins < at + length and ends > at for begins, ends in taken):
            found.append(local)
            at += length
        else:
            at += STEP
    return found


def _taken(asked: Asked, until: datetime) -> list[tuple[datetime, datetime]]:
    stretch = overlapping(asked.starts_at, until)
    visits = Visit.objects.filter(stretch, status__in=HELD)
    visits = visits.filter(Q(room=asked.room, room__isnull=False) | Q(patient=asked.case.patient))
    persons = taken_people(asked.people, stretch)
    away = Absence.objects.filter(stretch, user__in=asked.people)
    rows: list[QuerySet[Any]] = [
        visits.exclude(pk=asked.but_not.pk if asked.but_not else 0),
        persons.exclude(visit=asked.but_not),
        away,
    ]
    shut = shut_times(asked.case.site, asked.people, asked.starts_at, until + timedelta(days=1))
    return [*((row.starts_at, row.ends_at) for each in rows for row in each), *shut]
