"""What depends on a session that was moved or lost: what no longer lies in window or spacing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from clinic.booking.course.queries import Draft, Proposed, laid
from clinic.booking.course.wanted import Course, Wanted, gap_before
from clinic.booking.course.wishes import Wishes
from clinic.booking.models import Stage, Status, Visit
from clinic.booking.queries import LOST, capacities_of, visit_rule
from clinic.cases.models import Case
from clinic.people.models import User
from clinic.protocols.calculators import visit_window
from clinic.protocols.document import VisitRule, Window
from clinic.protocols.queries import document_of

WEEKS_AROUND = 12


@dataclass(frozen=True)
class Follower:
    """A visit that no longer lies in its window, and where it could be moved."""

    visit: Visit
    proposed: Proposed | None


def outside(session: Visit) -> list[tuple[Visit, VisitRule]]:
    """The planned visits that a session pulls along: those of its cycle that lie outside their
    window around it, and from the cycles after it whatever that leaves in no window or spacing.

    Around a session that did not take place nothing has a window: what should follow it waits.
    """
    number = number_of(session)
    planned = session.case.visits.filter(status=Status.PLANNED).exclude(pk=session.pk)
    planned = planned.filter(Q(cycle__number__gte=number) | Q(ahead__gte=number))
    cycles: dict[int, list[Visit]] = {}
    for visit in planned.select_related("site", "room", "cycle").prefetch_related("people__user"):
        cycles.setdefault(number_of(visit), []).append(visit)
    own = cycles.pop(number, [])
    if session.status in LOST:
        is_booked_anew = any(visit.stage == Stage.DOSING for visit in own)
        waits = [visit for visit in own if visit.stage == Stage.INTEGRATION]
        return _with_rules(session.case, [] if is_booked_anew else waits)
    beside = [
        (v, rule) for v, rule in _with_rules(session.case, own) if not _fits(v, rule, session)
    ]
    return beside + _pulled(session, cycles)


def number_of(visit: Visit) -> int:
    """Of which cycle a visit is, or is to be."""
    return visit.cycle.number if visit.cycle else visit.ahead or 0


def _with_rules(case: Case, visits: Iterable[Visit]) -> list[tuple[Visit, VisitRule]]:
    """These visits, but for those the protocol no longer has."""
    ruled = ((visit, visit_rule(case, visit.stage, visit.code)) for visit in visits)
    return [(visit, rule) for visit, rule in ruled if rule is not None]


def _pulled(session: Visit, cycles: dict[int, list[Visit]]) -> list[tuple[Visit, VisitRule]]:
    """What the cycles after a session leave outside: each session is taken to the nearest day its
    spacing allows, with the visits around it, and the next one is asked from there.
    """
    document = document_of(session.case.protocol_version)
    found: list[tuple[Visit, VisitRule]] = []
    starts_at, ends_at, number = session.starts_at, session.ends_at, number_of(session)
    while (visits := cycles.get(number := number + 1)) is not None:
        ruled = _with_rules(session.case, visits)
        own = next((visit for visit in visits if visit.stage == Stage.DOSING), None)
        days = _days_to_move(own, starts_at, gap_before(document, number)) if own else 0
        found += [pair for pair in ruled if days or not _fits_after(*pair, ends_at)]
        if own is None:
            break
        starts_at = own.starts_at + timedelta(days=days)
        ends_at = own.ends_at + timedelta(days=days)
    return found


def _days_to_move(session: Visit, before: datetime, gap: tuple[int, int | None]) -> int:
    """By how many days a session misses its spacing from the one before it."""
    zone, (least, most) = session.site.tz, gap
    apart = (session.starts_at.astimezone(zone).date() - before.astimezone(zone).date()).days
    if apart < least:
        return least - apart
    return most - apart if most is not None and apart > most else 0


def _fits_after(visit: Visit, rule: VisitRule, ends_at: datetime) -> bool:
    """Whether a visit still lies in its window after the session of the cycle before its own."""
    if visit.starts_at < ends_at:
        return False
    if rule.window is None or rule.window.relative_to != "previous_session_end":
        return True
    return _is_within(visit, rule.window, ends_at)


def _fits(visit: Visit, rule: VisitRule, session: Visit) -> bool:
    if visit.stage == Stage.PREPARATION and visit.ends_at > session.starts_at:
        return False
    if visit.stage == Stage.INTEGRATION and visit.starts_at < session.ends_at:
        return False
    if rule.window is None or rule.window.relative_to == "previous_session_end":
        return True
    anchor = session.starts_at if rule.window.relative_to == "dose" else session.ends_at
    return _is_within(visit, rule.window, anchor)


def _is_within(visit: Visit, window: Window, anchor: datetime) -> bool:
    earliest, latest = visit_window(window, anchor, visit.site.tz)
    return (earliest is None or earliest <= visit.starts_at) and (
        latest is None or visit.starts_at <= latest
    )


def followers_of(session: Visit, *, at: datetime) -> tuple[list[Follower], Draft]:
    """The visits that no longer fit, each with a proposal, or what stands in the way of them."""
    if session.stage != Stage.DOSING:
        return [], Draft()
    found = outside(session)
    if not found:
        return [], Draft()
    if session.status in LOST:
        return [Follower(visit, None) for visit, _ in found], Draft()
    draft = _draft(session, found, at)
    by_turn = {each.wanted.turn: each for each in draft.visits}
    followers = [Follower(visit, by_turn.get(turn)) for turn, (visit, _) in enumerate(found, 1)]
    return followers, draft


def _wanted(session: Visit, found: list[tuple[Visit, VisitRule]]) -> list[Wanted]:
    return [
        Wanted(rule, number_of(visit), turn, len(found), tuple(capacities_of(session.case, rule)))
        for turn, (visit, rule) in enumerate(found, 1)
    ]


def _draft(session: Visit, found: list[tuple[Visit, VisitRule]], at: datetime) -> Draft:
    """Lay them anew, with the people they had where that can be."""
    number, laid_anew = number_of(session), {visit.pk for visit, _ in found}
    later = session.case.visits.filter(stage=Stage.DOSING, status=Status.PLANNED)
    standing = {
        number_of(visit): visit
        for visit in later.exclude(pk__in=laid_anew).select_related("cycle")
        if number_of(visit) > number
    }
    course = Course(tuple(_wanted(session, found)), standing | {number: session})
    today = at.astimezone(session.site.tz).date()
    has_talks = any(v.stage == Stage.PREPARATION and number_of(v) == number for v, _ in found)
    before = WEEKS_AROUND if has_talks else 0
    first = max(today, session.starts_at.date() - timedelta(weeks=before))
    facts: dict[str, Any] = {"earliest": first, "weeks": before + WEEKS_AROUND, "sessions": 1}
    people: dict[str, User] = {
        seat.capacity: seat.user for visit, _ in found for seat in visit.people.all()
    }
    known = laid(session.case, course, Wishes(**facts, people=people), at=at)
    return known if known.visits else laid(session.case, course, Wishes(**facts), at=at)
