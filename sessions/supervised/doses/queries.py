"""The orders a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, sites_where
from sessions.supervised.models import Order


def visible_orders(user: Any) -> QuerySet[Order]:
    """The orders of the sites at which the person may open a case."""
    return Order.objects.filter(
        site_id__in=sites_where(user, Permission.SEE_CASE), prepared__isnull=False
    ).select_related("session__case", "prepared__lot", "site")
