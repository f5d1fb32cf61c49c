"""The gates to the dose that a house meets only when it has a second protocol in force."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.urls import reverse

from sessions.rehearsal import walk
from sessions.supervised import actions as supervised
from tests.builders.house import HOUR, MINUTE, NOON, PASSWORD
from tests.builders.protocols import a_published_version, a_shipped_text, a_shipped_version
from tests.builders.stock import a_lot
from tests.builders.supervised import (
    a_dosed_session,
    a_prepared_order,
    fresh_order,
    the_clock,
)
from tests.gates.harness import BY_THE_FORM, Situation, closed

DAY_OF_THE_DOSE = date(2026, 11, 18)
LATER = NOON + 4 * HOUR
CALM = {
    "systolic": "122",
    "diastolic": "76",
    "heart_rate": "70",
    "spo2": "98",
    "temperature": "36.6",
    "sedation": "5",
    "distress": "1",
}
NOT_DECLARED = ("declaration",)
GATES = "gates:\n  - code: consent\n"


def with_lozenges(house):
    """The same house, in which cases are opened on the lozenge and drawn from a lot of it."""
    lot = a_lot(house, product="Ketamine 100 mg", presentation="lozenge", per_ml=None)
    version = a_shipped_version(house, "ketamine-lozenge", at=house.at)
    return replace(house, version=version, lot=lot)


def declaring(house, case, *, says, at=NOON):
    the_clock(house, at)
    page = reverse("preparation:ready", args=[case.key])
    post = reverse("preparation:declare_ready", args=[case.key])
    return Situation(house.facilitator, post, {}, says, page, at=at)


@closed("exclusions")
def a_rule_comes_into_force_on_the_day(house):
    # Nobody edits an answer, so the decision keeps its ground: it is the rule that is new.
    message = "Arrange an escort; no session starts without one."
    comes = f"message: {message}\n          effective_from: {DAY_OF_THE_DOSE}\n"
    text = a_shipped_text("ketamine-lozenge", (f"message: {message}\n", comes))
    lozenges = replace(house, version=a_published_version(house, text, at=house.at))
    case, _ = walk.ready(lozenges, session_at=NOON, without=NOT_DECLARED)
    return declaring(house, case, says=message)


@closed("no_other_live_session")
def the_person_is_in_a_session_of_their_other_case(house):
    patient = walk.registered(house, at=NOON - 30 * walk.DAY)
    _, session = walk.ready(house, session_at=NOON, patient=patient)
    lozenges = with_lozenges(house)
    other, _ = walk.ready(lozenges, session_at=LATER, patient=patient, without=NOT_DECLARED)
    walk.checked_in(house, session, at=NOON)
    return declaring(house, other, says="in a session", at=NOON + MINUTE)


@closed("course_ended")
def the_one_session_of_a_trial_is_over(house):
    course = "course:\n  - {code: one, title: One session, sessions: 1, basis: protocol, source: A trial}\n\n"
    text = a_shipped_text("ketamine-im", (GATES, course + GATES))
    one = replace(house, version=a_published_version(house, text, at=house.at))
    case, session = walk.ready(one, session_at=NOON)
    walk.whole_session(one, session, at=NOON + HOUR)
    case.refresh_from_db()
    at = NOON + walk.DAY
    the_clock(house, at)
    page = reverse("aftercare:index", args=[case.key])
    post = reverse("aftercare:next_cycle", args=[case.key])
    says = "This course has 1 session, not more."
    return Situation(house.facilitator, post, {}, says, page, at=at)


REGISTER = (
    ("gates:\n", "gates:\n  - {code: external_enrolment, basis: law, source: A, decider: nobody}\n"),
    ("roles:\n", "enrolments:\n  - {code: register, label: The register, of: person,"
     " checklist: register, basis: law, source: A}\nroles:\n"),
    ("checklists:\n", """checklists:
  register:
    title: The register
    version: "1"
    items:
      - code: entered
        kind: yes_no
        text: Entered?
        consequences:
          - {when: {equals: false}, meaning: exclude, message: Not entered., basis: law, citation: A}
"""),
)  # fmt: skip


@closed("external_enrolment")
def nobody_has_looked_into_the_register(house):
    text = a_shipped_text("ketamine-im", *REGISTER)
    strict = replace(house, version=a_published_version(house, text, at=house.at))
    case, _ = walk.ready(strict, session_at=NOON, without=NOT_DECLARED)
    return declaring(house, case, says="The register: not looked up yet.")


@closed("product_not_named", BY_THE_FORM, "tests/sessions/supervised/test_comes_again.py::"
        "test_a_product_the_version_does_not_name_is_refused")  # fmt: skip
def it_is_another_product_than_the_version_names(house):
    text = a_shipped_text("ketamine-im", ("doses:\n", "doses:\n  products: [vial]\n"))
    named = replace(house, version=a_published_version(house, text, at=house.at))
    order = a_prepared_order(named)
    at = NOON + 25 * MINUTE
    the_clock(house, at)
    url = reverse("supervised:give", args=[order.session.key])
    data = {"client_key": str(uuid4()), "when": "0", "amount": "50", "product": "syringe"}
    return Situation(house.nurse, url, data, "Select a valid choice.", at=at)


@closed("supplement_not_agreed", BY_THE_FORM, "tests/sessions/supervised/test_agreed.py::"
        "test_without_one_of_them_nothing_further_is_ordered")  # fmt: skip
def nobody_has_agreed_to_a_further_dose(house):
    text = a_shipped_text(
        "ketamine-im", ("  supplementary:\n", "  supplementary:\n    agreed_by: [patient]\n")
    )
    asked = replace(house, version=a_published_version(house, text, at=house.at))
    session = a_dosed_session(asked)
    at = NOON + 45 * MINUTE
    the_clock(house, at)
    url = reverse("supervised:order", args=[session.key])
    data = {"amount": "20", "seen_amount": "20", "password": PASSWORD}
    return Situation(house.prescriber, url, data, "Fill this in.", at=at)


@closed("ratio")
def the_room_has_two_people_and_one_member_of_staff(house):
    lozenges = with_lozenges(house)
    _, overrun = walk.ready(house, session_at=NOON)
    people = [
        (house.second_facilitator, "facilitator"),
        (house.second_nurse, "nurse"),
        (house.prescriber, "prescriber"),
    ]
    start = NOON + 3 * HOUR
    _, session = walk.ready(
        lozenges, session_at=start, people=people, family_name="Birch", phone="+1 212 555 0177"
    )
    walk.checked_in(house, overrun, at=NOON)
    for user in (house.facilitator, house.nurse):
        supervised.come(overrun, by=house.nurse, at=NOON + MINUTE, user=user, where="on_premises")
    nurse = house.second_nurse
    walk.checked_in(house, session, at=start, nurse=nurse)
    walk.checks_done(house, session, at=start + 5 * MINUTE, nurse=nurse)
    the_clock(house, start + 10 * MINUTE)
    supervised.observe(
        session,
        by=nurse,
        at=start + 10 * MINUTE,
        client_key=uuid4(),
        readings=CALM,
        stated_at=start + 10 * MINUTE,
    )
    order = walk.ordered(house, session, at=start + 15 * MINUTE, amount=Decimal(100))
    walk.drawn(lozenges, order, at=start + 20 * MINUTE, nurse=nurse, second=house.prescriber)
    order, at = fresh_order(order), start + 25 * MINUTE
    the_clock(house, at)
    url = reverse("supervised:give", args=[session.key])
    data = {"client_key": str(uuid4()), "when": "0", "amount": "100"}
    says = "2 staff in the room needed for 2 being dosed, 1 there."
    return Situation(nurse, url, data, says, url, at=at)
