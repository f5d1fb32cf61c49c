"""What a hold means for the sessions that go on: they are told, and go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from clinic.attention import actions as attention
from clinic.attention.models import Urgency
from clinic.audit.canonical import decimal_text
from clinic.cases.models import OPEN, Hold
from clinic.cases.queries import holds_on
from clinic.stock import queries as stock
from clinic.stock.models import Lot
from clinic.stock.queries import Drawn
from sessions.supervised.models import LIVE, SupervisedSession
from sessions.supervised.queries import visible_sessions


def holds_over(session: SupervisedSession) -> Iterable[Hold]:
    """The holds in force on anything behind a session."""
    return holds_on(session.site, _behind(session))


def tell(hold: Hold, *, by: Any, at: datetime) -> None:
    """Tell every session that goes on behind a hold, in the order of their cases."""
    rows = (
        SupervisedSession.objects.filter(site=hold.site, status__in=LIVE)
        .select_related("case__patient", "case__protocol_version", "site", "visit__room")
        .defer("case__protocol_version__document")
        .prefetch_related("presences__user", "orders__prepared__lot")
        .order_by("case_id")
    )
    for session in rows:
        if hold.target_key in _behind(session):
            attention.raise_matter(
                by=by,
                at=at,
                kind="hold_on_session",
                words=f"Held, {hold.get_on_display().lower()}: {hold.reason} This session goes on;"
                " the next dose behind it does not.",
                urgency=Urgency.RED,
                occurrence=f"hold:{hold.key}:{session.key}",
                case=session.case,
                about_key=session.key,
            )


def _behind(session: SupervisedSession) -> set[Any]:
    """The keys of everything a session hangs on."""
    keys = {session.case.patient.key, session.case.protocol_version.key, session.site.key}
    keys |= {presence.user.key for presence in session.presences.all()}
    if session.visit.room is not None:
        keys.add(session.visit.room.key)
    prepared = (getattr(order, "prepared", None) for order in session.orders.all())
    return keys | {each.lot.key for each in prepared if each is not None and each.lot}


def drawn_from(lot: Lot, user: Any) -> Iterator[Drawn]:
    """For whom a dose was prepared or given from a lot, the sessions that go on first."""
    prepared = Q(orders__prepared__lot=lot)
    given = Q(doses__lot_number=lot.number, site=lot.site)
    rows = visible_sessions(user).filter(prepared | given, case__status__in=OPEN).distinct()
    rows = rows.defer("case__protocol_version__document").prefetch_related(
        "doses__order__prepared", "orders__prepared", "orders__dose"
    )
    for session in sorted(rows, key=lambda each: (each.status not in LIVE, -each.pk)):
        yield Drawn(
            str(session.case.patient), ", ".join(_drawn(session, lot)), session.get_absolute_url()
        )


def _drawn(session: SupervisedSession, lot: Lot) -> Iterator[str]:
    zone = session.site.tz
    yield f"session {session.get_status_display().lower()}"
    for dose in session.doses.all():
        prepared = getattr(dose.order, "prepared", None)
        if lot.pk == getattr(prepared, "lot_id", None) or dose.lot_number == lot.number:
            when = f"{dose.given_at.astimezone(zone):%d %b %Y, %H:%M}"
            yield f"{decimal_text(dose.amount)} {dose.unit} given {when}"
    for order in session.orders.all():
        prepared = getattr(order, "prepared", None)
        if prepared is not None and prepared.lot_id == lot.pk and not hasattr(order, "dose"):
            when = f"{prepared.prepared_at.astimezone(zone):%d %b %Y, %H:%M}"
            yield f"prepared {when}, not given"


stock.DRAWN_BY.append(drawn_from)
