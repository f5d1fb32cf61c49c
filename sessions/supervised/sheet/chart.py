"""The chart of a session: readings against time and doses, each point with how it was entered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from clinic.audit.canonical import decimal_text
from clinic.pages.charts import Band, Chart, Dose, Point, Series, vitals_chart
from clinic.protocols.document import BandName, Phase
from sessions.supervised import queries
from sessions.supervised.models import Status, SupervisedSession
from sessions.supervised.observations.clocks import kind_of
from sessions.supervised.sheet.queries import Sheet

PRESSURE = "BP"
MOST_PLOTS = 6
TONES = {BandName.NORMAL: "neutral", BandName.HOLD: "attention", BandName.ALARMING: "danger"}


def chart_of(sheet: Sheet) -> Chart:
    """Stacked strips on one time axis; blood pressure as bars, the rest as points."""
    session = sheet.session
    closes = {check.due.at: check.due.by for check in sheet.checks}
    series = [
        each
        for each in [_pressure(session, closes), *_lines(sheet, closes)]
        if each is not None and each.points
    ]
    doses = [
        Dose(dose.given_at, f"{decimal_text(dose.amount)} {dose.unit}") for dose in sheet.doses
    ]
    start, end = _span(sheet)
    return vitals_chart(series[:MOST_PLOTS], _bands(sheet), doses, start, end)


def _span(sheet: Sheet) -> tuple[datetime | None, datetime | None]:
    """The axis does not jump when a point arrives: whole half hours, and the schedule in view."""
    sets = queries.standing_sets(sheet.session)
    moments = [each.stated_at for each in sets] + [dose.given_at for dose in sheet.doses]
    if not moments:
        return None, None
    first = min(moments) - timedelta(minutes=5)
    last = max([*moments, sheet.at if sheet.session.status == Status.DOSED else max(moments)])
    half_hours = int((last - first).total_seconds() // 1800) + 1
    return first, first + timedelta(minutes=30 * max(half_hours, 2))


def _pressure(session: SupervisedSession, closes: dict[datetime, datetime]) -> Series | None:
    points = []
    for each in queries.standing_sets(session):
        readings = _usable(each)
        if "systolic" in readings and "diastolic" in readings:
            points.append(
                _point(each, readings["diastolic"], closes, high=readings["systolic"].value)
            )
    return Series(PRESSURE, "mmHg", points, kind="bar") if points else None


def _lines(sheet: Sheet, closes: dict[datetime, datetime]) -> list[Series]:
    found = []
    watched = {code for row in sheet.document.monitoring for code in row.parameters}
    for parameter in sheet.document.parameters:
        if parameter.code in {"systolic", "diastolic"} or parameter.code not in watched:
            continue
        points = [
            _point(each, readings[parameter.code], closes)
            for each in queries.standing_sets(sheet.session)
            if parameter.code in (readings := _usable(each))
        ]
        found.append(Series(parameter.short, parameter.unit, points))
    return found


def _usable(observation_set: Any) -> dict[str, Any]:
    return {
        reading.parameter: reading
        for reading in observation_set.readings.all()
        if reading.value is not None and queries.is_usable(reading)
    }


def _point(each: Any, reading: Any, closes: dict, high: Any = None) -> Point:
    return Point(
        at=each.stated_at,
        value=float(reading.value),
        high=float(high) if high is not None else None,
        mark=kind_of(each.stated_at, each.received_at, closes.get(each.planned_for)),
    )


def _bands(sheet: Sheet) -> list[Band]:
    """Where a value is normal after the dose, faint behind the points."""
    phase = Phase.AFTER_DOSE if sheet.doses else Phase.BEFORE_DOSE
    found = []
    for code, name in [("heart_rate", ""), ("spo2", ""), ("respiratory_rate", "")]:
        parameter, limit = sheet.document.parameter(code), sheet.document.limit(code, phase)
        if parameter is None or limit is None:
            continue
        normal = [each for each in limit.bands if each.name == BandName.NORMAL]
        if normal and normal[0].starts is not None and normal[-1].below is not None:
            found.append(
                Band(
                    parameter.short,
                    float(normal[0].starts),
                    float(normal[-1].below) - 1,
                    name or "within limits",
                    TONES[BandName.NORMAL],
                )
            )
    return found
