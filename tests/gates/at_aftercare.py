"""Gates of aftercare, and the end of a case while something of it still waits, closed alone."""

from django.urls import reverse

from clinic.attention import actions as attention
from clinic.attention.models import Matter, Status
from sessions.aftercare import actions
from sessions.aftercare.queries import open_near
from sessions.supervised import actions as supervised
from tests.builders.aftercare import a_touchpoint, an_ended_session
from tests.builders.house import DAY, HOUR, NOON, proof
from tests.gates.harness import BY_THE_FORM, Situation, closed

LATER = NOON + DAY


def on_case(house, name, case, *, says, at=LATER, **typed):
    post, page = (reverse(f"aftercare:{each}", args=[case.key]) for each in (name, "index"))
    return Situation(house.facilitator, post, typed, says, page, at=at)


def an_ended_session_nobody_asks_about(house):
    """Everything that was told of the session has come to an end."""
    session = an_ended_session(house)
    for matter in Matter.objects.filter(case=session.case).exclude(status=Status.CLOSED):
        attention.take(matter, by=house.nurse, at=NOON + 5 * HOUR)
        attention.close(matter, by=house.nurse, at=NOON + 5 * HOUR, outcome="Seen to.")
    case = session.case
    case.refresh_from_db()
    actions.begin_aftercare(case, by=house.prescriber, at=LATER, reason="She moved away.")
    return session


def signed(house, session):
    at = LATER
    supervised.describe(session, by=house.nurse, at=at, words="With her sister.")
    supervised.sign(session, by=house.nurse, at=at, proof=proof(house.nurse, at))


@closed("integration_visits")
def no_integration_visit_took_place(house):
    case = an_ended_session(house).case
    says = "The protocol asks for an integration visit; none took place."
    return on_case(house, "begin", case, says=says)


@closed("open_touchpoint")
def a_contact_is_due(house):
    session = an_ended_session_nobody_asks_about(house)
    signed(house, session)
    says = "The day after, 19 November 2026: planned."
    return on_case(house, "close", session.case, says=says, reason="Moved away.")


@closed("session_unsigned")
def the_record_is_not_signed(house):
    session = an_ended_session_nobody_asks_about(house)
    for touchpoint in list(open_near(session.case, LATER)):
        actions.call_off(touchpoint, by=house.facilitator, at=LATER, words="She moved away.")
    says = "A supervised session is left against advice and not signed."
    return on_case(house, "close", session.case, says=says, reason="Moved away.")


@closed("contact_without_words", BY_THE_FORM, "tests/sessions/aftercare/test_actions.py::"
        "test_a_contact_needs_the_right_person_and_words")  # fmt: skip
def nobody_says_what_was_said(house):
    contact = a_touchpoint(an_ended_session(house).case)
    url = reverse("aftercare:made", args=[contact.key])
    return Situation(house.facilitator, url, {"words": " "}, "Fill this in.", at=LATER)
