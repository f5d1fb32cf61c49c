"""A second name under a signed record, and words that stand beside it."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.audit.canonical import canonical
from clinic.audit.models import Signature, TrailEntry
from clinic.cases.signatures import actions, queries
from clinic.cases.signatures.models import Amendment, CounterSignature
from clinic.people import actions as people
from clinic.workflow import Refused
from tests.builders import signatures as build
from tests.builders.house import HOUR, MINUTE, NOON, PASSWORD, a_house, codes, proof, sign_in
from tests.builders.house import trail as acts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def signed(house):
    """The prescriber's signature under a screening decision."""
    return build.a_signed_decision(house)


def page(client, user, name, row):
    return sign_in(client, user).get(reverse(f"signatures:{name}", args=[row.key]))


def bytes_of(signature):
    return Signature.objects.values().get(pk=signature.pk)


# -- What a signature shows ------------------------------------------------------------------


def test_a_signature_keeps_name_licence_time_and_meaning(house, signed):
    licence = house.prescriber.licences.get()

    assert signed.printed_name == house.prescriber.name
    assert signed.licence == str(licence)
    assert signed.meaning == "I have reviewed this screening and decide: Eligible"


def test_every_signature_under_a_record_of_a_site_keeps_the_signers_licence(house):
    lifted = build.a_lifted_hold(house)

    assert lifted.licence == str(house.medical_lead.licences.get())


def test_a_licence_that_is_not_in_force_is_not_shown(house):
    licence = house.medical_lead.licences.get()
    people.suspend_licence(licence, by=house.manager, at=NOON - HOUR, reason="The board asked.")

    assert build.a_lifted_hold(house).licence == ""


def test_what_was_signed_is_read_with_names_and_times(client, house, signed):
    answer = page(client, house.facilitator, "show", signed)

    text = answer.content.decode()
    assert "The digest under the signature fits" in text
    assert signed.digest in text
    assert house.prescriber.name in text
    assert str(house.prescriber.licences.get()) in text
    assert "EST" in text
    for value in json.loads(signed.content):
        assert value.replace("_", " ").capitalize() in text


def test_content_that_was_changed_by_the_owner_is_seen_not_to_fit(house, signed):
    signed.content = canonical({"outcome": "declined"})

    assert not queries.digest_fits(signed)


def test_a_signature_of_another_site_is_as_absent(client, house, signed):
    answer = page(client, house.stranger, "show", signed)

    assert answer.status_code == 404


def test_a_key_that_belongs_to_nobody_stays_a_key_and_a_moment_reads_as_one(signed):
    signed.content = canonical({"lot": "Z", "at": NOON, "by": signed.by.key, "is_new": True})

    parts = {part.name: part for part in queries.as_signed(signed)}

    assert parts["At"].at == NOON
    assert parts["By"].text == signed.by.name
    assert (parts["Lot"].text, parts["Is new"].text) == ("Z", "yes")


# -- Counter-signature -----------------------------------------------------------------------


def test_a_second_person_signs_beside_the_first(client, house, signed):
    second = build.a_countersigned(house, signed)

    assert second.first == signed
    assert second.signature.by == house.medical_lead
    assert second.signature.meaning == "I have reviewed this record and agree"
    assert json.loads(second.signature.content)["beside"]["digest"] == signed.digest
    assert acts()[-1] == "record countersigned"
    text = page(client, house.facilitator, "show", signed).content.decode()
    assert text.index(house.prescriber.name) < text.index("Second signature")


def test_the_second_person_reads_and_signs_on_the_page(client, house, signed):
    shown = page(client, house.medical_lead, "countersign", signed)
    answer = client.post(
        reverse("signatures:countersign", args=[signed.key]), {"password": PASSWORD}
    )

    assert "It says: I have reviewed this record and agree." in shown.content.decode()
    assert answer.status_code == 302
    assert CounterSignature.objects.get().countersigned_by == house.medical_lead


def test_a_second_name_needs_a_fresh_proof(house, signed):
    with pytest.raises(Refused) as refusal:
        actions.countersign(
            signed, by=house.medical_lead, at=NOON, proof=proof(house.medical_lead, NOON - HOUR)
        )

    assert codes(refusal) == ["signer_unproved"]


def test_who_is_not_entitled_or_not_licensed_does_not_countersign(house, signed):
    with pytest.raises(Refused) as refusal:
        build.a_countersigned(house, signed, by=house.intake)

    assert codes(refusal) == ["role", "countersigner_unlicensed"]


def test_the_database_lets_nobody_countersign_themselves(house, signed):
    with pytest.raises(DatabaseError), transaction.atomic():
        CounterSignature.objects.create(
            case=signed.case,
            first=signed,
            signature=signed,
            countersigned_at=NOON,
            countersigned_by=signed.by,
        )


# -- Amendment -------------------------------------------------------------------------------


def test_an_accepted_amendment_stands_beside_a_record_that_stays_as_it_was(client, house, signed):
    before = bytes_of(signed)

    amendment = build.an_accepted_amendment(house, signed)

    assert bytes_of(signed) == before
    assert amendment.acceptance.by == house.medical_lead
    assert json.loads(amendment.acceptance.content)["words"] == build.WORDS
    text = page(client, house.facilitator, "show", signed).content.decode()
    assert build.WORDS in text
    assert "I accept that this stands beside the record" in text


def test_a_refused_amendment_stays_readable_with_the_reason(client, house, signed):
    before = bytes_of(signed)

    build.a_refused_amendment(house, signed)

    assert bytes_of(signed) == before
    assert acts()[-1] == "amendment refused"
    text = page(client, house.facilitator, "show", signed).content.decode()
    assert build.WORDS in text
    assert "The monitor&#x27;s print says 178." in text


def test_that_the_person_themselves_asked_is_kept_and_shown(client, house, signed):
    amendment = build.an_amendment(house, signed, is_asked_by_patient=True)

    text = page(client, house.facilitator, "amendment", amendment).content.decode()

    assert "the person whose record it is asked for it" in text


def test_intake_staff_take_down_what_a_person_asks_for(client, house, signed):
    sign_in(client, house.intake)
    client.post(
        reverse("signatures:propose", args=[signed.key]),
        {"words": build.WORDS, "reason": "She told us.", "is_asked_by_patient": "on"},
    )

    amendment = Amendment.objects.get()
    assert (amendment.proposed_by, amendment.is_asked_by_patient) == (house.intake, True)


def test_an_amendment_without_words_or_reason_is_refused(house, signed):
    for missing in ("words", "reason"):
        with pytest.raises(Refused) as refusal:
            build.an_amendment(house, signed, **{missing: "  "})
        assert codes(refusal) == ["reason_missing"]


def test_an_amendment_is_refused_with_a_reason_only(house, signed):
    amendment = build.an_amendment(house, signed)

    with pytest.raises(Refused) as refusal:
        actions.refuse(amendment, by=house.medical_lead, at=NOON, answer=" ")

    assert codes(refusal) == ["reason_missing"]


def test_an_amendment_is_answered_once(house, signed):
    amendment = build.a_refused_amendment(house, signed)

    with pytest.raises(Refused) as refusal:
        actions.accept(
            amendment, by=house.medical_lead, at=NOON, proof=proof(house.medical_lead, NOON)
        )

    assert codes(refusal) == ["status"]


def test_who_proposed_it_and_who_is_not_entitled_do_not_answer(house, signed):
    amendment = build.an_amendment(house, signed)

    with pytest.raises(Refused) as refusal:
        actions.refuse(amendment, by=house.facilitator, at=NOON, answer="No.")

    assert codes(refusal) == ["answers_own_amendment", "role", "countersigner_unlicensed"]


def test_typed_words_are_kept_when_something_is_missing(client, house, signed):
    sign_in(client, house.facilitator)
    answer = client.post(
        reverse("signatures:propose", args=[signed.key]), {"words": "Only this.", "reason": ""}
    )

    assert answer.status_code == 422
    assert "Only this." in answer.content.decode()
    assert not Amendment.objects.exists()


def test_what_waits_stands_under_today_for_who_answers_it(client, house, signed):
    amendment = build.an_amendment(house, signed)

    lead = sign_in(client, house.medical_lead).get("/").content.decode()
    nurse = sign_in(client, house.nurse).get("/").content.decode()

    address = reverse("signatures:amendment", args=[amendment.key])
    assert (address in lead, address in nurse) == (True, False)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_the_case_asks_no_more_for_many_additions_than_for_one(client, house, signed):
    build.a_countersigned(house, signed)
    build.an_accepted_amendment(house, signed)
    address = reverse("signatures:of_case", args=[signed.case.key])
    sign_in(client, house.facilitator).get(address)
    few = queries_of(client, address)

    for _ in range(3):
        build.an_accepted_amendment(house, signed)
        build.a_refused_amendment(house, signed)

    assert queries_of(client, address) == few


def test_a_reader_of_the_trail_finds_every_step(house, signed):
    build.a_countersigned(house, signed)
    build.an_accepted_amendment(house, signed)

    written = TrailEntry.objects.filter(case_key=signed.case.key, at__gte=NOON - 20 * MINUTE)
    assert list(written.order_by("pk").values_list("act", flat=True)) == [
        "record countersigned",
        "amendment proposed",
        "amendment accepted",
    ]
