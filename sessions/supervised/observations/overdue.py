"""Which checks are overdue now, each under the name by which it is raised once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from clinic.protocols.calculators import Due, dueness
from clinic.protocols.document import ProtocolDocument
from sessions.supervised import queries
from sessions.supervised.models import ObservationSet, Status, SupervisedSession


def overdue_keys(session: SupervisedSession, at: datetime) -> dict[str, str]:
    """The occurrence of each overdue check, with the sentence somebody is asked with."""
    document = queries.document(session)
    dues = dueness(
        document, queries.doses_given(session), queries.entries(session), at, session.ended_at
    )
    zone = session.site.tz
    return {
        f"overdue_check:{session.key}:{due.check.key}": (
            f"{what_is_measured(document, due.check.parameters)} due at"
            f" {due.at.astimezone(zone):%H:%M} is overdue"
        )
        for due in dues
        if is_overdue(due)
    }


def is_overdue(due: Due) -> bool:
    """Past its tolerance, and neither charted nor given up for the next one."""
    return due.state == "overdue"


def what_is_measured(document: ProtocolDocument, parameters: tuple[str, ...]) -> str:
    """The parameters of a check in short: blood pressure as one."""
    shorts: list[str] = []
    for code in parameters:
        parameter = document.parameter(code)
        short = parameter.short if parameter else code
        short = "BP" if code in {"systolic", "diastolic"} else short
        if short not in shorts:
            shorts.append(short)
    return ", ".join(shorts)


def sessions_with_overdue_checks(at: datetime) -> list[Any]:
    """The keys of the sessions in which a check is overdue and nobody has called for help."""
    sets = ObservationSet.objects.select_related("superseded_by").prefetch_related("readings")
    rows = (
        SupervisedSession.objects.filter(status=Status.DOSED, help_called_at__isnull=True)
        .select_related("site", "case__protocol_version")
        .prefetch_related("doses", Prefetch("observation_sets", sets))
    )
    return [session.key for session in rows if overdue_keys(session, at)]
