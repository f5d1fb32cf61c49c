"""Raise a matter, climb until a named person takes it, close it with what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from clinic.attention import kinds, queries
from clinic.attention.models import STEPS, Matter, Notice, Status
from clinic.attention.rules import PACE, obstacles_to_close, obstacles_to_take
from clinic.audit.actions import record
from clinic.messages import actions as messages
from clinic.workflow import lock, move, refuse_unless_clear


@transaction.atomic
def raise_matter(
    *,
    by: Any,
    at: datetime,
    kind: str,
    words: str,
    urgency: str,
    occurrence: str,
    site: Any = None,
    case: Any = None,
    about_key: Any = None,
    to_everyone: bool = False,
) -> Matter:
    """Ask for a named person; the first rung is told at once. The same occurrence is one matter.

    A call for help tells every rung at once.
    """
    if case is not None:
        case.lock()
    already = Matter.objects.filter(occurrence=occurrence).first()
    if already:
        return already
    try:
        with transaction.atomic():
            matter = Matter.objects.create(
                case=case,
                site=site or case.site,
                kind=kind,
                about_key=about_key,
                occurrence=occurrence,
                urgency=urgency,
                words=words,
                raised_at=at,
                raised_by=by,
            )
    except IntegrityError:  # somebody else has just raised the very same one
        return Matter.objects.get(occurrence=occurrence)
    rungs = range(queries.TOP + 1) if to_everyone else [0]
    told = [name for rung in rungs for name in _tell(matter, rung, by=by, at=at)]
    record("matter raised", matter, by=by, at=at, kind=kind, words=words, told=told)
    return matter


@transaction.atomic
def take(matter: Matter, *, by: Any, at: datetime) -> Matter:
    """Put a name to it: this person sees to it, and the clock to an outcome starts."""
    _lock(matter)
    refuse_unless_clear(obstacles_to_take(matter, by=by, at=at))
    move(
        matter,
        Status.TAKEN,
        table=STEPS,
        taken_at=at,
        taken_by=by,
        climbs_at=at + PACE[matter.urgency].to_outcome,
    )
    record("matter taken", matter, by=by, at=at)
    return matter


@transaction.atomic
def close(matter: Matter, *, by: Any, at: datetime, outcome: str) -> Matter:
    """Say what came of it."""
    _lock(matter)
    refuse_unless_clear(obstacles_to_close(matter, by=by, at=at, outcome=outcome))
    move(
        matter,
        Status.CLOSED,
        table=STEPS,
        closed_at=at,
        closed_by=by,
        climbs_at=None,
        outcome=outcome,
    )
    record("matter closed", matter, by=by, at=at, outcome=outcome)
    return matter


@transaction.atomic
def settle(*, occurrence: str, by: Any, at: datetime, outcome: str) -> None:
    """Close a matter that has settled itself while nobody had taken it yet."""
    matter = Matter.objects.filter(occurrence=occurrence, status=Status.WAITING).first()
    if matter is None:
        return
    _lock(matter)
    if matter.status == Status.WAITING:
        _close_by_itself(matter, by=by, at=at, outcome=outcome)


@transaction.atomic
def climb(matter: Matter, *, by: Any, at: datetime) -> Matter:
    """Nobody took it in time, or nobody said what came of it: tell the next rung.

    At the top everybody who can be told is told again, until a named person takes it.
    """
    _lock(matter)
    if matter.status == Status.CLOSED or matter.climbs_at is None or matter.climbs_at > at:
        return matter  # somebody was quicker
    if not kinds.kind_of(matter).still_wanted(matter, at):
        _close_by_itself(matter, by=by, at=at, outcome="No longer needed.")
        return matter
    if matter.status == Status.TAKEN:
        move(matter, Status.WAITING, table=STEPS, taken_at=None, taken_by=None)
    told = _tell(matter, min(matter.rung + 1, queries.TOP), by=by, at=at)
    record("matter climbed", matter, by=by, at=at, rung=matter.rung, told=told)
    return matter


def _close_by_itself(matter: Matter, *, by: Any, at: datetime, outcome: str) -> None:
    facts = {"closed_at": at, "closed_by": by, "climbs_at": None, "outcome": outcome}
    move(matter, Status.CLOSED, table=STEPS, **facts)
    record("matter settled", matter, by=by, at=at, outcome=outcome)


def _tell(matter: Matter, rung: int, *, by: Any, at: datetime) -> list[str]:
    """Tell the people of a rung, on the page and by message; the next one if it is empty."""
    rung, people = queries.whom_to_tell(matter.site, rung, at)
    matter.rung = rung
    matter.climbs_at = at + PACE[matter.urgency].to_take
    matter.save(update_fields=["rung", "climbs_at"])
    already = Notice.objects.filter(matter=matter).count()
    for number, person in enumerate(people, start=already + 1):
        Notice.objects.create(matter=matter, site=matter.site, user=person, rung=rung, told_at=at)
        messages.queue(
            by=by,
            at=at,
            kind=kinds.TOLD,
            occurrence=f"matter/{matter.key}/{number}",
            due_at=at,
            case=matter.case,
            user=person,
            site=matter.site,
            about_key=matter.key,
            is_safety=True,
        )
    return [person.name for person in people]


def _lock(matter: Matter) -> None:
    if matter.case is not None:
        matter.case.lock()
    lock(matter)
