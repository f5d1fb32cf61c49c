"""Everything that happened in a session as lines in time: for the log, the table and the paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.audit.canonical import decimal_text
from clinic.protocols.calculators import Due, product_in_words
from clinic.protocols.document import ProtocolDocument
from clinic.stock.queries import wasted_about
from sessions.supervised import queries
from sessions.supervised.arrival.rules import title_of
from sessions.supervised.models import (
    Dose,
    ObservationSet,
    Order,
    Presence,
    SessionEvent,
    SupervisedSession,
)
from sessions.supervised.observations.clocks import ON_TIME, kind_of, minutes_off
from sessions.supervised.observations.readings import shown


@dataclass(frozen=True)
class Line:
    """One line of the log."""

    kind: str
    at: datetime
    title: str
    by: str
    received_at: datetime | None
    body: str = ""
    icon: str = "dot"
    tone: str = "neutral"
    mark: str = "on_time"
    minutes: int = 0
    planned_for: datetime | None = None
    is_struck: bool = False
    key: Any = None
    can_undo: bool = False
    can_correct: bool = False

    @property
    def mark_differs(self) -> bool:
        """Whether the clocks say anything that the time alone does not."""
        return self.mark != ON_TIME


@dataclass(frozen=True)
class Cell:
    """One reading in the table."""

    text: str
    band: str = "normal"

    @property
    def mark(self) -> str:
        """The shape of the band, so that colour is never alone."""
        return {"alarming": "square", "hold": "triangle", "impossible": "cross"}.get(self.band, "")


@dataclass(frozen=True)
class SetLine:
    """One set of observations as a row: its three clocks and a cell for each parameter."""

    row: ObservationSet
    mark: str
    minutes: int
    cells: list[Cell]
    reason: str
    is_struck: bool
    corrected_by: str = ""
    planned_for: datetime | None = None
    note: str = ""


def columns(session: SupervisedSession, document: ProtocolDocument) -> list[Any]:
    """The parameters that were read in this session, or are to be, in the version's order."""
    wanted = {code for row in document.monitoring for code in row.parameters}
    wanted |= {
        reading.parameter
        for each in session.observation_sets.all()
        for reading in each.readings.all()
    }
    return [parameter for parameter in document.parameters if parameter.code in wanted]


def set_lines(
    session: SupervisedSession, document: ProtocolDocument, dues: tuple[Due, ...]
) -> list[SetLine]:
    """Every set, the corrected ones struck through, oldest first."""
    closes = {due.at: due.by for due in dues}
    parameters = columns(session, document)
    reasons = {reason.code: reason.label for reason in document.miss_reasons}
    rows = sorted(session.observation_sets.all(), key=lambda each: (each.stated_at, each.pk))
    found = []
    for each in rows:
        readings = {reading.parameter: reading for reading in each.readings.all()}
        mark = kind_of(each.stated_at, each.received_at, closes.get(each.planned_for))
        successor = queries.successor_of(each)
        found.append(
            SetLine(
                row=each,
                mark=mark,
                minutes=minutes_off(mark, each.stated_at, each.received_at, each.planned_for),
                cells=[_cell(readings.get(parameter.code)) for parameter in parameters],
                reason=reasons.get(each.miss_reason, each.miss_reason),
                is_struck=successor is not None,
                corrected_by=successor.correction_reason if successor else "",
                planned_for=each.planned_for,
                note=each.note,
            )
        )
    return found


def lines_of(session: SupervisedSession, document: ProtocolDocument) -> list[Line]:
    """The whole log, newest first."""
    lines = [
        *[_observations(each, document) for each in session.observation_sets.all()],
        *[_dose(each) for each in session.doses.all()],
        *[_order(each, session) for each in session.orders.all()],
        *_prepared(session),
        *_wasted(session),
        *[event_line(each) for each in session.events.all() if each.undoes_id is None],
        *[_presence(session, each) for each in session.presences.all()],
        *[_adverse(each) for each in session.adverse_events.all()],
        *_milestones(session),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _cell(reading: Any) -> Cell:
    if reading is None:
        return Cell("")
    return Cell(reading.typed, reading.band)


def _observations(each: ObservationSet, document: ProtocolDocument) -> Line:
    reasons = {reason.code: reason.label for reason in document.miss_reasons}
    readings = list(each.readings.all())
    mark = kind_of(each.stated_at, each.received_at)
    words = [spoken_readings(readings, document)] if readings else []
    words += (
        [f"Missed: {reasons.get(each.miss_reason, each.miss_reason)}"] if each.miss_reason else []
    )
    words += [each.note] if each.note else []
    words += [f"Correction: {each.correction_reason}"] if each.correction_reason else []
    alarming = any(reading.band == "alarming" for reading in readings)
    return Line(
        kind="observations",
        at=each.stated_at,
        title="Observations" if readings else "Observations missed" if each.miss_reason else "Seen",
        by=each.by.name,
        received_at=each.received_at,
        body=" · ".join(words),
        icon="vitals",
        tone="danger" if alarming else "neutral",
        mark=mark,
        minutes=minutes_off(mark, each.stated_at, each.received_at, None),
        planned_for=each.planned_for,
        is_struck=queries.successor_of(each) is not None,
        key=each.key,
        can_correct=queries.successor_of(each) is None,
    )


def spoken_readings(readings: list[Any], document: ProtocolDocument) -> str:
    """A set in one line: BP 120/80 mmHg, HR 72 /min."""
    by_code = {reading.parameter: reading for reading in readings}
    said = []
    systolic, diastolic = by_code.pop("systolic", None), by_code.pop("diastolic", None)
    if systolic or diastolic:
        ends = [each.typed if each else "?" for each in (systolic, diastolic)]
        said.append(f"BP {'/'.join(ends)}")
    for code, reading in by_code.items():
        parameter = document.parameter(code)
        short = parameter.short if parameter else code
        words = shown(parameter, reading.value, reading.words)
        kept = " (as the device shows)" if reading.band == "impossible" else ""
        said.append(f"{short} {words}{kept}")
    return ", ".join(said)


def _dose(dose: Dose) -> Line:
    amount = f"{decimal_text(dose.amount)} {dose.unit}"
    amount = amount if dose.amount_known else f"an unknown amount, counted as {amount}"
    mark = kind_of(dose.given_at, dose.received_at)
    words = [product_in_words(dose.product)] if dose.product else []
    words += [f"lot {dose.lot_number}"] if dose.lot_number else []
    words += [f"{decimal_text(dose.wasted)} {dose.unit} wasted"] if dose.wasted else []
    words += [f"checked by {dose.second_person.name}"] if dose.second_person else []
    words += ["recorded on paper first"] if dose.on_paper else []
    words += [dose.note] if dose.note else []
    return Line(
        kind="dose",
        at=dose.given_at,
        title=f"Dose given: {amount}" if dose.order_id else f"Dose recorded: {amount}",
        by=dose.by.name,
        received_at=dose.received_at,
        body=" · ".join(words),
        icon="dose",
        tone="record",
        mark=mark,
        minutes=minutes_off(mark, dose.given_at, dose.received_at, None),
        key=dose.key,
    )


def _order(order: Order, session: SupervisedSession) -> Line:
    what = "Further dose ordered" if order.is_supplementary else "Dose ordered"
    return Line(
        kind="order",
        at=order.ordered_at,
        title=f"{what}: {decimal_text(order.amount)} {order.unit}",
        by=order.ordered_by.name,
        received_at=None,
        body=" · ".join([order.arithmetic, *_agreed(order, session)]),
        icon="document-check",
        tone="info",
        key=order.key,
    )


def _agreed(order: Order, session: SupervisedSession) -> list[str]:
    """Who agreed to a further dose, and when on the clock in the room."""
    zone = session.site.tz
    return [
        f"{each['who']} agreed {datetime.fromisoformat(each['at']).astimezone(zone):%H:%M}"
        for each in order.agreed
    ]


def _prepared(session: SupervisedSession) -> list[Line]:
    found = []
    for order in session.orders.all():
        prepared = queries.prepared_for(order)
        if prepared is not None:
            found.append(
                Line(
                    kind="prepared",
                    at=prepared.prepared_at,
                    title=f"Prepared: {prepared.arithmetic}",
                    by=f"{prepared.prepared_by.name}, checked by {prepared.checked_by.name}",
                    received_at=None,
                    body=f"lot {prepared.lot.number}",
                    icon="box",
                    tone="info",
                    key=prepared.key,
                )
            )
    return found


def _wasted(session: SupervisedSession) -> list[Line]:
    """What was drawn, not given and wasted; the rest of a dose that was given stands with it."""
    undosed = [
        order.key
        for order in session.orders.all()
        if queries.prepared_for(order) is not None and queries.dose_on(order) is None
    ]
    return [
        Line(
            kind="wasted",
            at=each.at,
            title=f"Prepared and wasted: {decimal_text(abs(each.quantity))} {each.lot.unit}",
            by=f"{each.by.name}, before {each.witness.name}" if each.witness else each.by.name,
            received_at=None,
            body=f"lot {each.lot.number} · {each.reason}",
            icon="box",
            tone="attention",
            key=each.key,
        )
        for each in (wasted_about(undosed) if undosed else [])
    ]


def event_line(event: SessionEvent) -> Line:
    """One tap as a line of the log."""
    undone = getattr(event, "undone_by", None)
    mark = kind_of(event.stated_at, event.received_at)
    return Line(
        kind="event",
        at=event.stated_at,
        title=event.label,
        by=event.by.name,
        received_at=event.received_at,
        body=event.note,
        icon="pencil" if event.code == "note" else "dot",
        mark=mark,
        minutes=minutes_off(mark, event.stated_at, event.received_at, None),
        is_struck=undone is not None,
        key=event.key,
        can_undo=undone is None,
    )


def _presence(session: SupervisedSession, presence: Presence) -> Line:
    where = {"with_client": "with the client", "on_premises": "on the premises"}.get(
        presence.where, presence.get_where_display().lower()
    )
    return Line(
        kind="presence",
        at=presence.stated_at,
        title=f"{presence.user.name} {where}",
        by=title_of(session, presence.capacity),
        received_at=presence.received_at,
        icon="person-check" if presence.where == "with_client" else "person",
    )


def _adverse(adverse_event: Any) -> Line:
    view = queries.newest_assessment(adverse_event)
    words = [adverse_event.words] if adverse_event.words else []
    if view is not None:
        words.append(f"grade {view.grade}{', serious' if view.is_serious else ''}")
    else:
        words.append("not assessed yet")
    return Line(
        kind="adverse",
        at=adverse_event.started_at,
        title=adverse_event.term,
        by=adverse_event.reported_by.name,
        received_at=adverse_event.received_at,
        body=" · ".join(words),
        icon="warning",
        tone="attention",
        key=adverse_event.key,
    )


def ended(session: SupervisedSession) -> str:
    """How it ended, also after the signature."""
    return session.get_ended_as_display() or session.get_status_display()


def _milestones(session: SupervisedSession) -> list[Line]:
    found = [
        (session.checked_in_at, session.checked_in_by, "Checked in", "person-check", "info"),
        (session.help_called_at, session.help_called_by, "Called for help", "alert", "danger"),
        (session.ready_at, session.ready_by, "Clinically ready to leave", "check-circle", "good"),
        (session.ended_at, session.ended_by, ended(session), "door", "record"),
        (session.signed_at, session.signed_by, "Record signed", "document-check", "good"),
    ]
    return [
        Line(
            kind="milestone",
            at=at,
            title=title,
            by=by.name if by else "",
            received_at=None,
            body=session.end_words if title == ended(session) else "",
            icon=icon,
            tone=tone,
        )
        for at, by, title, icon, tone in found
        if at is not None
    ]
