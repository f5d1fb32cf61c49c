from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.protocols.calculators import (
    amount_problems,
    dose_range,
    supplement_problems,
    supplement_window,
    total_given,
    total_range,
)
from tests.clinic.protocols.builders import (
    MINUTE,
    NOON,
    SAID,
    a_dose,
    a_protocol,
    amounts,
    ketamine,
    protocols,
)

KG_70 = Decimal(70)


def test_ketamine_is_kept_within_both_its_ranges():
    allowed = dose_range(ketamine(), KG_70)

    assert (allowed.minimum, allowed.maximum, allowed.unit) == (35, 105, "mg")
    assert not allowed.needs_weight


def test_a_heavy_person_is_kept_within_the_absolute_range():
    allowed = dose_range(ketamine(), Decimal(120))

    assert (allowed.minimum, allowed.maximum) == (60, 130)


def test_without_a_weight_only_the_absolute_range_can_be_said():
    allowed = dose_range(ketamine())

    assert (allowed.minimum, allowed.maximum, allowed.needs_weight) == (25, 130, True)


@pytest.mark.parametrize("amount", ["35", "70", "105"])
def test_an_amount_inside_every_range_has_no_problem(amount):
    assert amount_problems(ketamine(), Decimal(amount), weight_kg=KG_70) == ()


def test_too_much_is_said_with_the_arithmetic():
    assert amount_problems(ketamine(), Decimal("105.01"), weight_kg=KG_70) == (
        "105.01 mg is more than the largest single dose, 105 mg (1.5 mg/kg at 70 kg).",
        "A total of 105.01 mg is more than the largest total, 105 mg (1.5 mg/kg at 70 kg).",
    )


def test_too_little_is_a_problem_of_a_first_dose_only():
    first = amount_problems(ketamine(), Decimal(20), weight_kg=KG_70)
    further = amount_problems(
        ketamine(), Decimal(20), given_total=Decimal(50), weight_kg=KG_70, supplementary=True
    )

    assert first == (
        "20 mg is less than the smallest single dose, 35 mg (0.5 mg/kg at 70 kg).",
        "20 mg is less than the smallest single dose, 25 mg.",
    )
    assert further == ()


def test_a_further_dose_counts_with_what_was_given_before():
    assert amount_problems(
        ketamine(), Decimal(40), given_total=Decimal(70), weight_kg=KG_70, supplementary=True
    ) == ("A total of 110 mg is more than the largest total, 105 mg (1.5 mg/kg at 70 kg).",)


def test_a_dose_written_per_kilogram_needs_a_weight():
    assert amount_problems(ketamine(), Decimal(50)) == (
        "The weight is needed: a rule of this protocol is written per kilogram.",
    )


def test_an_unknown_amount_given_before_closes_the_total():
    assert amount_problems(ketamine(), Decimal(40), given_total=None, weight_kg=KG_70) == (
        "What has been given so far is not known, so the total cannot be checked.",
    )


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_nothing_and_nonsense_are_no_amount(amount):
    assert amount_problems(ketamine(), Decimal(amount), weight_kg=KG_70) == (
        "The amount must be more than nothing.",
    )


def test_one_unknown_amount_makes_the_total_unknown():
    assert total_given([a_dose(50), a_dose(25)]) == 75
    assert total_given([a_dose(50), a_dose(None)]) is None
    assert total_given([]) == 0


@pytest.mark.parametrize(
    ("minute", "said"),
    [
        (9, ["A further dose may follow 10 minutes after the first, not before."]),
        (10, []),
        (20, []),
        (21, ["A further dose may follow within 20 minutes of the first only."]),
    ],
)
def test_a_further_dose_has_its_window(minute, said):
    assert list(supplement_problems(ketamine(), [a_dose()], NOON + minute * MINUTE)) == said


def test_there_is_one_further_dose_and_no_second():
    given_twice = [a_dose(40), a_dose(20, minutes=12)]

    assert supplement_problems(ketamine(), given_twice, NOON + 15 * MINUTE) == (
        "This protocol has at most 1 further dose; 1 given.",
    )


def test_a_protocol_without_a_further_dose_says_so():
    assert supplement_window(a_protocol(), [a_dose()]) is None
    assert supplement_problems(a_protocol(), [a_dose()], NOON) == (
        "This protocol has no further dose in the same session.",
    )
    assert supplement_problems(ketamine(), [], NOON) == ("No first dose has been given yet.",)


@settings(max_examples=60, deadline=None)
@given(amount=st.decimals(), before=st.none() | amounts, weight=st.none() | st.decimals())
def test_no_amount_and_no_weight_ever_raises(amount, before, weight):
    said = amount_problems(ketamine(), amount, given_total=before, weight_kg=weight)

    assert all(isinstance(sentence, str) for sentence in said)


@settings(max_examples=60, deadline=None)
@given(document=protocols(), amount=amounts)
def test_an_amount_without_problem_lies_in_the_range(document, amount):
    allowed = dose_range(document)

    if not amount_problems(document, amount):
        assert 0 < amount <= allowed.maximum


def test_a_total_without_a_limit_has_no_ends():
    doses = {"single": [{"maximum": "50", **SAID}], "total": []}

    allowed = total_range(a_protocol(doses=doses))

    assert (allowed.minimum, allowed.maximum, allowed.needs_weight) == (None, None, False)
