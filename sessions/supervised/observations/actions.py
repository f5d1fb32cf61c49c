"""Chart a set of observations, or correct one. What was typed is saved first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.attention import actions as attention
from clinic.attention.models import Urgency
from clinic.audit.actions import record
from clinic.workflow import refuse_unless_clear
from sessions.supervised import entries
from sessions.supervised.models import ObservationSet, Reading, Status, SupervisedSession
from sessions.supervised.observations.overdue import overdue_keys
from sessions.supervised.observations.readings import Understood
from sessions.supervised.observations.rules import (
    obstacles_to_correct,
    obstacles_to_observe,
    understood,
)
from sessions.supervised.queries import document

NO_UNITS: Mapping[str, str] = {}


@transaction.atomic
def observe(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    client_key: UUID,
    readings: Mapping[str, str],
    stated_at: datetime,
    planned_for: datetime | None = None,
    miss_reason: str = "",
    note: str = "",
    units: Mapping[str, str] = NO_UNITS,
    keep: frozenset[str] = frozenset(),
    when: str = "",
) -> ObservationSet:
    """Save a set as typed; an alarming value is saved too, and then told to a person.

    The same key with the same content gives the first answer again; with other content it is
    refused. `when` is what was typed for the time, where that was not a time of day.
    """
    session.lock()
    content = _content(session, readings, units, when or stated_at, planned_for, miss_reason, note)
    if seen := entries.already_here(ObservationSet, client_key, content):
        return seen
    refuse_unless_clear(
        obstacles_to_observe(
            session,
            by=by,
            at=at,
            readings=readings,
            stated_at=stated_at,
            units=units,
            keep=keep,
            miss_reason=miss_reason,
        )
    )
    was_overdue = overdue_keys(session, at)
    row = ObservationSet.objects.create(
        session=session,
        client_key=client_key,
        content_digest=entries.digest_of(content),
        planned_for=planned_for,
        stated_at=stated_at,
        by=by,
        miss_reason=miss_reason,
        note=note,
    )
    _read(session, row, readings, units, by=by, at=at)
    _settle(session, was_overdue, by=by, at=at)
    record("observations charted", row, by=by, at=at, **_for_the_trail(row, readings))
    return row


@transaction.atomic
def correct(
    observation_set: ObservationSet,
    *,
    by: Any,
    at: datetime,
    client_key: UUID,
    readings: Mapping[str, str],
    stated_at: datetime,
    correction_reason: str,
    miss_reason: str = "",
    note: str = "",
    units: Mapping[str, str] = NO_UNITS,
    keep: frozenset[str] = frozenset(),
    when: str = "",
    planned_for: datetime | None = None,
) -> ObservationSet:
    """Put a new set in the place of a wrong one, with the reason; the first stays readable."""
    session = observation_set.session
    session.lock()
    planned_for = observation_set.planned_for
    content = _content(session, readings, units, when or stated_at, planned_for, miss_reason, note)
    content |= {"supersedes": observation_set.key, "reason": correction_reason}
    if seen := entries.already_here(ObservationSet, client_key, content):
        return seen
    fresh = ObservationSet.objects.select_related("superseded_by").get(pk=observation_set.pk)
    refuse_unless_clear(
        [
            *obstacles_to_observe(
                session,
                by=by,
                at=at,
                readings=readings,
                stated_at=stated_at,
                units=units,
                keep=keep,
                miss_reason=miss_reason,
            ),
            *obstacles_to_correct(fresh, reason=correction_reason),
        ]
    )
    row = ObservationSet.objects.create(
        session=session,
        client_key=client_key,
        content_digest=entries.digest_of(content),
        planned_for=planned_for,
        stated_at=stated_at,
        by=by,
        miss_reason=miss_reason,
        note=note,
        supersedes=observation_set,
        correction_reason=correction_reason,
    )
    _read(session, row, readings, units, by=by, at=at)
    record(
        "observations corrected",
        row,
        by=by,
        at=at,
        supersedes=observation_set.key,
        reason=correction_reason,
        **_for_the_trail(row, readings),
    )
    return row


@transaction.atomic
def raise_overdue(session: SupervisedSession, *, by: Any, at: datetime) -> int:
    """Ask a person for every check that is overdue; after a call for help the prompts are silent.

    The same check is one matter however often this is asked; its own clock lets it climb.
    """
    session.lock()
    if session.status != Status.DOSED or session.help_called_at is not None:
        return 0
    overdue = overdue_keys(session, at)
    for occurrence, words in sorted(overdue.items()):
        attention.raise_matter(
            by=by,
            at=at,
            kind="overdue_check",
            words=words,
            urgency=Urgency.RED,
            occurrence=occurrence,
            case=session.case,
            about_key=session.key,
        )
    return len(overdue)


def _settle(
    session: SupervisedSession, was_overdue: dict[str, str], *, by: Any, at: datetime
) -> None:
    """What this entry has caught up with needs nobody any more."""
    if not was_overdue:
        return
    session._prefetched_objects_cache = {}
    for occurrence in sorted(set(was_overdue) - set(overdue_keys(session, at))):
        attention.settle(occurrence=occurrence, by=by, at=at, outcome="It was charted.")


def _read(
    session: SupervisedSession,
    row: ObservationSet,
    readings: Mapping[str, str],
    units: Mapping[str, str],
    *,
    by: Any,
    at: datetime,
) -> None:
    found, _ = understood(session, readings, units)
    Reading.objects.bulk_create(
        Reading(
            site_id=row.site_id,
            set=row,
            parameter=each.parameter,
            typed=each.typed,
            unit=each.unit,
            value=each.value,
            words=each.words[:120],
            band=each.band,
        )
        for each in found
    )
    alarming = [each for each in found if each.is_alarming]
    if alarming:
        _tell(session, row, alarming, by=by, at=at)


def _tell(
    session: SupervisedSession,
    row: ObservationSet,
    alarming: list[Understood],
    *,
    by: Any,
    at: datetime,
) -> None:
    said = "; ".join(_sentence(session, each) for each in alarming)
    attention.raise_matter(
        by=by,
        at=at,
        kind="alarming_reading",
        words=f"Alarming reading: {said}",
        urgency=Urgency.RED,
        occurrence=f"alarming_reading:{row.key}",
        case=session.case,
        about_key=session.key,
    )


def _sentence(session: SupervisedSession, each: Understood) -> str:
    parameter = document(session).parameter(each.parameter)
    label = parameter.label if parameter else each.parameter
    advice = f" ({each.advice})" if each.advice else ""
    return f"{label} {each.typed} {each.unit}".strip() + advice


def _content(
    session: SupervisedSession,
    readings: Mapping[str, str],
    units: Mapping[str, str],
    when: Any,
    planned_for: datetime | None,
    miss_reason: str,
    note: str,
) -> dict[str, Any]:
    return {
        "session": session.key,
        "readings": dict(readings),
        "units": {code: unit for code, unit in units.items() if unit},
        "when": when,
        "planned_for": planned_for,
        "miss_reason": miss_reason,
        "note": note,
    }


def _for_the_trail(row: ObservationSet, readings: Mapping[str, str]) -> dict[str, Any]:
    return {
        "readings": dict(readings),
        "planned_for": row.planned_for,
        "stated_at": row.stated_at,
        "miss_reason": row.miss_reason,
    }
