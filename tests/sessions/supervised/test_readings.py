"""What was typed, understood: units, bands, nonsense. Pure, without a database."""

from decimal import Decimal

import pytest

from clinic.protocols.document import Phase
from clinic.protocols.files import library, read
from sessions.supervised.observations.readings import NotUnderstood, judged, understand

DOCUMENT = read(library()["ketamine-im"])
AFTER = Phase.AFTER_DOSE


def of(code, typed, phase=AFTER, **facts):
    return understand(DOCUMENT, DOCUMENT.parameter(code), typed, phase=phase, **facts)


@pytest.mark.parametrize(
    ("code", "typed", "band"),
    [
        ("systolic", "124", "normal"),
        ("systolic", "179", "normal"),
        ("systolic", "180", "alarming"),
        ("systolic", "89", "hold"),
        ("systolic", "12", "impossible"),
        ("systolic", "300", "impossible"),
        ("spo2", "91", "alarming"),
        ("spo2", "100", "normal"),
        ("spo2", "101", "impossible"),
        ("sedation", "2", "alarming"),
        ("dissociation", "8", "hold"),
    ],
)
def test_a_value_lies_in_the_band_the_version_says(code, typed, band):
    assert of(code, typed).band == band


def test_a_rise_against_the_persons_own_baseline_counts():
    reading = of("systolic", "170", baseline=Decimal(110))

    assert (reading.band, "40 %" in reading.advice) == ("hold", True)


def test_fahrenheit_is_kept_as_typed_and_understood_in_the_parameters_unit():
    reading = of("temperature", "98.6", unit="°F", phase=Phase.BEFORE_DOSE)

    assert (reading.typed, reading.unit, reading.value) == ("98.6", "°F", Decimal("37.0"))
    assert reading.band == "normal"


def test_pounds_become_kilograms():
    assert of("weight", "154", unit="lb").value == Decimal("69.9")


def test_a_comma_is_a_decimal_point():
    assert of("temperature", "36,6", phase=Phase.BEFORE_DOSE).value == Decimal("36.6")


def test_a_step_is_kept_with_its_words():
    assert of("sedation", "5").words == "Awake, answers at once to a normal voice"


@pytest.mark.parametrize(
    ("code", "typed"), [("systolic", "high"), ("systolic", "NaN"), ("sedation", "9"), ("spo2", "")]
)
def test_nonsense_is_no_value(code, typed):
    with pytest.raises(NotUnderstood):
        of(code, typed)


def test_a_unit_the_version_does_not_name_is_no_unit():
    with pytest.raises(NotUnderstood):
        of("systolic", "12", unit="kPa")


def test_a_parameter_without_limits_is_recorded_without_a_band():
    assert judged(DOCUMENT, "weight", AFTER, Decimal(70)) == ("normal", "")


@pytest.mark.parametrize("typed", ["12,000", "１２,０００", "١٢,٠٠٠"])
def test_a_comma_that_may_part_thousands_is_asked_about(typed):
    with pytest.raises(NotUnderstood, match="without a comma between the thousands"):
        of("respiratory_rate", typed)
