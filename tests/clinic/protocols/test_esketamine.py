"""Esketamine under the US REMS, against the label and the REMS as the facts have them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.checklists.engine import Answer, findings
from clinic.protocols.calculators import (
    DoseGiven,
    amount_in_words,
    amount_problems,
    course_problems,
    earliest_release,
    minimum_stay,
    next_session,
    phase_of,
    pieces_of,
    planned_sessions,
    report_due,
    schedule,
)
from clinic.protocols.files import library, read
from tests.clinic.protocols.builders import MINUTE, NOON

TODAY = date(2026, 11, 21)
HARMLESS = {
    "age": 41, "aneurysm": False, "avm": False, "intracerebral_bleed": False, "allergy": False,
    "rems_enrolled": True, "systolic": 120, "diastolic": 80, "hypertensive_encephalopathy": False,
    "heart_and_vessels": ["none"], "psychosis": False, "substance_use": False,
    "interacting_medicines": ["none"], "liver": "no", "pregnancy": False,
    "pregnancy_test": "negative", "nose": False, "failed_antidepressants": 2,
    "antidepressant": True, "transport": True,
}  # fmt: skip

# Clinical facts 2.3, one line of the form each.
FIELDS_OF_THE_FORM = {
    "patient": ["patient_first_name", "patient_middle_initial", "patient_last_name",
                "patient_birth_date", "patient_sex", "first_treatment", "patient_enrolled"],
    "medicines": ["benzodiazepines", "sedative_hypnotics", "psychostimulants", "maois", "opioids"],
    "who monitored": ["monitor_first_name", "monitor_last_name", "monitor_telephone",
                      "monitor_email"],
    "setting": ["setting_name", "setting_address", "setting_city", "setting_state", "setting_zip"],
    "session": ["treatment_date", "dose", "dose_other", "lot_number", "total_minutes",
                "fit_to_leave_minutes"],
    "vitals": ["vitals_acceptable_before", "vitals_acceptable_end", "systolic_before",
               "diastolic_before", "systolic_40", "diastolic_40", "systolic_end", "diastolic_end",
               "pulse_oximetry", "spo2_lowest"],
    "effects": ["sedation", "sedation_onset", "sedation_resolved", "dissociation",
                "dissociation_onset", "dissociation_resolved", "respiratory_depression",
                "respiratory_depression_onset", "respiratory_depression_resolved"],
    "serious event": ["serious_event", "serious_event_kind", "serious_event_words"],
}  # fmt: skip
# Not in the text of the form that was read: from memory, or of the changes of 2025.
FLAGGED = {
    "opioids", "pulse_oximetry", "spo2_lowest", *FIELDS_OF_THE_FORM["effects"],
    "serious_event_kind", "serious_event_words",
}  # fmt: skip


def esketamine():
    return read(library()["esketamine-us-rems"])


def the_form():
    return next(report for report in esketamine().reports if report.code == "monitoring-form")


def screened(**changes):
    return {code: Answer("known", value) for code, value in (HARMLESS | changes).items()}


@pytest.mark.parametrize("group", FIELDS_OF_THE_FORM)
def test_the_monitoring_form_has_every_field(group):
    form = esketamine().checklists["patient-monitoring-form"]

    assert [code for code in FIELDS_OF_THE_FORM[group] if form.item(code) is None] == []


def test_the_monitoring_form_has_no_field_besides_and_what_was_not_read_is_flagged():
    wanted = {code for codes in FIELDS_OF_THE_FORM.values() for code in codes}

    assert {field.item for field in the_form().fields} == wanted
    assert {field.item for field in the_form().fields if field.confirm} == FLAGGED
    assert all(field.source for field in the_form().fields)


def test_the_form_asks_for_the_three_pressures_and_what_made_an_event_serious():
    form = esketamine().checklists["patient-monitoring-form"]

    assert [option.code for option in form.item("dose").options] == ["mg-56", "mg-84", "other"]
    assert [option.code for option in form.item("serious_event_kind").options] == [
        "hospitalisation", "disability", "death", "life-threatening", "important",
    ]  # fmt: skip


def test_the_form_is_due_seven_days_after_the_session():
    due = report_due(the_form(), date(2026, 11, 18))

    assert (the_form().clock_from, due.due_on) == ("session", date(2026, 11, 25))


@pytest.mark.parametrize(
    ("amount", "session", "problems"),
    [
        ("56", 1, ()),
        ("84", 1, ("Session 1 of the course has 56 mg.",)),
        ("56", 2, ()),
        ("84", 2, ()),
        ("84", 40, ()),
        (
            "28",
            2,
            (
                "28 mg is less than the smallest single dose, 56 mg.",
                "1 device; this protocol gives 2 or 3.",
                "Session 2 of the course has 56 or 84 mg.",
            ),
        ),
        (
            "70",
            2,
            (
                "Devices hold 28 mg each and are given whole.",
                "Session 2 of the course has 56 or 84 mg.",
            ),
        ),
    ],
)
def test_a_dose_is_two_or_three_whole_devices_by_session(amount, session, problems):
    found = amount_problems(esketamine(), Decimal(amount), session_number=session)

    assert found == problems


def test_an_order_in_another_unit_is_refused_not_converted():
    assert amount_problems(esketamine(), Decimal("0.056"), unit="g") == (
        "This protocol is ordered in mg only, not in g.",
    )


def test_a_dose_is_said_with_its_devices():
    assert pieces_of(esketamine(), Decimal(84)) == 3
    assert amount_in_words(esketamine(), Decimal(56)) == "56 mg (2 devices)"
    assert esketamine().doses.pieces.rest_minutes == 5


@pytest.mark.parametrize(
    ("number", "phase"),
    [(1, "induction"), (8, "induction"), (9, "weekly"), (12, "weekly"), (13, "maintenance"),
     (100, "maintenance")],
)  # fmt: skip
def test_the_course_is_twice_weekly_then_weekly_then_as_seldom_as_holds(number, phase):
    assert phase_of(esketamine(), number).code == phase
    assert planned_sessions(esketamine()) is None


def test_the_next_session_lies_in_the_window_of_its_phase():
    last = date(2026, 11, 2)

    assert next_session(esketamine(), 2, last) == (date(2026, 11, 4), date(2026, 11, 7))
    assert next_session(esketamine(), 9, last) == (date(2026, 11, 8), date(2026, 11, 10))
    assert next_session(esketamine(), 13, last) == (date(2026, 11, 8), date(2026, 11, 17))
    assert course_problems(esketamine(), 9, last, last + timedelta(days=3)) == (
        "Session 9 of the course follows the one of 02 November 2026 from 08 November 2026 on.",
    )


def test_two_hours_run_from_the_first_spray():
    first, last = DoseGiven(NOON, Decimal(28)), DoseGiven(NOON + 10 * MINUTE, Decimal(28))

    assert minimum_stay(esketamine(), Decimal(84)) == 120
    assert earliest_release(esketamine(), [first, last]) == NOON + 120 * MINUTE


def test_pressure_is_read_before_after_forty_minutes_and_at_the_end_and_on():
    due = schedule(esketamine(), [DoseGiven(NOON, Decimal(56))], NOON + 150 * MINUTE)

    minutes = [(each.at - NOON) // MINUTE for each in due if each.row == "blood-pressure"]
    assert minutes == [0, 40, 120, 135, 150]


@pytest.mark.parametrize(
    ("changes", "meaning"),
    [
        ({"age": 17}, [("age", "exclude")]),
        ({"age": 18}, []),
        ({"aneurysm": True}, [("aneurysm", "exclude")]),
        ({"avm": True}, [("avm", "exclude")]),
        ({"intracerebral_bleed": True}, [("intracerebral_bleed", "exclude")]),
        ({"allergy": True}, [("allergy", "exclude")]),
        ({"rems_enrolled": False}, [("rems_enrolled", "action")]),
        ({"systolic": 140, "diastolic": 90}, []),
        ({"systolic": 141}, [("systolic", "review")]),
        ({"diastolic": 91}, [("diastolic", "review")]),
        ({"hypertensive_encephalopathy": True}, [("hypertensive_encephalopathy", "review")]),
        ({"heart_and_vessels": ["stroke"]}, [("heart_and_vessels", "review")]),
        ({"psychosis": True}, [("psychosis", "review")]),
        ({"substance_use": True}, [("substance_use", "review")]),
        ({"interacting_medicines": ["maoi"]}, [("interacting_medicines", "review")]),
        ({"liver": "severe"}, [("liver", "exclude")]),
        ({"liver": "moderate"}, [("liver", "review")]),
        ({"pregnancy": True}, [("pregnancy", "review")]),
        ({"nose": True}, [("nose", "review")]),
        ({"failed_antidepressants": 1}, [("failed_antidepressants", "action")]),
        ({"antidepressant": False}, [("antidepressant", "action")]),
        ({"transport": False}, [("transport", "action")]),
        ({}, []),
    ],
)
def test_an_answer_means_what_the_label_says(changes, meaning):
    found = findings(esketamine().screening, screened(**changes), TODAY)

    assert [(each.item, each.meaning.value) for each in found] == meaning


def test_patient_setting_and_pharmacy_are_enrolled_before_a_dose():
    document = esketamine()

    assert document.gate("external_enrolment").decider == "nobody"
    assert [(each.of, each.checklist) for each in document.enrolments] == [
        ("person", "rems-patient"), ("site", "rems-setting"), ("pharmacy", "rems-pharmacy"),
    ]  # fmt: skip


def test_the_prescriber_is_on_site_and_somebody_watches_the_patient():
    assert {role.capacity: role.presence.value for role in esketamine().roles} == {
        "prescriber": "on_premises",
        "nurse": "with_client",
    }
