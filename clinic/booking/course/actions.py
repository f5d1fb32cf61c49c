"""Book every visit of a course at once, or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.audit.actions import record
from clinic.booking import diary
from clinic.booking.actions import book, reschedule
from clinic.booking.course.rules import obstacles_to_book_course, obstacles_to_follow
from clinic.booking.models import Visit
from clinic.booking.queries import visit_rule
from clinic.cases.models import Case
from clinic.workflow import Obstacle, Refused, refuse_unless_clear


@transaction.atomic
def book_course(
    case: Case, *, by: Any, at: datetime, visits: Sequence[dict[str, Any]]
) -> list[Visit]:
    """Book all visits of a course; where one is in the way, none is, and each reason is told."""
    case.lock()
    # Everything the course takes is held in one order before its first visit is booked.
    rooms = [each["room"] for each in visits]
    people = [pair for each in visits for pair in each["people"]]
    diary.hold(rooms, people, case.patient)
    refuse_unless_clear(obstacles_to_book_course(case, by=by, at=at, visits=visits))
    booked: list[Visit] = []
    found: list[Obstacle] = []
    for each in sorted(visits, key=lambda one: one["starts_at"]):
        try:
            booked.append(book(case, by=by, at=at, **each))
        except Refused as refusal:
            found += [_of_the_visit(case, each, obstacle) for obstacle in refusal.obstacles]
    refuse_unless_clear(found)
    record("course booked", case, by=by, at=at, visits=[visit.key for visit in booked])
    return booked


@transaction.atomic
def follow(session: Visit, *, by: Any, at: datetime, visits: Sequence[dict[str, Any]]) -> None:
    """Move all visits that depend on a session after it; where one is in the way, none moves."""
    case = session.case
    case.lock()
    rooms = [each["room"] for each in visits]
    people = [pair for each in visits for pair in each["people"]]
    diary.hold(rooms, people, case.patient)
    refuse_unless_clear(obstacles_to_follow(session, by=by, at=at, visits=visits))
    found: list[Obstacle] = []
    for each in visits:
        visit, facts = each["visit"], {k: v for k, v in each.items() if k != "visit"}
        try:
            reschedule(visit, by=by, at=at, **facts)
        except Refused as refusal:
            named = {"stage": visit.stage, "code": visit.code, "starts_at": facts["starts_at"]}
            found += [_of_the_visit(case, named, obstacle) for obstacle in refusal.obstacles]
    refuse_unless_clear(found)
    keys = [each["visit"].key for each in visits]
    record("visits moved after their session", session, by=by, at=at, visits=keys)


def _of_the_visit(case: Case, each: dict[str, Any], obstacle: Obstacle) -> Obstacle:
    rule = visit_rule(case, each["stage"], each["code"])
    title = rule.title if rule else "A visit"
    day = each["starts_at"].astimezone(case.site.tz)
    return replace(obstacle, message=f"{title}, {day:%d %B %Y, %H:%M}: {obstacle.message}")
