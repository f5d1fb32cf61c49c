"""Why nothing may move in the ledger of controlled substances."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from clinic.access import Permission, may
from clinic.audit.canonical import decimal_text
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.people.models import Site
from clinic.stock.models import Lot
from clinic.stock.queries import still_out
from clinic.workflow import ROLE, Obstacle, gate

QUANTITY = gate("stock_quantity", "A movement in the ledger is of more than nothing.")
LOT_KNOWN = gate("lot_known", "This lot of this product is in the ledger already.")
LOT_SHORT = gate("lot_short", "The lot does not hold as much.", clears="stock:index")
LOT_EXPIRED = gate("lot_expired", "The lot is past its date.", clears="stock:index")
LOT_RECALLED = gate("lot_recalled", "The lot has been recalled.", clears="stock:index")
LOT_DESCRIBED = gate("lot_described", "The ledger says the same of this lot already.")
NOT_OUT = gate("not_prepared", "No more can come back than was prepared.")
WITNESS = gate(
    "stock_witness",
    "Waste and counts are seen by a second person who keeps stock or gives doses here.",
    citation="21 CFR 1304.22(c)",
)
STOCK_REASON = gate("stock_reason", "What is done to the ledger for a reason says it.")


def _keeps_or_gives(user: Any, site: Any) -> bool:
    return may(user, Permission.MANAGE_STOCK, site=site) or may(user, Permission.DOSE, site=site)


def obstacles_to_receive(
    site: Site, *, by: Any, at: datetime, quantity: Decimal, product: str = "", number: str = ""
) -> Iterator[Obstacle]:
    """Who keeps stock receives it, and a lot is opened once."""
    if not may(by, Permission.MANAGE_STOCK, site=site):
        yield ROLE("Only somebody who keeps stock at this site may receive it.")
    yield from _obstacles_in_quantity(quantity)
    if number and Lot.objects.filter(site=site, product=product, number=number).exists():
        yield LOT_KNOWN(f"Lot {number} of {product} is in the ledger. Add to it there.")


def obstacles_to_receive_more(
    lot: Lot, *, by: Any, at: datetime, quantity: Decimal
) -> Iterator[Obstacle]:
    """Who keeps stock adds to a lot that has not been recalled."""
    yield from obstacles_to_receive(lot.site, by=by, at=at, quantity=quantity)
    yield from _obstacles_in_recall(lot)


def obstacles_to_take_out(
    lot: Lot, *, by: Any, at: datetime, quantity: Decimal
) -> Iterator[Obstacle]:
    """A dose comes from a lot that is in date, not recalled, and holds as much."""
    if not may(by, Permission.DOSE, site=lot.site):
        yield ROLE("Only somebody who gives doses at this site may take from its stock.")
    yield from _obstacles_in_quantity(quantity)
    yield from _obstacles_in_recall(lot)
    yield from obstacles_in_date(lot, at.astimezone(lot.site.tz).date())
    yield from _obstacles_in_balance(lot, quantity)


def obstacles_to_waste(
    lot: Lot,
    *,
    by: Any,
    at: datetime,
    quantity: Decimal,
    reason: str = "-",
    witness: Any = None,
    witness_proof: Proof | None = None,
    about_key: UUID | None = None,
) -> Iterator[Obstacle]:
    """Waste needs a reason and a second pair of eyes; of a dose, no more than was prepared."""
    if not _keeps_or_gives(by, lot.site):
        yield ROLE("Only somebody who keeps stock or gives doses here may record waste.")
    yield from _obstacles_in_quantity(quantity)
    yield from _obstacles_in_reason(reason)
    yield from obstacles_in_witness(lot, by=by, at=at, witness=witness, proof=witness_proof)
    if about_key is None:
        yield from _obstacles_in_balance(lot, quantity)
    else:
        yield from _obstacles_in_what_is_out(lot, about_key, quantity)


def obstacles_to_give_back(
    lot: Lot, *, by: Any, at: datetime, quantity: Decimal, about_key: UUID
) -> Iterator[Obstacle]:
    """Only what was prepared for this session and not used goes back."""
    if not _keeps_or_gives(by, lot.site):
        yield ROLE("Only somebody who keeps stock or gives doses here may give it back.")
    yield from _obstacles_in_quantity(quantity)
    yield from _obstacles_in_what_is_out(lot, about_key, quantity)


def obstacles_to_count(
    lot: Lot,
    *,
    by: Any,
    at: datetime,
    counted: Decimal | None = None,
    reason: str = "-",
    witness: Any = None,
    witness_proof: Proof | None = None,
) -> Iterator[Obstacle]:
    """Two people count; a difference to the ledger has its reason."""
    if not may(by, Permission.MANAGE_STOCK, site=lot.site):
        yield ROLE("Only somebody who keeps stock at this site may count it.")
    if counted is not None and counted < 0:
        yield QUANTITY("Nobody can count less than nothing.")
    if counted is not None and counted != lot.balance:
        yield from _obstacles_in_reason(reason)
    yield from obstacles_in_witness(lot, by=by, at=at, witness=witness, proof=witness_proof)


def obstacles_to_recall(
    lot: Lot, *, by: Any, at: datetime, reason: str = "-"
) -> Iterator[Obstacle]:
    """A recall is made once, by somebody who keeps stock here, and says why."""
    if not may(by, Permission.MANAGE_STOCK, site=lot.site):
        yield ROLE("Only somebody who keeps stock at this site may recall a lot.")
    yield from _obstacles_in_recall(lot)
    yield from _obstacles_in_reason(reason)


def obstacles_to_describe(
    lot: Lot, *, by: Any, at: datetime, presentation: str, salt: str, reason: str
) -> Iterator[Obstacle]:
    """Who keeps stock says what a lot is; who says otherwise than before says why."""
    if not may(by, Permission.MANAGE_STOCK, site=lot.site):
        yield ROLE("Only somebody who keeps stock at this site may say what a lot is.")
    said = (lot.presentation, lot.salt)
    if said == (presentation, salt):
        yield LOT_DESCRIBED(f"The ledger says so of lot {lot.number}: {lot.comes_as}.")
    elif _differs(said, (presentation, salt)):
        yield from _obstacles_in_reason(reason)


def _differs(said: tuple[str, str], now: tuple[str, str]) -> bool:
    """Whether something that was said is now said otherwise; a gap that is filled is not."""
    return any(old and old != new for old, new in zip(said, now, strict=True))


def obstacles_in_date(lot: Lot, day: date) -> Iterator[Obstacle]:
    """A lot may be used up to and on the day of its date."""
    if lot.expires_on < day:
        yield LOT_EXPIRED(f"Lot {lot.number} expired on {lot.expires_on:%d %B %Y}.")


def obstacles_in_witness(
    lot: Lot, *, by: Any, at: datetime, witness: Any, proof: Proof | None
) -> Iterator[Obstacle]:
    """The witness is somebody else, entitled here, who has just proved who they are."""
    if witness is None or witness.pk == by.pk:
        yield WITNESS("A second person has to see this; it cannot be you.")
        return
    if not _keeps_or_gives(witness, lot.site):
        yield WITNESS(f"{witness} neither keeps stock nor gives doses at this site.")
    yield from obstacles_to_sign(witness, proof, at)


def _obstacles_in_quantity(quantity: Decimal) -> Iterator[Obstacle]:
    if not quantity > 0:
        yield QUANTITY("Write an amount of more than nothing.")


def _obstacles_in_reason(reason: str) -> Iterator[Obstacle]:
    if not reason.strip():
        yield STOCK_REASON("Say why, for those who read the ledger later.")


def _obstacles_in_recall(lot: Lot) -> Iterator[Obstacle]:
    if lot.recalled_at:
        yield LOT_RECALLED(f"Lot {lot.number} has been recalled.")


def _obstacles_in_balance(lot: Lot, quantity: Decimal) -> Iterator[Obstacle]:
    if quantity > lot.balance:
        held = f"{decimal_text(lot.balance)} {lot.unit}"
        yield LOT_SHORT(f"Lot {lot.number} holds {held}, not {decimal_text(quantity)} {lot.unit}.")


def _obstacles_in_what_is_out(lot: Lot, about_key: UUID, quantity: Decimal) -> Iterator[Obstacle]:
    out = still_out(lot, about_key)
    if quantity > out:
        yield NOT_OUT(f"Only {decimal_text(out)} {lot.unit} of lot {lot.number} is still out.")
