"""The draft of a whole course, or in words what stands in its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from clinic.booking.course import solver
from clinic.booking.course.building import (
    COVER,
    DAYS,
    HOURS,
    INTERPRETER,
    PATIENT,
    TIMES,
    Building,
)
from clinic.booking.course.calendar import CLOSES, OPENS, Calendar, Grid
from clinic.booking.course.problem import Place
from clinic.booking.course.wanted import Course, Wanted, course_of
from clinic.booking.course.wishes import Wishes, hours_wished, listed
from clinic.booking.interpreting.queries import interpreting_of
from clinic.booking.models import Stage
from clinic.booking.queries import capacities_of, visit_rules
from clinic.cases.models import Case, Contact
from clinic.people.models import Room, User


@dataclass(frozen=True)
class Proposed:
    """One visit of the draft."""

    wanted: Wanted
    starts_at: datetime
    ends_at: datetime
    room: Room | None
    people: tuple[tuple[User, str], ...]
    interpreter: Contact | None = None
    note: str = ""


@dataclass(frozen=True)
class Draft:
    """The visits that fit, or why they do not."""

    visits: tuple[Proposed, ...] = ()
    why_not: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def titles_of(case: Case) -> dict[str, str]:
    """The capacities somebody may be wished for, with their titles."""
    return {
        capacity: title
        for rule in visit_rules(case)
        for capacity, title, _ in capacities_of(case, rule)
    }


def draft_of(case: Case, wishes: Wishes, *, at: datetime) -> Draft:
    """Lay the whole course within the wishes, by the rules under which it will be booked."""
    return laid(case, course_of(case, wishes.sessions), wishes, at=at)


def laid(case: Case, course: Course, wishes: Wishes, *, at: datetime) -> Draft:
    """Lay these visits within the wishes."""
    if not course.wanted:
        return Draft(why_not=("Every visit of these sessions is booked or held.",))
    grid = Grid(wishes.earliest, wishes.days, case.site.tz)
    building = Building(Calendar(case, grid, at), course, wishes)
    over = [each for each in course.wanted if building.is_over(each)]
    left_out = tuple(f"{each.name}, cycle {each.cycle}" for each in over)
    if over:
        rest = tuple(each for each in course.wanted if each not in over)
        building = Building(building.calendar, replace(course, wanted=rest), wishes)
    return replace(_solved(building), left_out=left_out)


def _solved(building: Building) -> Draft:
    """The visits where they fit best, or what stands in the way."""
    if not building.course.wanted:
        return Draft()
    problem, grounds = building.problem(), building.grounds()
    try:
        # Two visits on one day are better than none.
        places = solver.lay(problem, [*grounds, solver.ONE_A_DAY]) or solver.lay(problem, grounds)
    except TimeoutError:
        return Draft(why_not=("No answer was found in the time allowed. Wish for fewer weeks.",))
    if places is None:
        conflict = solver.smallest_conflict(problem, grounds)
        return Draft(why_not=tuple(_words(building, ground) for ground in conflict))
    return Draft(visits=tuple(_proposed(building, places)))


def _proposed(building: Building, places: list[Place]) -> list[Proposed]:
    rooms = {room.pk: room for room in building.calendar.rooms}
    users = {user.pk: user for user in building.calendar.staff}
    asked = interpreting_of(building.case)
    interpreter = asked.contacts[0] if asked.needed and asked.contacts else None
    found = []
    for wanted, place in zip(building.course.wanted, places, strict=True):
        starts_at = building.grid.moment(place.start)
        ends_at = starts_at.astimezone(UTC) + timedelta(minutes=wanted.rule.minutes)
        people = tuple((users[who], capacity) for capacity, who in place.people)
        room = rooms.get(place.room) if place.room else None
        note = _note(building, wanted, ends_at)
        found.append(Proposed(wanted, starts_at, ends_at, room, people, interpreter, note))
    return sorted(found, key=lambda each: each.starts_at)


def _note(building: Building, wanted: Wanted, ends_at: datetime) -> str:
    rule = building.document.on_call
    if wanted.stage != Stage.DOSING or rule is None:
        return ""
    rota_ends_at = building.calendar.rota_ends_at
    if ends_at + timedelta(hours=rule.hours) <= rota_ends_at:
        return ""
    return "Who is on call for the night after is not written yet."


def _words(building: Building, ground: str) -> str:
    """What stands in the way, as somebody at a desk says it."""
    kind, _, capacity = ground.partition(" ")
    if kind == "seats":
        return _who_could(building, capacity)
    if kind == "named":
        user = building.wishes.people[capacity]
        days = sum(building.licensed(capacity, user))
        title = building.needed[capacity].title
        return (
            f"Your wish: {user} as {title.lower()}, who works here with a licence for it on "
            f"{days} of these {building.grid.days} days."
        )
    return _plain(building)[ground]


def _plain(building: Building) -> dict[str, str]:
    wishes, calendar = building.wishes, building.calendar
    rule = building.document.on_call
    return {
        solver.WINDOWS: "The protocol says in which window around a session each visit lies.",
        solver.SPACING: _spacing(building),
        PATIENT: "The person has other visits.",
        HOURS: f"The site is open from {OPENS:%H:%M} to {CLOSES:%H:%M}, but on closed days.",
        solver.ROOMS: "Rooms: "
        + (", ".join(str(room) for room in calendar.rooms) or "none is in use")
        + "; they are booked, held or not equipped for the session.",
        COVER: f"Somebody must be on call for {rule.hours if rule else 0} hours after a session; "
        "the rota leaves nights without anybody.",
        INTERPRETER: f"The interpreter can come on {listed(wishes.interpreter_days)}.",
        TIMES: hours_wished(wishes),
        DAYS: f"Your wish: on {listed(wishes.weekdays)}.",
    }


def _spacing(building: Building) -> str:
    gaps = {building.gap(each.cycle) for each in building.course.wanted}
    least = max(gap[0] for gap in gaps)
    most = [gap[1] for gap in gaps if gap[1] is not None]
    until = f" and at most {min(most)}" if most else ""
    return f"The protocol wants at least {least} days{until} from one session to the next."


def _who_could(building: Building, capacity: str) -> str:
    title = building.needed[capacity].title if capacity in building.needed else capacity
    could = [
        f"{user} ({days} of {building.grid.days} days)"
        for user in building.calendar.staff
        if (days := sum(building.licensed(capacity, user)))
    ]
    if not could:
        return f"{title}: nobody works here with a licence for it on any of these days."
    return (
        f"{title}: with a licence for it, {', '.join(could)}; they are booked, away or off "
        "at other hours."
    )
