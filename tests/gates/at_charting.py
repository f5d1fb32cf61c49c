"""Gates of the run sheet that its forms keep already, each closed alone by what is sent."""

from decimal import Decimal
from uuid import uuid4

from django.urls import reverse

from sessions.supervised import actions
from tests.builders import supervised as build
from tests.builders.house import MINUTE, NOON, PASSWORD, proof
from tests.builders.stock import a_lot
from tests.gates.harness import BY_THE_FORM, Situation, closed

TESTS = "tests/sessions/supervised"
EMPTY, NO_CHOICE = "Fill this in.", "Select a valid choice."
AT = build.DOSED_AT + MINUTE


def sending(house, name, *subject, says, at=AT, by=None, page="", **typed):
    """What is sent to an address of the run sheet."""
    build.the_clock(house, at)
    url = reverse(f"supervised:{name}", args=[each.key for each in subject])
    return Situation(by or house.nurse, url, typed, says, url if page else "", at=at)


def entered(**typed):
    return {"client_key": str(uuid4()), "when": "0"} | typed


# -- The dose ------------------------------------------------------------------------------------


@closed("no_order")
def nobody_has_ordered_a_dose(house):
    session = build.a_checked_session(house)
    says = "No dose is ordered yet."
    typed = {"lot": house.lot.pk, "quantity": "50"}
    return sending(house, "prepare", session, says=says, at=NOON + 15 * MINUTE, page=True, **typed)


@closed("no_order")
def the_dose_of_the_order_was_given_before(house):
    session = build.a_dosed_session(house)
    says = "The dose of this order has been given. A further dose needs its own order."
    return sending(house, "give", session, says=says, page=True, **entered(amount="50"))


@closed("not_prepared_for_order")
def nobody_has_drawn_it(house):
    session = build.an_order(house).session
    says = "Draw the dose from a lot and let a second person check it first."
    at = NOON + 20 * MINUTE
    return sending(house, "give", session, says=says, at=at, page=True, **entered(amount="50"))


@closed("amount")
def more_was_drawn_than_may_be_given(house):
    session, at = build.a_checked_session(house), NOON + 15 * MINUTE
    build.the_clock(house, at)
    order = actions.order(
        session, by=house.prescriber, at=at, amount=Decimal(100), proof=proof(house.prescriber, at)
    )
    actions.prepare(
        order, by=house.nurse, at=at + MINUTE, lot=house.lot, quantity=Decimal(110),
        second=house.second_nurse, second_proof=proof(house.second_nurse, at + MINUTE),
    )  # fmt: skip
    says = "110 mg"
    return sending(house, "give", session, says=says, at=AT - MINUTE, **entered(amount="110"))


@closed("lot_of_another_substance", BY_THE_FORM, f"{TESTS}/test_doses.py::"
        "test_another_substance_is_not_drawn")  # fmt: skip
def it_is_drawn_from_another_substance(house):
    order, lot = build.an_order(house), a_lot(house, substance="esketamine")
    seen = {"second_email": house.second_nurse.email, "second_password": PASSWORD}
    typed = {"lot": lot.pk, "quantity": "50"} | seen
    return sending(house, "prepare", order.session, says=NO_CHOICE, at=NOON + 20 * MINUTE, **typed)


@closed("dose_of_nothing", BY_THE_FORM, f"{TESTS}/test_record_dose.py::"
        "test_a_dose_of_nothing_is_no_dose")  # fmt: skip
def nothing_was_given(house):
    session = build.a_dosed_session(house)
    says = "Ensure this value is greater than or equal to 0.001."
    return sending(house, "record_dose", session, says=says, **entered(amount="0"))


@closed("abandoned_without_reason", BY_THE_FORM, f"{TESTS}/test_arrival.py::"
        "test_a_session_is_given_up_for_a_reason")  # fmt: skip
def nobody_says_why_it_is_given_up(house):
    session = build.a_checked_session(house)
    return sending(house, "abandon", session, says=EMPTY, at=NOON + 15 * MINUTE, reason=" ")


# -- What is charted -----------------------------------------------------------------------------


@closed("reading_unreadable", BY_THE_FORM, f"{TESTS}/test_observations.py::"
        "test_what_is_no_value_is_not_saved")  # fmt: skip
def it_is_no_number(house):
    session = build.a_dosed_session(house)
    says = "Write a number."
    return sending(house, "observe", session, says=says, **entered(r_heart_rate="quick"))


@closed("reading_impossible", BY_THE_FORM, f"{TESTS}/test_observations.py::"
        "test_an_impossible_value_is_not_saved_unless_kept_on_purpose")  # fmt: skip
def nobody_has_such_a_pulse(house):
    session = build.a_dosed_session(house)
    says = "Physically impossible. Correct it, or keep it as the device shows."
    return sending(house, "observe", session, says=says, **entered(r_heart_rate="900"))


@closed("correction_without_reason", BY_THE_FORM, f"{TESTS}/test_observations.py::"
        "test_a_set_is_corrected_once_and_with_a_reason")  # fmt: skip
def nobody_says_why_it_was_wrong(house):
    session = build.a_dosed_session(house)
    wrong = build.a_set(house, session, at=AT)
    typed = entered(r_heart_rate="70", correction_reason=" ")
    return sending(house, "correct", session, wrong, says=EMPTY, **typed)


@closed("event_without_words", BY_THE_FORM, f"{TESTS}/test_events.py::"
        "test_a_word_the_version_has_not_is_refused_and_a_note_needs_words")  # fmt: skip
def a_note_says_nothing(house):
    session = build.a_dosed_session(house)
    return sending(house, "note", session, says=EMPTY, **entered(note=" "))


@closed("adverse_event_without_term", BY_THE_FORM, f"{TESTS}/test_events.py::"
        "test_an_adverse_event_says_what_happened")  # fmt: skip
def nobody_says_what_happened(house):
    session = build.a_dosed_session(house)
    typed = entered(term="other", other=" ")
    return sending(house, "adverse_event", session, says="Say what happened.", **typed)


def assessing(house, *, says, **typed):
    untoward = build.an_adverse_event(house, build.a_dosed_session(house), at=AT)
    typed = {
        "grade": "1", "is_serious": "no", "relatedness": "possible", "is_expected": "yes",
        "prevents_release": "no", "outcome": "recovered",
    } | typed  # fmt: skip
    return sending(house, "assess", untoward, says=says, **typed)


@closed("grade_unknown", BY_THE_FORM, f"{TESTS}/test_events.py::"
        "test_severity_lies_between_one_and_five")  # fmt: skip
def it_is_graded_six(house):
    return assessing(house, says=NO_CHOICE, grade="6")


@closed("seriousness_without_reason", BY_THE_FORM, f"{TESTS}/test_events.py::"
        "test_a_serious_event_is_told_and_says_what_makes_it_serious")  # fmt: skip
def nobody_says_what_makes_it_serious(house):
    return assessing(house, says="Say what makes it serious.", is_serious="yes")
