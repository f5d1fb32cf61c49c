"""Answers to the checklists of the library: those of a person who has nothing to report."""

from datetime import date

from clinic.checklists.engine import Answer, findings

TODAY = date(2026, 11, 21)


def known(answers):
    return {code: Answer("known", value) for code, value in answers.items()}


def meanings(checklist, answers):
    """What answers are found to mean: the item and the meaning of each finding."""
    return [
        (finding.item, finding.meaning.value) for finding in findings(checklist, answers, TODAY)
    ]


def gravest_without_answers(checklist):
    """What an empty form is found to mean."""
    return {finding.item: finding.meaning.value for finding in findings(checklist, {}, TODAY)}


KETAMINE = {
    "age": 41,
    "indication": "ptsd",
    "diagnosis_documented": True,
    "psychosis": False,
    "mania": False,
    "hypertension": False,
    "systolic": 120,
    "diastolic": 80,
    "heart_and_vessels": ["none"],
    "pressure_in_head_or_eye": "no",
    "hyperthyroidism": False,
    "liver": "no",
    "bladder": False,
    "breathing": False,
    "seizures": False,
    "dementia_or_brain_injury": False,
    "pregnancy": False,
    "pregnancy_test": "negative",
    "substance_use": "no",
    "other_psychedelic": False,
    "benzodiazepines": "0",
    "blunting_medicines": ["none"],
    "pressor_medicines": ["none"],
    "antidepressant_change": False,
    "suicidal_intent": False,
    "allergy": False,
    "capacity": True,
    "escort": True,
    "pdmp": True,
}

KETAMINE_TODAY = {
    "identity": True,
    "capacity_today": True,
    "hours_since_food": "6",
    "hours_since_fluids": "2",
    "taken_24h": ["none"],
    "psychedelic_7d": False,
    "weight_kg": "70",
    "weighed_on": "2026-11-21",
    "pregnancy_test_today": "not-applicable",
    "urine_drug_screen_today": "not-asked",
    "safety_since_last": "no",
    "medicine_changed": False,
    "escort_confirmed": True,
    "emergency_equipment": True,
}
