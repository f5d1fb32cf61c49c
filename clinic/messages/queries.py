"""What is in the outbox, and what sending it needs to know."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from clinic.access import Permission, sites_where
from clinic.messages.models import Message, Status


def system_user() -> Any:
    """The seeded user in whose name the clinic's own machinery acts."""
    return get_user_model().objects.get(is_system=True)


def organisation() -> Any:
    """The one organisation, or None before the first start has asked for it."""
    return apps.get_model("clinic", "Organisation").objects.filter(pk=1).first()


def visible_messages(user: Any) -> QuerySet[Message]:
    """The messages of cases this person may open."""
    return Message.objects.filter(
        site_id__in=sites_where(user, Permission.SEE_CASE)
    ).select_related("site", "patient", "user", "case")


def messages_of(user: Any, case: Any) -> QuerySet[Message]:
    """What was and will be sent about one case, the next to come first."""
    return visible_messages(user).filter(case=case).order_by("-due_at", "-pk")


def visible_cases(user: Any) -> QuerySet:
    """The cases whose outbox this person may read."""
    return (
        apps.get_model("clinic", "Case")
        .objects.filter(site_id__in=sites_where(user, Permission.SEE_CASE))
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
