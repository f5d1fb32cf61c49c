"""The orders a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from clinic.access import Permission, in_reach
from clinic.protocols.calculators import another_form
from clinic.protocols.document import ProtocolDocument
from clinic.stock.models import Lot
from sessions.supervised.models import Order


def visible_orders(user: Any) -> QuerySet[Order]:
    """The orders of the cases this person may open."""
    return Order.objects.filter(
        in_reach(user, Permission.SEE_CASE, patient="session__case__patient"),
        prepared__isnull=False,
    ).select_related("session__case", "prepared__lot", "site")


def lots_for(order: Order, document: ProtocolDocument) -> QuerySet[Lot]:
    """The lots this dose may be drawn from, the one that ends first at the top."""
    rules = document.doses
    lots = _lots_of_its_substance(order, document)
    lots = lots.filter(presentation__in=rules.comes_as) if rules.comes_as else lots
    return lots.filter(salt=rules.salt) if rules.salt else lots


def lots_to_describe(order: Order, document: ProtocolDocument) -> list[Lot]:
    """The lots left out only because nobody has said what they come as, or of which salt."""
    rules = document.doses
    return [
        lot
        for lot in _lots_of_its_substance(order, document)
        if another_form(document, lot.presentation, lot.salt)
        and lot.presentation in {*(rules.comes_as or [lot.presentation]), ""}
        and lot.salt in {rules.salt or lot.salt, ""}
    ]


def _lots_of_its_substance(order: Order, document: ProtocolDocument) -> QuerySet[Lot]:
    return Lot.objects.filter(
        site_id=order.site_id,
        substance=document.substance,
        unit=order.unit,
        balance__gt=0,
        recalled_at__isnull=True,
    ).order_by("expires_on", "number")
