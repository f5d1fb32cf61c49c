"""Every way in which a controlled substance enters, leaves or is counted. Rows are only added."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic.audit.actions import record
from clinic.audit.signing import Proof
from clinic.people.models import Site
from clinic.stock.models import Lot, Movement
from clinic.stock.rules import (
    LOT_KNOWN,
    LOT_RECALLED,
    obstacles_to_count,
    obstacles_to_describe,
    obstacles_to_give_back,
    obstacles_to_recall,
    obstacles_to_receive,
    obstacles_to_receive_more,
    obstacles_to_take_out,
    obstacles_to_waste,
)
from clinic.workflow import Refused, lock, refuse_unless_clear

Kind = Movement.Kind


@transaction.atomic
def receive(
    site: Site,
    *,
    by: Any,
    at: datetime,
    substance: str,
    presentation: str,
    salt: str,
    product: str,
    number: str,
    unit: str,
    per_ml: Decimal | None,
    expires_on: date,
    quantity: Decimal,
) -> Lot:
    """Open a lot with what came in of it."""
    refuse_unless_clear(
        obstacles_to_receive(site, by=by, at=at, quantity=quantity, product=product, number=number)
    )
    try:
        with transaction.atomic():
            lot = Lot.objects.create(
                site=site,
                substance=substance,
                presentation=presentation,
                salt=salt,
                product=product,
                number=number,
                unit=unit,
                per_ml=per_ml,
                expires_on=expires_on,
            )
    except IntegrityError as taken:
        raise Refused([LOT_KNOWN(f"Lot {number} of {product} has just been entered.")]) from taken
    _move(lot, Kind.RECEIPT, quantity, by=by, at=at)
    facts = _facts(lot, quantity) | {"comes_as": presentation, "salt": salt}
    record("stock received", lot, by=by, at=at, **facts)
    return lot


@transaction.atomic
def receive_more(lot: Lot, *, by: Any, at: datetime, quantity: Decimal) -> Movement:
    """Add to a lot what came in of it later."""
    lock(lot)
    refuse_unless_clear(obstacles_to_receive_more(lot, by=by, at=at, quantity=quantity))
    movement = _move(lot, Kind.RECEIPT, quantity, by=by, at=at)
    record("stock received", lot, by=by, at=at, **_facts(lot, quantity))
    return movement


@transaction.atomic
def take_out(lot: Lot, *, by: Any, at: datetime, quantity: Decimal, about_key: UUID) -> Movement:
    """Take what a dose is prepared from out of a lot; `about_key` names the order it is for."""
    lock(lot)
    refuse_unless_clear(obstacles_to_take_out(lot, by=by, at=at, quantity=quantity))
    movement = _move(lot, Kind.PREPARED, -quantity, by=by, at=at, about_key=about_key)
    record("stock taken out", lot, by=by, at=at, about=about_key, **_facts(lot, quantity))
    return movement


@transaction.atomic
def waste(
    lot: Lot,
    *,
    by: Any,
    at: datetime,
    quantity: Decimal,
    reason: str,
    witness: Any,
    witness_proof: Proof | None,
    about_key: UUID | None = None,
) -> Movement:
    """Record as wasted, before a witness, what is left of a lot or of what was prepared from it.

    What had been prepared is first taken back into the ledger, so that each kind of movement adds
    up by itself: prepared less returned is what went into people, wasted is what was destroyed.
    """
    lock(lot)
    refuse_unless_clear(
        obstacles_to_waste(
            lot,
            by=by,
            at=at,
            quantity=quantity,
            reason=reason,
            witness=witness,
            witness_proof=witness_proof,
            about_key=about_key,
        )
    )
    if about_key is not None:
        _move(lot, Kind.RETURNED, quantity, by=by, at=at, about_key=about_key, reason=reason)
    movement = _move(
        lot,
        Kind.WASTED,
        -quantity,
        by=by,
        at=at,
        witness=witness,
        about_key=about_key,
        reason=reason,
    )
    record(
        "stock wasted",
        lot,
        by=by,
        at=at,
        witness=witness.key,
        about=about_key,
        reason=reason,
        **_facts(lot, quantity),
    )
    return movement


@transaction.atomic
def give_back(
    lot: Lot, *, by: Any, at: datetime, quantity: Decimal, about_key: UUID, reason: str = ""
) -> Movement:
    """Put back, unused, what was prepared for a session that did not need it."""
    lock(lot)
    refuse_unless_clear(
        obstacles_to_give_back(lot, by=by, at=at, quantity=quantity, about_key=about_key)
    )
    movement = _move(lot, Kind.RETURNED, quantity, by=by, at=at, about_key=about_key, reason=reason)
    record("stock given back", lot, by=by, at=at, about=about_key, **_facts(lot, quantity))
    return movement


@transaction.atomic
def count(
    lot: Lot,
    *,
    by: Any,
    at: datetime,
    counted: Decimal,
    reason: str = "",
    witness: Any,
    witness_proof: Proof | None,
) -> Movement:
    """Write down what two people counted; a difference moves the balance, agreement is evidence."""
    lock(lot)
    refuse_unless_clear(
        obstacles_to_count(
            lot,
            by=by,
            at=at,
            counted=counted,
            reason=reason,
            witness=witness,
            witness_proof=witness_proof,
        )
    )
    expected, difference = lot.balance, counted - lot.balance
    movement = _move(lot, Kind.COUNT, difference, by=by, at=at, witness=witness, reason=reason)
    record(
        "stock counted",
        lot,
        by=by,
        at=at,
        counted=counted,
        expected=expected,
        witness=witness.key,
        reason=reason,
    )
    return movement


@transaction.atomic
def describe(
    lot: Lot, *, by: Any, at: datetime, presentation: str, salt: str, reason: str = ""
) -> None:
    """Say what a lot comes as and of which salt, or put right what was said of it."""
    lock(lot)
    refuse_unless_clear(
        obstacles_to_describe(
            lot, by=by, at=at, presentation=presentation, salt=salt, reason=reason
        )
    )
    before = lot.comes_as
    lot.presentation, lot.salt = presentation, salt
    lot.save(update_fields=["presentation", "salt"])
    record(
        "stock described",
        lot,
        by=by,
        at=at,
        before=before,
        comes_as=presentation,
        salt=salt,
        reason=reason,
        number=lot.number,
    )


@transaction.atomic
def recall(lot: Lot, *, by: Any, at: datetime, reason: str) -> None:
    """Take a lot out of use at once; nothing more is prepared from it."""
    lock(lot)
    refuse_unless_clear(obstacles_to_recall(lot, by=by, at=at, reason=reason))
    changed = Lot.objects.filter(pk=lot.pk, recalled_at__isnull=True).update(
        recalled_at=at, recalled_by=by
    )
    if not changed:
        raise Refused([LOT_RECALLED(f"Lot {lot.number} has been recalled.")])
    lot.recalled_at, lot.recalled_by = at, by
    record("stock recalled", lot, by=by, at=at, reason=reason, number=lot.number)


def _move(
    lot: Lot, kind: Movement.Kind, quantity: Decimal, *, by: Any, at: datetime, **facts: Any
) -> Movement:
    """Add one line to the ledger; the database works out the balance under the lot's lock."""
    movement = Movement.objects.create(
        lot=lot, kind=kind, quantity=quantity, balance_after=0, at=at, by=by, **facts
    )
    movement.refresh_from_db(fields=["balance_after"])
    lot.balance = movement.balance_after
    return movement


def _facts(lot: Lot, quantity: Decimal) -> dict[str, Any]:
    return {"quantity": quantity, "unit": lot.unit, "number": lot.number, "balance": lot.balance}
