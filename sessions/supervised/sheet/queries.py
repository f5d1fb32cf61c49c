"""The run sheet as a picture of one moment: everything page, board and worker show, asked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from clinic.audit.canonical import decimal_text
from clinic.protocols.calculators import (
    Due,
    Stay,
    dueness,
    next_change,
    staff_needed,
    supplement_window,
    total_given,
)
from clinic.protocols.document import Presence as Near
from clinic.protocols.document import ProtocolDocument
from sessions.supervised import queries
from sessions.supervised.arrival.rules import title_of
from sessions.supervised.models import (
    LIVE,
    AdverseEvent,
    Assessment,
    Dose,
    Order,
    Presence,
    Status,
    SupervisedSession,
)
from sessions.supervised.observations.overdue import what_is_measured
from sessions.supervised.sheet.lines import Line, SetLine, lines_of, set_lines

GOES_STALE = timedelta(seconds=60)  # a picture is drawn again at least this often
REPEAT_WITHIN = timedelta(minutes=30)
PHASES = {
    Status.PLANNED: "Planned",
    Status.CHECKED_IN: "Before the dose",
    Status.DOSED: "Dosed",
}


@dataclass(frozen=True)
class Check:
    """One planned check as the page draws it."""

    due: Due
    label: str
    tolerance: int
    overdue_by: int | None
    reason: str
    state: str  # upcoming, due, overdue, missed, done
    url_value: str

    @property
    def at(self) -> datetime:
        return self.due.at


@dataclass(frozen=True)
class Repeat:
    """An alarming value that has not been measured again yet."""

    label: str
    typed: str
    unit: str
    advice: str
    stated_at: datetime


@dataclass(frozen=True)
class Cover:
    """Whether one capacity the version asks for is where it has to be."""

    label: str
    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class Event:
    """An adverse event with the assessment that stands."""

    row: AdverseEvent
    assessment: Assessment | None


@dataclass(frozen=True)
class Sheet:
    """One run sheet at one moment."""

    session: SupervisedSession
    document: ProtocolDocument
    at: datetime
    phase: str
    doses: list[Dose]
    total: str
    first_dose_at: datetime | None
    earliest_release: datetime | None
    stay: Stay | None  # with its reason, where the version's table has one
    release_in: timedelta | None
    checks: list[Check]
    next_check: Check | None
    overdue: list[Check]
    is_silent: bool
    present: list[Presence]
    with_client: list[Presence]
    covers: list[Cover]
    repeats: list[Repeat]
    order: Order | None
    prepared: Any
    adverse_events: list[Event]
    lines: list[Line]
    sets: list[SetLine]
    saved_at: datetime | None
    changes_at: datetime
    supplement_from: datetime | None = None
    supplement_until: datetime | None = None
    alerts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return self.session.status in LIVE

    @property
    def is_dosed(self) -> bool:
        return self.session.status == Status.DOSED

    @property
    def stays(self) -> timedelta | None:
        """How long the person stays at least."""
        return timedelta(minutes=self.stay.minutes) if self.stay else None

    @property
    def coverage_ok(self) -> bool:
        return all(cover.ok for cover in self.covers)

    @property
    def urgency(self) -> int:
        """For the board: the most pressing first."""
        if self.session.help_called_at is not None and self.is_live:
            return 0
        if self.overdue or self.repeats:
            return 1
        if not self.with_client and self.is_dosed:
            return 2
        if self.next_check is not None and self.next_check.state == "due":
            return 3
        return 4


def sheet_of(session: SupervisedSession, at: datetime) -> Sheet:
    """Draw one run sheet; a session fetched by `with_rows` costs no further query."""
    document = queries.document(session)
    given, charted = queries.doses_given(session), queries.entries(session)
    dues = dueness(document, given, charted, at, session.ended_at)
    checks = [_check(document, due, at) for due in dues]
    silent = session.help_called_at is not None
    doses = queries.ordered_doses(session)
    earliest, stay = queries.may_leave_from(session), queries.stay(session)
    window = supplement_window(document, given)
    order = queries.standing_order(session)
    present = queries.present_now(session)
    lines = lines_of(session, document)
    waiting = [] if silent or session.status != Status.DOSED else checks
    overdue = [check for check in waiting if check.state == "overdue"]
    return Sheet(
        session=session,
        document=document,
        at=at,
        phase=PHASES.get(Status(session.status), session.get_status_display()),
        doses=doses,
        total=_total(document, doses),
        first_dose_at=doses[0].given_at if doses else None,
        earliest_release=earliest,
        stay=stay if stay and stay.because else None,
        release_in=earliest - at if earliest and earliest > at else None,
        checks=checks,
        next_check=overdue[0] if overdue else _next(waiting),
        overdue=overdue,
        is_silent=silent,
        present=present,
        with_client=[each for each in present if each.where == Presence.Where.WITH_CLIENT],
        covers=_covers(session, document, present, given),
        repeats=[] if silent else _repeats(session, document, at),
        order=order,
        prepared=queries.prepared_for(order),
        adverse_events=[
            Event(each, queries.newest_assessment(each)) for each in session.adverse_events.all()
        ],
        lines=lines,
        sets=set_lines(session, document, dues),
        saved_at=max((line.received_at for line in lines if line.received_at), default=None),
        changes_at=_changes_at(session, document, given, charted, at),
        supplement_from=window[0] if window else None,
        supplement_until=window[1] if window else None,
    )


def _changes_at(
    session: SupervisedSession,
    document: ProtocolDocument,
    given: list,
    charted: list,
    at: datetime,
) -> datetime:
    moments = [at + GOES_STALE]
    if session.status in LIVE:
        following = next_change(document, given, charted, at, session.ended_at)
        moments += [following] if following else []
        earliest = queries.may_leave_from(session)
        moments += [earliest] if earliest and earliest > at else []
    return min(moments)


def _check(document: ProtocolDocument, due: Due, at: datetime) -> Check:
    state = {"late": "done"}.get(due.state, due.state)
    reasons = {reason.code: reason.label for reason in document.miss_reasons}
    late = int((at - due.at).total_seconds() // 60) if due.state == "overdue" else None
    return Check(
        due=due,
        label=what_is_measured(document, due.check.parameters),
        tolerance=int((due.by - due.at).total_seconds() // 60),
        overdue_by=late,
        reason=reasons.get(due.reason or "", ""),
        state=state,
        url_value=due.check.key,
    )


def _next(checks: list[Check]) -> Check | None:
    waiting = [check for check in checks if check.state in {"due", "upcoming"}]
    return min(waiting, key=lambda check: check.at, default=None)


def _total(document: ProtocolDocument, doses: list[Dose]) -> str:
    if not doses:
        return ""
    total = sum((dose.amount for dose in doses), Decimal(0))
    unknown = "" if all(dose.amount_known for dose in doses) else " at most, not known exactly"
    return f"{decimal_text(total)} {document.unit}{unknown}"


def _covers(
    session: SupervisedSession, document: ProtocolDocument, present: list[Presence], given: list
) -> list[Cover]:
    found = []
    for role in document.roles:
        here = [
            each
            for each in present
            if each.capacity == role.capacity and is_near_enough(each.where, role.presence)
        ]
        wanted = WORDS_OF_NEAR[role.presence]
        ok = len(here) >= role.count
        found.append(Cover(f"{role.title} {wanted}", ok, "" if ok else "nobody"))
    needed = staff_needed(document, [total_given(given)]) if given else None
    if needed:
        beside = sum(each.where == Presence.Where.WITH_CLIENT for each in present)
        ok = beside >= needed
        found.append(Cover(f"Ratio {beside}:1", ok, "" if ok else f"{needed} needed"))
    return found


WORDS_OF_NEAR = {
    Near.WITH_CLIENT: "here",
    Near.ON_PREMISES: "on the premises",
    Near.REACHABLE: "reachable",
}
_NEARNESS = ["with_client", "on_premises", "reachable", "away"]


def is_near_enough(where: str, wanted: str) -> bool:
    """Whoever is with the client is on the premises too, and reachable."""
    return _NEARNESS.index(str(where)) <= _NEARNESS.index(str(wanted))


def _repeats(session: SupervisedSession, document: ProtocolDocument, at: datetime) -> list[Repeat]:
    """Alarming values whose parameter has not been measured again."""
    if session.status not in LIVE:
        return []
    latest: dict[str, tuple[Any, datetime]] = {}
    for each in queries.standing_sets(session):
        for reading in each.readings.all():
            if queries.is_usable(reading):
                latest[reading.parameter] = (reading, each.stated_at)
    return [
        Repeat(
            label=getattr(document.parameter(code), "label", code),
            typed=reading.typed,
            unit=reading.unit,
            advice="",
            stated_at=stated_at,
        )
        for code, (reading, stated_at) in latest.items()
        if reading.band == "alarming"
    ]


def title(session: SupervisedSession, presence: Presence) -> str:
    """The capacity of somebody present, in the version's words."""
    return title_of(session, presence.capacity)
