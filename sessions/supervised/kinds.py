"""What supervised sessions ask a person for, and what they tell the slices below."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from clinic.access import Permission
from clinic.attention import kinds
from clinic.cases import rules as cases
from clinic.cases.moving import rules as moving
from clinic.cases.signatures import kinds as signatures
from clinic.documents import rules as documents
from clinic.people.models import Act
from clinic.workflow import Obstacle, gate
from sessions.preparation import queries as preparation
from sessions.supervised import queries
from sessions.supervised.day import days, dose_at_hand
from sessions.supervised.models import LIVE, Dose, Status, SupervisedSession
from sessions.supervised.observations.overdue import overdue_keys

OPEN_SESSION = gate(
    "session_unsigned",
    "No supervised session of the case is still going on or waits for its signature.",
    clears="supervised:show",
)
LIVE_SESSION = gate(
    "move_in_session",
    "A session of the case is going on or waits for its signature.",
    clears="supervised:show",
)


def is_under_effects(case: Any, at: datetime) -> bool:
    """Whether a dose has been given, in any case of the person, and nobody has released them since.

    Who went by a door was never released: until the earliest release by the version, and to the
    end of that day at the least, what they were given counts. So does what was only written down.
    """
    of_person = SupervisedSession.objects.filter(case__patient=case.patient_id)
    if of_person.filter(status=Status.DOSED).exists():
        return True
    given = of_person.exclude(ended_as=Status.RELEASED).filter(
        Exists(Dose.objects.filter(session=OuterRef("pk")))
    )
    rows = queries.with_rows(given.select_related("case__protocol_version", "site"))
    return any(at < _wears_off(each) for each in rows)


def _wears_off(session: SupervisedSession) -> datetime:
    zone, earliest = session.site.tz, queries.may_leave_from(session)
    given_at = queries.ordered_doses(session)[-1].given_at
    last_on = max(given_at, session.ended_at or given_at).astimezone(zone).date()
    midnight = datetime.combine(last_on + timedelta(days=1), time(), tzinfo=zone)
    return max(midnight, earliest) if earliest else midnight


def obstacles_in_sessions(case: Any, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """A case closes when every session of it is signed or never began."""
    rows = SupervisedSession.objects.filter(case=case).exclude(
        status__in=[Status.SIGNED, Status.ABANDONED, Status.PLANNED]
    )
    for session in rows:
        yield OPEN_SESSION(
            f"A supervised session is {session.get_status_display().lower()} and not signed.",
            subject=str(session.key),
        )


def obstacles_while_live(case: Any, *, at: datetime) -> Iterator[Obstacle]:
    """From check-in to signature a session keeps the version it began on."""
    rows = SupervisedSession.objects.filter(case=case).exclude(
        status__in=[Status.SIGNED, Status.ABANDONED, Status.PLANNED]
    )
    for session in rows:
        yield LIVE_SESSION(
            f"A supervised session is {session.get_status_display().lower()}; a case is moved"
            " before check-in or after its record is signed.",
            subject=str(session.key),
        )


def check_is_still_due(matter: Any, at: datetime) -> bool:
    """An overdue check is wanted until it is charted, the session ends or help is called."""
    session = SupervisedSession.objects.filter(key=matter.about_key, status__in=LIVE).first()
    if session is None or session.help_called_at is not None:
        return False
    return matter.occurrence in overdue_keys(session, at)


documents.LIVE.append(is_under_effects)
cases.CLOSING.append(obstacles_in_sessions)
moving.WHILE.append(obstacles_while_live)
preparation.ASK_THE_DAY.append(days)
preparation.ASK_THE_DOSE.append(dose_at_hand)

signatures.register(
    signatures.Kind(
        "clinic_sessions.SupervisedSession",
        "Supervised session",
        Permission.RELEASE,
        Act.RELEASE,
        page="supervised:record",
        page_takes_case=False,
    )
)
signatures.register(
    signatures.Kind("clinic_sessions.Order", "Prepared dose", Permission.DOSE, Act.CHECK)
)

kinds.register(
    "overdue_check",
    label="Check overdue",
    still_wanted=check_is_still_due,
    leads_to="supervised:show",
)
for code, label in {
    "alarming_reading": "Alarming reading",
    "call_for_help": "Call for help",
    "dose_recorded": "Dose recorded afterwards",
    "session_event": "Event in a session",
    "adverse_event": "Adverse event",
    "left_by_a_door": "Left before release",
    "hold_on_session": "Hold placed during a session",
}.items():
    kinds.register(code, label=label, leads_to="supervised:show")
