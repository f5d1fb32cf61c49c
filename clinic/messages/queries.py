"""What is in the outbox, and what sending it needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from clinic.access import Permission, in_reach, may
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message, Status

WITH = "site", "patient", "user", "case__patient", "case__site"


def system_user() -> Any:
    """The seeded user in whose name the clinic's own machinery acts."""
    return get_user_model().objects.get(is_system=True)


def organisation() -> Any:
    """The one organisation, or None before the first start has asked for it."""
    return apps.get_model("clinic", "Organisation").objects.filter(pk=1).first()


def visible_messages(user: Any) -> QuerySet[Message]:
    """The messages of cases this person may open."""
    return Message.objects.filter(in_reach(user, Permission.SEE_CASE)).select_related(*WITH)


def messages_of(case: Any) -> QuerySet[Message]:
    """What was and will be sent about one case, the next to come first."""
    found = Message.objects.filter(case=case).select_related(*WITH)
    return found.order_by("-due_at", "-pk")


@dataclass(frozen=True)
class Outbox:
    """The messages of one case: still to come, needing a look, and done with."""

    to_come: list[Line]
    past: list[Line]


@dataclass(frozen=True)
class Line:
    """One message as staff read it; what it says stays between the clinic and its reader."""

    message: Message
    label: str
    to: str
    when: datetime
    note: str
    tone: str
    may_be_stopped: bool


def outbox(user: Any, case: Any, at: datetime) -> Outbox:
    """What will be sent about a case, when and to whom; what was; and what could not be."""
    may_stop = may(user, Permission.FOLLOW_UP, site=case.site_id)
    messages = list(messages_of(case))
    waiting = {Status.DUE, Status.CLAIMED}
    to_come = sorted((m for m in messages if m.status in waiting), key=lambda m: m.due_at)
    return Outbox(
        to_come=[_line(m, may_stop) for m in to_come],
        past=[_line(m, False) for m in messages if m.status not in waiting],
    )


def _line(message: Message, may_be_stopped: bool) -> Line:
    kind = KINDS.get(message.kind)
    ended_at = message.sent_at or message.failed_at or message.cancelled_at
    tried_before = message.status == Status.DUE and message.last_error
    return Line(
        message=message,
        label=kind.label if kind else message.kind,
        to=str(message.patient or message.user),
        when=ended_at or message.due_at,
        note=message.last_error,
        tone="attention" if tried_before else TONES[message.status],
        may_be_stopped=may_be_stopped and (kind is None or kind.may_be_stopped),
    )


TONES: dict[str, str] = {
    Status.DUE: "neutral",
    Status.CLAIMED: "info",
    Status.SENT: "good",
    Status.FAILED: "danger",
    Status.CANCELLED: "void",
    Status.UNSURE: "attention",
}


def visible_cases(user: Any) -> QuerySet:
    """The cases whose outbox this person may read."""
    return (
        apps.get_model("clinic", "Case")
        .objects.filter(in_reach(user, Permission.SEE_CASE, patient="patient"))
        .select_related("patient", "site")
    )


def due_at(at: datetime) -> QuerySet[Message]:
    """What should be on its way by now, safety first."""
    return Message.objects.filter(status=Status.DUE, due_at__lte=at).order_by(
        "-is_safety", "due_at", "pk"
    )


def lapsed_at(at: datetime) -> QuerySet[Message]:
    """What somebody claimed and did not finish before the lease ran out."""
    return Message.objects.filter(status=Status.CLAIMED, claimed_until__lte=at).order_by("pk")


def not_yet_sent() -> QuerySet[Message]:
    """What may still be stopped."""
    return Message.objects.filter(Q(status=Status.DUE) | Q(status=Status.CLAIMED))
