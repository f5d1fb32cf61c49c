"""What will be trouble if nobody looks at it in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from clinic.access import Permission, may_anywhere, sites_where
from clinic.booking.forecasts import (
    Forecast,
    diary_forecasts,
    interpreter_forecasts,
    version_forecasts,
)
from clinic.booking.models import Stage, Visit
from clinic.booking.models import Status as VisitStatus
from clinic.booking.queries import visible_visits
from clinic.documents.queries import required_of
from clinic.documents.standing import Standing, why_not_at
from clinic.people.queries import licences_that_end_too_soon
from clinic.stock.queries import visible_lots
from sessions.casefile.places import address
from sessions.casefile.today.tiles import COUNTED_TO, Question, Row, Tile, first_of, list_of
from sessions.preparation.barred import SCREENING_SIGNED, WAY_HOME
from sessions.preparation.rules import gates_of

P = Permission
SOON = timedelta(days=7)
NEAR = timedelta(days=14)
AHEAD = timedelta(days=28)
LASTING = (SCREENING_SIGNED.code,)
LOT_SOON = timedelta(days=30)


def visits(user: Any, *, at: datetime, today: date) -> Tile:
    """Booked visits that lack their room, their day or somebody since they were booked."""
    found: dict[int, list[Forecast]] = {}
    for forecast in diary_forecasts(user, at=at):
        found.setdefault(forecast.visit.pk, []).append(forecast)
    rows = [
        Row(
            title=str(each[0].visit.patient),
            url=address(each[0].clears, each[0].visit.key),
            note=" ".join(forecast.words for forecast in each),
            at=each[0].visit.starts_at,
            tone="danger",
            word="Move it",
        )
        for each in found.values()
    ]
    return Tile("visits", "Visits to be moved", "Every visit can stand.", rows, list_of("visits"))


def interpreters(user: Any, *, at: datetime, today: date) -> Tile:
    """Booked visits of somebody who needs an interpreter at which nobody interprets."""
    rows = [
        Row(
            title=str(forecast.visit.patient),
            url=address(forecast.clears, forecast.visit.key),
            note=forecast.words,
            at=forecast.visit.starts_at,
            tone="attention",
            word="No interpreter",
        )
        for forecast in interpreter_forecasts(user, at=at)
    ]
    return Tile(
        "interpreters",
        "Booked visits without an interpreter",
        "Every visit that needs an interpreter has one.",
        rows,
        list_of("interpreters"),
    )


def versions(user: Any, *, at: datetime, today: date) -> Tile:
    """Cases with a visit to come on a version that was retired or replaced."""
    rows = [
        Row(
            title=str(forecast.visit.patient),
            url=address(forecast.clears, forecast.visit.case.key),
            note=forecast.words,
            at=forecast.visit.starts_at,
            tone="attention",
            word="Version over",
        )
        for forecast in version_forecasts(user, at=at)
    ]
    return Tile(
        "versions",
        "Booked on a version that is over",
        "Every visit is on a version in force.",
        rows,
        list_of("versions"),
    )


def consents(user: Any, *, at: datetime, today: date) -> Tile:
    """Sessions whose documents are not signed a week before, or will have ended on the day."""
    booked = _sessions_within(AHEAD, user, at)
    standing = required_of([visit.case for visit in booked], at) if booked else {}
    rows = []
    for visit in booked:
        signed = standing[visit.case_id]
        lacking = [each for each in signed if each.is_missing and visit.starts_at < at + SOON]
        ending = [each for each in signed if _ends_before(each, visit)]
        if lacking or ending:
            words = [each.rule.title for each in lacking] + [_until(each, visit) for each in ending]
            rows.append(
                Row(
                    title=str(visit.patient),
                    url=address("documents:index", visit.case.key),
                    note=", ".join(words),
                    at=visit.starts_at,
                    tone="danger",
                    word="Not signed" if lacking else "Ends before",
                )
            )
    return Tile(
        "consents",
        "Documents missing or ending before a session",
        "Every session has its documents: in the next 7 days signed, in the next 28 lasting.",
        rows[: COUNTED_TO + 1],
        list_of("consents"),
    )


def _ends_before(row: Standing, visit: Visit) -> bool:
    stands = row.document is not None and row.stops_the_dose
    return stands and bool(why_not_at(row, visit.case, visit.starts_at))


def _until(row: Standing, visit: Visit) -> str:
    day = visit.starts_at.astimezone(visit.site.tz).date()
    ends = row.until is not None and row.until < day
    words = f"stands until {row.until:%d %b %Y}" if ends else "a new text binds before"
    return f"{row.rule.title} ({words})"


def refused(user: Any, *, at: datetime, today: date) -> Tile:
    """Sessions whose screening will have grown too old, or whose way home nobody has planned."""
    booked = [each for each in _sessions_within(NEAR, user, at) if each.cycle is not None]
    gates = gates_of([visit.cycle for visit in booked], at=at) if booked else {}
    rows = []
    for visit in booked:
        asked = LASTING if visit.starts_at >= at + SOON else (*LASTING, WAY_HOME.code)
        wants = [
            Row(barred.message, address(barred.clears, barred.subject or visit.case.key))
            for step in gates[visit.cycle_id]
            if step.gate.code in asked
            for barred in step.obstacles
        ]
        if wants:
            rows.append(
                Row(
                    title=str(visit.patient),
                    url=visit.case.get_absolute_url(),
                    at=visit.starts_at,
                    tone="danger",
                    word="Would be refused",
                    wants=wants,
                )
            )
    return Tile(
        "sessions",
        "Sessions without a screening or a way home",
        "Every session has them: the way home in the next 7 days, the screening in the next 14.",
        rows[: COUNTED_TO + 1],
        list_of("sessions"),
    )


def _sessions_within(ahead: timedelta, user: Any, at: datetime) -> list[Visit]:
    """The supervised sessions to come of whose cases this person may open.

    All of them: what one lacks is known only once it was asked, so what is found is cut, not this.
    """
    return list(
        visible_visits(user)
        .filter(
            site_id__in=sites_where(user, P.SEE_CASE),
            stage=Stage.DOSING,
            status=VisitStatus.PLANNED,
            starts_at__gte=at,
            starts_at__lt=at + ahead,
        )
        .order_by("starts_at", "pk")
    )


def licences(user: Any, *, at: datetime, today: date) -> Tile:
    """Licences that end before a session their holder is booked for."""
    sites = {*sites_where(user, P.MANAGE_PEOPLE), *sites_where(user, P.LEAD_SAFETY)}
    rows = [
        Row(
            title=str(licence.user),
            url=licence.user.get_absolute_url() if may_anywhere(user, P.MANAGE_PEOPLE) else "",
            note=f"{licence} ends {licence.valid_until:%d %b %Y}",
            at=licence.first_missed_at,
            tone="danger",
            word=f"{licence.missed} booked",
        )
        for licence in first_of(licences_that_end_too_soon(sites, at=at))
    ]
    url = address("people:licences") if may_anywhere(user, P.MANAGE_PEOPLE) else list_of("licences")
    return Tile("licences", "Licences ending before a session", "None ends too soon.", rows, url)


def lots(user: Any, *, at: datetime, today: date) -> Tile:
    """Lots in stock that end within a month, or are recalled."""
    found = visible_lots(user).filter(balance__gt=0, expires_on__lte=today + LOT_SOON)
    rows = [
        Row(
            title=str(lot),
            url=address("stock:lot", lot.key),
            note=f"{lot.balance.normalize():f} {lot.unit} left, ends {lot.expires_on:%d %b %Y}",
            tone="danger" if lot.expires_on < today else "attention",
            word="Expired" if lot.expires_on < today else "Ends soon",
        )
        for lot in first_of(found.order_by("expires_on", "pk"))
    ]
    return Tile("lots", "Lots ending within 30 days", "None ends soon.", rows, list_of("lots"))


COMING = {
    "visits": Question(visits, (P.BOOK,)),
    "interpreters": Question(interpreters, (P.BOOK,)),
    "versions": Question(versions, (P.DECIDE,)),
    "sessions": Question(refused, (P.PREPARE, P.DECIDE)),
    "consents": Question(consents, (P.SEE_CASE,)),
    "licences": Question(licences, (P.MANAGE_PEOPLE, P.LEAD_SAFETY)),
    "lots": Question(lots, (P.MANAGE_STOCK,)),
}
