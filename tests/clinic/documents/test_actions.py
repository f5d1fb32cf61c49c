"""Documents: shown whole, signed before a witness, taken back in one act, asked again on the day."""

import pytest
from django.db import DatabaseError, transaction

from clinic.audit.models import Signature
from clinic.cases import actions as cases
from clinic.context import set_context_of
from clinic.documents import actions, queries, rules
from clinic.documents.models import SignedDocument
from clinic.workflow import Refused
from tests.builders.documents import a_newer_text, a_signature, everything_signed
from tests.builders.house import DAY, NOON, a_house, codes, proof, trail
from tests.builders.preparation import a_preparing_case, many_preparing_cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
CONSENT = "ketamine-consent"


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


@pytest.fixture
def live(monkeypatch):
    monkeypatch.setattr(rules, "LIVE", [lambda case, at: True])


def row(case, code=CONSENT, at=NOON):
    return queries.row_of(case, code, at)


def test_a_signature_stands_and_is_witnessed(house, case):
    document = a_signature(house, case)

    signature = Signature.objects.get(subject_key=document.key)
    assert row(case).document == document
    assert (signature.by, signature.digest) == (house.facilitator, document.shown_digest)
    assert trail()[-1] == "document signed"


def test_the_witness_keeps_what_was_shown_to_the_letter(house, case):
    document = a_signature(house, case)

    content = Signature.objects.get(subject_key=document.key).content
    assert document.text.body.splitlines()[0] in content
    assert str(case.patient.key) in content


def test_intake_staff_witness_nothing(house, case):
    before = trail()

    with pytest.raises(Refused) as refusal:
        a_signature(house, case, by=house.intake)

    assert (codes(refusal), trail(), SignedDocument.objects.count()) == (["role"], before, 0)


def test_a_witness_has_just_proved_who_they_are(house, case):
    text = row(case).text

    with pytest.raises(Refused) as refusal:
        actions.sign(
            case, by=house.nurse, at=NOON, code=CONSENT, text=text, printed_name="R", proof=None
        )

    assert codes(refusal) == ["signer_unproved"]


def test_a_document_the_protocol_does_not_have_is_not_signed(house, case):
    text = row(case).text

    with pytest.raises(Refused) as refusal:
        actions.sign(
            case, by=house.nurse, at=NOON, code="selfie-consent", text=text, printed_name="R",
            proof=proof(house.nurse, NOON),
        )  # fmt: skip

    assert codes(refusal) == ["document_unknown"]


def test_a_text_in_another_language_is_no_text(house):
    case = a_preparing_case(house, language="nl")

    assert row(case).why_not == (
        "There is no text of it in the person's language (Dutch)."
        " A clinic manager or a protocol approver writes it."
    )
    found = rules.obstacles_to_sign_document(case, by=house.nurse, at=NOON, code=CONSENT)
    assert [obstacle.code for obstacle in found] == ["text_missing"]


def test_what_was_shown_is_what_binds(house, case):
    shown = row(case).text
    a_newer_text(house, at=NOON)

    with pytest.raises(Refused) as refusal:
        actions.sign(
            case, by=house.nurse, at=NOON, code=CONSENT, text=shown, printed_name="R",
            proof=proof(house.nurse, NOON),
        )  # fmt: skip

    assert codes(refusal) == ["text_not_binding"]


def test_a_name_is_typed(house, case):
    with pytest.raises(Refused) as refusal:
        a_signature(house, case, printed_name="  ")

    assert codes(refusal) == ["document_name"]


@pytest.mark.parametrize(("choice", "limits"), [("", ""), ("perhaps", ""), ("limits", " ")])
def test_touch_is_a_choice_with_its_limits_in_words(house, case, choice, limits):
    with pytest.raises(Refused) as refusal:
        a_signature(house, case, "touch-consent", choice=choice, limits=limits)

    assert codes(refusal) == ["document_choice"]


def test_a_choice_may_change_and_the_newest_stands(house, case):
    a_signature(house, case, "touch-consent", choice="yes")
    narrower = a_signature(house, case, "touch-consent", choice="limits", limits="Hand only")

    assert row(case, "touch-consent").document == narrower


def test_the_same_is_not_signed_twice(house, case):
    a_signature(house, case)

    with pytest.raises(Refused) as refusal:
        a_signature(house, case)

    assert codes(refusal) == ["document_signed"]


def test_a_newer_text_takes_the_ground_from_an_older_signature(house, case):
    a_signature(house, case)

    a_newer_text(house, at=NOON)

    assert row(case).document is None
    words = "Signed on version 1 (en); version 2 (en) binds from 18 November 2026, 12:00."
    assert row(case).why_not == words


def test_a_text_binds_from_its_own_moment(house, case):
    document = a_signature(house, case)
    a_newer_text(house, at=NOON)

    assert row(case, at=NOON - DAY).document == document


def test_a_signature_grows_old(house, case):
    document = a_signature(house, case, at=NOON)

    assert queries.standing(case, CONSENT, NOON + 365 * DAY) == document
    assert queries.standing(case, CONSENT, NOON + 366 * DAY) is None


def test_a_withdrawal_holds_at_once(house, case):
    document = a_signature(house, case)

    actions.withdraw(document, by=house.nurse, at=NOON, words="I would rather not.")

    assert row(case).document is None
    assert row(case).why_not.startswith("Taken back on 18 November 2026")
    assert trail()[-1] == "document withdrawn"


def test_a_withdrawal_is_possible_while_the_person_is_dosed(house, case, live):
    rules.LIVE.clear()
    document = a_signature(house, case)
    rules.LIVE.append(lambda case, at: True)

    actions.withdraw(document, by=house.nurse, at=NOON)

    assert row(case).document is None


def test_what_was_only_acknowledged_is_not_taken_back(house, case):
    document = a_signature(house, case, "no-driving")

    with pytest.raises(Refused) as refusal:
        actions.withdraw(document, by=house.nurse, at=NOON)

    assert codes(refusal) == ["document_not_revocable"]


def test_a_document_is_taken_back_once(house, case):
    document = a_signature(house, case)
    actions.withdraw(document, by=house.nurse, at=NOON)
    before = trail()

    with pytest.raises(Refused) as refusal:
        actions.withdraw(document, by=house.facilitator, at=NOON)

    assert (codes(refusal), trail()) == (["document_withdrawn"], before)


def test_what_was_signed_anew_meanwhile_is_taken_back_with_it(house, case):
    seen = a_signature(house, case, "touch-consent", choice="yes")
    anew = a_signature(house, case, "touch-consent", choice="limits", limits="Hand only")

    actions.withdraw(seen, by=house.nurse, at=NOON)

    anew.refresh_from_db()
    assert anew.withdrawn_at == NOON
    assert queries.standing(case, "touch-consent", NOON) is None


def test_a_stranger_takes_nothing_back(house, case):
    document = a_signature(house, case)

    with pytest.raises(Refused) as refusal:
        actions.withdraw(document, by=house.stranger, at=NOON)

    assert codes(refusal) == ["role"]


def test_nothing_that_permits_more_is_signed_between_dose_and_release(house, case, live):
    for code, choice in [(CONSENT, ""), ("touch-consent", "yes"), ("touch-consent", "limits")]:
        with pytest.raises(Refused) as refusal:
            a_signature(house, case, code, choice=choice, limits="Hand only" if choice else "")
        assert codes(refusal) == ["document_while_dosed"]


def test_a_no_to_touch_is_heard_at_any_moment(house, case, live):
    document = a_signature(house, case, "touch-consent", choice="no")

    assert row(case, "touch-consent").document == document


def test_what_stands_is_asked_again_on_the_day(house, case):
    document = a_signature(house, case)
    assert row(case).waits_for_today

    actions.reaffirm(document, by=house.nurse, at=NOON, about_key=case.key)

    assert not row(case).waits_for_today
    assert trail()[-1] == "document re-affirmed"


def test_a_signature_of_today_needs_no_second_word(house, case):
    a_signature(house, case, at=NOON)

    assert not row(case).waits_for_today


def test_a_word_of_yesterday_is_none_of_today(house, case):
    document = a_signature(house, case, at=NOON - 5 * DAY)
    actions.reaffirm(document, by=house.nurse, at=NOON - DAY)

    assert row(case).waits_for_today


def test_once_a_day_is_enough(house, case):
    document = a_signature(house, case)
    actions.reaffirm(document, by=house.nurse, at=NOON)

    with pytest.raises(Refused) as refusal:
        actions.reaffirm(document, by=house.facilitator, at=NOON)

    assert codes(refusal) == ["document_reaffirmed"]


def test_only_what_stands_is_re_affirmed(house, case):
    document = a_signature(house, case)
    a_newer_text(house, at=NOON)

    with pytest.raises(Refused) as refusal:
        actions.reaffirm(document, by=house.nurse, at=NOON)

    assert codes(refusal) == ["document_not_standing"]


def test_nothing_is_re_affirmed_after_the_dose(house, case, live):
    rules.LIVE.clear()
    document = a_signature(house, case)
    rules.LIVE.append(lambda case, at: True)

    with pytest.raises(Refused) as refusal:
        actions.reaffirm(document, by=house.nurse, at=NOON)

    assert codes(refusal) == ["document_while_dosed"]


def test_intake_staff_re_affirm_nothing(house, case):
    document = a_signature(house, case)

    with pytest.raises(Refused) as refusal:
        actions.reaffirm(document, by=house.intake, at=NOON)

    assert codes(refusal) == ["role"]


def test_a_closed_case_signs_nothing(house, case):
    cases.withdraw(case, by=house.facilitator, at=NOON)

    with pytest.raises(Refused) as refusal:
        a_signature(house, case)

    assert codes(refusal) == ["status"]


def test_what_stops_the_dose_is_missing_until_it_is_signed(house, case):
    missing = [r.rule.code for r in queries.missing_of([case], NOON)[case.pk]]
    assert missing == [
        "ketamine-consent", "psychotherapy-consent", "transport-agreement", "no-driving",
    ]  # fmt: skip

    everything_signed(house, case)

    assert queries.missing_of([case], NOON) == {case.pk: []}


def test_only_who_answers_for_texts_puts_one_in_force(house):
    with pytest.raises(Refused) as refusal:
        actions.add_text(by=house.nurse, at=NOON, code="x", language="en", title="X", body="X")

    assert codes(refusal) == ["role"]


def test_a_new_text_is_the_next_version(house, case):
    text = a_newer_text(house)

    set_context_of(house.privacy_officer)  # who reads the organisation's own lines
    assert (text.version, trail()[-1]) == (2, "text put in force")


def test_the_database_keeps_what_was_signed(house, case):
    document = a_signature(house, case)

    with pytest.raises(DatabaseError), transaction.atomic():
        SignedDocument.objects.filter(pk=document.pk).update(printed_name="Somebody else")


def test_many_cases_are_asked_in_as_many_queries_as_one(house, django_assert_num_queries):
    many = many_preparing_cases(house, 4)
    for each in many:
        a_signature(house, each, at=NOON - 2 * DAY)

    for cases_asked in (many[:1], many):
        with django_assert_num_queries(5):
            queries.required_of(cases_asked, NOON)
