"""Ordered, prepared, given: why not yet. What was given all the same is recorded, never refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from clinic.access import Permission, may
from clinic.audit.canonical import decimal_text
from clinic.protocols.calculators import (
    amount_in_words,
    amount_problems,
    another_form,
    dose_range,
    first_given,
    product_in_words,
    supplement_problems,
    supplement_window,
    total_range,
)
from clinic.protocols.document import Act, BandName, GateCode
from clinic.stock.models import Lot
from clinic.stock.rules import obstacles_to_take_out
from clinic.workflow import (
    ROLE,
    STATUS,
    Basis,
    Decider,
    Obstacle,
    gate,
    refuse_unless_clear,
)
from sessions.preparation import rules as preparation
from sessions.supervised import queries
from sessions.supervised.models import LIVE, Order, Status, SupervisedSession
from sessions.supervised.rules import (
    obstacles_in_licence,
    obstacles_in_signing,
    obstacles_in_time,
)

AMOUNT = gate(
    "order_amount",
    "The amount ordered lies within the version's limits for one dose and for the session.",
    basis=Basis.PROTOCOL,
    decider=Decider.PRESCRIBER,
    clears="supervised:order",
)
SUPPLEMENT = gate(
    "supplement",
    "A further dose in one session is as the version allows it: how many, and when.",
    basis=Basis.PROTOCOL,
    clears="supervised:show",
)
SUPPLEMENT_VITALS = gate(
    "supplement_vitals",
    "Before a further dose the vital signs are fresh.",
    basis=Basis.PROTOCOL,
    clears="supervised:observe",
)
NOT_AGREED = gate(
    "supplement_not_agreed",
    "Everybody the version names has agreed to a further dose.",
    basis=Basis.PROTOCOL,
    clears="supervised:order",
)
NO_ORDER = gate(
    "no_order", "A dose is given on an order of this session.", clears="supervised:order"
)
NOT_PREPARED = gate(
    "not_prepared_for_order",
    "The dose was drawn from a lot and checked by a second person.",
    clears="supervised:prepare",
)
PREPARED = gate("prepared_already", "An order is prepared once.")
PREPARED_GONE = gate(
    "prepared_gone",
    "What was prepared was given or wasted; nothing of it is left.",
    clears="supervised:order",
)
SUPERSEDED = gate("order_superseded", "Only the newest order stands.", clears="supervised:order")
SAME_PERSON = gate(
    "second_is_first", "The second person is not the first.", basis=Basis.HOUSE,
    citation="Independent double check of a controlled substance",
)  # fmt: skip
SECOND_ROLE = gate("second_role", "The second person may check doses at this site.")
OTHER_AMOUNT = gate("amount_not_prepared", "What is given and wasted is what was prepared.")
NOT_NOW = gate(
    "given_not_now", "A dose is authorised as it is given; an earlier one is recorded afterwards.",
    clears="supervised:record_dose",
)  # fmt: skip
OTHER_PRODUCT = gate(
    "product_not_named",
    "What was given is one of the products the version names.",
    basis=Basis.PROTOCOL,
)
WRONG_LOT = gate("lot_of_another_substance", "The lot holds the substance of this protocol.")
NOTHING_GIVEN = gate("dose_of_nothing", "A dose is of more than nothing.")

JUST_NOW = timedelta(minutes=15)


def obstacles_to_order(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    amount: Decimal | None = None,
    is_supplementary: bool = False,
    weight_kg: Decimal | None = None,
    unit: str | None = None,
    agreed: Mapping[str, datetime] | None = None,
) -> Iterator[Obstacle]:
    """A prescriber of this place orders one dose for the person who is here, within the limits."""
    yield from obstacles_in_signing(session)
    yield from _obstacles_in_stage(session, is_supplementary)
    if not may(by, Permission.ORDER, site=session.site_id):
        yield ROLE("Only somebody who orders doses at this site does.")
    yield from obstacles_in_licence(session, Act.ORDER_DOSE, by=by, at=at)
    if is_supplementary:
        yield from _obstacles_in_supplement(session, at, may_wait=True)
        yield from _obstacles_in_what_happened(session)
        if agreed is not None:
            yield from _obstacles_in_agreement(session, agreed, at)
    if amount is not None:
        document = queries.document(session)
        given = queries.counted_total(session)
        for problem in amount_problems(
            document,
            amount,
            given,
            weight_kg,
            is_supplementary,
            unit=unit,
            session_number=queries.session_number(session),
            first=first_given(queries.doses_given(session)),
        ):
            yield AMOUNT(problem)


def obstacles_to_prepare(
    order: Order,
    *,
    by: Any,
    at: datetime,
    lot: Lot | None = None,
    quantity: Decimal | None = None,
    second: Any = None,
) -> Iterator[Obstacle]:
    """One person draws from a lot in date; another, who is not the first, checks before it is given."""
    session = order.session
    yield from obstacles_in_signing(session)
    yield from _obstacles_in_stage(session, order.is_supplementary)
    yield from _obstacles_in_standing(order)
    if queries.prepared_for(order) is not None:
        yield PREPARED("This order has been prepared.")
    if not may(by, Permission.DOSE, site=session.site_id):
        yield ROLE("Only somebody who gives doses here prepares one.")
    if quantity is not None:
        yield from _obstacles_in_quantity(order, quantity)
    if lot is not None and quantity is not None:
        yield from _obstacles_in_lot(order, lot)
        yield from obstacles_to_take_out(lot, by=by, at=at, quantity=quantity)
    if second is not None:
        yield from obstacles_in_second(session, by=by, second=second, at=at)


def obstacles_in_second(
    session: SupervisedSession, *, by: Any, second: Any, at: datetime
) -> Iterator[Obstacle]:
    """The second person is somebody else, entitled here, licensed where the version asks it."""
    if second.pk == by.pk:
        yield SAME_PERSON("You prepared it: somebody else has to check.")
        return
    if not may(second, Permission.DOSE, site=session.site_id):
        yield SECOND_ROLE(f"{second.name} does not check doses at this site.")
    yield from obstacles_in_licence(session, Act.SECOND_CHECK, by=second, at=at)


def obstacles_to_give(
    order: Order,
    *,
    by: Any,
    at: datetime,
    amount: Decimal | None = None,
    given_at: datetime | None = None,
    wasted: Decimal = Decimal(0),
    product: str = "",
) -> Iterator[Obstacle]:
    """Everything between this person and the dose, asked again at the moment it is given."""
    session = order.session
    prepared = queries.prepared_for(order)
    yield from obstacles_in_signing(session)
    yield from _obstacles_in_stage(session, order.is_supplementary)
    yield from _obstacles_in_standing(order)
    if not may(by, Permission.DOSE, site=session.site_id):
        yield ROLE("Only somebody who gives doses here gives one.")
    yield from obstacles_in_licence(session, Act.GIVE_DOSE, by=by, at=at)
    yield from _obstacles_in_what_is_left(order)
    if given_at is not None:
        yield from obstacles_in_time(given_at, at)
        if at - given_at > JUST_NOW:
            yield NOT_NOW("That was a while ago: record it as a dose already given.")
    if prepared is not None and amount is not None and amount + wasted != prepared.quantity:
        yield OTHER_AMOUNT(
            f"{decimal_text(prepared.quantity)} {order.unit} were prepared;"
            f" {decimal_text(amount)} given and {decimal_text(wasted)} wasted do not add up."
        )
    if prepared is None and not queries.needs_preparing(session):
        yield from _obstacles_in_what_was_agreed(order, amount, wasted)
    yield from obstacles_in_product(session, product)
    if order.is_supplementary:
        # Where the version names the gate of the amount, that gate keeps the window too.
        if queries.document(session).gate(GateCode.AMOUNT) is None:
            yield from _obstacles_in_supplement(session, at, may_wait=False)
        yield from _obstacles_in_supplement_vitals(session, at)
        yield from _obstacles_in_what_happened(session)
    yield from obstacles_to_this_dose(order, by=by, at=at, amount=amount)


def obstacles_in_product(session: SupervisedSession, product: str) -> Iterator[Obstacle]:
    """A product is written down in the version's own words, or not at all."""
    if product and product not in queries.document(session).doses.products:
        yield OTHER_PRODUCT(f"This protocol names no product {product_in_words(product)}.")


def obstacles_without_order(
    session: SupervisedSession, *, by: Any, at: datetime, prepared: bool = False
) -> Iterator[Obstacle]:
    """A dose is drawn on an order that stands, and given once a second person has checked it."""
    order = queries.standing_order(session)
    if session.status not in {Status.PLANNED, *LIVE}:
        yield STATUS(f"This session is {session.get_status_display().lower()}.")
    elif order is None and session.orders.all():
        yield from _obstacles_after_the_dose(session, at)
    elif order is None:
        yield NO_ORDER("No dose is ordered yet.")
    elif prepared:
        yield from _obstacles_in_what_is_left(order)


def _obstacles_after_the_dose(session: SupervisedSession, at: datetime) -> Iterator[Obstacle]:
    """A further dose needs an order; where none may be written any more, nothing is to be done."""
    too_late = [str(each) for each in _obstacles_in_supplement(session, at, may_wait=True)]
    if too_late:
        yield NO_ORDER(f"The dose of this order has been given. {' '.join(too_late)}", clears="")
    else:
        yield NO_ORDER("The dose of this order has been given. A further dose needs its own order.")


def refuse_without_order(
    session: SupervisedSession, *, by: Any, at: datetime, prepared: bool = False
) -> None:
    """Refuse to draw on no order, and to give what nobody drew."""
    refuse_unless_clear(obstacles_without_order(session, by=by, at=at, prepared=prepared))


def obstacles_to_discard(order: Order, *, by: Any, at: datetime) -> Iterator[Obstacle]:
    """What was prepared is wasted once, and only where it was not given."""
    if queries.dose_on(order) is not None:
        yield PREPARED_GONE("This dose was given.", subject=str(order.session.key))
    else:
        yield from _obstacles_in_what_is_left(order)


def obstacles_to_this_dose(
    order: Order, *, by: Any, at: datetime, amount: Decimal | None = None
) -> Iterator[Obstacle]:
    """The gates to the dose that the version names, on the facts of this day."""
    session, prepared = order.session, queries.prepared_for(order)
    wanted = amount if amount is not None else order.amount
    yield from preparation.obstacles_to_dose(
        session,
        by=by,
        at=at,
        amount=wanted,
        total=queries.counted_total(session) + wanted,
        lot=prepared.lot if prepared else None,
        second=prepared.checked_by if prepared else None,
    )


def obstacles_to_record_dose(
    session: SupervisedSession, *, by: Any, at: datetime
) -> Iterator[Obstacle]:
    """What has happened is recorded by anyone on duty here; only a signed record takes no more."""
    yield from obstacles_in_signing(session)
    on_duty = any(
        may(by, permission, site=session.site_id)
        for permission in (Permission.SUPERVISE, Permission.DOSE, Permission.SEE_CASE)
    )
    if not (on_duty or any(each.user_id == by.pk for each in session.presences.all())):
        yield ROLE("You have no part in sessions at this site.")


def what_stood_open(
    session: SupervisedSession, *, by: Any, at: datetime, amount: Decimal
) -> list[Obstacle]:
    """What would have refused this dose, had it been asked for: the deviations of a dose recorded."""
    order = queries.standing_order(session)
    if order is not None:
        return list(obstacles_to_give(order, by=by, at=at, amount=amount))
    is_further = bool(session.doses.all())
    found: list[Obstacle] = [NO_ORDER("Nobody had ordered this dose.")]
    if queries.needs_preparing(session):
        found.append(NOT_PREPARED("No second person checked it."))
    found += _obstacles_in_stage(session, is_further)
    found += preparation.obstacles_to_dose(
        session,
        by=by,
        at=at,
        amount=amount,
        total=queries.counted_total(session) + amount,
    )
    return found


def arithmetic_of_order(
    session: SupervisedSession, amount: Decimal, weight_kg: Decimal | None
) -> str:
    """How an amount stands against weight, single and total limits, as the prescriber reads it."""
    document = queries.document(session)
    unit = document.unit
    said = [amount_in_words(document, amount)]
    if weight_kg:
        per_kg = (amount / weight_kg).quantize(Decimal("0.01"))
        said.append(f"{decimal_text(weight_kg)} kg → {decimal_text(per_kg)} {unit}/kg")
    said.append(f"one dose: {_span(dose_range(document, weight_kg))}")
    given = queries.counted_total(session)
    total = total_range(document, weight_kg)
    line = f"session: {decimal_text(given)} + {decimal_text(amount)} = "
    line += f"{decimal_text(given + amount)} {unit}"
    if total.maximum is not None:
        line += f" of at most {decimal_text(total.maximum)} {unit}"
    return "; ".join([*said, line])


def arithmetic_of_lot(lot: Lot, quantity: Decimal) -> str:
    """From milligrams to millilitres, where the lot has a strength."""
    if not lot.per_ml:
        return f"{decimal_text(quantity)} {lot.unit}"
    volume = (quantity / lot.per_ml).quantize(Decimal("0.001"))
    return (
        f"{decimal_text(quantity)} {lot.unit} ÷ {decimal_text(lot.per_ml)} {lot.unit}/mL"
        f" = {decimal_text(volume)} mL"
    )


def _span(amounts: Any) -> str:
    ends = [
        f"{word} {decimal_text(end)} {amounts.unit}"
        for word, end in (("from", amounts.minimum), ("to", amounts.maximum))
        if end is not None
    ]
    return " ".join(ends) or "no limit"


def _obstacles_in_stage(session: SupervisedSession, is_supplementary: bool) -> Iterator[Obstacle]:
    wanted = Status.DOSED if is_supplementary else Status.CHECKED_IN
    if session.status != wanted:
        yield STATUS(f"This session is {session.get_status_display().lower()}.")


def _obstacles_in_standing(order: Order) -> Iterator[Obstacle]:
    if queries.dose_on(order) is not None:
        yield NO_ORDER("The dose of this order has been given. A further dose needs its own order.")
    elif (newest := queries.standing_order(order.session)) is not None and newest.pk != order.pk:
        yield SUPERSEDED("A newer order stands.", subject=str(order.session.key))


def _obstacles_in_what_is_left(order: Order) -> Iterator[Obstacle]:
    if queries.prepared_for(order) is None:
        if not queries.needs_preparing(order.session):
            return
        yield NOT_PREPARED("Draw the dose from a lot and let a second person check it first.")
    elif not queries.is_still_out(order):
        yield PREPARED_GONE(
            "What was prepared on this order has been wasted.", subject=str(order.session.key)
        )


def _obstacles_in_what_was_agreed(
    order: Order, amount: Decimal | None, wasted: Decimal
) -> Iterator[Obstacle]:
    if amount is not None and amount > order.amount:
        yield OTHER_AMOUNT(
            f"{decimal_text(order.amount)} {order.unit} were agreed;"
            f" {decimal_text(amount)} is more."
        )
    if wasted:
        yield OTHER_AMOUNT("Nothing was drawn, so nothing of it is wasted.")


def _obstacles_in_quantity(order: Order, quantity: Decimal) -> Iterator[Obstacle]:
    if quantity < order.amount:
        yield OTHER_AMOUNT(
            f"{decimal_text(order.amount)} {order.unit} are ordered;"
            f" {decimal_text(quantity)} is less."
        )


def _obstacles_in_lot(order: Order, lot: Lot) -> Iterator[Obstacle]:
    document = queries.document(order.session)
    if lot.site_id != order.site_id or lot.substance != document.substance:
        yield WRONG_LOT(f"{lot} is not {document.substance_label} of this site.")
    elif lot.unit != order.unit:
        yield WRONG_LOT(f"{lot} is counted in {lot.unit}, the order in {order.unit}.")
    elif words := another_form(document, lot.presentation, lot.salt):
        yield WRONG_LOT(f"{lot} is {words}.")


def _obstacles_in_supplement(
    session: SupervisedSession, at: datetime, *, may_wait: bool
) -> Iterator[Obstacle]:
    document, doses = queries.document(session), queries.doses_given(session)
    window = supplement_window(document, doses)
    # An order may be written before its window opens; the dose may not be given before it.
    asked_at = max(at, window[0]) if window and may_wait else at
    for problem in supplement_problems(document, doses, asked_at):
        yield SUPPLEMENT(problem)


def who_agrees(session: SupervisedSession) -> tuple[str, ...]:
    """Who has to agree to a further dose, in the version's words."""
    rule = queries.document(session).doses.supplementary
    return rule.agreed_by if rule is not None and rule.allowed else ()


def _obstacles_in_agreement(
    session: SupervisedSession, agreed: Mapping[str, datetime], at: datetime
) -> Iterator[Obstacle]:
    """Everybody the version names has said yes to this dose, at a time that has been."""
    rule = queries.document(session).doses.supplementary
    for who in who_agrees(session):
        if who in agreed:
            yield from obstacles_in_time(agreed[who], at)
        elif rule is not None:
            yield NOT_AGREED(
                f"{who[:1].upper()}{who[1:]} has not agreed to a further dose.",
                basis=Basis(str(rule.basis)),
                citation=rule.source,
            )


def _obstacles_in_what_happened(session: SupervisedSession) -> Iterator[Obstacle]:
    """Where the version says so, nothing serious has happened, and nothing nobody has judged."""
    rule = queries.document(session).doses.supplementary
    if rule is None or not rule.stopped_by_serious:
        return
    for happened in session.adverse_events.all():
        assessment = queries.newest_assessment(happened)
        if assessment is None:
            yield SUPPLEMENT(f"{happened.term} is not assessed yet: no further dose before it is.")
        elif assessment.is_serious:
            yield SUPPLEMENT(f"{happened.term} is serious: no further dose.")


def _obstacles_in_supplement_vitals(session: SupervisedSession, at: datetime) -> Iterator[Obstacle]:
    """What is watched after a dose has just been measured, and nothing in it forbids another."""
    document = queries.document(session)
    rule = document.doses.supplementary
    if rule is None:
        return
    watched = {code for row in document.monitoring for code in row.parameters}
    wanted = [code for code in (document.today.vitals if document.today else ()) if code in watched]
    minutes = rule.vitals_fresh_minutes
    # Where the version names the gate of the vital signs, that gate keeps their freshness too.
    asks = minutes is not None and document.gate(GateCode.VITALS) is None
    fresh = at - timedelta(minutes=minutes or 0)
    for code in sorted(watched):
        found = queries.latest_reading(session, code)
        label = getattr(document.parameter(code), "label", code)
        if asks and code in wanted and (found is None or found[1] < fresh):
            yield SUPPLEMENT_VITALS(f"{label} was not measured within the last {minutes}min.")
        elif found is not None and found[0].band in (BandName.HOLD, BandName.ALARMING):
            yield SUPPLEMENT_VITALS(f"{label} {found[0].typed}: no further dose at this reading.")
