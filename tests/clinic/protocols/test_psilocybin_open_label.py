"""Psilocybin 25 mg, open label, against what the sources say, read by hand from the facts."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clinic.checklists.engine import Answer
from clinic.protocols.calculators import (
    PastDose,
    age_problems,
    amount_problems,
    band,
    earliest_release,
    interval_problems,
    planned_sessions,
    schedule,
    supplement_problems,
    touchpoints,
    washouts,
)
from clinic.protocols.document import GateCode, Phase
from tests.clinic.protocols.answers import TODAY, gravest_without_answers, known, meanings
from tests.clinic.protocols.builders import MINUTE, NOON, a_dose, shipped

NOTHING = {
    "age": 41,
    "indication": "major-depression",
    "episode_days": 200,
    "interview_done": True,
    "own_psychosis": ["none"],
    "family_psychosis": ["none"],
    "suicidal_intent": False,
    "safety_scale_done": True,
    "personality_disorder": False,
    "substance_use": False,
    "psychedelic_year": False,
    "drug_screen_done": True,
    "hypertension": False,
    "systolic": 120,
    "diastolic": 80,
    "pressure_three_times": True,
    "qtc_limit": "male",
    "qtc_male": 420,
    "heart": ["none"],
    "epilepsy": False,
    "organs": ["none"],
    "liver_tests_done": True,
    "mushroom_allergy": False,
    "pregnancy": False,
    "pregnancy_test": "negative",
    "contraception": "yes",
    "lithium": False,
    "serotonergic": False,
    "fluoxetine": False,
    "blocking_medicines": ["none"],
    "ugt_inhibitor": False,
    "pde5": False,
    "capacity": True,
    "escort": True,
}
READY = {
    "identity": True,
    "capacity_today": True,
    "caffeine": "usual",
    "taken_24h": ["none"],
    "prn_medicine": False,
    "eaten": "light",
    "urine_drug_screen_today": "as-expected",
    "pregnancy_test_today": "negative",
    "ecg_today": "not-asked",
    "safety_since_last": "no",
    "medicine_changed": False,
    "escort_confirmed": True,
    "phone_kept": True,
    "two_facilitators": True,
    "rescue_drugs": True,
}


def psilocybin():
    return shipped("psilocybin-open-label")


def minutes(row):
    checks = schedule(psilocybin(), [a_dose(25)], NOON + 480 * MINUTE)
    return [(check.at - NOON) // MINUTE for check in checks if check.row == row]


def test_it_says_what_a_trial_says():
    nouns = psilocybin().nouns

    assert (nouns.person, nouns.clinician, nouns.supporter) == (
        "participant",
        "facilitator",
        "escort",
    )
    assert (psilocybin().unit, psilocybin().route) == ("mg", "oral")


def test_it_names_no_gate_that_no_source_names():
    absent = {"ratio", "second_person", "on_call", "external_enrolment"}

    assert {gate.code for gate in psilocybin().gates} == set(GateCode) - absent


def test_the_dose_is_25_mg_once_and_nothing_after_it():
    assert amount_problems(psilocybin(), Decimal(25)) == ()
    assert amount_problems(psilocybin(), Decimal("24.99"))
    assert amount_problems(psilocybin(), Decimal("25.01"))
    assert supplement_problems(psilocybin(), [a_dose(25)], NOON + 120 * MINUTE)
    assert planned_sessions(psilocybin()) == 1


def test_it_is_watched_at_the_minutes_of_the_trials_and_then_every_hour():
    assert minutes("vitals") == [0, 30, 60, 90, 120, 180, 240, 300, 360, 420, 480]
    assert minutes("temperature") == [0, 360]


def test_nobody_leaves_before_six_hours():
    assert earliest_release(psilocybin(), [a_dose(25)]) == NOON + 360 * MINUTE


@pytest.mark.parametrize(
    ("phase", "parameter", "value", "name"),
    [
        (Phase.BEFORE_DOSE, "systolic", 139, "normal"),
        (Phase.BEFORE_DOSE, "systolic", 140, "hold"),
        (Phase.BEFORE_DOSE, "diastolic", 89, "normal"),
        (Phase.BEFORE_DOSE, "diastolic", 90, "hold"),
        (Phase.BEFORE_DOSE, "heart_rate", 99, "normal"),
        (Phase.BEFORE_DOSE, "heart_rate", 100, "hold"),
        (Phase.AFTER_DOSE, "systolic", 180, "normal"),
        (Phase.AFTER_DOSE, "systolic", 181, "alarming"),
        (Phase.AFTER_DOSE, "diastolic", 100, "normal"),
        (Phase.AFTER_DOSE, "diastolic", 101, "alarming"),
        (Phase.AFTER_DOSE, "heart_rate", 120, "normal"),
        (Phase.AFTER_DOSE, "heart_rate", 121, "alarming"),
        (Phase.AFTER_DOSE, "distress", 8, "hold"),
    ],
)
def test_the_limits_are_those_of_the_facts(phase, parameter, value, name):
    assert band(psilocybin().limit(parameter, phase), Decimal(value)).name == name


def test_above_200_over_110_the_rescue_is_named():
    after = Phase.AFTER_DOSE

    for parameter, value in (("systolic", 201), ("diastolic", 111)):
        words = band(psilocybin().limit(parameter, after), Decimal(value)).words
        assert "nitroglycerin 0.4 mg" in words


def test_three_preparation_visits_and_two_of_integration():
    visits = {visit.code: visit for visit in psilocybin().visits}

    assert (visits["preparation"].count_min, visits["preparation"].minutes) == (3, 120)
    assert visits["dosing"].minutes == 480
    assert [code for code in visits if code.startswith("integration")] == [
        "integration-day-2",
        "integration-week-1",
    ]


def test_two_facilitators_stay_and_a_physician_is_near():
    assert psilocybin().role("facilitator").count == 2
    assert psilocybin().role("prescriber").presence == "on_premises"


def test_two_doses_lie_three_weeks_apart():
    past = [PastDose("psilocybin", date(2026, 11, 1))]

    assert interval_problems(psilocybin(), past, date(2026, 11, 21))
    assert interval_problems(psilocybin(), past, date(2026, 11, 22)) == ()


def test_ages_21_to_65_are_admitted():
    assert age_problems(psilocybin(), date(2005, 11, 21), TODAY) == ()
    assert age_problems(psilocybin(), date(2005, 11, 22), TODAY)
    assert age_problems(psilocybin(), date(1960, 11, 20), TODAY)


@pytest.mark.parametrize(
    ("code", "taken", "item", "days"),
    [
        ("lithium", True, "lithium", 30),
        ("serotonergic", True, "serotonergic", 14),
        ("fluoxetine", True, "fluoxetine", 42),
        ("blocking-medicines", ["maoi"], "blocking_medicines", 14),
        ("pde5", True, "pde5", 3),
    ],
)
def test_a_medicine_is_left_off_for_its_days(code, taken, item, days):
    told = {f"{item}_last_on": "2026-10-01", "serotonergic_half_life": "26"}
    answers = known(NOTHING | told | {item: taken})
    found = {state.washout.code: state for state in washouts(psilocybin(), answers, TODAY)}

    assert (found[code].days, (found[code].clear_on - date(2026, 10, 1)).days) == (days, days)
    assert {state.because for other, state in found.items() if other != code} == {"never_taken"}


def test_five_half_lives_of_a_slow_medicine_are_longer_than_two_weeks():
    told = {"serotonergic": True, "serotonergic_last_on": "2026-10-01"}
    slow = known(NOTHING | told | {"serotonergic_half_life": "96"})
    (found,) = [
        each for each in washouts(psilocybin(), slow, TODAY) if each.washout.code == "serotonergic"
    ]

    assert found.days == 20


def test_a_person_with_nothing_to_report_has_no_finding():
    assert meanings(psilocybin().screening, known(NOTHING)) == []
    assert meanings(psilocybin().checklist("todays-checks"), known(READY)) == []


@pytest.mark.parametrize(
    ("item", "value", "meaning"),
    [
        ("age", 20, "exclude"),
        ("age", 66, "exclude"),
        ("episode_days", 59, "review"),
        ("interview_done", False, "action"),
        ("own_psychosis", ["bipolar"], "exclude"),
        ("family_psychosis", ["schizophrenia"], "exclude"),
        ("suicidal_intent", True, "exclude"),
        ("personality_disorder", True, "review"),
        ("substance_use", True, "exclude"),
        ("psychedelic_year", True, "review"),
        ("drug_screen_done", False, "action"),
        ("hypertension", True, "exclude"),
        ("systolic", 141, "exclude"),
        ("diastolic", 91, "exclude"),
        ("pressure_three_times", False, "action"),
        ("qtc_male", 451, "exclude"),
        ("heart", ["arrhythmia"], "exclude"),
        ("heart", ["infarct-or-stroke"], "exclude"),
        ("epilepsy", True, "exclude"),
        ("organs", ["kidney"], "exclude"),
        ("organs", ["liver"], "exclude"),
        ("liver_tests_done", False, "action"),
        ("mushroom_allergy", True, "review"),
        ("pregnancy", True, "exclude"),
        ("pregnancy_test", "positive", "exclude"),
        ("pregnancy_test", "not-done", "action"),
        ("contraception", "no", "exclude"),
        ("lithium", True, "washout"),
        ("serotonergic", True, "washout"),
        ("fluoxetine", True, "washout"),
        ("blocking_medicines", ["antipsychotic"], "washout"),
        ("blocking_medicines", ["trazodone"], "washout"),
        ("blocking_medicines", ["bupropion"], "washout"),
        ("ugt_inhibitor", True, "review"),
        ("pde5", True, "washout"),
        ("capacity", False, "exclude"),
        ("escort", False, "action"),
    ],
)
def test_an_answer_means_what_the_facts_say(item, value, meaning):
    assert meanings(psilocybin().screening, known(NOTHING | {item: value})) == [(item, meaning)]


def test_the_qtc_is_judged_by_the_limit_of_the_sex():
    woman = NOTHING | {"qtc_limit": "female", "qtc_female": 470}

    assert meanings(psilocybin().screening, known(woman)) == []
    assert meanings(psilocybin().screening, known(woman | {"qtc_female": 471})) == [
        ("qtc_female", "exclude")
    ]


def test_an_empty_screening_finds_everything_it_could_find():
    found = gravest_without_answers(psilocybin().screening)

    assert found.keys() == NOTHING.keys() - {"episode_days", "qtc_male"}


@pytest.mark.parametrize(
    ("item", "value", "meaning"),
    [
        ("identity", False, "exclude"),
        ("capacity_today", False, "exclude"),
        ("caffeine", "unusual", "review"),
        ("taken_24h", ["nicotine"], "review"),
        ("prn_medicine", True, "review"),
        ("eaten", "other", "review"),
        ("urine_drug_screen_today", "not-as-expected", "review"),
        ("pregnancy_test_today", "positive", "exclude"),
        ("safety_since_last", "intent", "exclude"),
        ("escort_confirmed", False, "exclude"),
        ("two_facilitators", False, "exclude"),
        ("rescue_drugs", False, "exclude"),
    ],
)
def test_todays_checks_mean_what_the_facts_say(item, value, meaning):
    checks = psilocybin().checklist("todays-checks")

    assert meanings(checks, known(READY | {item: value})) == [(item, meaning)]


def test_release_waits_until_every_criterion_is_met():
    criteria = psilocybin().checklist(psilocybin().release.checklist)
    met = {item.code: Answer("known", True) for item in criteria.items}

    assert meanings(criteria, met) == []
    for item in criteria.items:
        unmet = met | {item.code: Answer("known", False)}
        assert [code for code, _ in meanings(criteria, unmet)] == [item.code]


def test_the_contacts_lie_on_the_days_of_the_trials():
    zone = ZoneInfo("UTC")
    days = [
        (each.due_at.date() - NOON.date()).days for each in touchpoints(psilocybin(), NOON, zone)
    ]

    assert days == [1, 2, 7, 7, 14, 21, 28, 42, 84, 182]
