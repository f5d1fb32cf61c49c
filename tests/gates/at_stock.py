"""Gates of the ledger, each closed alone."""

from decimal import Decimal

from django.urls import reverse

from clinic.stock import actions
from tests.builders.house import DAY, NOON, PASSWORD
from tests.builders.stock import a_lot
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
        "site": house.site.pk, "substance": "ketamine", "form": "solution", "unit": "mg",
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


@closed("stock_witness")
def nobody_else_saw_it(house):
    typed = {"quantity": "1", "reason": "Broke"} | seen_by(house.nurse)
    return act(house, "waste", a_lot(house), says="it cannot be you", **typed)


@closed("stock_reason")
def nobody_says_why(house):
    typed = {"quantity": "1", "reason": ""} | seen_by(house.second_nurse)
    return act(house, "waste", a_lot(house), says="Say why, for those who read", **typed)
