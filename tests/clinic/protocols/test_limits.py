from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.protocols.calculators import band, crossed
from clinic.protocols.document import Limit, Phase
from tests.clinic.protocols.builders import SAID, a_protocol, ketamine, protocols

BEFORE, AFTER, RELEASE = Phase.BEFORE_DOSE, Phase.AFTER_DOSE, Phase.RELEASE


@pytest.mark.parametrize(
    ("phase", "parameter", "value", "name"),
    [
        (BEFORE, "systolic", "39", "impossible"),
        (BEFORE, "systolic", "140", "normal"),
        (BEFORE, "systolic", "141", "hold"),
        (BEFORE, "systolic", "160", "hold"),
        (BEFORE, "systolic", "161", "hold"),
        (BEFORE, "systolic", "180", "alarming"),
        (BEFORE, "systolic", "300", "impossible"),
        (BEFORE, "diastolic", "90", "normal"),
        (BEFORE, "diastolic", "91", "hold"),
        (BEFORE, "diastolic", "110", "alarming"),
        (BEFORE, "heart_rate", "49", "hold"),
        (BEFORE, "heart_rate", "50", "normal"),
        (BEFORE, "heart_rate", "100", "normal"),
        (BEFORE, "heart_rate", "111", "hold"),
        (BEFORE, "spo2", "91", "hold"),
        (BEFORE, "spo2", "94", "normal"),
        (BEFORE, "spo2", "101", "impossible"),
        (BEFORE, "temperature", "37.9", "normal"),
        (BEFORE, "temperature", "38.0", "hold"),
        (AFTER, "systolic", "179", "normal"),
        (AFTER, "systolic", "180", "alarming"),
        (AFTER, "diastolic", "109", "normal"),
        (AFTER, "diastolic", "110", "alarming"),
        (AFTER, "heart_rate", "44", "alarming"),
        (AFTER, "heart_rate", "120", "normal"),
        (AFTER, "heart_rate", "121", "alarming"),
        (AFTER, "spo2", "91", "alarming"),
        (AFTER, "spo2", "92", "normal"),
        (AFTER, "respiratory_rate", "7", "alarming"),
        (AFTER, "respiratory_rate", "8", "normal"),
        (AFTER, "sedation", "2", "alarming"),
        (AFTER, "sedation", "3", "hold"),
        (AFTER, "sedation", "4", "normal"),
        (RELEASE, "sedation", "4", "hold"),
        (RELEASE, "sedation", "5", "normal"),
    ],
)
def test_ketamine_reads_a_value_on_both_sides_of_every_cut(phase, parameter, value, name):
    assert band(ketamine().limit(parameter, phase), Decimal(value)).name == name


def test_who_decides_changes_with_the_height_of_the_pressure():
    limit = ketamine().limit("systolic", BEFORE)

    assert [band(limit, Decimal(value)).decider for value in (150, 170, 190)] == [
        "prescriber",
        "role:medical_lead",
        "nobody",
    ]


def test_a_value_below_the_emergency_cut_of_saturation_asks_for_more():
    limit = ketamine().limit("spo2", AFTER)

    assert band(limit, Decimal(87)).words != band(limit, Decimal(91)).words


@settings(max_examples=150, deadline=None)
@given(document=protocols(), value=st.decimals(allow_nan=False, allow_infinity=False))
def test_every_value_has_exactly_one_band(document, value):
    (limit,) = document.limits

    found = band(limit, value)

    holding = [
        each
        for each in limit.bands
        if (each.starts is None or each.starts <= value)
        and (each.below is None or value < each.below)
    ]
    assert holding == [found]


def test_a_limit_with_a_hole_says_so_instead_of_guessing():
    bands = [{"name": "normal", "starts": "5", "below": "6", **SAID}]
    limit = Limit(parameter="pulse", phase=AFTER, bands=bands)

    with pytest.raises(LookupError, match="pulse: no band holds 7"):
        band(limit, Decimal(7))


@pytest.mark.parametrize(
    ("phase", "value", "count"),
    [(AFTER, 168, 0), (AFTER, 169, 1), (AFTER, 60, 0), (RELEASE, 96, 0), (RELEASE, 95, 1)],
)
def test_a_reading_is_held_against_the_persons_own_baseline(phase, value, count):
    found = crossed(ketamine(), "systolic", phase, Decimal(120), Decimal(value))

    assert len(found) == count


def test_a_baseline_of_nought_compares_with_nothing():
    assert crossed(ketamine(), "systolic", RELEASE, Decimal(0), Decimal(100)) == ()


@pytest.mark.parametrize(
    ("change", "value", "is_crossed"),
    [
        ("rise", "38.0", False),
        ("rise", "38.1", True),
        ("rise", "35.9", False),
        ("fall", "35.9", True),
        ("either", "36.0", False),
    ],
)
def test_a_reading_may_be_held_against_the_baseline_by_an_amount(change, value, is_crossed):
    limit = {"parameter": "warmth", "phase": "after_dose", "change": change, "amount": "1"}
    document = a_protocol(baseline_limits=[{**limit, "name": "hold", **SAID}])

    found = crossed(document, "warmth", AFTER, Decimal("37.0"), Decimal(value))

    assert bool(found) is is_crossed


def test_an_amount_compares_with_a_baseline_of_nought_too():
    limit = {"parameter": "distress", "phase": "release", "change": "rise", "amount": 0}
    document = a_protocol(baseline_limits=[{**limit, "name": "hold", **SAID}])

    assert crossed(document, "distress", RELEASE, Decimal(0), Decimal(0)) == ()
    assert crossed(document, "distress", RELEASE, Decimal(0), Decimal(1))


@pytest.mark.parametrize("measure", [{}, {"percent": "20", "amount": "1"}])
def test_a_change_is_measured_in_one_way(measure):
    limit = {"parameter": "warmth", "phase": "after_dose", "change": "rise", "name": "hold"}

    with pytest.raises(ValueError, match="either in percent or by an amount"):
        a_protocol(baseline_limits=[limit | measure | SAID])
