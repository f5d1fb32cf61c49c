"""To accept an exclusion is to decide past it: signed, in its words, and counted."""

import json

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.audit.models import Signature
from clinic.safety.counted import decided_past
from clinic.screening.models import FindingDecision
from clinic.screening.queries import PAST_AN_EXCLUSION
from clinic.screening.rules import EXCLUDED
from clinic.workflow import Refused
from tests.builders.house import NOON, PASSWORD, a_house, codes, sign_in, trail
from tests.builders.screening import SCREENED_AT, Ruling, a_filled_screening, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
SAID = {"ruling": "accepted", "reason": "Once, in 2004, after a fever."}


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_filled_screening(house, psychosis=True, seizures=True)


def test_nobody_decides_past_an_exclusion_without_signing(house, case):
    before = trail()

    with pytest.raises(Refused) as refusal:
        settle(house, case, "psychosis", proof=None)

    assert (codes(refusal), trail()) == (["signer_unproved"], before)
    assert not FindingDecision.objects.exists()


def test_the_signature_keeps_the_answer_the_finding_and_the_reason(house, case):
    ruling = settle(house, case, "psychosis")

    signed = json.loads(ruling.signature.content)
    assert ruling.signature.meaning == PAST_AN_EXCLUSION
    assert ruling.signature.printed_name == house.medical_lead.name
    assert (signed["answered"], signed["reason"]) == ("yes", ruling.reason)
    assert signed["findings"][0]["decider"] == "role:medical_lead"


def test_what_does_not_decide_past_an_exclusion_takes_no_signature(house, case):
    reviewed = settle(house, case, "seizures", by=house.prescriber, proof=None)
    excluded = settle(house, case, "psychosis", ruling=Ruling.EXCLUDED, proof=None)

    assert (reviewed.signature, excluded.signature) == (None, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingDecision.objects.create(
            case=case, form=excluded.form, item="psychosis", because="answered", reason="No.",
            ruling=Ruling.EXCLUDED, decided_at=NOON, decided_by=house.medical_lead,
            signature=settle(house, case, "psychosis").signature,
        )  # fmt: skip


def test_the_page_says_what_is_signed_and_takes_a_password_for_that_alone(client, house, case):
    page = reverse("screening:rule_on", args=[case.key, "psychosis"])
    plain = reverse("screening:rule_on", args=[case.key, "seizures"])
    lead = sign_in(client, house.medical_lead)

    with time_machine.travel(NOON, tick=False):
        shown = lead.get(page).content.decode()
        without = lead.post(page, SAID)
        forged = lead.post(page, SAID | {"password": "guess"})
        unsigned = Signature.objects.count()
        done = lead.post(page, SAID | {"password": PASSWORD})
        review = lead.get(plain).content.decode()
        findings = lead.get(reverse("screening:findings", args=[case.key])).content.decode()

    assert PAST_AN_EXCLUSION in shown
    assert 'name="password"' not in review
    assert (without.status_code, forged.status_code, done.status_code) == (422, 422, 302)
    assert "Fill this in." in without.content.decode()
    assert SAID["reason"] in without.content.decode()
    assert Signature.objects.count() == unsigned + 1
    assert PAST_AN_EXCLUSION in findings


def test_the_safety_lead_reads_how_often_an_exclusion_was_decided_past(client, house, case):
    settle(house, case, "seizures", by=house.prescriber)
    settle(house, case, "psychosis")

    counts = {
        who: [(each.month, each.cases) for each in decided_past(user, on=NOON.date())
              if each.meaning == EXCLUDED.meaning]
        for who, user in house.people.items() if who in {"safety_lead", "prescriber", "stranger"}
    }  # fmt: skip
    with time_machine.travel(NOON, tick=False):
        page = sign_in(client, house.safety_lead).get(reverse("safety:index")).content.decode()

    month = SCREENED_AT.date().replace(day=1)
    assert counts == {"safety_lead": [(month, (case,))], "prescriber": [], "stranger": []}
    assert EXCLUDED.meaning in page
