"""The cupboard: a lot that nobody has described is described by who keeps it."""

import pytest
from django.utils.timezone import now

from clinic.context import acting_as
from tests.builders.stock import a_lot

pytestmark = pytest.mark.browser


def a_lot_nobody_described(house):
    with acting_as(house.nurse):
        a_lot(house, at=now(), number="HH-0777", presentation="", salt="")


def test_a_lot_that_nobody_described_is_described_and_then_put_right(house, somebody):
    a_lot_nobody_described(house)
    noor = somebody(house.nurse)
    noor.opens("/stock/")
    noor.sees("Not described")
    noor.clicks("HH-0777")
    noor.sees("Nobody has said what this lot comes as and of which salt.")
    noor.clicks("Say what this lot is")
    noor.fills("Comes as", "Lozenge")
    noor.fills("Salt", "Hydrochloride")
    noor.clicks("Write it down")
    noor.sees("Written down.", "ketamine, lozenge, hydrochloride")

    noor.clicks("Say what this lot is")
    noor.fills("Comes as", "Solution")
    noor.is_refused("Write it down")
    noor.sees("Say why, for those who read the ledger later.")
    noor.fills("Reason", "The box says so.")
    noor.clicks("Write it down")
    noor.sees("ketamine, solution, hydrochloride")
