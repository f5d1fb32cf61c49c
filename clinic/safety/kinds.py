"""The one neutral message that asks a lead to look: whether it is an incident or a concern it
does not say, and nobody who meets it in the outbox can tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse

from clinic.messages import actions as messages
from clinic.messages import kinds

LEAD_TOLD = "lead_told"
A_DAY = timedelta(hours=24)  # house: nothing reported waits longer than a day for a person


def tell(
    subject: Any,
    leads: Iterable[Any],
    *,
    by: Any,
    at: datetime,
    due_at: datetime,
    case: Any = None,
    time: str = "first",
) -> None:
    """Put the message to each lead in the outbox; one who is told once is not told twice."""
    for lead in leads:
        messages.queue(
            by=by,
            at=at,
            kind=LEAD_TOLD,
            occurrence=f"lead/{subject.key}/{lead.key}/{time}",
            due_at=due_at,
            case=case,
            user=lead,
            site=subject.site,
            about_key=subject.key,
            is_safety=True,
        )


def _words(message: Any) -> tuple[str, str]:
    address = settings.BASE_URL + reverse("safety:index")
    return (
        "Something waits for you in Vigil",
        f"At {message.site.name} something was written down that nobody has taken yet.\n\n"
        f"What it is you read in Vigil, after signing in:\n{address}\n",
    )


def _still_wanted(message: Any, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT vigil_waits_for_safety(%s)", [message.about_key])
        return cursor.fetchone()[0]


kinds.register(
    LEAD_TOLD,
    still_wanted=_still_wanted,
    words=_words,
    label="Asks a lead to look",
    keeps_quiet_hours=False,
    may_be_stopped=False,
)
