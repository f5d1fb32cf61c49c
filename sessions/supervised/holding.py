"""What a hold means for the sessions that go on: they are told, and go on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from clinic.attention import actions as attention
from clinic.attention.models import Urgency
from clinic.cases.models import Hold
from clinic.cases.queries import holds_on
from sessions.supervised.models import LIVE, SupervisedSession


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
