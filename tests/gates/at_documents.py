"""Gates of documents, each closed alone."""

from django.urls import reverse

from clinic.documents import actions, queries, rules
from tests.builders.documents import (
    a_guardian,
    a_newer_text,
    a_refusal,
    a_signature,
    an_assessment,
)
from tests.builders.house import DAY, MINUTE, NOON, PASSWORD
from tests.builders.preparation import a_preparing_case
from tests.builders.supervised import a_dosed_session
from tests.gates.harness import BY_THE_ADDRESS, NOT_FOUND, Situation, closed

CONSENT = "ketamine-consent"


def signing(house, case, code=CONSENT, *, says, page=True, **typed):
    text = typed.pop("text", None) or rules.row_of(case, code, NOON).text
    url = reverse("documents:sign", args=[case.key, code])
    data = {"text": text.key if text else "", "printed_name": "R", "password": PASSWORD} | typed
    return Situation(house.facilitator, url, data, says, url if page else "")


def after(house, name, document, *, says, page=True):
    url = reverse(f"documents:{name}", args=[document.key])
    return Situation(house.facilitator, url, {}, says, url if page else "")


@closed("text_not_binding")
def a_newer_text_binds(house):
    case = a_preparing_case(house)
    shown = rules.row_of(case, CONSENT, NOON).text
    a_newer_text(house, at=NOON)
    return signing(house, case, text=shown, says="A newer text binds: version 2", page=False)


@closed("document_name")
def no_name_is_typed(house):
    case = a_preparing_case(house)
    says = "The person types their name under the text."
    return signing(house, case, printed_name=" ", says=says, page=False)


@closed("document_choice")
def no_choice_is_made(house):
    case = a_preparing_case(house)
    says = "The person says yes, no, or within which limits."
    return signing(house, case, "touch-consent", says=says, page=False)


@closed("document_signed")
def it_is_signed_already(house):
    case = a_preparing_case(house)
    a_signature(house, case)
    return signing(house, case, says="is signed and stands.", page=False)


@closed("document_withdrawn")
def it_was_taken_back(house):
    document = a_signature(house, a_preparing_case(house))
    actions.withdraw(document, by=house.nurse, at=NOON - DAY / 2)
    return after(house, "withdraw", document, says="This has been taken back already.")


@closed("document_not_revocable")
def it_was_only_acknowledged(house):
    document = a_signature(house, a_preparing_case(house), "no-driving")
    return after(house, "withdraw", document, says="it cannot be taken back")


@closed("document_not_standing")
def it_does_not_stand(house):
    document = a_signature(house, a_preparing_case(house))
    a_newer_text(house, at=NOON)
    return after(house, "reaffirm", document, says="This does not stand.")


@closed("document_reaffirmed")
def it_was_said_today(house):
    document = a_signature(house, a_preparing_case(house))
    actions.reaffirm(document, by=house.nurse, at=NOON)
    return after(house, "reaffirm", document, says="It has been re-affirmed today.")


@closed("signer_unproved")
def the_witness_is_not_proved(house):
    case = a_preparing_case(house)
    says = "Nothing was signed."
    return signing(house, case, password="something else", says=says, page=False)


@closed("text_missing")
def there_is_no_text_in_their_language(house):
    case = a_preparing_case(house, language="nl")
    text = queries.binding_text(CONSENT, "en", NOON)
    return signing(house, case, text=text, says="There is no text of it in the person's language")


@closed("document_while_dosed")
def a_dose_has_been_given(house):
    case = a_dosed_session(house).case
    situation = signing(
        house, case, "touch-consent", choice="yes", says="Until release nothing can be signed"
    )
    situation.at = NOON + 35 * MINUTE
    return situation


@closed("document_unknown", BY_THE_ADDRESS, "tests/clinic/documents/test_actions.py::"
        "test_a_document_the_protocol_does_not_have_is_not_signed")  # fmt: skip
def the_protocol_has_no_such_document(house):
    url = reverse("documents:sign", args=[a_preparing_case(house).key, "sworn-oath"])
    typed = {"printed_name": "R", "password": PASSWORD}
    return Situation(house.facilitator, url, typed, NOT_FOUND, url)


@closed("document_witness")
def no_witness_has_signed(house):
    case, says = a_preparing_case(house), "A witness types their own name under this text"
    return signing(house, case, "leaving-against-advice", says=says, page=False)


@closed("document_capacity")
def the_person_cannot_decide_it(house):
    case = a_preparing_case(house)
    an_assessment(case, by=house.nurse)
    return signing(house, case, says="to lack the capacity to decide this.")


@closed("document_guardian")
def the_guardianship_has_ended(house):
    case = a_preparing_case(house)
    an_assessment(case, "part-2-consent", by=house.nurse)
    guardian = a_guardian(house, case, ends_on=(NOON - DAY).date())
    says = "the guardianship ended on 17 November 2026"
    return signing(
        house, case, "part-2-consent", guardian=guardian.key, choice="yes", says=says, page=False
    )


@closed("document_declined")
def that_they_declined_is_written_down(house):
    case = a_preparing_case(house)
    a_refusal(house, case)
    url = reverse("documents:decline", args=[case.key, CONSENT])
    typed = {"asked_by": house.nurse.key, "words": "Not today."}
    return Situation(house.facilitator, url, typed, "This is written down already.", "")


def assessing(house, case, assessed_at, *, says):
    url = reverse("documents:assess", args=[case.key])
    typed = {
        "decision": CONSENT, "outcome": "lacks", "rests_on": "Asked twice.",
        "assessed_at": f"{assessed_at.astimezone(house.site.tz):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    return Situation(house.nurse, url, typed, says, "")


@closed("capacity_assessed_ahead")
def it_lies_ahead(house):
    says = "This time has not come yet."
    return assessing(house, a_preparing_case(house), NOON + DAY, says=says)


@closed("capacity_written_already")
def it_is_written_down(house):
    case = a_preparing_case(house)
    an_assessment(case, by=house.nurse)
    return assessing(house, case, NOON - DAY, says="This assessment is written down already.")
