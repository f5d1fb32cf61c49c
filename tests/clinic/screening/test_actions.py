from datetime import date, timedelta

import pytest

from clinic.audit.models import Signature
from clinic.cases import actions as cases
from clinic.cases.models import Status
from clinic.checklists.engine import Answer
from clinic.people.models import Licence
from clinic.screening import actions, queries
from clinic.workflow import Refused
from tests.builders.cases import WALK, a_case_in, a_referred_case
from tests.builders.house import NOON, a_house, codes, proof, trail
from tests.builders.screening import (
    SCREENED_AT,
    Outcome,
    Ruling,
    a_begun_screening,
    a_filled_screening,
    an_eligible_case,
    answer,
    decide,
    settle,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
DAY = SCREENED_AT.date()


@pytest.fixture
def house():
    return a_house()


# -- Filling ---------------------------------------------------------------------------------


def test_a_screening_is_begun_on_the_checklist_of_the_version(house):
    case = a_begun_screening(house)

    form = queries.current_form(case)
    assert (case.status, form.purpose, form.code) == (Status.SCREENING, "screening", "screening")
    assert trail()[-2:] == ["screening begun", "form opened"]


def test_beginning_twice_goes_on_with_the_same_form(house):
    case = a_begun_screening(house)
    before = trail()

    again = actions.start(case, by=house.nurse, at=SCREENED_AT)

    assert (again, trail()) == (queries.current_form(case), before)


@pytest.mark.parametrize("who", ["manager", "safety_lead", "stranger"])
def test_the_wrong_role_screens_nobody(house, who):
    case = a_referred_case(house)
    before = trail()

    with pytest.raises(Refused) as refusal:
        actions.start(case, by=house.people[who], at=NOON)

    assert (codes(refusal), trail()) == (["role"], before)


def test_an_answer_changed_after_signing_opens_the_decision_again(house):
    case = an_eligible_case(house)

    answer(house, case, seizures=True)

    case.refresh_from_db()
    assert (case.status, queries.standing_decision(case)) == (Status.SCREENING, None)
    assert trail()[-2:] == ["answers saved", "screening opened again"]


def test_saving_what_stands_already_changes_nothing(house):
    case = an_eligible_case(house)
    before = trail()

    answer(house, case, seizures=False)

    case.refresh_from_db()
    assert (case.status, trail()) == (Status.ELIGIBLE, before)


def test_an_answer_changed_during_treatment_leaves_the_stage_but_not_the_decision(house):
    case = an_eligible_case(house)
    for status in (Status.PREPARING, Status.READY, Status.IN_SESSION):
        lead(house, case, status)

    answer(house, case, seizures=True)

    case.refresh_from_db()
    assert (case.status, queries.standing_decision(case)) == (Status.IN_SESSION, None)


def lead(house, case, status):
    act = next(name for to, name, _ in WALK if to == status)
    getattr(cases, act)(case, by=house.nurse, at=NOON)


def test_a_form_of_another_case_is_not_taken(house):
    case, other = a_begun_screening(house), a_begun_screening(house, family_name="Other")

    with pytest.raises(ValueError, match="form of its own case"):
        actions.save(
            case,
            queries.current_form(other),
            by=house.intake,
            at=NOON,
            answers={"age": Answer("known", 41)},
            revision=0,
        )


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.SUSPENDED, Status.CLOSED])
def test_who_has_left_the_path_is_not_screened(house, status):
    case = a_begun_screening(house)
    case = a_case_in(house, status, case=case)

    with pytest.raises(Refused) as refusal:
        answer(house, case, age=41)

    assert codes(refusal) == ["status"]


# -- Settling --------------------------------------------------------------------------------


def test_a_finding_is_settled_under_a_name(house):
    case = a_filled_screening(house, seizures=True)
    before = [found.item for found in queries.open_findings(case)]

    ruling = settle(house, case, "seizures", by=house.prescriber)

    assert (before, queries.open_findings(case)) == (["seizures"], ())
    assert (ruling.decided_by, ruling.because) == (house.prescriber, "answered")
    assert trail()[-1] == "finding settled"


def test_a_newer_answer_opens_what_was_settled(house):
    case = a_filled_screening(house, seizures=True)
    settle(house, case, "seizures")

    answer(house, case, seizures=Answer("not_known"))

    assert [found.item for found in queries.open_findings(case)] == ["seizures"]


@pytest.mark.parametrize("given", [Answer("not_known"), Answer()])
def test_doubt_counts_until_a_named_person_resolves_it(house, given):
    case = a_filled_screening(house, seizures=given if given.state == "not_known" else False)
    if given == Answer():
        answer(house, case, seizures=given)
    before = [found.item for found in queries.open_findings(case)]

    settle(house, case, "seizures", ruling=Ruling.CLEARED, evidence_on=DAY)

    assert (before, queries.open_findings(case)) == (["seizures"], ())


def test_a_finding_that_somebody_says_excludes_stays_open(house):
    case = a_filled_screening(house, seizures=True)

    settle(house, case, "seizures", ruling=Ruling.EXCLUDED)

    assert [found.item for found in queries.open_findings(case)] == ["seizures"]


# -- Deciding --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "facts", "status"),
    [
        (Outcome.ELIGIBLE, {}, Status.ELIGIBLE),
        (
            Outcome.DEFERRED,
            {"reason": "Blood pressure first.", "deferred_until": DAY + timedelta(days=30)},
            Status.DEFERRED,
        ),
        (Outcome.DECLINED, {"reason": "Not safe."}, Status.DECLINED),
    ],
)
def test_a_decision_is_signed_and_moves_the_case(house, outcome, facts, status):
    case = a_filled_screening(house)

    decision = decide(house, case, outcome=outcome, **facts)

    case.refresh_from_db()
    assert (case.status, queries.standing_decision(case)) == (status, decision)
    assert trail()[-2:] == [f"decided: {outcome}", "eligibility decided"]


def test_the_signature_keeps_what_was_shown(house):
    case = a_filled_screening(house, seizures=True)
    settle(house, case, "seizures", by=house.prescriber)

    decision = decide(house, case)

    signature = Signature.objects.get(pk=decision.signature_id)
    assert signature.licence == str(house.prescriber.licences.get())
    assert '"asked":"12 A seizure disorder?"' in signature.content
    assert '"ruled by":"Priya Prescriber"' in signature.content


def test_nobody_decides_under_somebody_elses_name(house):
    case = a_filled_screening(house)
    before = trail()

    with pytest.raises(Refused) as refusal:
        actions.decide(
            case,
            by=house.prescriber,
            at=NOON,
            outcome=Outcome.ELIGIBLE,
            proof=proof(house.medical_lead, NOON),
        )

    assert (codes(refusal), trail()) == (["signer_unproved"], before)


def test_a_declined_person_is_opened_again_for_a_reason(house):
    case = a_filled_screening(house)
    decide(house, case, outcome=Outcome.DECLINED, reason="Not safe.")

    actions.open_again(case, by=house.prescriber, at=NOON, reason="A letter came.")

    assert (case.status, queries.standing_decision(case)) == (Status.SCREENING, None)
    assert decide(house, case, at=NOON).outcome == Outcome.ELIGIBLE


@pytest.mark.parametrize("who", ["manager", "safety_lead"])
def test_the_wrong_role_opens_nothing_again(house, who):
    case = an_eligible_case(house)
    before = trail()

    with pytest.raises(Refused) as refusal:
        actions.open_again(case, by=house.people[who], at=NOON, reason="A letter came.")

    assert (codes(refusal), trail()) == (["role"], before)


def test_a_stale_decision_is_confirmed_while_the_person_is_treated(house):
    case = an_eligible_case(house)
    for status in (Status.PREPARING, Status.READY, Status.IN_SESSION, Status.INTEGRATING):
        lead(house, case, status)
    answer(house, case, seizures=True)
    settle(house, case, "seizures")

    decision = decide(house, case, at=NOON)

    case.refresh_from_db()
    assert (case.status, queries.standing_decision(case)) == (Status.INTEGRATING, decision)


# -- Rules as tables -------------------------------------------------------------------------

ANSWERS = {
    "allergy": ({"allergy": True}, "open_exclusion"),
    "psychosis": ({"psychosis": True, "psychosis_detail": "In 2004."}, "open_exclusion"),
    "not known": ({"mania": Answer("not_known")}, "open_exclusion"),
    "seizures": ({"seizures": True}, "open_review"),
    "escort": ({"escort": False}, "open_action"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_open_finding_stands_in_the_way_of_eligible_alone(house, name):
    answers, code = ANSWERS[name]
    case = a_filled_screening(house, **answers)
    before = trail()

    with pytest.raises(Refused) as refusal:
        decide(house, case)
    declined = decide(house, case, outcome=Outcome.DECLINED, reason="Not safe.")

    assert (codes(refusal), trail()[: len(before)]) == ([code], before)
    assert declined.outcome == Outcome.DECLINED


def test_a_washout_keeps_nobody_from_being_eligible(house):
    on = SCREENED_AT.date() - timedelta(days=2)
    case = a_filled_screening(house, other_psychedelic=True, other_psychedelic_last_on=str(on))

    assert decide(house, case).outcome == Outcome.ELIGIBLE


def test_a_question_nobody_answered_stands_in_the_way(house):
    case = a_filled_screening(house)
    answer(house, case, pdmp_on=Answer())

    with pytest.raises(Refused) as refusal:
        decide(house, case)

    assert codes(refusal) == ["screening_unanswered"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"verified_at": None, "verified_by": None},
        {"suspended_at": NOON, "suspended_by_id": 1},
        {"valid_until": DAY - timedelta(days=1)},
        {"valid_from": DAY + timedelta(days=1)},
        {"jurisdiction": "US-CO"},
        {"acts": ["order_dose"]},
    ],
    ids=["not verified", "suspended", "expired", "not begun", "of elsewhere", "for another act"],
)
def test_only_a_licence_that_is_verified_and_in_force_here_decides(house, wrong):
    case = a_filled_screening(house)
    Licence.objects.filter(user=house.prescriber).update(**wrong)

    with pytest.raises(Refused) as refusal:
        decide(house, case)

    assert codes(refusal) == ["deciding_licence"]


def test_the_licence_is_asked_on_the_day_at_the_site(house):
    case = a_filled_screening(house)
    Licence.objects.filter(user=house.prescriber).update(valid_until=date(2026, 11, 17))
    just_before_midnight = NOON.replace(day=18, hour=4, minute=59)

    decision = decide(house, case, at=just_before_midnight)

    assert decision.outcome == Outcome.ELIGIBLE


@pytest.mark.parametrize("who", ["intake", "facilitator", "nurse", "safety_lead", "manager"])
def test_the_wrong_role_decides_nothing(house, who):
    case = a_filled_screening(house)
    before = trail()

    with pytest.raises(Refused) as refusal:
        decide(house, case, by=house.people[who])

    assert (codes(refusal), trail()) == (["role", "deciding_licence"], before)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"outcome": Outcome.DECLINED}, ["decision_without_reason"]),
        ({"outcome": Outcome.DEFERRED, "reason": "Later."}, ["deferred_without_date"]),
        (
            {"outcome": Outcome.DEFERRED, "reason": "Later.", "deferred_until": DAY},
            ["deferred_without_date"],
        ),
    ],
)
def test_a_deferral_names_its_day_and_a_refusal_its_reason(house, facts, wanted):
    case = a_filled_screening(house)

    with pytest.raises(Refused) as refusal:
        decide(house, case, **facts)

    assert codes(refusal) == wanted


def test_nothing_is_decided_before_the_form_was_begun(house):
    case = a_case_in(house, Status.SCREENING)

    with pytest.raises(Refused) as refusal:
        decide(house, case)

    assert codes(refusal) == ["screening_not_started"]


@pytest.mark.parametrize(
    ("answers", "item", "who", "facts", "wanted"),
    [
        ({"seizures": True}, "seizures", "nurse", {}, ["role", "deciding_licence"]),
        ({"psychosis": True}, "psychosis", "prescriber", {}, ["not_the_decider"]),
        ({"allergy": True}, "allergy", "medical_lead", {}, ["cannot_be_accepted"]),
        ({"escort": False}, "escort", "prescriber", {}, ["evidence_undated"]),
        ({"escort": False}, "escort", "prescriber", {"ruling": "cleared"}, ["evidence_undated"]),
        (
            {"psychosis": True},
            "psychosis",
            "prescriber",
            {"ruling": "cleared", "evidence_on": DAY},
            ["cannot_be_accepted"],
        ),
        ({}, "seizures", "prescriber", {}, ["nothing_found"]),
        (
            {"blunting_medicines": ["lamotrigine"]},
            "blunting_medicines",
            "prescriber",
            {},
            ["nothing_found"],
        ),
    ],
)
def test_each_finding_is_settled_by_whom_its_rule_names(house, answers, item, who, facts, wanted):
    case = a_filled_screening(house, **answers)
    before = trail()

    with pytest.raises(Refused) as refusal:
        settle(house, case, item, by=house.people[who], **facts)

    assert (codes(refusal), trail()) == (wanted, before)


def test_the_medical_lead_decides_past_what_the_rule_leaves_to_them(house):
    case = a_filled_screening(house, psychosis=True, psychosis_detail="In 2004.")

    settle(house, case, "psychosis", by=house.medical_lead)

    assert queries.open_findings(case) == ()


def test_nothing_is_settled_on_a_signed_screening(house):
    case = a_filled_screening(house, blunting_medicines=["clozapine"])
    settle(house, case, "blunting_medicines")
    decide(house, case)

    with pytest.raises(Refused) as refusal:
        settle(house, case, "blunting_medicines")

    assert codes(refusal) == ["screening_decided"]
