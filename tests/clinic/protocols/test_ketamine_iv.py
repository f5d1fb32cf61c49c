"""Ketamine by infusion, against what the sources say, read by hand from the facts."""

from datetime import date
from decimal import Decimal

import pytest

from clinic.protocols.calculators import (
    amount_problems,
    band,
    course_problems,
    dose_range,
    earliest_release,
    next_session,
    phase_of,
    schedule,
    supplement_window,
    total_range,
)
from clinic.protocols.document import GateCode, Phase
from tests.clinic.protocols.answers import KETAMINE, KETAMINE_TODAY, known, meanings
from tests.clinic.protocols.builders import MINUTE, NOON, a_dose, shipped


def infusion():
    return shipped("ketamine-iv")


def test_it_is_an_infusion_with_every_gate_but_that_of_a_register():
    assert (infusion().route, infusion().unit, infusion().substance) == (
        "intravenous",
        "mg",
        "ketamine",
    )
    assert {gate.code for gate in infusion().gates} == set(GateCode) - {"external_enrolment"}


def test_an_infusion_is_from_0_3_to_1_0_mg_a_kilogram():
    seventy = dose_range(infusion(), Decimal(70))

    assert (seventy.minimum, seventy.maximum) == (Decimal("21"), Decimal("70"))
    assert amount_problems(infusion(), Decimal("35"), weight_kg=Decimal(70)) == ()
    assert amount_problems(infusion(), Decimal("20.9"), weight_kg=Decimal(70))
    assert amount_problems(infusion(), Decimal("70.1"), weight_kg=Decimal(70))
    assert total_range(infusion(), Decimal(70)).maximum == Decimal("70")


def test_six_infusions_over_two_to_three_weeks_and_then_one_every_two_to_six():
    last = date(2026, 11, 1)

    assert [phase_of(infusion(), number).code for number in (1, 6, 7, 20)] == [
        "induction",
        "induction",
        "maintenance",
        "maintenance",
    ]
    assert next_session(infusion(), 7, last) == (date(2026, 11, 15), date(2026, 12, 13))
    assert course_problems(infusion(), 7, last, date(2026, 11, 14))
    assert course_problems(infusion(), 7, last, date(2026, 11, 15)) == ()


def test_a_second_infusion_waits_for_the_end_of_the_first():
    assert supplement_window(infusion(), [a_dose(35)]) == (NOON + 40 * MINUTE, None)


def test_it_is_watched_every_ten_minutes_and_then_every_fifteen():
    checks = schedule(infusion(), [a_dose(35)], NOON + 85 * MINUTE)

    def minutes(row):
        return [(check.at - NOON) // MINUTE for check in checks if check.row == row]

    assert minutes("vitals") == [0, 10, 20, 30, 40, 55, 70, 85]
    assert minutes("pump") == [0, 10, 20, 30, 40]
    (vitals,) = {check.parameters for check in checks if check.row == "vitals"}
    assert set(vitals) == {
        "systolic",
        "diastolic",
        "heart_rate",
        "spo2",
        "respiratory_rate",
        "sedation",
        "dissociation",
        "nausea",
        "iv_site",
    }


def test_nobody_leaves_before_two_hours():
    assert earliest_release(infusion(), [a_dose(35)]) == NOON + 120 * MINUTE
    assert earliest_release(infusion(), [a_dose(35), a_dose(20, 60)]) == NOON + 180 * MINUTE


@pytest.mark.parametrize(
    ("parameter", "value", "name"),
    [
        ("systolic", 179, "normal"),
        ("systolic", 180, "alarming"),
        ("diastolic", 109, "normal"),
        ("diastolic", 110, "alarming"),
        ("heart_rate", 44, "alarming"),
        ("heart_rate", 45, "normal"),
        ("heart_rate", 120, "normal"),
        ("heart_rate", 121, "alarming"),
        ("spo2", 92, "normal"),
        ("spo2", 91, "alarming"),
        ("respiratory_rate", 7, "alarming"),
        ("respiratory_rate", 8, "normal"),
        ("sedation", 2, "alarming"),
        ("sedation", 3, "hold"),
    ],
)
def test_the_thresholds_during_an_infusion_are_those_of_the_facts(parameter, value, name):
    limit = infusion().limit(parameter, Phase.AFTER_DOSE)

    assert band(limit, Decimal(value)).name == name


def test_sedation_stops_the_infusion():
    limit = infusion().limit("sedation", Phase.AFTER_DOSE)

    assert "Stop the infusion" in band(limit, Decimal(2)).words


def test_whoever_gives_it_knows_advanced_life_support():
    assert infusion().role("nurse").certificates == ("ACLS",)
    assert infusion().role("facilitator").certificates == ("BLS",)


def test_another_psychedelic_has_to_be_clear_for_seven_days():
    assert [(each.code, each.days) for each in infusion().washouts] == [("other-psychedelic", 7)]
    assert {each.min_days for each in infusion().intervals} == {2, 7}


def test_a_person_with_nothing_to_report_has_no_finding():
    assert meanings(infusion().screening, known(KETAMINE)) == []
    assert meanings(infusion().checklist("todays-checks"), known(KETAMINE_TODAY)) == []


@pytest.mark.parametrize(
    ("item", "value", "meaning"),
    [
        ("age", 17, "exclude"),
        ("psychosis", True, "exclude"),
        ("heart_and_vessels", ["aneurysm-or-avm"], "exclude"),
        ("allergy", True, "exclude"),
        ("benzodiazepines", "3.1", "review"),
        ("escort", False, "action"),
    ],
)
def test_an_answer_means_what_the_facts_say(item, value, meaning):
    assert meanings(infusion().screening, known(KETAMINE | {item: value})) == [(item, meaning)]


def test_the_cannula_is_out_before_anybody_leaves():
    criteria = infusion().checklist(infusion().release.checklist)
    met = {item.code: True for item in criteria.items}

    assert meanings(criteria, known(met)) == []
    assert meanings(criteria, known(met | {"cannula_out": False})) == [("cannula_out", "exclude")]
