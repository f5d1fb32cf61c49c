"""The orders a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from sessions.supervised.models import Order


def visible_orders(user: Any) -> QuerySet[Order]:
    """The orders of the cases this person may open."""
    return Order.objects.filter(
        in_reach(user, Permission.SEE_CASE, patient="session__case__patient"),
        prepared__isnull=False,
    ).select_related("session__case", "prepared__lot", "site")
