"""The gates to the dose that only its day can answer, each closed alone where the dose is given."""

from datetime import date
from uuid import uuid4

from django.urls import reverse

from clinic.cases import actions as cases
from clinic.checklists.queries import checklist_of
from clinic.people.models import Licence
from clinic.protocols.queries import document_of
from clinic.stock import actions as stock
from sessions.rehearsal import walk
from sessions.rehearsal.answering import harmless
from sessions.supervised import actions as supervised
from tests.builders.house import DAY, HOUR, MINUTE, NOON
from tests.builders.supervised import an_order, fresh_order, the_clock
from tests.gates.harness import Situation, closed

GIVEN_AT = NOON + 30 * MINUTE


def an_order_ready_to_give(house):
    order = an_order(house)
    walk.drawn(house, order, at=NOON + 20 * MINUTE, second=house.second_nurse)
    return fresh_order(order)


def giving(house, order, *, says, at=GIVEN_AT):
    the_clock(house, at)
    url = reverse("supervised:give", args=[order.session.key])
    data = {"client_key": str(uuid4()), "when": "0", "amount": "50"}
    return Situation(house.nurse, url, data, says, url, at=at)


def checked_again(house, session, **chosen):
    """Today's checks made anew, with another answer."""
    the_clock(house, NOON + 22 * MINUTE)
    form = supervised.begin_todays_checks(session, by=house.nurse, at=NOON + 22 * MINUTE)
    chosen = {"weight_kg": "70", "weighed_on": "2026-11-18"} | chosen
    supervised.answer_todays_checks(
        session, by=house.nurse, at=NOON + 22 * MINUTE, form=form, revision=form.revision,
        answers=harmless(checklist_of(form), date(2026, 11, 18), **chosen), is_finished=True,
    )  # fmt: skip


@closed("roles_present")
def the_facilitator_has_left_the_room(house):
    order = an_order_ready_to_give(house)
    supervised.come(
        order.session, by=house.nurse, at=NOON + 25 * MINUTE, user=house.facilitator,
        where="on_premises",
    )  # fmt: skip
    return giving(house, order, says="Therapist: 1 with the person needed, 0 here.")


@closed("todays_checks")
def somebody_has_eaten(house):
    order = an_order_ready_to_give(house)
    checked_again(house, order.session, hours_since_food="1")
    checklist = document_of(house.version).checklists["todays-checks"]
    message = checklist.item("hours_since_food").consequences[0].message
    return giving(house, order, says=message)


@closed("capacity")
def capacity_is_not_there_today(house):
    order = an_order_ready_to_give(house)
    checked_again(house, order.session, capacity_today=False)
    checklist = document_of(house.version).checklists["todays-checks"]
    message = checklist.item("capacity_today").consequences[0].message
    return giving(house, order, says=message)


@closed("vitals")
def the_vital_signs_are_old(house):
    order = an_order_ready_to_give(house)
    says = "Blood pressure (systolic) was taken at 12:10; 30 minutes are allowed."
    return giving(house, order, says=says, at=NOON + 41 * MINUTE)


@closed("lot")
def the_lot_was_recalled_after_it_was_drawn(house):
    order = an_order_ready_to_give(house)
    house.lot.refresh_from_db()
    stock.recall(house.lot, by=house.nurse, at=NOON + 25 * MINUTE, reason="Maker's letter")
    return giving(house, order, says="Lot HH-0001 has been recalled.")


@closed("second_person")
def the_second_persons_licence_was_suspended(house):
    order = an_order_ready_to_give(house)
    Licence.objects.filter(user=house.second_nurse).update(
        suspended_at=NOON, suspended_by=house.manager
    )
    return giving(house, order, says="Sam Second has no licence in US-NY today to check a dose.")


# -- Before the day, over the whole person -------------------------------------------------------


@closed("interval")
def a_dose_was_given_yesterday(house):
    given = NOON - DAY + HOUR
    case, session = walk.ready(house, session_at=NOON - DAY)
    walk.up_to_the_dose(house, session, at=given)
    walk.watched(house, session, dosed_at=given, until=given + 121 * MINUTE)
    walk.criteria_met(house, session, at=given + 122 * MINUTE)
    walk.released(house, session, at=given + 125 * MINUTE)
    case.refresh_from_db()
    later = given + 3 * HOUR
    cases.next_cycle(case, by=house.facilitator, at=later)
    talk = walk.booked(house, case, at=later, starts_at=later, stage="preparation")
    walk.prepared(house, talk, at=later + HOUR)
    walk.way_home_planned(house, case, at=later + HOUR, pickup_at=NOON + 6 * HOUR)
    walk.booked(
        house, case, at=later + HOUR, starts_at=NOON + 2 * HOUR, stage="dosing", minutes=180
    )
    the_clock(house, NOON)
    page = reverse("preparation:ready", args=[case.key])
    post = reverse("preparation:declare_ready", args=[case.key])
    says = "The last dose of ketamine was on 17 November 2026; 2 days must lie between"
    return Situation(house.facilitator, post, {}, says, page, at=NOON)
