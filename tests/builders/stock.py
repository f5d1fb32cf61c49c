"""Stock, by the acts of those who keep it."""

from datetime import date
from decimal import Decimal

from clinic.stock import actions
from tests.builders.house import DAY, NOON, proof


def a_lot(house, *, at=NOON - 10 * DAY, number="HH-0002", quantity=Decimal(500), **facts):
    """A lot that has just come in."""
    facts = {
        "substance": "ketamine",
        "presentation": "solution",
        "salt": "hydrochloride",
        "product": "Ketamine 50 mg/mL, 10 mL vial",
        "unit": "mg",
        "per_ml": Decimal(50),
        "expires_on": date(2027, 6, 30),
    } | facts
    return actions.receive(
        house.site, by=house.nurse, at=at, number=number, quantity=quantity, **facts
    )


def witnessed(house, *, by=None, at=NOON):
    """A second person who has just proved who they are, as the keywords of an act."""
    witness = by or house.second_nurse
    return {"witness": witness, "witness_proof": proof(witness, at)}
