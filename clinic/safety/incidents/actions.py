"""Open an incident, give it to somebody, write down what was found, close it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from clinic.audit.actions import record
from clinic.people.models import Site
from clinic.safety import kinds
from clinic.safety.incidents import queries
from clinic.safety.incidents.models import Incident, IncidentNote
from clinic.safety.incidents.rules import (
    obstacles_to_assign,
    obstacles_to_close,
    obstacles_to_note,
    obstacles_to_report,
)
from clinic.workflow import lock, refuse_unless_clear


@transaction.atomic
def open_incident(
    case: Any, *, by: Any, at: datetime, about_key: Any, act: str, words: str, stated_at: datetime
) -> Incident:
    """Open the incident of what was recorded though something stood open; it refuses nothing.

    One thing and one act open one incident, however often they are recorded.
    """
    occurrence = f"{about_key}/{act}"
    already = Incident.objects.filter(occurrence=occurrence).first()
    if already:
        return already
    try:
        with transaction.atomic():
            incident = Incident.objects.create(
                case=case,
                site=case.site,
                kind=Incident.Kind.DEVIATION,
                occurrence=occurrence,
                about_key=about_key,
                words=words,
                stated_at=stated_at,
                opened_at=at,
                opened_by=by,
            )
    except IntegrityError:  # somebody else has just opened the very same one
        return Incident.objects.get(occurrence=occurrence)
    _tell_and_record(incident, by=by, at=at)
    return incident


@transaction.atomic
def report(
    site: Site,
    *,
    by: Any,
    at: datetime,
    kind: str,
    words: str,
    stated_at: datetime | None = None,
    case: Any = None,
) -> Incident:
    """Report a near miss or a complaint: any member of staff, about anything at their site."""
    stated_at = stated_at or at
    refuse_unless_clear(obstacles_to_report(site, by=by, at=at, stated_at=stated_at))
    incident = Incident.objects.create(
        case=case,
        site=site,
        kind=kind,
        words=words,
        stated_at=stated_at,
        opened_at=at,
        opened_by=by,
    )
    _tell_and_record(incident, by=by, at=at)
    return incident


@transaction.atomic
def assign(
    incident: Incident, *, by: Any, at: datetime, owner: Any, due_on: date | None = None
) -> Incident:
    """Give an incident to somebody who looks after it, and say by when."""
    lock(incident)
    refuse_unless_clear(obstacles_to_assign(incident, by=by, at=at, owner=owner))
    incident.owner, incident.due_on = owner, due_on
    incident.save(update_fields=["owner", "due_on"])
    record("incident assigned", incident, by=by, at=at, owner=owner.key, due_on=due_on)
    return incident


@transaction.atomic
def note(incident: Incident, *, by: Any, at: datetime, words: str) -> IncidentNote:
    """Write down what was found out or done about an incident."""
    lock(incident)
    refuse_unless_clear(obstacles_to_note(incident, by=by, at=at))
    written = IncidentNote.objects.create(incident=incident, noted_at=at, noted_by=by, words=words)
    record("incident noted on", incident, by=by, at=at, note=written.key)
    return written


@transaction.atomic
def close(incident: Incident, *, by: Any, at: datetime, outcome: str, learnt: str) -> Incident:
    """Close an incident with what came of it and what was learnt."""
    lock(incident)
    refuse_unless_clear(obstacles_to_close(incident, by=by, at=at))
    incident.closed_at, incident.closed_by = at, by
    incident.outcome, incident.learnt = outcome, learnt
    incident.save(update_fields=["closed_at", "closed_by", "outcome", "learnt"])
    record("incident closed", incident, by=by, at=at, outcome=outcome, learnt=learnt)
    return incident


def _tell_and_record(incident: Incident, *, by: Any, at: datetime) -> None:
    leads = queries.leads_of(incident.site, at)
    kinds.tell(incident, leads, by=by, at=at, due_at=at, case=incident.case)
    if incident.case_id is None:
        kinds.tell(incident, leads, by=by, at=at, due_at=at + kinds.A_DAY, time="again")
    record(
        "incident opened",
        incident,
        by=by,
        at=at,
        kind=incident.kind,
        told=sorted(str(lead.key) for lead in leads),
    )
