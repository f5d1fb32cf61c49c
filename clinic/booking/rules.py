"""Why a visit cannot be booked, moved, cancelled or held. Every clash is told, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from clinic.access import Permission, may
from clinic.booking.groups.queries import Dosed, as_asked, in_the_room
from clinic.booking.groups.rules import obstacles_in_group
from clinic.booking.interpreting.rules import obstacles_in_interpreting
from clinic.booking.models import STEPS, Stage, Status, Visit
from clinic.booking.queries import (
    Clashes,
    absences_of,
    capacities_of,
    clashes,
    cycle_of,
    dosing_visit,
    dosing_visit_ahead,
    place_of,
    staff_of,
    visit_rule,
)
from clinic.booking.times import Off
from clinic.cases.models import Case, Contact, Cycle
from clinic.cases.models import Status as CaseStatus
from clinic.cases.queries import holds_on
from clinic.people.hours.models import WEEKDAYS
from clinic.people.models import Licence, Room, Site, User
from clinic.protocols.calculators import licences_needed
from clinic.protocols.course import LicenceNeeded
from clinic.protocols.document import ProtocolDocument, VisitRule
from clinic.protocols.queries import document_of
from clinic.workflow import ROLE, STATUS, Basis, Obstacle, gate, obstacles_in_status

People = Sequence[tuple[User, str]]

NO_VISIT = gate("visit_unknown", "The protocol has no such visit.")
TIME = gate("visit_time", "A visit ends after it begins, and is not booked into the past.")
ROOM = gate("visit_room", "The room does not suit the visit.")
STAFF = gate("visit_staff", "Somebody the visit needs is not booked for it.")
NOT_HERE = gate("visit_person_not_here", "A person has no role at this site.")
LICENCE = gate(
    "visit_licence",
    "A person's licence does not hold on the day, in this place, for what they would do.",
    basis=Basis.LAW,
    citation="Licence must hold on the day and where the person is, not when it is booked",
    clears="people:staff",
)
AWAY = gate("visit_absence", "A person is away.", clears="people:staff")
HELD = gate("visit_hold", "A room or a person the visit needs is held.", clears="cases:holds")
ROOM_TAKEN = gate("room_taken", "The room is taken.", clears="booking:week")
PERSON_TAKEN = gate("person_taken", "A person is booked elsewhere.", clears="booking:week")
PATIENT_TAKEN = gate("patient_taken", "The patient has another visit.", clears="booking:week")
CLOSED = gate("visit_closed_day", "The site is closed that day.", clears="people:hours")
OFF_HOURS = gate("visit_off_hours", "A person does not work at that time.", clears="people:hours")
OVERLAP = gate(
    "overlap_role", "Only who orders doses or manages the site allows two things at once."
)
ONE_DOSE = gate("dosing_booked", "This cycle has its supervised session already.")
NOT_BEGUN = gate("visit_not_begun", "The visit has not begun.")
NOT_TODAY = gate("visit_not_today", "The visit is on a later day.")
WAITS = gate(
    "visit_waits_for_cycle",
    "The visit is of a cycle that has not been opened.",
    clears="aftercare:index",
)
ON_THE_RUN_SHEET = gate(
    "checked_in_on_run_sheet",
    "A person who comes for a dose is checked in on the run sheet.",
    clears="casefile:show",
)
VISIT_REASON = gate("visit_reason", "A cancellation says why.")

S = CaseStatus
ALLOWS_OVERLAP = (Permission.ORDER, Permission.MANAGE_SITE)
BOOKABLE = {
    Stage.PREPARATION: {S.ELIGIBLE, S.PREPARING, S.READY},
    Stage.DOSING: {S.ELIGIBLE, S.PREPARING, S.READY},
    Stage.INTEGRATION: {
        S.ELIGIBLE, S.PREPARING, S.READY, S.IN_SESSION, S.INTEGRATING, S.AFTERCARE,
    },
}  # fmt: skip
# Of a cycle to come, while the one before it goes on.
BOOKABLE_AHEAD = {S.ELIGIBLE, S.PREPARING, S.READY, S.IN_SESSION, S.INTEGRATING}
# A booking is written down at most this long after it began, for who comes unannounced.
LATE_BY = timedelta(hours=12)


def obstacles_to_book(
    case: Case,
    *,
    by: Any,
    at: datetime,
    stage: str,
    code: str,
    room: Room | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    people: People | None = None,
    overlap_reason: str = "",
    interpreter: Contact | None = None,
    no_interpreter: str = "",
    most_planned: Decimal | None = None,
    visit: Visit | None = None,
    number: int | None = None,
) -> Iterator[Obstacle]:
    """A visit of the protocol, in a room and a time that are free, with people licensed that day.

    Asked without times, as a page does before the form, it leaves out what the form answers.
    """
    if not may(by, Permission.BOOK, site=case.site):
        yield ROLE("Only somebody who books at this site may book a visit.")
    rule = visit_rule(case, stage, code)
    if rule is None:
        yield NO_VISIT("This protocol has no such visit.")
        return
    cycle, ahead = place_of(case, stage, number)
    if number is not None and not _has_such(case, rule, number):
        yield NO_VISIT(f"Cycle {number} has no such visit.")
    if case.status not in (BOOKABLE_AHEAD if ahead else BOOKABLE[Stage(stage)]):
        yield STATUS(
            f"This case is {case.get_status_display().lower()}; "
            f"no {Stage(stage).label.lower()} can be booked."
        )
    if visit is None:
        yield from _obstacles_in_cycle(case, stage, cycle, ahead)
    if starts_at is None or ends_at is None or people is None:
        return
    if ends_at <= starts_at or starts_at < at - LATE_BY:
        yield TIME("A visit ends after it begins, and is not booked into the past.")
        return
    yield from _obstacles_in_room(case, rule, room)
    yield from _obstacles_in_staff(case, rule, people, starts_at)
    yield from _obstacles_in_absence([user for user, _ in people], starts_at, ends_at)
    yield from _obstacles_in_holds(case, room, people)
    yield from obstacles_in_interpreting(case, interpreter, no_interpreter)
    own = as_asked(case, people, starts_at, ends_at, most_planned)
    yield from _obstacles_beside(case, rule, own, room, visit)
    found = clashes(
        case, stage, room=room, people=people, starts_at=starts_at, ends_at=ends_at, but_not=visit
    )
    yield from _obstacles_in_clashes(found, case, by=by, overlap_reason=overlap_reason)


def obstacles_to_reschedule(
    visit: Visit,
    *,
    by: Any,
    at: datetime,
    room: Room | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    people: People | None = None,
    overlap_reason: str = "",
    interpreter: Contact | None = None,
    no_interpreter: str = "",
    most_planned: Decimal | None = None,
) -> Iterator[Obstacle]:
    """A planned visit moves under the same rules under which it was booked."""
    if visit.status != Status.PLANNED:
        yield STATUS(f"This visit is {visit.get_status_display().lower()}.")
    yield from obstacles_to_book(
        visit.case,
        by=by,
        at=at,
        stage=visit.stage,
        code=visit.code,
        room=room,
        starts_at=starts_at,
        ends_at=ends_at,
        people=people,
        overlap_reason=overlap_reason,
        interpreter=interpreter,
        no_interpreter=no_interpreter,
        most_planned=most_planned,
        visit=visit,
        number=visit.ahead,
    )


def obstacles_to_cancel(
    visit: Visit, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """Who books cancels, and says why."""
    yield from obstacles_in_status(visit, Status.CANCELLED, STEPS)
    yield from _obstacles_in_booker(visit, by)
    if not reason.strip():
        yield VISIT_REASON("Say why, for those who call the person.")


def obstacles_to_no_show(visit: Visit, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Nobody has missed a visit before it began."""
    yield from obstacles_in_status(visit, Status.NO_SHOW, STEPS)
    yield from _obstacles_in_booker(visit, by)
    if at < visit.starts_at:
        yield NOT_BEGUN(f"The visit begins at {_clock(visit.starts_at, visit.site)}.")


def obstacles_to_arrive(
    visit: Visit, *, by: Any, at: datetime, is_checked_in: bool = False
) -> Iterator[Obstacle]:
    """A person arrives on the day of the visit, seen by somebody of the house.

    For a dose that is the check-in of the run sheet, which asks its own gates.
    """
    if visit.stage == Stage.DOSING and not is_checked_in:
        yield ON_THE_RUN_SHEET("For a dose the person is checked in on the run sheet.")
    yield from obstacles_in_status(visit, Status.ARRIVED, STEPS)
    yield from obstacles_in_waiting(visit)
    yield from obstacles_in_host_on_the_day(visit, by=by, at=at)


def obstacles_to_finish(visit: Visit, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A visit is done once it has taken place."""
    yield from obstacles_in_status(visit, Status.DONE, STEPS)
    yield from obstacles_in_waiting(visit)
    yield from obstacles_in_host_on_the_day(visit, by=by, at=at)


def obstacles_in_waiting(visit: Visit) -> Iterator[Obstacle]:
    """A visit booked ahead is held once its cycle has been opened."""
    if visit.ahead:
        yield WAITS(f"This visit is of cycle {visit.ahead}, which has not been opened.")


def clash_words(found: Clashes) -> Iterator[Obstacle]:
    """Say of every clash what is taken, by whom, and when; or what is closed, or who is off."""
    for closed in found.closed:
        yield CLOSED(f"{closed.site} is closed on {closed.day:%d %B %Y}: {closed.name}.")
    for off in found.off:
        yield OFF_HOURS(_off_words(off))
    for visit in found.rooms:
        whom = found.names.get(visit.patient_id, "somebody in another team's care")
        yield ROOM_TAKEN(f"{visit.room} is taken by {whom}, {_stretch(visit)}.")
    for person in found.people:
        where = person.visit.room_id and f" ({person.visit.site})" or ""
        yield PERSON_TAKEN(f"{person.user} is with somebody else{where}, {_stretch(person.visit)}.")
    for visit in found.patients:
        whom = found.names.get(visit.patient_id, "The patient")
        yield PATIENT_TAKEN(f"{whom} has another visit, {_stretch(visit)}.")


def _off_words(off: Off) -> str:
    weekday, day = WEEKDAYS[off.day.weekday()], f"{off.day:%d %B %Y}"
    if off.hours is None:
        return f"{off.user} does not work here on a {weekday}; {day} is one."
    hours = f"{off.hours.starts:%H:%M} to {off.hours.ends:%H:%M}"
    return f"{off.user} works here from {hours} on {weekday}, {day}."


def needed_of(document: ProtocolDocument, site: Site) -> dict[str, LicenceNeeded]:
    """What each capacity has to be licensed for at this site."""
    return {each.capacity: each for each in licences_needed(document, site.jurisdiction)}


def acts_not_covered(
    licences: Iterable[Licence], needed: LicenceNeeded, jurisdiction: str, day: date
) -> list[str]:
    """The acts of a capacity for which a person has no licence there on that day."""
    allowed = {profession.casefold() for profession in needed.professions}
    fitting = [
        licence for licence in licences if not allowed or licence.profession.casefold() in allowed
    ]
    return [
        act
        for act in needed.acts
        if not any(licence.covers(act, jurisdiction, day) for licence in fitting)
    ]


def licence_words(
    user: User, needed: LicenceNeeded, acts: Iterable[str], site: Site, day: date
) -> str:
    """Say who lacks which licence, where, on which day."""
    lacking = ", ".join(act.replace("_", " ") for act in acts)
    return (
        f"{user} has no licence seen and in force in {site.jurisdiction} on {day:%d %B %Y} "
        f"that allows a {needed.title.lower()} to: {lacking}."
    )


def _obstacles_in_cycle(
    case: Case, stage: str, cycle: Cycle | None, ahead: int | None
) -> Iterator[Obstacle]:
    if stage != Stage.DOSING:
        return
    there = dosing_visit(cycle) if cycle else dosing_visit_ahead(case, ahead or 0)
    if there is not None:
        yield ONE_DOSE(
            f"The supervised session of {cycle or f'cycle {ahead}'} is booked: {_stretch(there)}. Move that one."
        )


def _has_such(case: Case, rule: VisitRule, number: int) -> bool:
    """Whether a cycle has such visits and is not over but for what follows its session."""
    is_after = rule.stage.value == Stage.INTEGRATION
    newest = cycle_of(case, Stage.PREPARATION).number
    return rule.belongs_to(number) and (number >= newest or is_after)


def _obstacles_in_room(case: Case, rule: VisitRule, room: Room | None) -> Iterator[Obstacle]:
    if room is None:
        if set(rule.delivery) <= {"in_person"}:
            yield ROOM("This visit is held in a room. Choose one.")
        return
    if room.site_id != case.site_id or room.closed_at is not None:
        yield ROOM(f"{room} is not in use at this site.")
    elif rule.stage.value == Stage.DOSING and not room.for_dosing:
        yield ROOM(f"{room} is not equipped for supervised sessions.")


def _obstacles_in_staff(
    case: Case, rule: VisitRule, people: People, starts_at: datetime
) -> Iterator[Obstacle]:
    document = document_of(case.protocol_version)
    needed = needed_of(document, case.site)
    for capacity, title, number in capacities_of(case, rule):
        booked = sum(taken == capacity for _, taken in people)
        if booked < number:
            yield STAFF(f"This visit needs {number} × {title}; {booked} booked.")
    here = {user.pk: user for user in staff_of(case.site, starts_at)}
    if len({user.pk for user, _ in people}) < len(people):
        yield STAFF("Somebody is named twice; a person has one capacity in a visit.")
    day = starts_at.astimezone(case.site.tz).date()
    for user, capacity in people:
        if user.pk not in here:
            yield NOT_HERE(f"{user} has no role at {case.site} on {day:%d %B %Y}.")
            continue
        if capacity not in needed:
            yield STAFF(f"This protocol has no capacity called {capacity}.")
            continue
        lacking = acts_not_covered(
            here[user.pk].licences.all(), needed[capacity], case.site.jurisdiction, day
        )
        if lacking:
            yield LICENCE(licence_words(user, needed[capacity], lacking, case.site, day))


def _obstacles_in_absence(
    people: list[User], starts_at: datetime, ends_at: datetime
) -> Iterator[Obstacle]:
    for absence in absences_of(people, starts_at, ends_at):
        until = f"until {absence.ends_at:%d %B %Y}"
        yield AWAY(f"{absence.user} is away {until}.")


def _obstacles_in_holds(case: Case, room: Room | None, people: People) -> Iterator[Obstacle]:
    """What is held takes no new visits, whatever they are for; those booked before stand."""
    wanted = [each.key for each in (room, *(user for user, _ in people)) if each is not None]
    for hold in holds_on(case.site, wanted):
        yield HELD(f"Held, {hold.get_on_display().lower()}: {hold.words}. {hold.reason}")


def _obstacles_beside(
    case: Case, rule: VisitRule, own: Dosed, room: Room | None, visit: Visit | None
) -> Iterator[Obstacle]:
    """Who is dosed beside others in a room is one of a group."""
    if rule.stage.value != Stage.DOSING:
        return
    others = in_the_room(room, own.starts_at, own.ends_at, but_not=visit)
    yield from obstacles_in_group(document_of(case.protocol_version), own, others)


def _obstacles_in_clashes(
    found: Clashes, case: Case, *, by: Any, overlap_reason: str
) -> Iterator[Obstacle]:
    if not found:
        return
    if overlap_reason.strip():
        if any(may(by, permission, site=case.site) for permission in ALLOWS_OVERLAP):
            return
        taken = " ".join(str(obstacle) for obstacle in clash_words(found))
        yield OVERLAP(
            f"Only somebody who orders doses or manages the site may allow an overlap. {taken}"
        )
        return
    yield from clash_words(found)


def _obstacles_in_booker(visit: Visit, by: Any) -> Iterator[Obstacle]:
    if not may(by, Permission.BOOK, site=visit.site):
        yield ROLE("Only somebody who books at this site may change its diary.")


def obstacles_in_host_on_the_day(visit: Visit, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """Who sees people says what becomes of a visit, on its day and not before."""
    yield from _obstacles_in_host(visit, by)
    yield from _obstacles_in_day(visit, at)


def _obstacles_in_host(visit: Visit, by: Any) -> Iterator[Obstacle]:
    wanted = (
        Permission.BOOK,
        Permission.PREPARE,
        Permission.SUPERVISE,
        Permission.INTEGRATE,
    )
    if not any(may(by, permission, site=visit.site) for permission in wanted):
        yield ROLE("Only somebody who sees people at this site may say so.")


def _obstacles_in_day(visit: Visit, at: datetime) -> Iterator[Obstacle]:
    if at.astimezone(visit.site.tz).date() < visit.starts_at.astimezone(visit.site.tz).date():
        yield NOT_TODAY(f"This visit is on {visit.starts_at.astimezone(visit.site.tz):%d %B %Y}.")


def _clock(at: datetime, site: Site) -> str:
    return f"{at.astimezone(site.tz):%d %B %Y, %H:%M}"


def _stretch(visit: Visit) -> str:
    ends = visit.ends_at.astimezone(visit.site.tz)
    return f"{_clock(visit.starts_at, visit.site)} to {ends:%H:%M}"
