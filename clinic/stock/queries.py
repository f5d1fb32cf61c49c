"""What lots there are at a person's sites, and what moved in and out of one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from clinic.access import Permission, sites_where
from clinic.people.models import Site
from clinic.stock.models import Lot, Movement

Kind = Movement.Kind


def visible_lots(user: Any) -> QuerySet[Lot]:
    """The lots of the sites at which the person keeps stock or gives doses."""
    sites = {
        *sites_where(user, Permission.MANAGE_STOCK),
        *sites_where(user, Permission.DOSE),
    }
    return Lot.objects.filter(site_id__in=sorted(sites)).select_related("site", "recalled_by")


def sites_with_stock(user: Any) -> QuerySet[Site]:
    """The sites at which the person may receive stock."""
    return Site.objects.filter(pk__in=sites_where(user, Permission.MANAGE_STOCK))


def movements_of(lot: Lot) -> QuerySet[Movement]:
    """The ledger page of one lot, newest first."""
    return lot.movements.select_related("by", "witness").order_by("-pk")


def still_out(lot: Lot, about_key: UUID) -> Decimal:
    """How much was prepared from a lot for one session and has not come back into the ledger."""
    moved = lot.movements.filter(about_key=about_key, kind__in=[Kind.PREPARED, Kind.RETURNED])
    return -(moved.aggregate(total=Sum("quantity"))["total"] or Decimal(0))
