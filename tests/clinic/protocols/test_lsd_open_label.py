"""LSD in an open-label trial, against what the sources say, read by hand from the facts."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from clinic.checklists.engine import Answer
from clinic.protocols.calculators import (
    PastDose,
    age_problems,
    amount_in_words,
    amount_problems,
    band,
    earliest_release,
    interval_problems,
    minimum_stay,
    schedule,
    supplement_problems,
    touchpoints,
    washouts,
)
from clinic.protocols.document import GateCode, Phase
from clinic.protocols.files import numbers_to_confirm
from tests.clinic.protocols.answers import TODAY, gravest_without_answers, known, meanings
from tests.clinic.protocols.builders import MINUTE, NOON, a_dose, shipped

NOTHING = {
    "age": 41,
    "indication": "gad",
    "hama_total": 24,
    "palliative": "no",
    "own_psychosis": ["none"],
    "family_psychosis": ["none"],
    "other_disorder": False,
    "suicide_risk": False,
    "substance_use": False,
    "psychedelic_year": False,
    "hypersensitivity": False,
    "illness": ["none"],
    "seizures": False,
    "hypertension": False,
    "systolic": 120,
    "diastolic": 80,
    "qtc_limit": "male",
    "qtc_male": 420,
    "organs": ["none"],
    "weight": "70",
    "bmi": "23",
    "pregnancy": False,
    "pregnancy_test": "not-applicable",
    "contraception": "yes",
    "psychiatric_medicine": False,
    "fluoxetine": False,
    "cyp2d6_inhibitor": False,
    "lithium": False,
    "maoi": False,
    "antipsychotic": False,
    "reviewed_medicines": ["none"],
    "capacity": True,
    "escort": True,
}
READY = {
    "identity": True,
    "capacity_today": True,
    "pregnancy_test_today": "not-applicable",
    "urine_drug_screen_today": "as-expected",
    "breath_alcohol": "zero",
    "taken_24h": ["none"],
    "nicotine": False,
    "light_breakfast": True,
    "safety_since_last": "no",
    "medicine_changed": False,
    "kit_checked": True,
    "escort_confirmed": True,
    "obligations_off": True,
    "relief_rostered": True,
}


def lsd():
    return shipped("lsd-open-label")


def test_an_order_in_milligrams_is_refused():
    (problem,) = amount_problems(lsd(), Decimal("0.1"), unit="mg")

    assert problem == "This protocol is ordered in ug only, not in mg."
    assert amount_problems(lsd(), Decimal(100), unit="ug") == ()


def test_base_stands_beside_the_salt():
    assert amount_in_words(lsd(), Decimal(100)) == (
        "100 ug base (123 ug as hemitartrate (2:1), 146 ug as tartrate (1:1))"
    )
    assert amount_in_words(lsd(), Decimal(200)) == (
        "200 ug base (246 ug as hemitartrate (2:1), 293 ug as tartrate (1:1))"
    )


def test_a_dose_is_25_to_200_micrograms_and_nothing_after_it():
    assert [
        amount_problems(lsd(), Decimal(each)) == () for each in (24, 25, 50, 100, 200, 201)
    ] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    assert supplement_problems(lsd(), [a_dose(100)], NOON + 60 * MINUTE)


@pytest.mark.parametrize(
    ("total", "minutes"), [(25, 480), (100, 480), ("100.01", 720), (200, 720), (None, 720)]
)
def test_nobody_leaves_before_eight_hours_and_after_more_before_twelve(total, minutes):
    amount = None if total is None else Decimal(total)

    assert minimum_stay(lsd(), amount) == minutes
    assert earliest_release(lsd(), [a_dose(total)]) == NOON + minutes * MINUTE


def test_it_is_a_draft_and_says_what_is_open():
    assert "draft" in lsd().title
    assert {"thresholds", "release", "salt", "stay-at-200", "spacing", "lithium"} <= {
        each.code for each in lsd().open_points
    }
    assert len(numbers_to_confirm(lsd())) > 100


def test_it_names_no_ratio_no_register_and_no_fresh_test():
    absent = {"ratio", "external_enrolment", "tests_fresh"}

    assert {gate.code for gate in lsd().gates} == set(GateCode) - absent


def test_it_is_watched_at_the_suggested_minutes_and_then_every_hour():
    checks = schedule(lsd(), [a_dose(200)], NOON + 600 * MINUTE)
    vitals = [(check.at - NOON) // MINUTE for check in checks if check.row == "vitals"]
    warmth = [(check.at - NOON) // MINUTE for check in checks if check.row == "temperature"]

    assert vitals == [0, 30, 60, 90, 120, 180, 240, 300, 360, 420, 480, 540, 600]
    assert warmth == [0, 120, 240, 480]


@pytest.mark.parametrize(
    ("phase", "parameter", "value", "name"),
    [
        (Phase.BEFORE_DOSE, "systolic", 140, "normal"),
        (Phase.BEFORE_DOSE, "systolic", 141, "hold"),
        (Phase.BEFORE_DOSE, "diastolic", 90, "normal"),
        (Phase.BEFORE_DOSE, "diastolic", 91, "hold"),
        (Phase.BEFORE_DOSE, "heart_rate", 49, "hold"),
        (Phase.BEFORE_DOSE, "heart_rate", 100, "normal"),
        (Phase.BEFORE_DOSE, "heart_rate", 101, "hold"),
        (Phase.BEFORE_DOSE, "temperature", "37.9", "normal"),
        (Phase.BEFORE_DOSE, "temperature", "38", "hold"),
        (Phase.AFTER_DOSE, "systolic", 180, "normal"),
        (Phase.AFTER_DOSE, "systolic", 181, "alarming"),
        (Phase.AFTER_DOSE, "diastolic", 110, "normal"),
        (Phase.AFTER_DOSE, "diastolic", 111, "alarming"),
        (Phase.AFTER_DOSE, "heart_rate", 120, "normal"),
        (Phase.AFTER_DOSE, "heart_rate", 121, "alarming"),
        (Phase.AFTER_DOSE, "temperature", "38.5", "normal"),
        (Phase.AFTER_DOSE, "temperature", "38.6", "alarming"),
        (Phase.AFTER_DOSE, "distress", 7, "normal"),
        (Phase.AFTER_DOSE, "distress", 8, "alarming"),
        (Phase.RELEASE, "distress", 2, "normal"),
        (Phase.RELEASE, "distress", 3, "hold"),
    ],
)
def test_the_limits_are_those_of_the_facts(phase, parameter, value, name):
    assert band(lsd().limit(parameter, phase), Decimal(value)).name == name


def test_ages_18_to_74_are_admitted():
    assert age_problems(lsd(), date(1952, 11, 21), TODAY) == ()
    assert age_problems(lsd(), date(1951, 11, 21), TODAY)
    assert age_problems(lsd(), date(2008, 11, 22), TODAY)


def test_two_doses_lie_two_weeks_apart():
    past = [PastDose("lsd", date(2026, 11, 1))]

    assert interval_problems(lsd(), past, date(2026, 11, 14))
    assert interval_problems(lsd(), past, date(2026, 11, 15)) == ()


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("psychiatric-medicine", 7),
        ("fluoxetine", 35),
        ("lithium", 30),
        ("maoi", 14),
        ("antipsychotic", 14),
    ],
)
def test_a_medicine_is_left_off_for_its_days(code, days):
    item = code.replace("-", "_")
    told = {item: True, f"{item}_last_on": "2026-10-01", "psychiatric_medicine_half_life": "26"}
    found = {each.washout.code: each for each in washouts(lsd(), known(NOTHING | told), TODAY)}

    assert (found[code].days, (found[code].clear_on - date(2026, 10, 1)).days) == (days, days)
    assert {state.because for other, state in found.items() if other != code} == {"never_taken"}


def test_a_person_with_nothing_to_report_has_no_finding():
    assert meanings(lsd().screening, known(NOTHING)) == []
    assert meanings(lsd().checklist("todays-checks"), known(READY)) == []


@pytest.mark.parametrize(
    ("item", "value", "meaning"),
    [
        ("age", 17, "exclude"),
        ("age", 75, "exclude"),
        ("indication", "other", "exclude"),
        ("hama_total", 19, "exclude"),
        ("palliative", "no-directive", "action"),
        ("own_psychosis", ["psychotic"], "exclude"),
        ("family_psychosis", ["bipolar"], "exclude"),
        ("other_disorder", True, "exclude"),
        ("suicide_risk", True, "exclude"),
        ("substance_use", True, "exclude"),
        ("psychedelic_year", True, "review"),
        ("hypersensitivity", True, "exclude"),
        ("illness", ["unstable"], "exclude"),
        ("illness", ["cardiac"], "exclude"),
        ("illness", ["neurological"], "exclude"),
        ("seizures", True, "exclude"),
        ("hypertension", True, "review"),
        ("systolic", 141, "review"),
        ("systolic", 160, "review"),
        ("systolic", 161, "exclude"),
        ("diastolic", 91, "review"),
        ("diastolic", 96, "exclude"),
        ("qtc_male", 451, "exclude"),
        ("organs", ["cns-tumour"], "exclude"),
        ("organs", ["kidney"], "exclude"),
        ("organs", ["liver"], "exclude"),
        ("weight", "49.9", "exclude"),
        ("bmi", "17.9", "exclude"),
        ("bmi", "38.1", "exclude"),
        ("pregnancy", True, "exclude"),
        ("contraception", "no", "exclude"),
        ("psychiatric_medicine", True, "washout"),
        ("fluoxetine", True, "washout"),
        ("cyp2d6_inhibitor", True, "review"),
        ("lithium", True, "washout"),
        ("maoi", True, "washout"),
        ("antipsychotic", True, "washout"),
        ("reviewed_medicines", ["triptan"], "review"),
        ("reviewed_medicines", ["tramadol"], "review"),
        ("reviewed_medicines", ["qt"], "review"),
        ("capacity", False, "exclude"),
        ("escort", False, "action"),
    ],
)
def test_an_answer_means_what_the_facts_say(item, value, meaning):
    assert meanings(lsd().screening, known(NOTHING | {item: value})) == [(item, meaning)]


@pytest.mark.parametrize(
    ("indication", "item", "low", "enough", "meaning"),
    [
        ("gad", "hama_total", 19, 20, "exclude"),
        ("mdd", "madrs_total", 25, 26, "exclude"),
        ("anxiety", "stai_total", 39, 40, "review"),
    ],
)
def test_the_indication_brings_its_own_measure(indication, item, low, enough, meaning):
    told = NOTHING | {"indication": indication}

    assert meanings(lsd().screening, known(told | {item: enough})) == []
    assert meanings(lsd().screening, known(told | {item: low})) == [(item, meaning)]


def test_an_empty_screening_finds_everything_it_could_find():
    found = gravest_without_answers(lsd().screening)

    assert found.keys() == NOTHING.keys() - {"hama_total", "qtc_male"}


@pytest.mark.parametrize(
    ("item", "value", "meaning"),
    [
        ("breath_alcohol", "positive", "exclude"),
        ("taken_24h", ["caffeine"], "review"),
        ("nicotine", True, "review"),
        ("light_breakfast", False, "review"),
        ("kit_checked", False, "exclude"),
        ("escort_confirmed", False, "exclude"),
        ("relief_rostered", False, "exclude"),
    ],
)
def test_todays_checks_mean_what_the_facts_say(item, value, meaning):
    checks = lsd().checklist("todays-checks")

    assert meanings(checks, known(READY | {item: value})) == [(item, meaning)]


def test_release_waits_until_every_criterion_is_met():
    criteria = lsd().checklist(lsd().release.checklist)
    met = {item.code: Answer("known", True) for item in criteria.items}

    assert meanings(criteria, met) == []
    for item in criteria.items:
        unmet = met | {item.code: Answer("known", False)}
        assert [code for code, _ in meanings(criteria, unmet)] == [item.code]


def test_the_contacts_reach_to_a_year_and_ask_for_disturbed_sight():
    planned = touchpoints(lsd(), NOON, ZoneInfo("UTC"))
    days = [(each.due_at.date() - NOON.date()).days for each in planned]
    asked = [
        each.touchpoint.code
        for each in planned
        if any("disturbances of sight" in prompt for prompt in each.touchpoint.prompts)
    ]

    assert days == [1, 7, 14, 28, 56, 84, 182, 365]
    assert asked == ["week-4", "week-12", "month-12"]


def test_ketanserin_is_in_the_rescue_menu_and_supply_is_open():
    rescue = {each.code: each for each in lsd().rescue}

    assert "40 mg" in rescue["ketanserin"].detail
    assert "ketanserin" in {each.code for each in lsd().open_points}
