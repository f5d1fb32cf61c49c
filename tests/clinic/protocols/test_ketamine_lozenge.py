"""Ketamine as a lozenge, against what the sources say, read by hand from the facts."""

from decimal import Decimal

import pytest

from clinic.protocols.calculators import (
    amount_problems,
    band,
    dose_range,
    earliest_release,
    schedule,
    supplement_window,
    total_range,
)
from clinic.protocols.document import GateCode, Phase, Presence
from tests.clinic.protocols.answers import KETAMINE, KETAMINE_TODAY, known, meanings
from tests.clinic.protocols.builders import MINUTE, NOON, a_dose, shipped


def lozenge():
    return shipped("ketamine-lozenge")


def test_it_is_a_lozenge_for_the_clinic_with_every_gate_but_that_of_a_register():
    assert (lozenge().route, lozenge().unit) == ("sublingual", "mg")
    assert "October 2023" in lozenge().summary
    assert {gate.code for gate in lozenge().gates} == set(GateCode) - {"external_enrolment"}


def test_a_lozenge_is_from_50_to_400_mg_and_within_the_literature_for_the_weight():
    at_eighty, at_fifty = dose_range(lozenge(), Decimal(80)), dose_range(lozenge(), Decimal(50))

    assert (at_eighty.minimum, at_eighty.maximum) == (Decimal(50), Decimal(400))
    assert at_fifty.maximum == Decimal(350)
    assert amount_problems(lozenge(), Decimal(100), weight_kg=Decimal(80)) == ()
    assert amount_problems(lozenge(), Decimal(49), weight_kg=Decimal(80))
    assert amount_problems(lozenge(), Decimal(401), weight_kg=Decimal(80))
    assert total_range(lozenge(), Decimal(80)).maximum == Decimal(400)


def test_a_second_lozenge_waits_for_the_peak_of_the_first():
    assert supplement_window(lozenge(), [a_dose(100)]) == (NOON + 40 * MINUTE, None)


def test_it_is_watched_every_half_hour():
    checks = schedule(lozenge(), [a_dose(100)], NOON + 180 * MINUTE)

    assert [(check.at - NOON) // MINUTE for check in checks] == [0, 30, 60, 90, 120, 150, 180]
    assert set(checks[0].parameters) == {
        "systolic",
        "diastolic",
        "heart_rate",
        "spo2",
        "sedation",
        "distress",
    }


def test_nobody_leaves_before_two_hours():
    assert earliest_release(lozenge(), [a_dose(100)]) == NOON + 120 * MINUTE


@pytest.mark.parametrize(
    ("parameter", "value", "name"),
    [
        ("systolic", 180, "alarming"),
        ("diastolic", 110, "alarming"),
        ("heart_rate", 121, "alarming"),
        ("spo2", 91, "alarming"),
        ("sedation", 2, "alarming"),
        ("distress", 7, "normal"),
        ("distress", 8, "hold"),
    ],
)
def test_the_thresholds_after_a_lozenge_are_those_of_the_facts(parameter, value, name):
    limit = lozenge().limit(parameter, Phase.AFTER_DOSE)

    assert band(limit, Decimal(value)).name == name


def test_the_therapist_stays_and_the_others_are_near():
    presence = {role.capacity: role.presence for role in lozenge().roles}

    assert presence == {
        "facilitator": Presence.WITH_CLIENT,
        "nurse": Presence.ON_PREMISES,
        "prescriber": Presence.REACHABLE,
    }


def test_a_person_with_nothing_to_report_has_no_finding():
    assert meanings(lozenge().screening, known(KETAMINE)) == []
    assert meanings(lozenge().checklist("todays-checks"), known(KETAMINE_TODAY)) == []


@pytest.mark.parametrize(
    ("item", "value", "meaning"),
    [
        ("age", 17, "exclude"),
        ("mania", True, "exclude"),
        ("substance_use", "ketamine", "exclude"),
        ("pregnancy", True, "exclude"),
        ("systolic", 150, "review"),
        ("pdmp", False, "action"),
    ],
)
def test_an_answer_means_what_the_facts_say(item, value, meaning):
    found = meanings(
        lozenge().screening,
        known(
            KETAMINE
            | {"audit_total": 0, "dast_total": 0, "urine_drug_screen": "as-expected"}
            | {item: value}
        ),
    )

    assert found == [(item, meaning)]


def test_food_is_left_off_for_four_hours():
    checks = lozenge().checklist("todays-checks")

    assert meanings(checks, known(KETAMINE_TODAY | {"hours_since_food": "4"})) == []
    assert meanings(checks, known(KETAMINE_TODAY | {"hours_since_food": "3.9"})) == [
        ("hours_since_food", "review")
    ]


def test_what_becomes_of_the_lozenge_is_one_tap():
    assert {"spat-out", "swallowed", "lozenge-incomplete"} <= {
        each.code for each in lozenge().events
    }
