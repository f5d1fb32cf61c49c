"""MDMA-assisted therapy, against what the sources say, read by hand from the facts."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clinic.checklists.engine import Answer
from clinic.protocols.calculators import (
    PastDose,
    amount_problems,
    band,
    course_problems,
    crossed,
    earliest_release,
    interval_problems,
    next_session,
    planned_cycles,
    planned_sessions,
    schedule,
    supplement_problems,
    supplement_window,
    touchpoints,
    visits_in_course,
    washouts,
)
from clinic.protocols.document import GateCode, Phase, Stage
from tests.clinic.protocols.answers import TODAY, gravest_without_answers, known, meanings
from tests.clinic.protocols.builders import MINUTE, NOON, a_dose, shipped

NOTHING = {
    "age": 41,
    "swallows": True,
    "language": True,
    "ptsd_months": 60,
    "pcl5_total": 50,
    "caps5_rated": False,
    "first_line": True,
    "litigation": False,
    "psychosis": False,
    "other_disorders": ["none"],
    "suicide_risk": False,
    "substance_use": False,
    "mdma_times": 0,
    "mdma_six_months": False,
    "hypertension": False,
    "treated_hypertension": "no",
    "qtc_limit": "female",
    "qtc_female": 430,
    "heart": ["none"],
    "weight": "70",
    "salt_and_heat": ["none"],
    "liver": False,
    "pregnancy": False,
    "pregnancy_test": "negative",
    "contraception": "yes",
    "psychiatric_medicine": False,
    "fluoxetine": False,
    "maoi": False,
    "cyp_inhibitor": False,
    "sleep_or_pain": ["none"],
    "ect": False,
    "ketamine_therapy": False,
    "capacity": True,
    "support_person": True,
}
READY = {
    "identity": True,
    "capacity_today": True,
    "hours_since_food": "10",
    "alcohol_24h": False,
    "urine_drug_screen_today": "as-expected",
    "pregnancy_test_today": "negative",
    "safety_since_last": "no",
    "medicine_changed": False,
    "new_condition": False,
    "overnight_booked": True,
    "support_person_phone": True,
    "belongings_kept": True,
    "touch_confirmed": True,
    "emergency_ready": True,
    "vial_counted": True,
}


def mdma():
    return shipped("mdma-assisted")


def test_it_has_three_cycles_with_nine_integration_visits():
    cycles = planned_cycles(mdma())

    assert [cycle.number for cycle in cycles] == [1, 2, 3]
    assert planned_sessions(mdma()) == 3
    assert visits_in_course(mdma(), Stage.INTEGRATION) == 9
    for cycle in cycles:
        counts = {
            visits.rule.code: visits.count
            for visits in cycle.visits
            if visits.rule.stage == Stage.INTEGRATION
        }
        assert counts == {"integration-morning": 1, "integration": 2}


def test_it_is_prepared_three_times_before_the_first_session_only():
    assert visits_in_course(mdma(), Stage.PREPARATION) == 3
    assert visits_in_course(mdma(), Stage.DOSING) == 3
    first, second, third = (
        {visits.rule.code for visits in cycle.visits} for cycle in planned_cycles(mdma())
    )
    assert first - second == {"preparation"}
    assert second == third


def test_every_talk_is_90_minutes_and_a_session_eight_hours():
    assert {visit.code: visit.minutes for visit in mdma().visits} == {
        "preparation": 90,
        "dosing": 480,
        "integration-morning": 90,
        "integration": 90,
    }


def test_the_sessions_lie_21_to_35_days_apart_and_there_is_no_fourth():
    first = date(2026, 11, 1)

    assert next_session(mdma(), 2, first) == (date(2026, 11, 22), date(2026, 12, 6))
    assert course_problems(mdma(), 2, first, date(2026, 11, 21))
    assert course_problems(mdma(), 2, first, date(2026, 11, 22)) == ()
    assert course_problems(mdma(), 4, first, date(2027, 11, 22))


def test_the_first_session_has_80_mg_and_the_later_ones_80_or_120():
    def is_allowed(amount, session):
        return amount_problems(mdma(), Decimal(amount), session_number=session) == ()

    assert [is_allowed(amount, 1) for amount in (79, 80, 81, 120)] == [False, True, False, False]
    assert [is_allowed(amount, 2) for amount in (80, 100, 120, 121)] == [True, False, True, False]
    assert is_allowed(120, 3)


@pytest.mark.parametrize(
    ("first", "further", "is_allowed"),
    [(80, 40, True), (80, 41, False), (120, 60, True), (120, 61, False), (80, 20, True)],
)
def test_the_supplement_is_at_most_half_of_the_first_dose(first, further, is_allowed):
    problems = amount_problems(
        mdma(), Decimal(further), Decimal(first), supplementary=True, first=Decimal(first)
    )

    assert (problems == ()) is is_allowed


def test_the_supplement_has_its_window_and_there_is_one():
    first = a_dose(80)

    assert supplement_window(mdma(), [first]) == (NOON + 90 * MINUTE, NOON + 150 * MINUTE)
    assert supplement_problems(mdma(), [first], NOON + 89 * MINUTE)
    assert supplement_problems(mdma(), [first], NOON + 90 * MINUTE) == ()
    assert supplement_problems(mdma(), [first], NOON + 150 * MINUTE) == ()
    assert supplement_problems(mdma(), [first], NOON + 151 * MINUTE)
    assert supplement_problems(mdma(), [first, a_dose(40, 100)], NOON + 120 * MINUTE)


def test_the_supplement_asks_for_fresh_readings_and_everybodys_agreement():
    rule = mdma().doses.supplementary

    assert (rule.vitals_fresh_minutes, rule.stopped_by_serious) == (15, True)
    assert rule.agreed_by == ("The participant", "The lead therapist", "The second therapist")


def test_it_is_watched_at_the_suggested_minutes():
    checks = schedule(mdma(), [a_dose(80)], NOON + 480 * MINUTE)
    vitals = [(check.at - NOON) // MINUTE for check in checks if check.row == "vitals"]
    warmth = [(check.at - NOON) // MINUTE for check in checks if check.row == "temperature"]

    assert vitals == [0, 15, 30, 60, 90, 120, 150, 180, 240, 300, 360, 420, 480]
    assert {0, 90, 480} <= set(warmth)


def test_nobody_leaves_before_eight_hours_and_everybody_stays_the_night():
    assert earliest_release(mdma(), [a_dose(80), a_dose(40, 100)]) == NOON + 480 * MINUTE
    assert mdma().release.ways_home == ("stays_the_night",)


@pytest.mark.parametrize(
    ("phase", "parameter", "value", "name"),
    [
        (Phase.BEFORE_DOSE, "systolic", 139, "normal"),
        (Phase.BEFORE_DOSE, "systolic", 140, "hold"),
        (Phase.BEFORE_DOSE, "diastolic", 89, "normal"),
        (Phase.BEFORE_DOSE, "diastolic", 90, "hold"),
        (Phase.AFTER_DOSE, "systolic", 160, "normal"),
        (Phase.AFTER_DOSE, "systolic", 161, "hold"),
        (Phase.AFTER_DOSE, "diastolic", 110, "normal"),
        (Phase.AFTER_DOSE, "diastolic", 111, "hold"),
        (Phase.AFTER_DOSE, "heart_rate", 110, "normal"),
        (Phase.AFTER_DOSE, "heart_rate", 111, "hold"),
    ],
)
def test_the_limits_are_those_of_the_facts(phase, parameter, value, name):
    assert band(mdma().limit(parameter, phase), Decimal(value)).name == name


@pytest.mark.parametrize(
    ("value", "names"),
    [("38.0", []), ("38.1", ["hold"]), ("38.5", ["hold"]), ("38.6", ["hold", "alarming"])],
)
def test_a_rise_of_temperature_is_measured_from_the_baseline(value, names):
    found = crossed(mdma(), "temperature", Phase.AFTER_DOSE, Decimal("37.0"), Decimal(value))

    assert [each.name for each in found] == names


def test_distress_is_back_where_it_was_before_release():
    def is_held(value):
        return bool(crossed(mdma(), "distress", Phase.RELEASE, Decimal(3), Decimal(value)))

    assert [is_held(value) for value in (2, 3, 4)] == [False, False, True]


def test_two_therapists_stay_and_a_physician_is_on_site():
    assert {role.capacity: role.presence.value for role in mdma().roles} == {
        "prescriber": "on_premises",
        "facilitator": "with_client",
        "second_therapist": "with_client",
    }


def test_it_names_no_ratio_and_no_register():
    assert {gate.code for gate in mdma().gates} == set(GateCode) - {"ratio", "external_enrolment"}


def test_recording_is_no_choice_and_the_night_is_agreed():
    stopping = {document.code for document in mdma().documents if document.stops_dose}

    assert {"mdma-consent", "trial-recording-consent", "overnight-agreement"} <= stopping
    assert "touch-consent" not in stopping


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("psychiatric-medicine", 13),
        ("fluoxetine", 42),
        ("maoi", 14),
        ("ect", 84),
        ("ketamine-therapy", 84),
    ],
)
def test_what_was_taken_is_clear_for_its_days(code, days):
    item = code.replace("-", "_")
    told = {item: True, f"{item}_last_on": "2026-08-01", "psychiatric_medicine_half_life": "26"}
    found = {
        state.washout.code: state
        for state in washouts(mdma(), known(NOTHING | told), date(2026, 11, 21))
    }

    assert (found[code].days, (found[code].clear_on - date(2026, 8, 1)).days) == (days, days)
    assert {state.because for other, state in found.items() if other != code} == {"never_taken"}


def test_earlier_doses_keep_their_distance():
    assert interval_problems(mdma(), [PastDose("mdma", date(2026, 11, 1))], date(2026, 11, 21))
    assert interval_problems(mdma(), [PastDose("ketamine", date(2026, 9, 1))], TODAY)
    assert interval_problems(mdma(), [PastDose("ketamine", date(2026, 8, 29))], TODAY) == ()


def test_a_person_with_nothing_to_report_has_no_finding():
    assert meanings(mdma().screening, known(NOTHING)) == []
    assert meanings(mdma().checklist("todays-checks"), known(READY)) == []


@pytest.mark.parametrize(
    ("item", "value", "meaning"),
    [
        ("age", 17, "exclude"),
        ("swallows", False, "exclude"),
        ("language", False, "exclude"),
        ("ptsd_months", 5, "exclude"),
        ("pcl5_total", 34, "review"),
        ("first_line", False, "action"),
        ("litigation", True, "review"),
        ("psychosis", True, "exclude"),
        ("other_disorders", ["dissociative-identity"], "exclude"),
        ("other_disorders", ["purging"], "exclude"),
        ("other_disorders", ["psychotic-depression"], "exclude"),
        ("other_disorders", ["personality-disorder"], "exclude"),
        ("suicide_risk", True, "exclude"),
        ("substance_use", True, "exclude"),
        ("mdma_times", 11, "exclude"),
        ("mdma_six_months", True, "exclude"),
        ("hypertension", True, "exclude"),
        ("treated_hypertension", "not-worked-up", "action"),
        ("qtc_female", 461, "exclude"),
        ("heart", ["wpw"], "exclude"),
        ("heart", ["arrhythmia"], "exclude"),
        ("heart", ["heart-failure"], "exclude"),
        ("heart", ["infarct"], "exclude"),
        ("heart", ["stroke"], "exclude"),
        ("heart", ["aneurysm"], "exclude"),
        ("weight", "47.9", "exclude"),
        ("salt_and_heat", ["hyponatraemia"], "exclude"),
        ("salt_and_heat", ["malignant-hyperthermia"], "exclude"),
        ("liver", True, "exclude"),
        ("pregnancy", True, "exclude"),
        ("contraception", "no", "exclude"),
        ("psychiatric_medicine", True, "washout"),
        ("fluoxetine", True, "washout"),
        ("maoi", True, "washout"),
        ("cyp_inhibitor", True, "review"),
        ("sleep_or_pain", ["opioid"], "review"),
        ("ect", True, "washout"),
        ("ketamine_therapy", True, "washout"),
        ("capacity", False, "exclude"),
        ("support_person", False, "action"),
    ],
)
def test_an_answer_means_what_the_facts_say(item, value, meaning):
    assert meanings(mdma().screening, known(NOTHING | {item: value})) == [(item, meaning)]


def test_the_edges_of_the_numbers_are_no_finding():
    edges = {"age": 18, "ptsd_months": 6, "pcl5_total": 35, "mdma_times": 10, "weight": "48"}

    assert meanings(mdma().screening, known(NOTHING | edges | {"qtc_female": 460})) == []


def test_a_man_is_judged_by_450_ms_and_a_rated_caps_5_by_28():
    man = NOTHING | {"qtc_limit": "male"}
    rated = NOTHING | {"caps5_rated": True}

    assert meanings(mdma().screening, known(man | {"qtc_male": 450})) == []
    assert meanings(mdma().screening, known(man | {"qtc_male": 451})) == [("qtc_male", "exclude")]
    assert meanings(mdma().screening, known(rated | {"caps5_total": 28})) == []
    assert meanings(mdma().screening, known(rated | {"caps5_total": 27})) == [
        ("caps5_total", "exclude")
    ]


def test_an_empty_screening_finds_everything_it_could_find():
    found = gravest_without_answers(mdma().screening)

    assert found.keys() == NOTHING.keys() - {"caps5_rated", "qtc_female"}


@pytest.mark.parametrize(
    ("item", "value", "meaning"),
    [
        ("hours_since_food", "9.9", "review"),
        ("alcohol_24h", True, "review"),
        ("urine_drug_screen_today", "not-as-expected", "review"),
        ("pregnancy_test_today", "positive", "exclude"),
        ("safety_since_last", "intent", "exclude"),
        ("new_condition", True, "review"),
        ("overnight_booked", False, "exclude"),
        ("support_person_phone", False, "exclude"),
        ("touch_confirmed", False, "exclude"),
        ("emergency_ready", False, "exclude"),
        ("vial_counted", False, "exclude"),
    ],
)
def test_todays_checks_mean_what_the_facts_say(item, value, meaning):
    checks = mdma().checklist("todays-checks")

    assert meanings(checks, known(READY | {item: value})) == [(item, meaning)]


def test_the_session_ends_when_both_therapists_and_the_participant_agree():
    criteria = mdma().checklist(mdma().release.checklist)
    met = {item.code: Answer("known", True) for item in criteria.items}
    met["safe_now"] = Answer("known", "no")

    assert meanings(criteria, met) == []
    for code in ("participant_agrees", "lead_agrees", "second_agrees", "attendant_here"):
        unmet = met | {code: Answer("known", False)}
        assert meanings(criteria, unmet) == [(code, "exclude")]


def test_the_next_morning_is_in_person_and_four_calls_follow_within_the_week():
    zone = ZoneInfo("UTC")
    planned = touchpoints(mdma(), NOON, zone)
    calls = [each for each in planned if each.touchpoint.channel == "telephone"]

    assert (planned[0].touchpoint.channel, planned[0].due_at.day) == ("visit", NOON.day + 1)
    assert len(calls) == 4
    assert all((call.due_at.date() - NOON.date()).days <= 7 for call in calls)
