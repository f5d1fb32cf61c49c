"""Which parameters a set asks for: those of the check it is made for, or all the schedule has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sessions.supervised.models import LIVE, ObservationSet, Status
from sessions.supervised.sheet.lines import SetLine
from sessions.supervised.sheet.queries import Check, Sheet


@dataclass(frozen=True)
class Wanted:
    """What one set is to hold."""

    parameters: list[Any]
    planned_for: datetime | None = None
    check: Check | None = None
    corrected: SetLine | None = None


def wanted_for(sheet: Sheet, key: str | None) -> Wanted:
    """A set for a check of the schedule, or an extra one; before the dose what the day asks for."""
    if key == "extra" or sheet.session.status != Status.DOSED:
        return Wanted(_parameters(sheet, _all(sheet)))
    check = next((each for each in sheet.checks if each.url_value == key), None)
    if check is None and sheet.next_check is not None and sheet.next_check.state != "upcoming":
        check = sheet.next_check  # what is due now is what somebody means who names nothing
    if check is None:
        return Wanted(_parameters(sheet, _all(sheet)))
    return Wanted(_parameters(sheet, set(check.due.check.parameters)), check.at, check)


def correction_of(sheet: Sheet, row: ObservationSet) -> Wanted:
    """The same parameters as the set that is corrected, and what it said, to be seen beside it."""
    line = next((each for each in sheet.sets if each.row.pk == row.pk), None)
    return Wanted(_parameters(sheet, _all(sheet)), row.planned_for, corrected=line)


def _all(sheet: Sheet) -> set[str]:
    document = sheet.document
    watched = {code for row in document.monitoring for code in row.parameters}
    if sheet.session.status in LIVE and (not sheet.doses or sheet.order is not None):
        watched |= set(document.today.vitals) if document.today else set()
        watched |= {"weight"} if document.doses.needs_weight else set()
    return watched


def _parameters(sheet: Sheet, codes: set[str]) -> list[Any]:
    return [parameter for parameter in sheet.document.parameters if parameter.code in codes]
