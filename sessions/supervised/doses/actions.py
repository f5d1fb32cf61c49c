"""Order a dose, prepare it with a second person, give it; and record one that was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.attention import actions as attention
from clinic.attention.models import Urgency
from clinic.audit import signing
from clinic.audit.actions import record
from clinic.audit.signing import Proof, obstacles_to_sign
from clinic.booking import actions as booking
from clinic.cases import actions as cases
from clinic.cases.models import Status as CaseStatus
from clinic.checklists import actions as checklists
from clinic.protocols.calculators import dose_range
from clinic.safety.incidents import actions as incidents
from clinic.stock import actions as stock
from clinic.stock.models import Lot
from clinic.workflow import STATUS, Obstacle, Refused, move, refuse_unless_clear
from sessions.supervised import entries
from sessions.supervised.arrival.actions import staff_takes_its_places
from sessions.supervised.day import dosed_elsewhere
from sessions.supervised.doses.rules import (
    NOTHING_GIVEN,
    arithmetic_of_lot,
    arithmetic_of_order,
    obstacles_in_product,
    obstacles_to_discard,
    obstacles_to_give,
    obstacles_to_order,
    obstacles_to_prepare,
    obstacles_to_record_dose,
    what_stood_open,
    who_agrees,
)
from sessions.supervised.models import (
    LIVE,
    STEPS,
    Deviation,
    Dose,
    Order,
    PreparedDose,
    Status,
    SupervisedSession,
)
from sessions.supervised.queries import (
    RELEASE,
    document,
    form_of,
    prepared_for,
    standing_order,
    weight_of,
)
from sessions.supervised.rules import obstacles_in_time

NOTHING = Decimal(0)
STOPPED = {CaseStatus.SUSPENDED, CaseStatus.LOST}


@transaction.atomic
def order(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    amount: Decimal,
    is_supplementary: bool = False,
    weight_kg: Decimal | None = None,
    agreed: Mapping[str, datetime] | None = None,
    proof: Proof | None,
) -> Order:
    """A prescriber orders one dose for this session, and signs the arithmetic they were shown.

    `agreed` says when each of those who have to agree to a further dose did.
    """
    session.lock()
    agreed = agreed or {}
    weight_kg = weight_kg if weight_kg is not None else weight_of(session)
    refuse_unless_clear(
        [
            *obstacles_to_order(
                session,
                by=by,
                at=at,
                amount=amount,
                is_supplementary=is_supplementary,
                weight_kg=weight_kg,
                agreed=agreed,
            ),
            *obstacles_to_sign(by, proof, at),
        ]
    )
    version = document(session)
    facts = {
        "is_supplementary": is_supplementary,
        "amount": amount,
        "unit": version.unit,
        "substance_form": version.substance_form,
        "route": version.route,
        "weight_kg": weight_kg,
        "arithmetic": arithmetic_of_order(session, amount, weight_kg),
        "agreed": [
            {"who": who, "at": agreed[who].astimezone(UTC).isoformat()}
            for who in who_agrees(session)
            if is_supplementary
        ],
    }
    signature = signing.sign(
        session,
        by=by,
        at=at,
        meaning="ordered this dose",
        content={"session": session.key, "version": version.digest(), **facts},
        proof=proof,
    )
    row = Order.objects.create(
        session=session, ordered_at=at, ordered_by=by, signature=signature, **facts
    )
    record("dose ordered", row, by=by, at=at, **facts)
    return row


@transaction.atomic
def prepare(
    order: Order,
    *,
    by: Any,
    at: datetime,
    lot: Lot,
    quantity: Decimal,
    second: Any,
    second_proof: Proof | None,
) -> PreparedDose:
    """One person draws the dose from a lot; a second, who proves who they are, checks and signs."""
    order = _under_lock(order)
    refuse_unless_clear(
        [
            *obstacles_to_prepare(order, by=by, at=at, lot=lot, quantity=quantity, second=second),
            *obstacles_to_sign(second, second_proof, at),
        ]
    )
    arithmetic = arithmetic_of_lot(lot, quantity)
    # The ledger has what is drawn at the moment it is drawn; unused, it comes back or is wasted.
    stock.take_out(lot, by=by, at=at, quantity=quantity, about_key=order.key)
    signature = signing.sign(
        order,
        by=second,
        at=at,
        meaning="checked this dose as the second person",
        content={
            "order": order.key,
            "ordered": order.amount,
            "unit": order.unit,
            "lot": lot.number,
            "product": lot.product,
            "expires_on": lot.expires_on,
            "quantity": quantity,
            "arithmetic": arithmetic,
            "prepared_by": by.key,
        },
        proof=second_proof,
    )
    prepared = PreparedDose.objects.create(
        order=order,
        lot=lot,
        quantity=quantity,
        arithmetic=arithmetic,
        prepared_at=at,
        prepared_by=by,
        checked_at=at,
        checked_by=second,
        signature=signature,
    )
    record(
        "dose prepared",
        prepared,
        by=by,
        at=at,
        second=second.key,
        lot=lot.number,
        quantity=quantity,
        arithmetic=arithmetic,
    )
    return prepared


@transaction.atomic
def give(
    order: Order,
    *,
    by: Any,
    at: datetime,
    client_key: UUID,
    amount: Decimal,
    given_at: datetime | None = None,
    wasted: Decimal = NOTHING,
    lot_number: str = "",
    product: str = "",
    note: str = "",
    second: Any = None,
    second_proof: Proof | None = None,
    when: str = "",
) -> Dose:
    """Give the dose: every gate is asked again, under lock, at this moment.

    It was drawn from a lot, but where the version has none: there its number is written down.
    """
    order = _under_lock(order)
    session = order.session
    given_at = given_at or at
    content = {
        "order": order.key,
        "amount": amount,
        "wasted": wasted,
        "note": note,
        "when": when or given_at,
    } | {
        name: said for name, said in {"lot_number": lot_number, "product": product}.items() if said
    }
    if seen := entries.already_here(Dose, client_key, content):
        return seen
    refuse_unless_clear(
        obstacles_to_give(
            order, by=by, at=at, amount=amount, given_at=given_at, wasted=wasted, product=product
        )
    )
    if wasted:
        stock.waste(
            order.prepared.lot,
            by=by,
            at=at,
            quantity=wasted,
            reason=note or "Not needed for the dose.",
            witness=second,
            witness_proof=second_proof,
            about_key=order.key,
        )
    prepared = prepared_for(order)
    dose = Dose.objects.create(
        session=session,
        order=order,
        client_key=client_key,
        content_digest=entries.digest_of(content),
        amount=amount,
        unit=order.unit,
        lot_number=prepared.lot.number if prepared else lot_number,
        product=product,
        given_at=given_at,
        by=by,
        second_person=_the_other(prepared, by) if prepared else None,
        wasted=wasted,
        note=note,
    )
    _dosed(session, dose, by=by, at=at)
    elsewhere = dosed_elsewhere([session.cycle], at).get(session.case_id)
    # That another site was asked after is told, with all that it answered.
    record("dose given", dose, by=by, at=at, **content, dosed_elsewhere_until=elsewhere)
    return dose


@transaction.atomic
def record_dose(
    session: SupervisedSession,
    *,
    by: Any,
    at: datetime,
    client_key: UUID,
    given_at: datetime,
    amount: Decimal | None = None,
    unit: str = "",
    lot_number: str = "",
    product: str = "",
    on_paper: bool = False,
    note: str = "",
    when: str = "",
) -> Dose:
    """Record a dose that was given, whatever stood open: it is saved, listed and told to the lead."""
    session.lock()
    content = {
        "session": session.key,
        "amount": amount,
        "unit": unit,
        "lot_number": lot_number,
        "on_paper": on_paper,
        "note": note,
        "when": when or given_at,
    } | ({"product": product} if product else {})
    if seen := entries.already_here(Dose, client_key, content):
        return seen
    refuse_unless_clear(
        [
            *obstacles_to_record_dose(session, by=by, at=at),
            *obstacles_in_time(given_at, at),
            *obstacles_in_product(session, product),
            *(
                [NOTHING_GIVEN("Write what was given.")]
                if amount is not None and amount <= 0
                else []
            ),
        ]
    )
    counted = amount if amount is not None else _the_larger(session)
    stood_open = what_stood_open(session, by=by, at=at, amount=counted)
    dose = Dose.objects.create(
        session=session,
        client_key=client_key,
        content_digest=entries.digest_of(content),
        amount=counted,
        amount_known=amount is not None,
        unit=unit or document(session).unit,
        lot_number=lot_number,
        product=product,
        given_at=given_at,
        by=by,
        on_paper=on_paper,
        note=note,
    )
    stood_open += _dosed_all_the_same(session, dose, by=by, at=at)
    _write_deviations(session, stood_open, by=by, at=given_at)
    _tell_the_lead(session, dose, stood_open, by=by, at=at)
    _open_incident(session, stood_open, by=by, at=at, given_at=given_at)
    record(
        "dose recorded",
        dose,
        by=by,
        at=at,
        **content,
        stood_open=[obstacle.code for obstacle in stood_open],
    )
    return dose


@transaction.atomic
def discard(
    order: Order,
    *,
    by: Any,
    at: datetime,
    reason: str,
    second: Any,
    second_proof: Proof | None,
) -> None:
    """What was prepared and will not be given is wasted before a second person's eyes."""
    order = _under_lock(order)
    refuse_unless_clear(obstacles_to_discard(order, by=by, at=at))
    stock.waste(
        order.prepared.lot,
        by=by,
        at=at,
        quantity=order.prepared.quantity,
        reason=reason,
        witness=second,
        witness_proof=second_proof,
        about_key=order.key,
    )
    record("prepared dose wasted", order, by=by, at=at, reason=reason, second=second.key)


def _the_other(prepared: PreparedDose, by: Any) -> Any:
    """Of the two who drew and checked a dose, the one who does not give it."""
    checker = prepared.checked_by
    return checker if checker.pk != by.pk else prepared.prepared_by


def _under_lock(order: Order) -> Order:
    """The order read afresh while its case is held."""
    order.session.lock()
    fresh = Order.objects.select_related(
        "session__case", "prepared__lot", "prepared__checked_by", "prepared__prepared_by", "dose"
    ).get(pk=order.pk)
    fresh.session = order.session
    return fresh


def _dosed(session: SupervisedSession, dose: Dose, *, by: Any, at: datetime) -> None:
    session._prefetched_objects_cache = {}
    if session.status == Status.CHECKED_IN:
        move(session, Status.DOSED, table=STEPS, dosed_at=dose.given_at, dosed_by=by)
    _open_release_criteria(session, by=by, at=at)


def _dosed_all_the_same(
    session: SupervisedSession, dose: Dose, *, by: Any, at: datetime
) -> list[Obstacle]:
    """Bring session, visit and case to where the dose has put them, as far as each lets itself."""
    session._prefetched_objects_cache = {}
    was_planned = session.status == Status.PLANNED
    refused: list[Obstacle] = []
    other = (
        SupervisedSession.objects.filter(case=session.case, status__in=LIVE)
        .exclude(pk=session.pk)
        .exists()
    )
    if session.status in {Status.PLANNED, Status.CHECKED_IN} and not other:
        move(session, Status.DOSED, table=STEPS, dosed_at=dose.given_at, dosed_by=by)
    if was_planned and not other:
        came = partial(booking.arrive, is_checked_in=True)
        refused += _unless_refused(came, session.visit, by=by, at=at)
        refused += _enter(session, by=by, at=at)
        staff_takes_its_places(session, by=by, at=at)
    if session.status == Status.DOSED:
        _open_release_criteria(session, by=by, at=at)
    return refused


def _enter(session: SupervisedSession, *, by: Any, at: datetime) -> list[Obstacle]:
    """The case follows into the session; one that was stopped stays stopped, and that is said."""
    if session.case.status in STOPPED:
        return [STATUS(f"The case was {session.case.get_status_display().lower()}.")]
    return _unless_refused(cases.enter_session, session.case, by=by, at=at)


def _unless_refused(act: Callable, subject: Any, *, by: Any, at: datetime) -> list[Obstacle]:
    try:
        with transaction.atomic():
            act(subject, by=by, at=at)
    except Refused as refusal:
        return refusal.obstacles
    return []


def _open_release_criteria(session: SupervisedSession, *, by: Any, at: datetime) -> None:
    rule = document(session).release
    checklist = document(session).checklist(rule.checklist) if rule else None
    if checklist is not None and form_of(session, RELEASE) is None:
        checklists.open_form(
            session.case,
            by=by,
            at=at,
            checklist=checklist,
            purpose=RELEASE,
            about_key=session.key,
            cycle=session.cycle,
        )


def _the_larger(session: SupervisedSession) -> Decimal:
    """An amount nobody knows counts as the largest it may have been."""
    ordered = standing_order(session)
    known = [ordered.amount] if ordered else []
    limit = dose_range(document(session), ordered.weight_kg if ordered else None).maximum
    known += [limit] if limit is not None else []
    return max(known, default=Decimal(1))


def _write_deviations(
    session: SupervisedSession, stood_open: list[Obstacle], *, by: Any, at: datetime
) -> None:
    for obstacle in stood_open:
        Deviation.objects.create(
            session=session,
            act="dose",
            code=obstacle.code,
            message=obstacle.message,
            at=at,
            by=by,
        )


def _open_incident(
    session: SupervisedSession,
    stood_open: list[Obstacle],
    *,
    by: Any,
    at: datetime,
    given_at: datetime,
) -> None:
    if stood_open:
        incidents.open_incident(
            session.case,
            by=by,
            at=at,
            about_key=session.key,
            act="dose",
            words="\n".join(obstacle.message for obstacle in stood_open),
            stated_at=given_at,
        )


def _tell_the_lead(
    session: SupervisedSession, dose: Dose, stood_open: list[Obstacle], *, by: Any, at: datetime
) -> None:
    said = " ".join(obstacle.message for obstacle in stood_open) or "Nothing stood open."
    attention.raise_matter(
        by=by,
        at=at,
        kind="dose_recorded",
        words=f"A dose was recorded after it had been given. {said}",
        urgency=Urgency.RED,
        occurrence=f"dose_recorded:{dose.key}",
        case=session.case,
        about_key=session.key,
    )
