"""Who is dosed together in one room, how much is planned at most, and who is with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from clinic.booking.models import Stage, Visit
from clinic.booking.queries import HELD, is_with_client, overlapping
from clinic.cases.models import Case
from clinic.people.models import Room
from clinic.protocols.document import VisitRule
from clinic.protocols.queries import document_of


@dataclass(frozen=True)
class Dosed:
    """One person's session in a room: from when to when, how much at most, who is with them."""

    starts_at: datetime
    ends_at: datetime
    most_planned: Decimal | None
    staff: frozenset[int]


def plans_in(case: Case, rule: VisitRule) -> str:
    """The unit in which the dose of a session is planned, where the ratio of staff hangs on it."""
    document = document_of(case.protocol_version)
    if rule.stage.value != Stage.DOSING or all(row.below is None for row in document.ratio):
        return ""
    return document.unit


def in_the_room(
    room: Room | None, starts_at: datetime, ends_at: datetime, *, but_not: Visit | None
) -> list[Dosed]:
    """The sessions booked in a room that share a moment with a stretch."""
    if room is None:
        return []
    stretch = overlapping(starts_at, ends_at)
    there = sessions_held().filter(stretch, room=room).exclude(pk=but_not.pk if but_not else 0)
    return [dosed(visit) for visit in there]


def sessions_held() -> QuerySet[Visit]:
    """Every supervised session that is booked or goes on, with who is at it."""
    return Visit.objects.filter(stage=Stage.DOSING, status__in=HELD).prefetch_related("people")


def dosed(visit: Visit) -> Dosed:
    """A booked session as the ratio counts it."""
    staff = frozenset(person.user_id for person in visit.people.all() if person.is_with_client)
    return Dosed(visit.starts_at, visit.ends_at, visit.most_planned, staff)


def as_asked(
    case: Case,
    people: Iterable[tuple[Any, str]],
    starts_at: datetime,
    ends_at: datetime,
    most_planned: Decimal | None,
) -> Dosed:
    """A session that is to be booked, as the ratio counts it."""
    near = {user.pk for user, taken in people if is_with_client(case, Stage.DOSING, taken)}
    return Dosed(starts_at, ends_at, most_planned, frozenset(near))
