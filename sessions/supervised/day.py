"""What only the day of the dose knows, for the gates to the dose: for one cycle or for fifty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from clinic.protocols.calculators import DoseGiven, PastDose, total_given
from clinic.protocols.queries import document_of
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


def days(cycles: Iterable[Any], at: datetime) -> dict[int, Day]:
    """The day of each cycle, in a constant number of queries."""
    cycles = list(cycles)
    sessions = _sessions([cycle.pk for cycle in cycles])
    patients = {cycle.pk: cycle.case.patient_id for cycle in cycles}
    of_person = _of_persons(set(patients.values()))
    rooms = _rooms(sessions.values())
    return {
        cycle.pk: _day(
            sessions.get(cycle.pk),
            [each for each in of_person if each.case.patient_id == patients[cycle.pk]],
            rooms,
            at,
            case_id=cycle.case_id,
        )
        for cycle in cycles
    }


def _day(
    session: SupervisedSession | None,
    of_person: list[SupervisedSession],
    rooms: dict[int, list[SupervisedSession]],
    at: datetime,
    *,
    case_id: int,
) -> Day:
    others = [each for each in of_person if session is None or each.pk != session.pk]
    past = tuple(dose for each in others for dose in _past(each, at))
    before = sum(bool(each.case_id == case_id and each.doses.all()) for each in others)
    elsewhere = next((_where(each) for each in others if each.status in LIVE), "")
    if session is None:
        return Day(past=past, sessions_before=before, live_elsewhere=elsewhere)
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
        totals_in_room=tuple(_total(each) for each in in_room if each.pk != session.pk),
        session_key=session.key,
        past=past,
        sessions_before=before,
        live_elsewhere=elsewhere,
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


def _rooms(sessions: Iterable[SupervisedSession]) -> dict[int, list[SupervisedSession]]:
    """Who else is in the rooms of these sessions now."""
    wanted = {each.visit.room_id for each in sessions if each.visit.room_id}
    rows = (
        SupervisedSession.objects.filter(visit__room_id__in=wanted, status__in=LIVE)
        .select_related("visit")
        .prefetch_related(Prefetch("presences", Presence.objects.select_related("user")), "doses")
    )
    found: dict[int, list[SupervisedSession]] = {}
    for row in rows:
        found.setdefault(row.visit.room_id, []).append(row)
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


def _staff(sessions: list[SupervisedSession]) -> int | None:
    if not sessions:
        return None
    return len(
        {
            presence.user_id
            for session in sessions
            for presence in queries.present_now(session)
            if presence.where == Presence.Where.WITH_CLIENT
        }
    )


def _total(session: SupervisedSession) -> Decimal | None:
    given: list[DoseGiven] = queries.doses_given(session)
    return total_given(given)
