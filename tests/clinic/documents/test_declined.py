"""Declined, and signed between a dose and the release: kept as what it is, and marked."""

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from clinic.audit.models import Signature
from clinic.cases import actions as cases
from clinic.documents import actions, queries, rules
from clinic.documents.models import DeclinedDocument, SignedDocument
from clinic.workflow import Refused
from sessions.supervised import actions as supervised
from tests.builders.cases import a_referred_case
from tests.builders.documents import a_refusal, a_signature, everything_signed
from tests.builders.house import DAY, HOUR, MINUTE, NOON, PASSWORD, a_house, codes, sign_in, trail
from tests.builders.preparation import a_preparing_case
from tests.builders.protocols import a_shipped_version
from tests.builders.supervised import a_checked_in_session, a_dose_recorded, a_dosed_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
CONSENT, PAPER = "ketamine-consent", "leaving-against-advice"
WITNESS = {"witness_name": "Alder Marlow", "witness_relation": "brother"}


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


@pytest.fixture
def live(monkeypatch):
    monkeypatch.setattr(rules, "LIVE", [lambda case, at: True])


def test_who_asked_and_what_was_said_is_kept(house, case):
    declined = a_refusal(house, case, by=house.facilitator, words="I want to sleep on it. ")

    row = queries.row_of(case, CONSENT, NOON)
    assert (declined.asked_by, declined.declined_by) == (house.nurse, house.facilitator)
    assert (declined.words, declined.text) == ("I want to sleep on it.", row.text)
    assert row.why_not == "Declined to sign on 18 November 2026, 12:00."
    assert (row.word, trail()[-1]) == ("Declined", "declined to sign")


def test_who_declined_may_sign_after_all(house, case):
    a_refusal(house, case, at=NOON - HOUR)

    document = a_signature(house, case, at=NOON)

    row = queries.row_of(case, CONSENT, NOON)
    assert (row.document, row.declined) == (document, None)


def test_what_was_signed_before_stands_though_a_further_signature_is_declined(house, case):
    document = a_signature(house, case, "touch-consent", choice="limits", limits="Hand only")

    a_refusal(house, case, "touch-consent", words="No more than a hand.")

    assert queries.row_of(case, "touch-consent", NOON).document == document


def test_the_same_refusal_is_written_down_once_a_day(house, case):
    a_refusal(house, case)

    with pytest.raises(Refused) as refusal:
        a_refusal(house, case, by=house.facilitator)
    a_refusal(house, case, at=NOON + DAY)

    assert codes(refusal) == ["document_declined"]


def test_intake_staff_ask_nobody_to_sign(house, case):
    with pytest.raises(Refused) as refusal:
        a_refusal(house, case, by=house.intake)

    assert codes(refusal) == ["role"]


def test_an_ended_case_takes_a_refusal_and_a_paper_that_come_late(house, case):
    cases.withdraw(case, by=house.facilitator, at=NOON)

    a_refusal(house, case)
    a_signature(house, case, "stopping", at=NOON)

    assert queries.row_of(case, "stopping", NOON).last.signed_at == NOON


def test_the_database_keeps_a_refusal(house, case):
    declined = a_refusal(house, case)

    with pytest.raises(DatabaseError), transaction.atomic():
        DeclinedDocument.objects.filter(pk=declined.pk).update(words="Yes.")


def test_every_case_may_sign_the_papers_of_the_house_while_dosed(house, case, live):
    for row in queries.papers_of(case, NOON):
        witness = WITNESS if row.rule.needs_witness else {}
        document = a_signature(house, case, row.rule.code, at=NOON, **witness)

        signature = Signature.objects.get(subject_key=document.key)
        assert document.under_effects
        assert signature.meaning == (
            "saw the person read and sign this text, under the effects of a dose"
        )
        assert '"under_effects":true' in signature.content


def test_a_paper_is_signed_once_a_day(house, case):
    a_signature(house, case, "stopping", at=NOON)

    with pytest.raises(Refused) as refusal:
        a_signature(house, case, "stopping", at=NOON + HOUR)
    a_signature(house, case, "stopping", at=NOON + DAY)

    assert codes(refusal) == ["document_signed"]


def test_what_is_said_while_dosed_is_marked_and_nothing_else_is(house, case, monkeypatch):
    before = a_signature(house, case)
    monkeypatch.setattr(rules, "LIVE", [lambda case, at: True])

    declined = a_refusal(house, case, "touch-consent")
    refused = a_signature(house, case, "touch-consent", choice="no", at=NOON)
    actions.withdraw(before, by=house.nurse, at=NOON)

    before.refresh_from_db()
    assert (declined.under_effects, refused.under_effects) == (True, True)
    assert (before.under_effects, before.withdrawn_under_effects) == (False, True)


@pytest.mark.parametrize(
    ("name", "relation"), [("", "brother"), ("Alder Marlow", " "), ("robin marlow", "self")]
)
def test_a_witness_is_neither_the_person_nor_nobody(house, case, name, relation):
    with pytest.raises(Refused) as refusal:
        a_signature(house, case, PAPER, witness_name=name, witness_relation=relation)

    assert codes(refusal) == ["document_witness"]


def test_a_witness_is_not_the_staff_member_present(house, case):
    with pytest.raises(Refused) as refusal:
        a_signature(
            house, case, PAPER, witness_name=house.facilitator.name, witness_relation="staff"
        )

    assert codes(refusal) == ["document_witness"]


def test_a_text_that_asks_for_no_witness_shows_no_field_for_one(client, house, case):
    facilitator = sign_in(client, house.facilitator)
    with time_machine.travel(NOON, tick=False):
        pages = [
            facilitator.get(reverse("documents:sign", args=[case.key, code])).content.decode()
            for code in (CONSENT, PAPER)
        ]

    assert ["witness_name" in page for page in pages] == [False, True]


def test_who_left_by_a_door_was_never_released(house):
    session = a_dosed_session(house)
    case, left_at = session.case, session.dosed_at + 20 * MINUTE
    supervised.leave_against_advice(session, by=house.nurse, at=left_at)

    with pytest.raises(Refused) as refusal:
        a_signature(house, case, "touch-consent", at=left_at + MINUTE)
    paper = a_signature(house, case, PAPER, at=left_at + MINUTE, **WITNESS)
    later = a_signature(house, case, PAPER, at=left_at + DAY, **WITNESS)

    assert codes(refusal) == ["document_while_dosed"]
    assert (paper.under_effects, later.under_effects) == (True, False)


def test_the_mark_stands_wherever_it_is_read(client, house):
    session = a_dosed_session(house)
    case, at = session.case, session.dosed_at + 20 * MINUTE
    a_refusal(house, case, "recording-consent", at=at, words="No camera.")
    nurse = sign_in(client, house.nurse)

    with time_machine.travel(at + MINUTE, tick=False):
        text = queries.row_of(case, PAPER, at).text
        typed = {"text": text.key, "printed_name": "Robin Marlow", "password": PASSWORD} | WITNESS
        nurse.post(reverse("documents:sign", args=[case.key, PAPER]), typed)
        document = SignedDocument.objects.get(code=PAPER)
        signature = Signature.objects.get(subject_key=document.key)
        addresses = {
            "documents:index": case.key, "documents:show": document.key,
            "casefile:show": case.key, "signatures:of_case": case.key,
            "signatures:show": signature.key,
        }  # fmt: skip
        pages = {
            name: nurse.get(reverse(name, args=[key])).content.decode().lower()
            for name, key in addresses.items()
        }

    marked = {"under effects", "under the effects of a dose"}
    assert [name for name, page in pages.items() if not any(m in page for m in marked)] == []
    assert (
        pages["documents:index"].count("under effects</span>") == 3
    )  # paper, its line, the refusal
    assert "no camera." in pages["documents:index"]
    assert "alder marlow" in pages["documents:show"]


def test_who_stops_takes_back_whatever_they_agreed_to(client, house, case, monkeypatch):
    everything_signed(house, case, at=NOON - DAY)
    a_signature(house, case, "touch-consent")
    a_signature(house, case, "recording-consent", choice="no")
    with time_machine.travel(NOON, tick=False):
        facilitator = sign_in(client, house.facilitator)
        page = facilitator.get(reverse("documents:sign", args=[case.key, "stopping"]))
    monkeypatch.setattr(rules, "LIVE", [lambda case, at: True])

    a_signature(house, case, "stopping", at=NOON)

    standing = {row.rule.code for row in queries.required(case, NOON) if row.document}
    revocable = {row.rule.code for row in queries.required(case, NOON) if row.rule.revocable}
    taken = SignedDocument.objects.get(code=CONSENT)
    assert "the person takes back, at once: Consent to treatment" in page.content.decode()
    assert standing & revocable == {"recording-consent"}
    assert (taken.withdrawn_under_effects, taken.withdrawn_words) == (
        True, "Signed: Stopping altogether.",
    )  # fmt: skip
    assert queries.standing(case, "no-driving", NOON) is not None


def test_no_other_paper_takes_anything_back(house, case):
    document = a_signature(house, case)

    a_signature(house, case, "refusing-a-part", at=NOON)

    assert queries.standing(case, CONSENT, NOON) == document


def test_what_is_said_after_a_dose_is_another_word_than_before(house, case, monkeypatch):
    a_refusal(house, case)
    a_signature(house, case, "refusing-a-part", at=NOON)
    monkeypatch.setattr(rules, "LIVE", [lambda case, at: True])

    declined = a_refusal(house, case, at=NOON + HOUR)
    refused = a_signature(house, case, "refusing-a-part", at=NOON + HOUR)

    assert (declined.under_effects, refused.under_effects) == (True, True)


@pytest.mark.parametrize(
    "name", ["Robin  Marlow", "Marlow, Robin", "ROBIN MARL\u00d3W", "facilitator", "..."]
)
def test_a_witness_is_not_the_person_however_they_are_written(house, case, name):
    name = house.facilitator.name.replace(" ", "  ") if name == "facilitator" else name

    with pytest.raises(Refused) as refusal:
        a_signature(
            house, case, PAPER, printed_name="R. M.", witness_name=name, witness_relation="self"
        )

    assert codes(refusal) == ["document_witness"]


def test_a_dose_in_another_case_of_the_person_counts(house):
    session = a_dosed_session(house)
    at = session.dosed_at + 20 * MINUTE
    house.version = a_shipped_version(house, "ketamine-iv", at=NOON - DAY)
    other = a_referred_case(house, at=at, patient=session.case.patient)

    with pytest.raises(Refused) as refusal:
        a_signature(house, other, "touch-consent", at=at)

    assert codes(refusal) == ["document_while_dosed"]


def test_a_dose_that_was_only_written_down_after_the_person_left_counts(house):
    session = a_checked_in_session(house)
    supervised.leave_unseen(session, by=house.nurse, at=NOON + HOUR)
    a_dose_recorded(house, session, at=NOON + HOUR)

    with pytest.raises(Refused) as refusal:
        a_signature(house, session.case, "touch-consent", at=NOON + 2 * HOUR)
    a_signature(house, session.case, "touch-consent", at=NOON + DAY)

    assert codes(refusal) == ["document_while_dosed"]


def test_on_the_worklist_who_declined_is_not_somebody_nobody_asked(house, case):
    four = queries.wanted_by([case], NOON)[case.pk]
    a_refusal(house, case)
    one_of_them = queries.wanted_by([case], NOON)[case.pk]
    for row in queries.required(case, NOON):
        if row.is_missing and row.rule.code != CONSENT:
            a_signature(house, case, row.rule.code, at=NOON)
    alone = queries.wanted_by([case], NOON)[case.pk]

    assert [each.words for each in (*four, *one_of_them, *alone)] == [
        "4 documents not signed",
        "4 documents not signed, 1 of them declined",
        "Consent to treatment with ketamine declined",
    ]
