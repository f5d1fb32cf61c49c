"""Esketamine under the US REMS by hand: clinical-facts section 2."""

from tests.clinic.protocols.by_hand.asked import (
    AFTER, BEFORE, DISTRESSED, NOTHING, A, R, Row, X, admits, checked_at, each_of, follows,
    further_dose, may_be_given, means, reads, report_within, screening, stands_by, stays,
)  # fmt: skip
from clinic.protocols import calculators as ask

MEANINGS = {
    ("age", 17): X,
    ("age", 18): NOTHING,
    ("aneurysm", True): X,
    ("avm", True): X,
    ("intracerebral_bleed", True): X,
    ("allergy", True): X,
    ("rems_enrolled", False): A,
    ("systolic", 140): NOTHING,
    ("systolic", 141): R,
    ("diastolic", 90): NOTHING,
    ("diastolic", 91): R,
    ("hypertensive_encephalopathy", True): R,
    **each_of("heart_and_vessels", ["unstable-angina", "infarct", "stroke", "heart-failure"], R),
    **each_of("heart_and_vessels", ["arrhythmia", "other"], R),
    ("psychosis", True): R,
    ("substance_use", True): R,
    **each_of("interacting_medicines", ["benzodiazepine", "sedative-hypnotic", "opioid"], R),
    **each_of("interacting_medicines", ["other-depressant", "psychostimulant", "maoi"], R),
    ("interacting_medicines", ("none",)): NOTHING,
    ("liver", "moderate"): {R, A},
    ("liver", "severe"): X,
    ("pregnancy", True): {R, X},
    ("pregnancy_test", "positive"): {R, X},
    ("nose", True): R,
    ("failed_antidepressants", 1): A,
    ("failed_antidepressants", 2): NOTHING,
    ("antidepressant", False): A,
    ("transport", False): A,
}

TODAY = "todays-checks"


def sessions_of(code):
    return lambda p: next(each.sessions for each in p.course if each.code == code)


ESKETAMINE = [
    *screening("2.4", MEANINGS),
    Row("2.4", "aged 17 is not admitted", False, admits(17)),
    Row("2.1", "day 1 is 56 mg", True, may_be_given(56, session_number=1)),
    Row("2.1", "day 1 is not 84 mg", False, may_be_given(84, session_number=1)),
    Row("2.1", "then 84 mg", True, may_be_given(84, session_number=2)),
    Row("2.1", "then 56 mg", True, may_be_given(56, session_number=2)),
    Row("2.1", "28 mg is no dose", False, may_be_given(28, session_number=2)),
    Row("2.1", "112 mg is no dose", False, may_be_given(112, session_number=2)),
    Row("2.1", "56 mg are 2 devices", 2, lambda p: ask.pieces_of(p, 56)),
    Row("2.1", "84 mg are 3 devices", 3, lambda p: ask.pieces_of(p, 84)),
    Row("2.1", "5 minutes of rest between devices", 5, lambda p: p.doses.pieces.rest_minutes),
    Row("2.1", "twice weekly in weeks 1 to 4: eight sessions", 8, sessions_of("induction")),
    Row("2.1", "weekly in weeks 5 to 8: four sessions", 4, sessions_of("weekly")),
    Row("2.1", "from week 9 as long as it holds", None, sessions_of("maintenance")),
    Row("2.1", "weekly: the day after is too soon", False, follows(10, 1)),
    Row("2.1", "weekly: seven days after", True, follows(10, 7)),
    Row("7", "no further dose", None, further_dose),
    Row("2.2", "at least 2 h after 56 mg", 120, stays(56)),
    Row("2.2", "at least 2 h after 84 mg", 120, stays(84)),
    Row("2.2", "prescriber on site", "on_premises", stands_by("prescriber", "US-NY")),
    Row("2.2", "monitoring form within 7 days", 7, report_within("monitoring-form")),
    Row("2.6", "blood pressure before and at 40 minutes", True,
        lambda p: {0, 40} <= set(checked_at("blood-pressure", 60)(p))),
    Row("2.6", "SpO2, sedation, dissociation", [0, 15, 30, 40, 60, 90, 120],
        checked_at("watching", 120)),
    Row("2.1", "SBP 140", "normal", reads(BEFORE, "systolic", 140)),
    Row("2.1", "SBP 141: consider delay", "hold", reads(BEFORE, "systolic", 141)),
    Row("2.1", "DBP 91: consider delay", "hold", reads(BEFORE, "diastolic", 91)),
    Row("8.1", "MOAA/S 2: escalate", "alarming", reads(AFTER, "sedation", 2)),
    Row("2.1", "food 2 h before", NOTHING, means("hours_since_food", "2", TODAY)),
    Row("2.1", "food less than 2 h before", {R, A, X}, means("hours_since_food", "1.9", TODAY)),
    Row("2.1", "liquids 30 min before", NOTHING, means("minutes_since_fluids", 30, TODAY)),
    Row("2.1", "liquids 29 min before", {R, A, X}, means("minutes_since_fluids", 29, TODAY)),
    Row("1.5", "SpO2 91 before", DISTRESSED, reads(BEFORE, "spo2", 91)),
]  # fmt: skip
