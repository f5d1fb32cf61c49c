"""Which of the documents that only some need this person needs: by answers, group and who comes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.db.models import Q

from clinic.booking.models import Stage, Visit
from clinic.booking.queries import TOOK_PLACE
from clinic.cases.models import Case
from clinic.checklists.answers import Answer
from clinic.checklists.document import Checklist
from clinic.checklists.engine import visible_items
from clinic.protocols.document import FreshTest, RequiredDocument
from clinic.protocols.queries import document_of
from clinic.screening.queries import Screening, screenings_of

People = Collection[tuple[int, str]]  # who, in which capacity


def what_applies(cases: list[Case], at: datetime) -> dict[int, set[str]]:
    """The codes of the documents each case needs, in a constant number of queries."""
    screenings, visits = screenings_of(cases), _visits(cases)
    shared = _shared([visit for found in visits.values() for visit in found])
    applied = {}
    for case in cases:
        screening, own = screenings.get(case.pk), visits.get(case.pk, [])
        asked = (screening.checklist, screening.answers) if screening else None
        applied[case.pk] = {
            rule.code
            for rule in document_of(case.protocol_version).documents
            if rule.is_conditional
            and (
                is_said(rule, asked)
                or (rule.if_in_group and any(visit.pk in shared for visit in own))
                or is_led_by_another(rule, *_people(own))
            )
        }
    return applied


def is_tested(test: FreshTest, screening: Screening | None) -> bool:
    """Whether this person needs the test; a condition in words alone nobody can tell, so it holds."""
    asked = (screening.checklist, screening.answers) if screening else None
    return not test.if_answered or is_said(test, asked)


def is_said(
    rule: RequiredDocument | FreshTest,
    asked: tuple[Checklist, Mapping[str, Answer]] | None,
) -> bool:
    """Whether an answer makes it needed; doubt and silence count as the answer that does."""
    if not rule.if_answered or asked is None:
        return bool(rule.if_answered)
    checklist, answers = asked
    shown = {item.code for item in visible_items(checklist, answers)}
    return any(
        answers.get(code) is None or answers[code].state != "known" or answers[code].value is True
        for code in rule.if_answered
        if code in shown
    )


def is_led_by_another(rule: RequiredDocument, prepared: People, comes: People) -> bool:
    """Whether somebody comes to the dose in a capacity in which they did not prepare this person."""
    known = {who for who, capacity in prepared if capacity == rule.if_another}
    return bool(known) and any(
        who not in known for who, capacity in comes if capacity == rule.if_another
    )


def _visits(cases: list[Case]) -> dict[int, list[Visit]]:
    """The preparation and the session of the newest cycle of each case, with their people."""
    found: dict[int, list[Visit]] = {}
    rows = Visit.objects.filter(
        case__in=cases, stage__in=[Stage.DOSING, Stage.PREPARATION], status__in=TOOK_PLACE
    ).select_related("cycle")
    for row in rows.prefetch_related("people").order_by("starts_at"):
        found.setdefault(row.case_id, []).append(row)
    return {pk: list(_of_the_newest(own)) for pk, own in found.items()}


def _of_the_newest(visits: list[Visit]) -> Iterator[Visit]:
    """The session of the newest cycle; whoever prepared any cycle has prepared the person."""
    newest = max(visit.cycle.number for visit in visits if visit.cycle) if visits else 0
    for visit in visits:
        if visit.stage == Stage.PREPARATION or (visit.cycle and visit.cycle.number == newest):
            yield visit


def _people(visits: list[Visit]) -> tuple[People, People]:
    prepared, comes = set(), set()
    for visit in visits:
        among = prepared if visit.stage == Stage.PREPARATION else comes
        among |= {(each.user_id, each.capacity) for each in visit.people.all()}
    return prepared, comes


def _shared(visits: list[Visit]) -> set[int]:
    """The sessions for which somebody else is booked into the same room at the same time."""
    dosing = [visit for visit in visits if visit.stage == Stage.DOSING and visit.room_id]
    if not dosing:
        return set()
    at_once = Q()
    for visit in dosing:
        at_once |= Q(
            room=visit.room_id, starts_at__lt=visit.ends_at, ends_at__gt=visit.starts_at
        ) & ~Q(patient=visit.patient_id)
    others = list(
        Visit.objects.filter(at_once, stage=Stage.DOSING, status__in=TOOK_PLACE).only(
            "room_id", "starts_at", "ends_at", "patient_id"
        )
    )
    return {
        visit.pk
        for visit in dosing
        for other in others
        if other.room_id == visit.room_id
        and other.patient_id != visit.patient_id
        and other.starts_at < visit.ends_at
        and other.ends_at > visit.starts_at
    }
