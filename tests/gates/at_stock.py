"""Gates of the ledger, each closed alone."""

from datetime import date
from decimal import Decimal

from django.urls import reverse

from clinic.stock import actions
from sessions.supervised import actions as supervised
from tests.builders.house import DAY, MINUTE, NOON, PASSWORD, proof
from tests.builders.stock import a_lot
from tests.builders.supervised import a_prepared_order, an_order
from tests.gates.harness import Situation, closed


def act(house, name, lot, *, says, page=False, by=None, **typed):
    url = reverse(f"stock:{name}", args=[lot.key])
    return Situation(by or house.nurse, url, typed, says, url if page else "")


def seen_by(who):
    return {"second_email": who.email, "second_password": PASSWORD}


@closed("stock_quantity")
def of_nothing(house):
    return act(house, "receive_more", a_lot(house), quantity="0", says="more than nothing")


@closed("lot_known")
def the_lot_is_there(house):
    typed = {
        "site": house.site.pk, "substance": "ketamine", "unit": "mg",
        "presentation": "solution", "salt": "hydrochloride",
        "product": house.lot.product, "number": house.lot.number, "expires_on": "2027-06-30",
        "per_ml": "50", "quantity": "10",
    }  # fmt: skip
    return Situation(
        house.nurse, reverse("stock:receive"), typed, "is in the ledger. Add to it there."
    )


@closed("lot_short")
def it_does_not_hold_as_much(house):
    lot = a_lot(house, quantity=Decimal(10))
    typed = {"quantity": "11", "reason": "Broke"} | seen_by(house.second_nurse)
    return act(house, "waste", lot, says="holds 10 mg, not 11 mg", **typed)


@closed("lot_recalled")
def it_was_recalled(house):
    lot = a_lot(house)
    actions.recall(lot, by=house.nurse, at=NOON - DAY, reason="Maker's letter")
    return act(house, "recall", lot, says="has been recalled", page=True, reason="Again")


@closed("lot_described")
def it_is_said_already(house):
    typed = {"presentation": "solution", "salt": "hydrochloride"}
    return act(house, "describe", a_lot(house), says="The ledger says so of lot", **typed)


@closed("stock_witness")
def nobody_else_saw_it(house):
    typed = {"quantity": "1", "reason": "Broke"} | seen_by(house.nurse)
    return act(house, "waste", a_lot(house), says="it cannot be you", **typed)


@closed("stock_reason")
def nobody_says_why(house):
    typed = {"quantity": "1", "reason": ""} | seen_by(house.second_nurse)
    return act(house, "waste", a_lot(house), says="Say why, for those who read", **typed)


# -- Where the ledger is asked on the run sheet ------------------------------------------------


@closed("lot_expired")
def it_is_past_its_date(house):
    order = an_order(house)
    lot = a_lot(house, expires_on=date(2026, 11, 17))
    typed = {"lot": lot.pk, "quantity": "50"} | seen_by(house.second_nurse)
    url = reverse("supervised:prepare", args=[order.session.key])
    at = NOON + 20 * MINUTE
    return Situation(house.nurse, url, typed, "expired on 17 November 2026.", at=at)


@closed("prepared_gone")
def it_was_wasted_before(house):
    order, at = a_prepared_order(house), NOON + 25 * MINUTE
    supervised.discard(
        order, by=house.nurse, at=at, reason="It fell.", second=house.second_nurse,
        second_proof=proof(house.second_nurse, at),
    )  # fmt: skip
    url = reverse("supervised:discard", args=[order.key])
    typed = {"reason": "Twice."} | seen_by(house.second_nurse)
    says = "What was prepared on this order has been wasted."
    return Situation(house.nurse, url, typed, says, page=url, at=at)
