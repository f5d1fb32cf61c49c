"""The library file against what the sources say, read by hand from the facts."""

import pytest

from clinic.checklists.engine import Answer, findings
from clinic.protocols.document import GateCode
from tests.clinic.protocols.answers import KETAMINE, KETAMINE_TODAY, TODAY, known, meanings
from tests.clinic.protocols.builders import ketamine


def screened(**changes):
    return known(KETAMINE | changes)


def test_the_screening_has_twenty_four_questions():
    numbers = [item.number for item in ketamine().screening.items]

    assert [number for number in numbers if number.isdigit()] == [str(n) for n in range(1, 25)]
    assert len(set(numbers)) == len(numbers)


def test_a_person_with_nothing_to_report_has_no_finding():
    assert meanings(ketamine().screening, screened()) == []


@pytest.mark.parametrize(
    ("item", "value", "meaning"),
    [
        ("age", 17, "exclude"),
        ("indication", "bipolar-depression", "review"),
        ("diagnosis_documented", False, "action"),
        ("psychosis", True, "exclude"),
        ("mania", True, "exclude"),
        ("hypertension", True, "review"),
        ("systolic", 141, "review"),
        ("systolic", 160, "review"),
        ("systolic", 161, "exclude"),
        ("diastolic", 91, "review"),
        ("diastolic", 101, "exclude"),
        ("heart_and_vessels", ["aneurysm-or-avm"], "exclude"),
        ("heart_and_vessels", ["intracerebral-bleed"], "exclude"),
        ("heart_and_vessels", ["unstable-angina"], "review"),
        ("heart_and_vessels", ["infarct-or-stroke"], "review"),
        ("heart_and_vessels", ["heart-failure"], "review"),
        ("heart_and_vessels", ["arrhythmia"], "review"),
        ("pressure_in_head_or_eye", "known", "review"),
        ("pressure_in_head_or_eye", "acute", "exclude"),
        ("hyperthyroidism", True, "review"),
        ("liver", "moderate", "review"),
        ("liver", "severe", "exclude"),
        ("breathing", True, "review"),
        ("seizures", True, "review"),
        ("dementia_or_brain_injury", True, "exclude"),
        ("pregnancy", True, "exclude"),
        ("pregnancy_test", "positive", "exclude"),
        ("pregnancy_test", "not-done", "action"),
        ("benzodiazepines", "0.5", "review"),
        ("benzodiazepines", "3.5", "review"),
        ("blunting_medicines", ["clozapine"], "review"),
        ("blunting_medicines", ["lamotrigine"], "info"),
        ("pressor_medicines", ["maoi"], "review"),
        ("pressor_medicines", ["theophylline"], "review"),
        ("antidepressant_change", True, "review"),
        ("suicidal_intent", True, "review"),
        ("allergy", True, "exclude"),
        ("capacity", False, "exclude"),
        ("escort", False, "action"),
        ("pdmp", False, "action"),
    ],
)
def test_an_answer_means_what_the_facts_say(item, value, meaning):
    assert meanings(ketamine().screening, screened(**{item: value})) == [(item, meaning)]


def test_treatment_resistance_asks_for_two_failed_trials():
    depressed = {"indication": "treatment-resistant-depression"}

    one = meanings(ketamine().screening, screened(**depressed, failed_antidepressants=1))
    two = meanings(ketamine().screening, screened(**depressed, failed_antidepressants=2))

    assert (one, two) == ([("failed_antidepressants", "action")], [])


def test_a_use_disorder_asks_for_its_measures():
    measured = {"dast_total": 3, "urine_drug_screen": "as-expected"}

    def found(**changes):
        return meanings(ketamine().screening, screened(**measured, **changes))

    assert found(substance_use="other", audit_total=19) == [("substance_use", "review")]
    assert ("audit_total", "review") in found(substance_use="other", audit_total=20)
    assert found(substance_use="ketamine", audit_total=0) == [("substance_use", "exclude")]


def test_another_psychedelic_has_to_be_clear_for_seven_days():
    (finding,) = findings(ketamine().screening, screened(other_psychedelic=True), TODAY)

    assert (finding.meaning, finding.days, finding.decider) == ("washout", 7, "prescriber")


def test_an_empty_screening_finds_everything_it_could_find():
    found = findings(ketamine().screening, {}, TODAY)

    assert {finding.because for finding in found} == {"unanswered"}
    assert {finding.item for finding in found} == KETAMINE.keys() - {"antidepressants"}


@pytest.mark.parametrize(
    ("item", "value", "found"),
    [
        (None, None, []),
        ("identity", False, ["exclude"]),
        ("capacity_today", False, ["exclude"]),
        ("hours_since_food", "5.9", ["review"]),
        ("hours_since_fluids", "1.5", ["review"]),
        ("taken_24h", ["alcohol"], ["review"]),
        ("taken_24h", ["cannabis", "opioid"], ["review"]),
        ("psychedelic_7d", True, ["review"]),
        ("pregnancy_test_today", "positive", ["exclude"]),
        ("safety_since_last", "thoughts", ["review"]),
        ("safety_since_last", "intent", ["exclude"]),
        ("escort_confirmed", False, ["exclude"]),
        ("emergency_equipment", False, ["exclude"]),
    ],
)
def test_todays_checks_mean_what_the_facts_say(item, value, found):
    answers = {
        code: Answer("known", each)
        for code, each in (KETAMINE_TODAY | {item: value}).items()
        if code
    }

    checks = ketamine().checklist("todays-checks")

    assert [finding.meaning for finding in findings(checks, answers, TODAY)] == found


def test_release_waits_until_every_criterion_is_met():
    criteria = ketamine().checklist(ketamine().release.checklist)
    met = {item.code: Answer("known", True) for item in criteria.items}

    assert findings(criteria, met, TODAY) == ()
    for item in criteria.items:
        unmet = met | {item.code: Answer("known", False)}
        assert [finding.item for finding in findings(criteria, unmet, TODAY)] == [item.code]


def test_the_protocol_names_every_gate_but_that_of_a_register():
    assert {gate.code for gate in ketamine().gates} == set(GateCode) - {"external_enrolment"}


def test_there_is_no_dose_without_four_signatures():
    assert [document.code for document in ketamine().documents if document.stops_dose] == [
        "ketamine-consent",
        "psychotherapy-consent",
        "transport-agreement",
        "no-driving",
    ]


def test_no_reason_excuses_breathing_or_rousability():
    excused = {parameter for reason in ketamine().miss_reasons for parameter in reason.excuses}

    assert excused.isdisjoint({"spo2", "respiratory_rate", "sedation", "heart_rate"})


def test_messages_name_neither_drug_nor_diagnosis():
    for message in ketamine().messages.values():
        words = f"{message.subject} {message.body}".lower()
        assert not any(word in words for word in ("ketamine", "depress", "psych", "dose", "drug"))
        assert "{link}" in message.body
