"""What lots there are at a person's sites, and what moved in and out of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from clinic.access import Permission, may, sites_where
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


SOON = timedelta(days=30)


@dataclass(frozen=True)
class Drawn:
    """One person for whom something of a lot was prepared, or to whom it was given."""

    who: str
    words: str
    url: str


# Whoever prepares and gives doses lies above stock; when the app is ready it answers with what was
# drawn from a lot and that this person may see: asked with the lot and the person.
DRAWN_BY: list[Callable[[Lot, Any], Iterable[Drawn]]] = []


def drawn_from(lot: Lot, user: Any) -> list[Drawn]:
    """For whom something of a lot was prepared or given, in open cases this person may see."""
    return [each for ask in DRAWN_BY for each in ask(lot, user)]


@dataclass(frozen=True)
class State:
    """How a lot stands, in a word with its tone."""

    word: str
    tone: str


@dataclass(frozen=True)
class Shelf:
    """The lots of one site, those that can be used first."""

    site: Site
    lots: tuple[tuple[Lot, State], ...]


@dataclass(frozen=True)
class Ledger:
    """One page of a lot's movements, the newest first."""

    rows: tuple[Movement, ...]
    earlier: int | None  # where the next page begins


def shelves(user: Any, *, at: datetime) -> list[Shelf]:
    """Every lot the person may see, by site: what can be used first, what is over last."""
    found: dict[int, list[tuple[Lot, State]]] = {}
    sites: dict[int, Site] = {}
    for lot in visible_lots(user).order_by("site__name", "expires_on", "pk"):
        sites[lot.site_id] = lot.site
        found.setdefault(lot.site_id, []).append((lot, state_of(lot, at=at)))
    return [
        Shelf(sites[pk], tuple(sorted(lots, key=lambda pair: pair[1].tone == "void")))
        for pk, lots in found.items()
    ]


def state_of(lot: Lot, *, at: datetime) -> State:
    """Whether a lot can be used, and what to know about it."""
    today = at.astimezone(lot.site.tz).date()
    if lot.recalled_at is not None:
        return State("Recalled", "danger")
    if lot.expires_on < today:
        return State("Expired", "danger" if lot.balance else "void")
    if not lot.balance:
        return State("Empty", "void")
    if not lot.is_described:
        return State("Not described", "attention")
    if lot.expires_on < today + SOON:
        return State("Expires soon", "attention")
    return State("In use", "good")


def ledger_of(lot: Lot, *, before: int | None = None, size: int) -> Ledger:
    """A page of the ledger of one lot, the newest first."""
    rows = lot.movements.select_related("by", "witness").order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: size + 1])
    return Ledger(tuple(found[:size]), found[size - 1].pk if len(found) > size else None)


def may_keep(user: Any, lot: Lot) -> bool:
    """Whether the person keeps the stock this lot belongs to."""
    return may(user, Permission.MANAGE_STOCK, site=lot.site_id)


def wasted_about(keys: Iterable[UUID]) -> list[Movement]:
    """What was wasted of that which was taken out for any of these orders."""
    wasted = Movement.objects.filter(about_key__in=keys, kind=Kind.WASTED)
    return list(wasted.select_related("lot", "by", "witness"))


def still_out(lot: Lot, about_key: UUID) -> Decimal:
    """How much was prepared from a lot for one session and has not come back into the ledger."""
    moved = lot.movements.filter(about_key=about_key, kind__in=[Kind.PREPARED, Kind.RETURNED])
    return -(moved.aggregate(total=Sum("quantity"))["total"] or Decimal(0))
