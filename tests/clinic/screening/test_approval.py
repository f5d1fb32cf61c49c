"""What a trial leaves to its sponsor and ethics board is decided past under their approval."""

import json

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.audit.models import Signature
from clinic.cases import actions as cases
from clinic.cases.queries import current_cycle
from clinic.screening.models import FindingDecision
from clinic.workflow import Refused
from sessions.preparation import actions as preparation
from sessions.preparation.models import DecisionPast
from tests.builders.house import DAY, NOON, PASSWORD, a_house, codes, proof, sign_in, trail
from tests.builders.preparation import a_prepared_case
from tests.builders.screening import (
    APPROVAL,
    SCREENED_AT,
    Ruling,
    a_filled_screening,
    a_version_left_to_the_sponsor,
    decide,
    settle,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
SAID = {"ruling": "accepted", "reason": "The board has agreed.", "password": PASSWORD}
WORDS = "Approval of the sponsor and the ethics board: IRB 2026/114"
LACKING = [
    ({"approval_reference": " "}, 1),
    ({"approval_on": None}, 1),
    ({"approval_on": SCREENED_AT.date() + 2 * DAY}, 1),
    ({"approval_reference": "", "approval_on": None}, 2),
]
AS_TYPED = {"approval_reference": "IRB 2026/114", "approval_on": str(SCREENED_AT.date())}


@pytest.fixture
def house():
    house = a_house()
    house.version = a_version_left_to_the_sponsor(house)
    return house


@pytest.mark.parametrize(("lacks", "times"), LACKING)
def test_nobody_decides_past_a_finding_without_their_approval(house, lacks, times):
    case = a_filled_screening(house, psychosis=True)
    before = trail()

    with pytest.raises(Refused) as refusal:
        settle(house, case, "psychosis", **(APPROVAL | lacks))

    assert codes(refusal) == ["approval_without_reference"] * times
    assert (trail(), FindingDecision.objects.count()) == (before, 0)


def test_the_approval_is_kept_signed_and_shown_with_the_ruling(client, house):
    case = a_filled_screening(house, psychosis=True)
    page = reverse("screening:rule_on", args=[case.key, "psychosis"])
    lead = sign_in(client, house.medical_lead)
    with time_machine.travel(NOON, tick=False):
        without = lead.post(page, SAID)
        done = lead.post(page, SAID | AS_TYPED)
        findings = lead.get(reverse("screening:findings", args=[case.key])).content.decode()
        paper = lead.get(f"{case.get_absolute_url()}?answers").content.decode()

    assert (without.status_code, done.status_code) == (422, 302)
    assert "Give the day of the approval, today or before." in without.content.decode()
    ruling = FindingDecision.objects.get()
    assert (ruling.approval_reference, ruling.approval_on) == tuple(APPROVAL.values())
    assert json.loads(ruling.signature.content)["approval"] == "IRB 2026/114"
    assert WORDS in findings
    assert WORDS in paper

    decided = decide(house, case, at=NOON)
    assert "IRB 2026/114" in Signature.objects.get(pk=decided.signature_id).content


def test_what_is_not_left_to_them_takes_no_approval(client, house):
    case = a_filled_screening(house, psychosis=True, seizures=True)
    review = reverse("screening:rule_on", args=[case.key, "seizures"])

    shown = sign_in(client, house.medical_lead).get(review).content.decode()
    excluded = settle(house, case, "psychosis", ruling=Ruling.EXCLUDED, **APPROVAL)
    reviewed = settle(house, case, "seizures", **APPROVAL)

    assert "approval_reference" not in shown
    assert [(r.approval_reference, r.approval_on) for r in (excluded, reviewed)] == [("", None)] * 2
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingDecision.objects.create(
            case=case, form=reviewed.form, item="seizures", because="answered", reason="Yes.",
            ruling=Ruling.ACCEPTED, decided_at=NOON, decided_by=house.prescriber,
            approval_reference="IRB without a day",
        )  # fmt: skip


def test_a_gate_left_to_them_is_decided_past_under_their_approval(client, house):
    case = a_prepared_case(house)
    cases.end_contact(case.patient.contacts.get(), by=house.intake, at=NOON - DAY)
    by, before = house.prescriber, trail()
    decision = {"by": by, "at": NOON, "code": "emergency_contact", "reason": "They agreed."}
    for lacks, times in LACKING[:2]:
        with pytest.raises(Refused) as refusal:
            preparation.decide_past(
                current_cycle(case), **decision, proof=proof(by, NOON), **(APPROVAL | lacks)
            )
        assert codes(refusal) == ["approval_without_reference"] * times
    assert trail() == before

    page = reverse("preparation:decide_past", args=[case.key, "emergency_contact"])
    typed = {"reason": "They agreed.", "password": PASSWORD}
    prescriber = sign_in(client, by)
    with time_machine.travel(NOON, tick=False):
        without = prescriber.post(page, typed)
        done = prescriber.post(page, typed | AS_TYPED)
        ready = prescriber.get(reverse("preparation:ready", args=[case.key])).content.decode()
        paper = prescriber.get(f"{case.get_absolute_url()}?answers").content.decode()

    assert (without.status_code, done.status_code) == (422, 302)
    past = DecisionPast.objects.get()
    assert (past.approval_reference, past.approval_on) == tuple(APPROVAL.values())
    assert json.loads(past.signature.content)["approval_reference"] == "IRB 2026/114"
    assert WORDS in ready
    assert WORDS in paper
