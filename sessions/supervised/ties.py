"""What ties a carer to a session: no lock keeps them from charting it, and its checks are prompted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from clinic.attention import actions as attention
from clinic.attention import kinds
from clinic.attention.models import Urgency
from clinic.people.door import ties
from clinic.people.door.signals import carried_on
from sessions.supervised import queries
from sessions.supervised.models import AdverseEvent, Order, Presence, Status, SupervisedSession
from sessions.supervised.sheet.queries import sheet_of

NOT_SESSIONS = {"discard": Order, "assess": AdverseEvent}  # routes that name a row of a session
REASONS = {"idle": "the device was locked", "over": "the sign-in had lasted its longest"}


def charted_by(user: Any, match: Any) -> SupervisedSession | None:
    """The session between dose and end that this request charts in, where the person is its carer."""
    key = match.kwargs.get("key") if match.namespace == "supervised" else None
    if key is None:
        return None
    if model := NOT_SESSIONS.get(match.url_name):
        key = model.objects.filter(key=key).values_list("session__key", flat=True).first()
    if key is None or queries.site_of_carer(user, key) is None:
        return None
    return queries.sessions_in_care_of(user, key).filter(status=Status.DOSED).first()


def is_in_care(user: Any, at: datetime) -> bool:
    """Whether the person is with, or near, somebody who has had a dose and has not left."""
    rows = SupervisedSession.objects.filter(status=Status.DOSED, presences__user=user)
    return any(
        presence.user_id == user.pk and presence.where != Presence.Where.AWAY
        for session in rows.distinct().prefetch_related("presences")
        for presence in queries.present_now(session)
    )


def prompts(user: Any, at: datetime) -> list[ties.Prompt]:
    """The next check of each session the person is in, by room and time alone."""
    rows = queries.live_sessions(user).filter(status=Status.DOSED, presences__user=user).distinct()
    found = []
    for session in rows:
        check = sheet_of(session, at).next_check
        if check is not None:
            room = session.visit.room
            found.append(
                ties.Prompt(
                    room=room.name if room else "No room",
                    due_at=check.at.astimezone(session.site.tz),
                    is_late=check.state == "overdue",
                )
            )
    return found


@receiver(carried_on, dispatch_uid="supervised.carried_on")
def tell_of_charting(sender, subject, by, at, reason, **kwargs):
    """Charting went on past a lock: it is told, once a session and person."""
    if isinstance(subject, SupervisedSession):
        attention.raise_matter(
            by=by,
            at=at,
            kind="charted_past_the_lock",
            words=f"{by} went on charting although {REASONS[reason]}. Look whether it was them.",
            urgency=Urgency.AMBER,
            occurrence=f"charted_past_the_lock:{subject.key}:{by.key}",
            case=subject.case,
            about_key=subject.key,
        )


kinds.register("charted_past_the_lock", label="Charted past the lock", leads_to="supervised:show")
ties.CHARTING.append(charted_by)
ties.IN_CARE.append(is_in_care)
ties.PROMPTS.append(prompts)
