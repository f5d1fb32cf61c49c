"""Capacity, one decision at a time; who lacks it has a guardian sign, where the text lets one."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import Signature
from clinic.cases import actions as cases
from clinic.cases.channels import actions as channels
from clinic.cases.models import Decides
from clinic.documents import queries, rules
from clinic.documents.models import SignedDocument
from clinic.documents.standing import why_not_at
from clinic.protocols.document import RequiredDocument
from clinic.workflow import Refused
from sessions.preparation import rules as preparation
from tests.builders.cases import a_patient, a_referred_case
from tests.builders.documents import (
    a_guardian,
    a_signature,
    an_assessment,
    everything_signed,
    where_a_guardian_may_sign,
)
from tests.builders.house import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    PASSWORD,
    a_house,
    codes,
    sign_in,
    trail,
)
from tests.builders.merging import merged, parted
from tests.builders.preparation import a_preparing_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
CONSENT, RECORDS = "ketamine-consent", "part-2-consent"


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


@pytest.fixture
def ward(house):
    """A person under a version that lets a guardian sign the consent to treatment."""
    return a_preparing_case(where_a_guardian_may_sign(house))


def why_not(case, code=CONSENT, at=NOON):
    return queries.row_of(case, code, at).why_not


def what_stands_in_the_way(case, at=NOON):
    steps = preparation.gates(case.cycles.last(), at=at)
    (consent,) = (step for step in steps if step.code == "consent")
    return [each.message for each in consent.obstacles]


def test_a_guardians_scopes_are_those_a_protocol_knows():
    (known, _) = RequiredDocument.model_fields["guardian_scope"].annotation.__args__

    assert set(known.__args__) == set(Decides.values)


def test_by_whom_when_what_and_on_what_is_kept(house, case):
    found = an_assessment(case, by=house.nurse)

    assert (found.decision, found.outcome) == (CONSENT, "lacks")
    assert (found.assessed_by, found.assessed_at) == (house.nurse, NOON - DAY)
    assert (found.rests_on[:5], trail()[-1]) == ("Could", "capacity assessed")


def test_capacity_is_for_one_decision(house, case):
    an_assessment(case, by=house.nurse)

    with pytest.raises(Refused) as refusal:
        a_signature(house, case, at=NOON)
    a_signature(house, case, "psychotherapy-consent", at=NOON)

    assert codes(refusal) == ["document_capacity"]
    assert why_not(case) == (
        "Found on 17 November 2026, 12:00 to lack the capacity to decide this."
        " Nobody signs this for somebody else."
    )


def test_the_consent_gate_reads_it(house, case):
    everything_signed(house, case, at=NOON - 2 * DAY)
    assert what_stands_in_the_way(case) == []

    an_assessment(case, by=house.nurse)

    assert what_stands_in_the_way(case) == [
        "Consent to treatment with ketamine: found on 17 November 2026, 12:00 to lack the capacity"
        " to decide this. Nobody signs this for somebody else."
    ]


def test_who_has_it_again_stands_by_what_they_signed_while_they_had_it(house, case):
    a_signature(house, case, at=NOON - 3 * DAY)
    an_assessment(case, by=house.nurse, at=NOON - 2 * DAY)
    an_assessment(case, by=house.nurse, outcome="not_assessed", at=NOON - DAY)
    assert why_not(case).startswith("Found on 16 November 2026")

    an_assessment(case, by=house.prescriber, outcome="has", at=NOON)

    assert why_not(case) == ""


def test_what_was_signed_without_it_never_stands(house, case):
    a_signature(house, case, at=NOON - 2 * DAY)
    an_assessment(case, by=house.nurse, at=NOON - 3 * DAY)
    an_assessment(case, by=house.nurse, outcome="has", at=NOON - DAY)

    assert why_not(case).startswith("Found on 15 November 2026")


def test_a_no_needs_no_capacity(house, case):
    an_assessment(case, "touch-consent", by=house.nurse)

    document = a_signature(house, case, "touch-consent", choice="no", at=NOON)

    assert queries.standing(case, "touch-consent", NOON) == document


def test_intake_staff_assess_nobody(house, case):
    with pytest.raises(Refused) as refusal:
        an_assessment(case, by=house.intake)

    assert codes(refusal) == ["role"]


def test_a_guardian_who_went_with_a_parted_record_has_signed_for_nobody_here(house, ward):
    an_assessment(ward, by=house.nurse)
    other = a_patient(house, family_name="Quill", given_name="Ida", email="", phone="")
    guardian = a_guardian(house, a_referred_case(house, patient=other))
    merge = merged(house, ward.patient, other, at=NOON - HOUR)
    guardian.refresh_from_db()
    a_signature(house, ward, at=NOON, printed_name="Gil Guard", guardian=guardian)
    assert why_not(ward) == ""

    parted(house, merge, at=NOON + MINUTE)

    assert why_not(ward, at=NOON + HOUR) == (
        "Signed by the guardian Gil Guard: they are a contact of somebody else."
    )


def test_a_guardian_of_the_right_scope_signs_and_is_named(client, house, ward):
    an_assessment(ward, by=house.nurse)
    guardian = a_guardian(house, ward)

    document = a_signature(house, ward, at=NOON, printed_name="Gil Guard", guardian=guardian)

    signature = Signature.objects.get(subject_key=document.key)
    assert queries.standing(ward, CONSENT, NOON) == document
    assert signature.meaning == "saw the guardian read and sign this text for the person"
    assert '"name":"Gil Guard"' in signature.content
    sign_in(client, house.facilitator)
    for name, key in [
        ("documents:index", ward.key), ("documents:show", document.key),
        ("documents:reaffirm", document.key), ("casefile:show", ward.key),
    ]:  # fmt: skip
        with time_machine.travel(NOON, tick=False):
            page = client.get(reverse(name, args=[key])).content.decode()
        assert "the guardian" in page
        assert "Gil Guard" in page


def test_a_guardianship_that_ends_shuts_the_gate_from_the_next_day(house, ward):
    an_assessment(ward, by=house.nurse)
    everything_else_signed(house, ward)
    guardian = a_guardian(house, ward, ends_on=date(2026, 11, 20))
    a_signature(house, ward, at=NOON, printed_name="Gil Guard", guardian=guardian)

    assert what_stands_in_the_way(ward, at=NOON + 2 * DAY) == []
    assert what_stands_in_the_way(ward, at=NOON + 3 * DAY) == [
        "Consent to treatment with ketamine: signed by the guardian Gil Guard:"
        " the guardianship ended on 20 November 2026."
    ]


def everything_else_signed(house, case):
    for row in queries.required(case, NOON):
        if row.is_missing and row.rule.code != CONSENT:
            a_signature(house, case, row.rule.code, at=NOON)


@pytest.mark.parametrize("change", ["narrower", "ended", "able"])
def test_what_rests_on_a_guardian_falls_with_what_it_rests_on(house, ward, change):
    an_assessment(ward, by=house.nurse)
    guardian = a_guardian(house, ward)
    a_signature(house, ward, at=NOON, printed_name="Gil Guard", guardian=guardian)

    if change == "narrower":
        channels.see_guardianship(
            guardian, by=house.intake, at=NOON, document="New order", scope="Letters only",
            covers=["records"],
        )  # fmt: skip
        because = "the guardian's document is not written down as covering decisions on care and what is given"
    elif change == "ended":
        cases.end_contact(guardian, by=house.intake, at=NOON)
        because = "they are no longer a contact of the person"
    else:
        an_assessment(ward, by=house.nurse, outcome="has", at=NOON + HOUR)
        because = "the person has been found able to decide it since"

    assert why_not(ward, at=NOON + HOUR) == f"Signed by the guardian Gil Guard: {because}."


def test_nobody_signs_for_who_can_decide(house, ward):
    guardian = a_guardian(house, ward)

    with pytest.raises(Refused) as refusal:
        a_signature(house, ward, at=NOON, guardian=guardian)

    assert codes(refusal) == ["document_guardian"]


@pytest.mark.parametrize(
    "paper",
    [{"covers": ["records"]}, {"covers": []}, {"ends_on": date(2026, 11, 17)}],
    ids=["of another scope", "of no scope", "ended"],
)
def test_a_guardian_of_another_scope_or_time_signs_nothing(house, ward, paper):
    an_assessment(ward, by=house.nurse)
    guardian = a_guardian(house, ward, **paper)

    with pytest.raises(Refused) as refusal:
        a_signature(house, ward, at=NOON, guardian=guardian)

    assert codes(refusal) == ["document_guardian"]


def test_somebody_elses_guardian_signs_nothing(house, ward):
    an_assessment(ward, by=house.nurse)
    other = a_preparing_case(house, family_name="Strand", given_name="Ivo", phone="")
    guardian = a_guardian(house, other)

    with pytest.raises(Refused) as refusal:
        a_signature(house, ward, at=NOON, guardian=guardian)

    assert codes(refusal) == ["document_guardian"]


def test_from_the_assessment_to_the_guardians_signature_by_the_pages(client, house, case):
    guardian = a_guardian(house, case)
    facilitator = sign_in(client, house.facilitator)
    url = reverse("documents:sign", args=[case.key, RECORDS])
    typed = {
        "text": queries.row_of(case, RECORDS, NOON).text.key, "choice": "yes",
        "printed_name": "Gil Guard", "password": PASSWORD, "guardian": guardian.key,
    }  # fmt: skip
    with time_machine.travel(NOON, tick=False):
        before = facilitator.get(url).content.decode()
        facilitator.post(
            reverse("documents:assess", args=[case.key]),
            {"decision": RECORDS, "outcome": "lacks", "rests_on": "Asked twice.",
             "assessed_at": "2026-11-18T11:30"},
        )  # fmt: skip
        page = facilitator.get(url).content.decode()
        facilitator.post(url, typed)

    assert ["Who signs for the person" in each for each in (before, page)] == [False, True]
    assert SignedDocument.objects.get(code=RECORDS).guardian == guardian
    found = case.capacity_assessments.get()
    assert (found.outcome, found.assessed_by) == ("lacks", house.facilitator)


def test_a_guardian_whose_end_is_known_says_until_when_the_gate_stands_open(house, ward):
    an_assessment(ward, by=house.nurse)
    everything_else_signed(house, ward)
    guardian = a_guardian(house, ward, ends_on=date(2026, 11, 20))
    a_signature(house, ward, at=NOON, printed_name="Gil Guard", guardian=guardian)

    steps = preparation.gates(ward.cycles.last(), at=NOON)
    (consent,) = (step for step in steps if step.code == "consent")

    assert consent.clear_until.astimezone(house.site.tz).date() == date(2026, 11, 21)


def test_what_does_not_stand_today_can_be_taken_back_for_ever(client, house, case):
    document = a_signature(house, case, at=NOON - 3 * DAY)
    an_assessment(case, by=house.nurse)
    facilitator = sign_in(client, house.facilitator)
    with time_machine.travel(NOON, tick=False):
        pages = [
            facilitator.get(reverse(name, args=[key])).content.decode()
            for name, key in [("documents:index", case.key), ("documents:show", document.key)]
        ]
        address = reverse("documents:withdraw", args=[document.key])
        facilitator.post(address)
        after = facilitator.get(reverse("documents:show", args=[document.key])).content.decode()

    an_assessment(case, by=house.nurse, outcome="has", at=NOON)

    assert [address in page for page in (*pages, after)] == [True, True, False]
    assert why_not(case).startswith("Taken back on 18 November 2026")


def test_a_signature_without_the_witness_asked_for_by_now_does_not_stand(house, case):
    a_signature(house, case)
    row = queries.row_of(case, CONSENT, NOON)
    asks = replace(row, rule=row.rule.model_copy(update={"needs_witness": True}))

    assert (row.why_not, why_not_at(asks, case, NOON)) == (
        "", "Signed without the witness that it asks for now.",
    )  # fmt: skip


def test_a_guardian_is_shown_as_they_signed(client, house, ward):
    an_assessment(ward, by=house.nurse)
    guardian = a_guardian(house, ward, ends_on=date(2026, 11, 20))
    document = a_signature(house, ward, at=NOON, printed_name="Gil Guard", guardian=guardian)
    channels.see_guardianship(
        guardian, by=house.intake, at=NOON + HOUR, document="Later order", scope="Letters only"
    )

    facilitator = sign_in(client, house.facilitator)
    with time_machine.travel(NOON, tick=False):
        page = facilitator.get(reverse("documents:show", args=[document.key])).content.decode()

    assert "Gil Guard</bdi>: Court order, until 20 Nov 2026" in page
    assert "Later order" not in page


def test_the_guardian_is_not_the_witness(house):
    house = where_a_guardian_may_sign(house, "needs_witness: true")
    ward = a_preparing_case(house)
    an_assessment(ward, by=house.nurse)

    with pytest.raises(Refused) as refusal:
        a_signature(
            house, ward, at=NOON, printed_name="G. G.", guardian=a_guardian(house, ward),
            witness_name="Guard, Gil", witness_relation="brother",
        )  # fmt: skip

    assert codes(refusal) == ["document_witness"]


def test_a_no_is_not_signed_by_a_guardian_of_somebody_else(house, case):
    an_assessment(case, "touch-consent", by=house.nurse)
    other = a_preparing_case(house, family_name="Strand", given_name="Ivo", phone="")

    with pytest.raises(Refused) as refusal:
        a_signature(
            house, case, "touch-consent", at=NOON, choice="no", guardian=a_guardian(house, other)
        )

    assert codes(refusal) == ["document_guardian"]


def test_nobody_was_assessed_before_they_were_born(client, house, case):
    facilitator = sign_in(client, house.facilitator)
    typed = {"decision": CONSENT, "outcome": "lacks", "rests_on": "Asked.",
             "assessed_at": "0001-01-01T00:00"}  # fmt: skip

    with time_machine.travel(NOON, tick=False):
        answer = facilitator.post(reverse("documents:assess", args=[case.key]), typed)

    assert answer.status_code == 422
    assert "This lies before the person was born." in answer.content.decode()
    assert case.capacity_assessments.count() == 0


def test_the_signature_says_beforehand_what_it_will_say(client, house, ward, monkeypatch):
    an_assessment(ward, by=house.nurse)
    facilitator = sign_in(client, house.facilitator)
    address = reverse("documents:sign", args=[ward.key, CONSENT])
    with time_machine.travel(NOON, tick=False):
        for_them = facilitator.get(address).content.decode()
        monkeypatch.setattr(rules, "LIVE", [lambda case, at: True])
        dosed = facilitator.get(address).content.decode()

    assert "I saw the person, or the guardian chosen here for them, read and sign" in for_them
    assert "read and sign this text, under the effects of a dose." in dosed
