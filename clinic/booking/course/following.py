"""What depends on a session that was moved: the visits that no longer lie in their window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.booking.course.queries import Draft, Proposed, laid
from clinic.booking.course.wanted import Course, Wanted
from clinic.booking.course.wishes import Wishes
from clinic.booking.models import Stage, Status, Visit
from clinic.booking.queries import capacities_of, visit_rule
from clinic.people.models import User
from clinic.protocols.calculators import visit_window
from clinic.protocols.document import VisitRule

WEEKS_AROUND = 12


@dataclass(frozen=True)
class Follower:
    """A visit that no longer lies in its window, and where it could be moved."""

    visit: Visit
    proposed: Proposed | None


def outside(session: Visit) -> list[tuple[Visit, VisitRule]]:
    """The planned visits of a session's cycle that lie outside their window around it."""
    beside = session.case.visits.filter(
        status=Status.PLANNED, cycle=session.cycle, ahead=session.ahead
    ).exclude(pk=session.pk)
    found = []
    for visit in beside.select_related("site", "room").prefetch_related("people__user"):
        rule = visit_rule(session.case, visit.stage, visit.code)
        if rule is not None and not _fits(visit, rule, session):
            found.append((visit, rule))
    return found


def _fits(visit: Visit, rule: VisitRule, session: Visit) -> bool:
    if visit.stage == Stage.PREPARATION and visit.ends_at > session.starts_at:
        return False
    if visit.stage == Stage.INTEGRATION and visit.starts_at < session.ends_at:
        return False
    if rule.window is None or rule.window.relative_to == "previous_session_end":
        return True
    anchor = session.starts_at if rule.window.relative_to == "dose" else session.ends_at
    earliest, latest = visit_window(rule.window, anchor, session.site.tz)
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
    draft = _draft(session, found, at)
    by_turn = {each.wanted.turn: each for each in draft.visits}
    followers = [Follower(visit, by_turn.get(turn)) for turn, (visit, _) in enumerate(found, 1)]
    return followers, draft


def _wanted(session: Visit, found: list[tuple[Visit, VisitRule]]) -> list[Wanted]:
    number = session.cycle.number if session.cycle else session.ahead or 0
    return [
        Wanted(rule, number, turn, len(found), tuple(capacities_of(session.case, rule)))
        for turn, (_, rule) in enumerate(found, 1)
    ]


def _draft(session: Visit, found: list[tuple[Visit, VisitRule]], at: datetime) -> Draft:
    """Lay them anew, with the people they had where that can be."""
    number = session.cycle.number if session.cycle else session.ahead or 0
    course = Course(tuple(_wanted(session, found)), {number: session})
    today = at.astimezone(session.site.tz).date()
    first = max(today, session.starts_at.date() - timedelta(weeks=WEEKS_AROUND))
    facts = {"earliest": first, "weeks": 2 * WEEKS_AROUND, "sessions": 1}
    people: dict[str, User] = {
        seat.capacity: seat.user for visit, _ in found for seat in visit.people.all()
    }
    known = laid(session.case, course, Wishes(**facts, people=people), at=at)
    return known if known.visits else laid(session.case, course, Wishes(**facts), at=at)
