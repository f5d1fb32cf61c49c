"""Psilocybin in Oregon and in Colorado by hand: clinical-facts sections 3 and 4."""

from datetime import date, timedelta
from decimal import Decimal

from clinic.protocols import calculators as ask
from tests.clinic.protocols.by_hand.asked import (
    NOON,
    NOTHING,
    ZONE,
    A,
    R,
    Row,
    W,
    X,
    admits,
    clear_for,
    may_be_given,
    reported_by,
    screening,
    stands_by,
    stays,
    visit,
    visit_hours,
    watched,
)  # fmt: skip

OREGON_MEANINGS = {
    ("lithium", True): {X, W},
    ("lithium", False): NOTHING,
    ("under_care", True): {A, R},
    ("mushroom_allergy", True): {A, R},
    ("medication_in_session", True): A,
    ("interpreter", True): A,
    ("support_person_body", True): A,
    ("support_person_speech", True): A,
    ("harm_now", True): X,
    ("harm_ever", True): {A, R},
    ("active_psychosis", True): X,
    ("pregnant_or_feeding", True): {A, R},
}

STAY = {
    "2.5": 60, "2.51": 60, "4.99": 60, "5": 120, "5.01": 120, "9.99": 120, "10": 240,
    "10.01": 240, "15": 240, "24.99": 240, "25": 300, "25.01": 300, "34.99": 300, "35": 360,
    "35.01": 360, "49.99": 360, "50": 360,
}  # fmt: skip
RATIO = {
    "2.5": 25, "4.99": 25, "5": 15, "9.99": 15, "10": 8, "14.99": 8, "15": 6, "24.99": 6,
    "25": 4, "34.99": 4, "35": 2, "50": 2,
}  # fmt: skip


def reason(document, code):
    """One reason for which a person may be declined."""
    return next(each for each in document.denial_reasons if each.code == code)


def declined_by(document):
    """The one answer that gives each reason, where an answer does."""
    return {r.code: ", ".join(r.given_by) for r in document.denial_reasons if r.given_by}


def contact_hours(document):
    """How many hours after the session the last moment of the contact is."""
    planned = ask.touchpoints(document, NOON, ZONE)
    return max(each.closes_at for each in planned) - NOON <= timedelta(hours=72)


OREGON = [
    *screening("3.2", OREGON_MEANINGS),
    *(Row("3.5", f"stay after {mg} mg", minutes, stays(mg)) for mg, minutes in STAY.items()),
    *(Row("3.5", f"clients after {mg} mg", clients, watched(mg)) for mg, clients in RATIO.items()),
    Row("3.5", "below 2.5 mg for the first time", 60, stays("2.49", products=["other-product"])),
    Row("3.5", "below 2.5 mg, here 365 days ago", 30,
        stays("2.49", products=["other-product"], last_here=365)),
    Row("3.5", "below 2.5 mg, here 367 days ago", 60,
        stays("2.49", products=["other-product"], last_here=367)),
    Row("3.5", "below 2.5 mg of whole fungi: always 1 h", 60,
        stays("2.49", products=["whole-fungi"], last_here=10)),
    Row("3.1", "aged 20 is not admitted", False, admits(20)),
    Row("3.1", "aged 21 is admitted", True, admits(21)),
    Row("3.2", "lithium left off for 30 days", 30, clear_for("lithium", "lithium")),
    Row("3.2", "declined by form: lithium, harm now, psychosis", {
        "lithium": "lithium", "harm-now": "harm_now", "active-psychosis": "active_psychosis",
    }, declined_by),
    Row("3.2", "declined where language or format cannot be had", "law",
        lambda p: reason(p, "language-or-format").basis),
    Row("3.1", "declined below 21", "law", lambda p: reason(p, "age").basis),
    Row("3.2", "the state's form is compulsory", "law", lambda p: p.official_form.basis),
    Row("3.3", "and has a copy for centre and facilitator", True,
        lambda p: "ORS 475A.350" in p.official_form.source),
    Row("3.4", "preparation 24 h to 90 days before", (-90 * 24, -24), visit_hours("preparation")),
    Row("3.4", "one preparation", 1, lambda p: visit("preparation")(p).count_min),
    Row("3.5", "30 mg are said to be of analyte", True,
        lambda p: ask.amount_in_words(p, Decimal(30)).startswith("30 mg analyte")),
    Row("3.5", "50 mg at most", True, may_be_given(50)),
    Row("3.5", "more than 50 mg", False, may_be_given("50.01")),
    Row("3.5", "30 mg and 20 mg more", True, may_be_given(20, given_total=30, supplementary=True)),
    Row("3.5", "30 mg and 21 mg more", False, may_be_given(21, given_total=30, supplementary=True)),
    Row("3.5", "25 clients together", (), lambda p: ask.group_problems(p, 25)),
    Row("3.5", "26 clients together", 1, lambda p: len(ask.group_problems(p, 26))),
    Row("3.5", "facilitator continuously there", "with_client", stands_by("facilitator", "US-OR")),
    Row("3.5", "representative on the premises", "on_premises",
        stands_by("representative", "US-OR")),
    Row("3.6", "integration is offered, not owed", 0, lambda p: visit("integration")(p).count_min),
    Row("3.6", "contact within 72 h", True, contact_hours),
    Row("3.8", "first quarter by 15 April", date(2027, 4, 15),
        reported_by("quarterly", date(2027, 2, 10))),
    Row("3.8", "last quarter by 15 January", date(2027, 1, 15),
        reported_by("quarterly", date(2026, 12, 31))),
    Row("3.5", "no vitals by rule", ((), (), ()),
        lambda p: (p.parameters, p.limits, p.monitoring)),
]  # fmt: skip

# Section 4: a risk found is referred, cleared or consulted on, so R or A, never X.
RISKS = """
pregnant breastfeeding daily_living swallowing cardiovascular stroke dvt copd liver kidney
gastroparesis seizure head_trauma malignant_hypertension serotonin_syndrome inhaler_oxygen devices
mushroom_allergy harm_now suicidal_6m attempt depression_anxiety psychosis bipolar_psychosis
personality ptsd ocd substance_use alcohol lithium antipsychotics maoi ssri_snri buspirone trazodone
opioids carbamazepine valproate probenecid rifampin medicine_in_session interpreter service_animal
third_person
"""
COLORADO_MEANINGS = {
    ("age_21", False): X,
    ("age_21", True): NOTHING,
    ("winded", True): {A, R},
    ("abstain", False): {A, R},
    **{(item, True): {A, R} for item in RISKS.split()},
}

COLORADO = [
    *screening("4", COLORADO_MEANINGS),
    Row("7", "aged 20 is not admitted", False, admits(20)),
    Row("7", "aged 21 is admitted", True, admits(21)),
    Row("4", "an open risk is a reason, its rule not read", ("law", True), lambda p: (
        reason(p, "risk-not-cleared").basis, reason(p, "risk-not-cleared").confirm)),
    Row("4", "no form of the state was found", None, lambda p: p.official_form),
    Row("4", "serving of at most 10 mg: 10 mg in one", 1, lambda p: ask.pieces_of(p, 10)),
    Row("4", "25 mg take three servings", 3, lambda p: ask.pieces_of(p, 25)),
    Row("4", "25 mg are said to be of total psilocin", True,
        lambda p: ask.amount_in_words(p, Decimal(25)).startswith("25 mg total psilocin")),
    Row("4", "no minimum duration was found", 0, stays(25)),
    Row("4", "no group ratio was found", None, watched(25)),
    Row("4", "what was not found is said", True, lambda p: len(p.open_points) >= 4),
    Row("4", "adverse health event to the Director", True,
        lambda p: "Director" in next(
            each.to for each in p.reports if each.code == "adverse-health-event")),
    Row("4", "facilitator watches", "with_client", stands_by("facilitator", "US-CO")),
    Row("4", "no vitals by rule", ((), (), ()), lambda p: (p.parameters, p.limits, p.monitoring)),
]  # fmt: skip
