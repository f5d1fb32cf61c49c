"""What only the day of the dose knows, for the gates to the dose: for one cycle or for fifty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Prefetch

from clinic.protocols.calculators import PastDose
from clinic.protocols.queries import document_at, document_of
from sessions.preparation.facts import Day, Here, Seen
from sessions.supervised import queries
from sessions.supervised.models import (
    LIVE,
    Dose,
    ObservationSet,
    Presence,
    Status,
    SupervisedSession,
)

GOES_ON = (Status.PLANNED, *LIVE)


@dataclass(frozen=True)
class InRoom:
    """One session that goes on in a room: what was given in all, and who is with the person."""

    session_id: int
    total: Decimal | None  # None: nobody knows
    staff: frozenset[int]


def days(cycles: Iterable[Any], at: datetime) -> dict[int, Day]:
    """The day of each cycle, in a constant number of queries."""
    cycles = list(cycles)
    sessions = _sessions([cycle.pk for cycle in cycles])
    patients = {cycle.pk: cycle.case.patient_id for cycle in cycles}
    of_person = _of_persons(set(patients.values()))
    rooms, elsewhere = _rooms(sessions.values()), dosed_elsewhere(cycles, at)
    return {
        cycle.pk: _day(
            sessions.get(cycle.pk),
            [each for each in of_person if each.case.patient_id == patients[cycle.pk]],
            rooms,
            at,
            case_id=cycle.case_id,
            until=elsewhere.get(cycle.case_id),
        )
        for cycle in cycles
    }


def dose_at_hand(cycle: Any) -> dict[str, Any] | None:
    """The dose of a cycle's session that is ordered, drawn where it must be, and not given yet."""
    live = SupervisedSession.objects.filter(cycle=cycle, status__in=LIVE)
    session = queries.with_rows(live).first()
    order = queries.standing_order(session) if session else None
    prepared = queries.prepared_for(order)
    if session is None or order is None or (prepared is None and queries.needs_preparing(session)):
        return None
    return {
        "amount": order.amount,
        "total": queries.counted_total(session) + order.amount,
        "lot": prepared.lot if prepared else None,
        "second": prepared.checked_by if prepared else None,
    }


def dosed_elsewhere(cycles: Iterable[Any], at: datetime) -> dict[int, date]:
    """Until when a dose at another site of the organisation stands in the way, by case.

    Asked of the database's own function, which says that day and nothing else.
    """
    asked = []
    for cycle in cycles:
        case = cycle.case
        intervals = document_at(case.protocol_version, case.site).intervals
        if intervals:
            day = at.astimezone(case.site.tz).date()
            days = ",".join(str(each.min_days) for each in intervals)
            asked.append((case.pk, f"{{{days}}}", day))
    if not asked:
        return {}
    cases, least, on = zip(*asked, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked, vigil_dosed_elsewhere(asked, days::int[], day)"
            " FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS of(asked, days, day)",
            [list(cases), list(least), list(on)],
        )
        return {case: until for case, until in cursor.fetchall() if until is not None}


def _day(
    session: SupervisedSession | None,
    of_person: list[SupervisedSession],
    rooms: dict[int, list[InRoom]],
    at: datetime,
    *,
    case_id: int,
    until: date | None,
) -> Day:
    others = [each for each in of_person if session is None or each.pk != session.pk]
    past = tuple(dose for each in others for dose in _past(each, at))
    before = sum(bool(each.case_id == case_id and each.doses.all()) for each in others)
    elsewhere = next((_where(each) for each in others if each.status in LIVE), "")
    if session is None:
        return Day(
            past=past, sessions_before=before, live_elsewhere=elsewhere, dosed_elsewhere=until
        )
    in_room = rooms.get(session.visit.room_id, [])
    return Day(
        is_checked_in=session.status in LIVE,
        checked_in_at=session.checked_in_at,
        readings=_readings(session, at),
        presences=tuple(
            Here(each.user, each.capacity, each.where) for each in queries.present_now(session)
        ),
        given=tuple(queries.doses_given(session)),
        staff_in_room=_staff(in_room),
        totals_in_room=tuple(each.total for each in in_room if each.session_id != session.pk),
        session_key=session.key,
        past=past,
        sessions_before=before,
        live_elsewhere=elsewhere,
        dosed_elsewhere=until,
    )


def _sessions(cycles: list[int]) -> dict[int, SupervisedSession]:
    """The session of each cycle that is planned or going on, with what was measured in it."""
    sets = ObservationSet.objects.select_related("superseded_by").prefetch_related("readings")
    rows = (
        SupervisedSession.objects.filter(cycle_id__in=cycles, status__in=GOES_ON)
        .select_related("visit", "case__protocol_version")
        # A version's document is read once a process; fifty sessions need not carry it.
        .defer("case__protocol_version__document")
        .prefetch_related(
            Prefetch("observation_sets", sets),
            Prefetch(
                "presences",
                # The licences too: the gates ask who is here what they may do.
                Presence.objects.select_related("user").prefetch_related("user__licences"),
            ),
            "doses",
        )
        .order_by("pk")
    )
    return {row.cycle_id: row for row in rows}


def _of_persons(patients: set[int]) -> list[SupervisedSession]:
    """Every session these people have had or are in, over all their cases."""
    return list(
        SupervisedSession.objects.filter(case__patient_id__in=patients)
        .exclude(status__in=[Status.PLANNED, Status.ABANDONED])
        .select_related("case__protocol_version", "visit__room", "site")
        .defer("case__protocol_version__document")
        .prefetch_related("doses")
    )


def _rooms(sessions: Iterable[SupervisedSession]) -> dict[int, list[InRoom]]:
    """Who else is in the rooms of these sessions now, whoever's care they are in."""
    wanted = {each.visit.room_id for each in sessions if each.visit.room_id}
    if not wanted:
        return {}
    found: dict[int, list[InRoom]] = {}
    with connection.cursor() as cursor:
        # Asked of the database's own function: whom one does not care for one does not see.
        cursor.execute(
            "SELECT room_id, session_id, total, staff FROM vigil_in_rooms(%s, %s)",
            [list(wanted), [str(status) for status in LIVE]],
        )
        for room, session, total, staff in cursor.fetchall():
            found.setdefault(room, []).append(InRoom(session, total, frozenset(staff)))
    return found


def _readings(session: SupervisedSession, at: datetime) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    for each in queries.standing_sets(session):
        if each.stated_at > at:
            continue
        for reading in each.readings.all():
            if queries.is_usable(reading):
                found[reading.parameter] = Seen(reading.value, each.stated_at, reading.typed)
    return found


def _past(session: SupervisedSession, at: datetime) -> list[PastDose]:
    substance = document_of(session.case.protocol_version).substance
    zone = session.site.tz
    doses: Iterable[Dose] = session.doses.all()
    return [PastDose(substance, dose.given_at.astimezone(zone).date()) for dose in doses]


def _where(session: SupervisedSession) -> str:
    room = session.visit.room
    return f"{room.name}, {session.site.name}" if room else session.site.name


def _staff(in_room: list[InRoom]) -> int | None:
    return len({user for each in in_room for user in each.staff}) if in_room else None
