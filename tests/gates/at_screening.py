"""Gates of screening, each closed alone."""

from django.urls import reverse

from clinic.cases.models import Case, Status
from clinic.checklists.engine import Answer
from clinic.people.models import Licence
from clinic.screening.evidence import actions as evidence_acts
from tests.builders.cases import a_case_in, a_referred_case
from tests.builders.errata import an_erratum
from tests.builders.evidence import a_result
from tests.builders.house import DAY, NOON, PASSWORD
from tests.builders.medicines import OUTSIDE, a_medicine
from tests.builders.packets import a_screening_sent_back
from tests.builders.screening import (
    a_begun_screening,
    a_filled_screening,
    a_screening_beside_an_official_form,
    a_version_left_to_the_sponsor,
    answer,
    confirm,
    decide,
    settle,
)
from tests.gates.harness import BY_THE_ADDRESS, NOT_FOUND, Situation, closed

NOTHING_ASKS = (
    "tests/clinic/screening/evidence/test_actions.py::test_nothing_is_entered_that_nothing_asks_for"
)
YESTERDAY = (NOON - DAY).date()


def deciding(house, case, says, *, page=True, **typed):
    url = reverse("screening:decide", args=[case.key])
    data = {"outcome": "eligible", "password": PASSWORD} | typed
    return Situation(house.prescriber, url, data, says, page=url if page else "")


def reviewing(house, form, says, *items):
    url = reverse("screening:review", args=[form.key])
    return Situation(house.intake, url, {"items": items, "takes": "yes"}, says)


@closed("no_answer_chosen")
def nothing_of_it_is_chosen(house):
    case = a_begun_screening(house)
    return reviewing(house, a_screening_sent_back(house, case), "Choose at least one answer.")


@closed("no_screening_to_take_over_into")
def nobody_has_begun_the_screening(house):
    sent = a_screening_sent_back(house, a_referred_case(house))
    return reviewing(house, sent, "Begin the screening on these questions first", "age")


@closed("answer_follows_another")
def the_answer_it_follows_is_not_there(house):
    depression = {"indication": "treatment-resistant-depression"}
    sent = a_screening_sent_back(house, a_begun_screening(house), **depression)
    return reviewing(
        house, sent, "take over the answer it follows as well.", "failed_antidepressants"
    )


@closed("question_not_the_same")
def the_choices_were_put_right_since(house):
    case = a_begun_screening(house)
    place = "screening.items[1].options[1].label"
    an_erratum(house, place=place, shall_say="Depression of bipolar illness")
    sent = a_screening_sent_back(house, Case.objects.get(pk=case.pk))
    return reviewing(house, sent, "The screening has other choices for it.", "indication")


@closed("follow_up_cleared_unsaid")
def staff_answered_what_would_be_asked_no_more(house):
    case = a_begun_screening(house)
    answer(house, case, indication="treatment-resistant-depression", failed_antidepressants=3)
    sent = a_screening_sent_back(house, case, indication="ptsd")
    return reviewing(house, sent, "Press again to agree.", "indication")


def settling(house, case, item, says, *, page=False, **typed):
    url = reverse("screening:rule_on", args=[case.key, item])
    data = {"ruling": "accepted", "reason": "Looked at with the person."}
    data |= {"password": PASSWORD} | typed
    return Situation(house.prescriber, url, data, says, page=url if page else "")


@closed("screening_not_started")
def the_form_was_not_begun(house):
    case = a_case_in(house, Status.SCREENING)
    return deciding(house, case, "The screening form was not begun.", page=False)


@closed("open_exclusion")
def an_answer_excludes(house):
    return deciding(house, a_filled_screening(house, allergy=True), "21 An allergy to ketamine.")


@closed("open_review")
def an_answer_is_to_be_reviewed(house):
    return deciding(house, a_filled_screening(house, seizures=True), "12 A seizure disorder.")


@closed("open_action")
def something_is_to_be_done(house):
    return deciding(house, a_filled_screening(house, escort=False), "23 Arrange an escort;")


@closed("screening_unanswered")
def a_question_has_no_answer(house):
    case = a_filled_screening(house)
    answer(house, case, pdmp_on=Answer())
    return deciding(house, case, "24a On which day?")


@closed("answers_too_old")
def the_answers_are_of_last_winter(house):
    at = NOON - 91 * DAY
    case = a_filled_screening(house, at=at, case=a_referred_case(house, at=at))
    return deciding(house, case, "older than 90 days. Ask the screening again.")


@closed("screening_still_fresh")
def nothing_has_grown_too_old(house):
    case = a_filled_screening(house)
    url = reverse("screening:begin_anew", args=[case.key])
    return Situation(house.intake, url, {}, "No answer has grown too old.")


@closed("deciding_licence")
def the_licence_is_not_verified(house):
    Licence.objects.filter(user=house.prescriber).update(verified_at=None, verified_by=None)
    case = a_filled_screening(house)
    return deciding(house, case, "You hold no verified licence in force today in US-NY")


@closed("decision_without_reason")
def no_reason_is_given(house):
    case = a_filled_screening(house)
    says = "Say why, in words the person may read."
    typed = {"outcome": "declined", "denial_reasons": ["allergy"]}
    return deciding(house, case, says, page=False, **typed)


@closed("decline_without_reason_of_the_version")
def no_reason_of_the_protocol_is_chosen(house):
    case = a_filled_screening(house)
    says = "Choose the reasons for the decline, or that it is none of these."
    return deciding(house, case, says, page=False, outcome="declined", reason="Not safe.")


@closed("official_form_unconfirmed")
def the_form_of_the_state_is_not_confirmed(house):
    case = a_screening_beside_an_official_form(house)
    return deciding(house, case, "Entry form of the state: not confirmed yet.")


def confirming(house, case, says, *, page=True):
    url = reverse("screening:confirm", args=[case.key])
    data = {"edition": "2025-01", "language": "English", "password": PASSWORD}
    return Situation(house.prescriber, url, data, says, page=url if page else "")


@closed("official_form_confirmed")
def the_form_of_the_state_is_confirmed_already(house):
    case = a_screening_beside_an_official_form(house)
    confirm(house, case)
    return confirming(house, case, "It is confirmed beside the answers as they are.")


@closed("no_official_form")
def there_is_no_form_of_the_state(house):
    case = a_filled_screening(house)
    return confirming(house, case, "This protocol asks for no form of an authority.")


@closed("deferred_without_date")
def no_day_is_named(house):
    case = a_filled_screening(house)
    says = "Name a day after today on which to look again."
    return deciding(house, case, says, page=False, outcome="deferred", reason="Later.")


@closed("nothing_found")
def there_is_nothing_to_settle(house):
    case = a_filled_screening(house, blunting_medicines=["lamotrigine"])
    says = "There is nothing to settle about this answer."
    return settling(house, case, "blunting_medicines", says, page=True)


@closed("screening_decided")
def it_is_decided_and_signed(house):
    case = a_filled_screening(house, seizures=True)
    ruling = settle(house, case, "seizures")
    decide(house, case)
    says = "This screening is decided and signed. Open it again first."
    return settling(house, case, "seizures", says, page=True, seen=ruling.key)


@closed("not_the_decider")
def it_is_the_medical_leads(house):
    case = a_filled_screening(house, psychosis=True)
    says = "Only the medical lead of this site may decide past this."
    return settling(house, case, "psychosis", says)


@closed("approval_without_reference")
def the_approval_is_not_named(house):
    house.version = a_version_left_to_the_sponsor(house)
    case = a_filled_screening(house, psychosis=True)
    says = "Give the reference of the approval by sponsor and ethics board."
    return settling(house, case, "psychosis", says, approval_on=str(YESTERDAY))


@closed("evidence_undated")
def the_evidence_has_no_day(house):
    case = a_filled_screening(house, escort=False)
    says = "Give the day of the evidence, today or before."
    return settling(house, case, "escort", says, ruling="cleared")


@closed("evidence_does_not_show")
def the_result_is_not_as_asked(house):
    case = a_filled_screening(house, escort=False)
    shown = a_result(house, case, shows="not_as_asked")
    says = "That result is not as the protocol asks; it clears nothing."
    return settling(house, case, "escort", says, ruling="cleared", evidence=str(shown.key))


def entering(house, case, says, *, code="escort", **typed):
    url = reverse("evidence:enter", args=[case.key, code])
    data = {"result": "The sister drives.", "shows": "as_asked", "done_on": str(YESTERDAY)}
    sent = data | {"done_by": "Dr Fir, family doctor"} | typed
    return Situation(house.intake, url, sent, says)


@closed("evidence_not_asked", BY_THE_ADDRESS, behind=NOTHING_ASKS)
def nothing_asks_for_a_result(house):
    return entering(house, a_filled_screening(house), NOT_FOUND)


@closed("evidence_day")
def the_result_is_of_tomorrow(house):
    case = a_filled_screening(house, escort=False)
    says = "The day of the result lies ahead."
    return entering(house, case, says, done_on=str((NOON + DAY).date()))


@closed("evidence_entered")
def the_result_is_entered_already(house):
    case = a_filled_screening(house, escort=False)
    a_result(house, case, content=b"")
    return entering(house, case, "This very result of this day is entered already.")


@closed("evidence_taken_back")
def the_result_was_taken_back(house):
    evidence = a_result(house, a_filled_screening(house, escort=False))
    evidence_acts.withdraw(evidence, by=house.intake, at=NOON, words="Another person's.")
    url = reverse("evidence:withdraw", args=[evidence.key])
    says = "This has been taken back already."
    return Situation(house.intake, url, {"words": "Twice."}, says, page=url)


@closed("evidence_without_words")
def nobody_says_why_it_is_taken_back(house):
    evidence = a_result(house, a_filled_screening(house, escort=False))
    url = reverse("evidence:withdraw", args=[evidence.key])
    return Situation(house.intake, url, {"words": ""}, "Say why it is taken back.")


@closed("evidence_without_file")
def no_paper_came_with_it(house):
    evidence = a_result(house, a_filled_screening(house, escort=False), content=b"")
    url = reverse("evidence:open_file", args=[evidence.key])
    return Situation(house.nurse, url, {}, "No file was given with this result.")


@closed("cannot_be_accepted")
def nobody_may_decide_past_it(house):
    case = a_filled_screening(house, allergy=True)
    says = "Nobody may decide past this. Establish the fact, or decline."
    return settling(house, case, "allergy", says)


def listing(house, case, says, *, medicine=None, **typed):
    url = reverse("medicines:add", args=[case.key])
    if medicine is not None:
        url = reverse("medicines:change", args=[medicine.key])
    return Situation(house.intake, url, {"name": "Lithium", "state": "taken"} | typed, says)


@closed("medicine_day")
def it_was_last_taken_tomorrow(house):
    told = {"state": "left", "last": "exactly", "last_on": str((NOON + DAY).date())}
    return listing(house, a_referred_case(house), "19 November 2026 lies ahead.", **told)


@closed("medicine_listed")
def it_stands_on_the_list_already(house):
    case = a_referred_case(house)
    a_medicine(house, case, name="lithium")
    return listing(house, case, "This medicine is on the list already. Change its line.")


@closed("taper_without_agreement")
def nobody_is_named_who_agreed(house):
    says = "Name who orders this medicine and agreed that it is left off."
    return listing(house, a_referred_case(house), says, state="leaving")


@closed("taper_agreed_by_two")
def two_are_named_who_agreed(house):
    told = OUTSIDE | {"agreed_by": str(house.prescriber.key), "agreed_on": str(YESTERDAY)}
    says = "Name one person who agreed: of this house, or outside it."
    return listing(house, a_referred_case(house), says, **told)


@closed("taper_not_licensed")
def who_agreed_held_no_licence_then(house):
    told = {"state": "leaving", "agreed_by": str(house.prescriber.key), "agreed_on": "2023-12-01"}
    says = "Priya Prescriber held no verified licence in force on 01 December 2023"
    return listing(house, a_referred_case(house), says, **told)


@closed("medicine_without_words")
def nobody_says_why_the_line_is_a_mistake(house):
    case = a_referred_case(house)
    medicine = a_medicine(house, case)
    says = "Say why this line is a mistake."
    return listing(house, case, says, medicine=medicine, state="mistaken")
