"""MDMA-assisted therapy in the house: prepared thrice, dosed in steps, integrated three times."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from clinic.booking import actions as booking
from clinic.stock import actions as stock
from clinic.workflow import Refused
from sessions.aftercare import actions as aftercare
from sessions.aftercare.queries import integration_visits_held, integration_visits_needed
from sessions.integration import actions as integration
from sessions.preparation import rules
from sessions.rehearsal import walk
from sessions.supervised import actions
from tests.builders import trials
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house, codes, proof
from tests.builders.protocols import a_shipped_version
from tests.builders.trials import WARM, a_talk, charted, checked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
GIVEN = NOON + 30 * MINUTE
ALL_THREE = ("The participant", "The lead therapist", "The second therapist")


@pytest.fixture
def house(db):
    """The house with MDMA in force: a physician as lead therapist, a second one beside them."""
    house = a_house()
    house.version = a_shipped_version(house, "mdma-assisted", at=house.at)
    house.lot = stock.receive(
        house.site, by=house.nurse, at=house.at, substance="mdma",
        presentation="capsule", salt="hydrochloride",
        product="MDMA 40 mg capsule", number="MD-0001", unit="mg", per_ml=None, expires_on=date(2027, 12, 31),
        quantity=Decimal(4000),
    )  # fmt: skip
    house.people = house.people | {"lead": house.medical_lead, "second": house.facilitator}
    house.pair = [(house.lead, "facilitator"), (house.second, "second_therapist")]
    return house


def a_participant(house):
    return trials.a_participant(house, NOON - 30 * DAY, age=41, weight="70", qtc_limit="male")


def a_session(house, case, at):
    measures = ("pcl-5", "phq-9", "gad-7")
    return trials.a_session(house, case, at, *measures, minutes=480, way_home="stays_the_night")


def closed_gates(case, at):
    return {step.code for step in rules.gates(case.cycles.last(), at=at) if step.obstacles}


def a_dose(house, session, amount, at, **facts):
    walk.clock(house, at)
    if facts.get("is_supplementary"):
        facts["agreed"] = dict.fromkeys(ALL_THREE, at)
    order = actions.order(
        session, by=house.prescriber, at=at, amount=Decimal(amount),
        proof=proof(house.prescriber, at), **facts,
    )  # fmt: skip
    walk.drawn(house, order, at=at, nurse=house.prescriber, second=house.lead)
    order.refresh_from_db()
    return actions.give(
        order, by=house.prescriber, at=at, client_key=uuid4(), given_at=at, amount=Decimal(amount)
    )


def a_first_cycle(house):
    """From the referral to the morning after the first session: 80 mg, and 40 mg beside it."""
    case = a_participant(house)
    for days in (20, 15, 8):
        a_talk(house, case, NOON - days * DAY)
    walk.consented(house, case, at=NOON - 8 * DAY)
    session = a_session(house, case, NOON)
    walk.declared_ready(house, case, at=NOON - 2 * HOUR)
    checked(house, session, NOON)
    a_dose(house, session, 80, GIVEN)
    charted(house, session, GIVEN + 95 * MINUTE, WARM)
    a_dose(house, session, 40, GIVEN + 100 * MINUTE, is_supplementary=True)
    return case, session


def ended(house, session, at):
    """Everybody agrees, and the person goes to bed upstairs."""
    charted(house, session, at - 5 * MINUTE, WARM)
    walk.criteria_met(house, session, at=at, nurse=house.lead)
    walk.released(house, session, at=at, nurse=house.prescriber)


def integrated(house, case, at, code):
    visit = booking.book(
        case, by=house.intake, at=at - HOUR, stage="integration", code=code, room=house.room,
        starts_at=at, ends_at=at + 90 * MINUTE, people=house.pair,
    )  # fmt: skip
    walk.clock(house, at)
    booking.arrive(visit, by=house.lead, at=at)
    integration.write_note(visit, by=house.second, at=at + HOUR, body="Slept. Spoke of the sea.")
    integration.finish_visit(visit, by=house.second, at=at + HOUR)


def test_there_is_no_dose_before_the_third_preparation_visit(house):
    case = a_participant(house)
    for days in (20, 15):
        a_talk(house, case, NOON - days * DAY)
    walk.consented(house, case, at=NOON - 10 * DAY)
    a_session(house, case, NOON)

    assert closed_gates(case, NOON - 9 * HOUR) == {"preparation_visits"}

    a_talk(house, case, NOON - 8 * HOUR)
    assert closed_gates(case, NOON - 6 * HOUR) == set()


def test_the_first_session_has_80_mg_and_half_of_it_once(house):
    _, session = a_first_cycle(house)

    given = [(dose.amount, dose.unit) for dose in session.doses.all()]
    assert given == [(80, "mg"), (40, "mg")]
    assert not session.deviations.exists()
    with pytest.raises(Refused) as third:
        a_dose(house, session, 40, GIVEN + 110 * MINUTE, is_supplementary=True)
    assert codes(third) == ["supplement"]


def test_the_second_cycle_is_prepared_already_and_has_three_visits_of_its_own(house):
    case, session = a_first_cycle(house)
    with pytest.raises(Refused) as early:
        ended(house, session, GIVEN + 479 * MINUTE)
    assert codes(early) == ["minimum_stay"]
    over = GIVEN + 481 * MINUTE
    ended(house, session, over)
    case.refresh_from_db()

    integrated(house, case, NOON + DAY, "integration-morning")
    integrated(house, case, NOON + 7 * DAY, "integration")
    assert (integration_visits_held(case), integration_visits_needed(case)) == (2, 3)
    integrated(house, case, NOON + 14 * DAY, "integration")
    assert integration_visits_held(case) == 3

    later = NOON + 20 * DAY
    walk.clock(house, later)
    aftercare.open_next_cycle(case, by=house.lead, at=later)
    case.refresh_from_db()
    second = a_session(house, case, NOON + 21 * DAY)
    assert closed_gates(case, NOON + 20 * DAY + 2 * HOUR) == set()
    checked(house, second, NOON + 21 * DAY)
    at = NOON + 21 * DAY + 30 * MINUTE
    with pytest.raises(Refused) as between:
        a_dose(house, second, 100, at)
    assert codes(between) == ["order_amount"]
    assert a_dose(house, second, 120, at).amount == 120
