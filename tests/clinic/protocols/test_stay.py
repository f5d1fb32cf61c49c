from decimal import Decimal

import pytest
from hypothesis import given, settings

from clinic.protocols.calculators import (
    earliest_release,
    minimum_stay,
    ratio,
    staff_needed,
)
from tests.clinic.protocols.builders import (
    MINUTE,
    NOON,
    SAID,
    a_dose,
    a_protocol,
    amounts,
    doses,
    ketamine,
    protocols,
)

BY_TOTAL = {
    "counted_from": "first_dose",
    "rows": [
        {"below": "2.5", "minutes": 60, **SAID},
        {"below": "10", "minutes": 120, **SAID},
        {"minutes": 360, **SAID},
    ],
}
CLIENTS = [{"below": "5", "clients_per_staff": 25, **SAID}, {"clients_per_staff": 2, **SAID}]


@pytest.mark.parametrize(
    ("total", "stay"),
    [("0", 60), ("2.49", 60), ("2.5", 120), ("9.99", 120), ("10", 360), ("5000", 360)],
)
def test_the_stay_grows_with_the_total_at_every_boundary(total, stay):
    assert minimum_stay(a_protocol(minimum_stay=BY_TOTAL), Decimal(total)) == stay


def test_an_unknown_total_takes_the_longest_stay():
    assert minimum_stay(a_protocol(minimum_stay=BY_TOTAL), None) == 360


def test_a_protocol_without_a_minimum_stay_has_none():
    assert minimum_stay(a_protocol(), Decimal(10)) == 0
    assert earliest_release(a_protocol(), [a_dose(10)]) == NOON


def test_nothing_given_no_release_to_wait_for():
    assert earliest_release(ketamine(), []) is None


def test_the_stay_is_counted_from_the_last_injection():
    given_twice = [a_dose(20, minutes=15), a_dose(50)]

    assert earliest_release(ketamine(), [a_dose(50)]) == NOON + 120 * MINUTE
    assert earliest_release(ketamine(), given_twice) == NOON + 135 * MINUTE


def test_where_the_version_counts_from_the_first_dose_a_further_one_lengthens_by_its_amount():
    document = a_protocol(minimum_stay=BY_TOTAL)

    assert earliest_release(document, [a_dose(2)]) == NOON + 60 * MINUTE
    assert earliest_release(document, [a_dose(2), a_dose(2, 30)]) == NOON + 120 * MINUTE


@pytest.mark.parametrize(("total", "clients"), [("4.99", 25), ("5", 2), ("900", 2)])
def test_the_ratio_is_driven_by_the_largest_total(total, clients):
    assert ratio(a_protocol(ratio=CLIENTS), Decimal(total)) == clients


def test_one_unknown_total_takes_the_strictest_ratio():
    document = a_protocol(ratio=CLIENTS)

    assert ratio(document, None) == 2
    assert staff_needed(document, [Decimal(1)] * 5) == 1
    assert staff_needed(document, [Decimal(1)] * 4 + [None]) == 3


def test_a_protocol_without_a_ratio_asks_for_none():
    assert ratio(a_protocol(), Decimal(1)) is None
    assert staff_needed(a_protocol(), [Decimal(1)]) is None
    assert staff_needed(ketamine(), []) == 0


def test_ketamine_has_one_member_of_staff_for_each_patient():
    assert staff_needed(ketamine(), [Decimal(50), Decimal(70)]) == 2


@settings(max_examples=150, deadline=None)
@given(document=protocols(), given_doses=doses)
def test_nobody_may_leave_before_the_minimum_stay(document, given_doses):
    at = earliest_release(document, given_doses)

    if not given_doses:
        assert at is None
        return
    first = min(dose.at for dose in given_doses)
    amounts_known = [dose.amount for dose in given_doses if dose.amount is not None]
    total = sum(amounts_known) if len(amounts_known) == len(given_doses) else None
    assert at >= first + minimum_stay(document, total) * MINUTE


@settings(max_examples=100, deadline=None)
@given(document=protocols(), total=amounts)
def test_every_total_has_a_stay_and_where_there_is_a_table_a_ratio(document, total):
    assert minimum_stay(document, total) >= 0
    assert (ratio(document, total) is None) == (not document.ratio)
    assert minimum_stay(document, None) >= minimum_stay(document, total)
