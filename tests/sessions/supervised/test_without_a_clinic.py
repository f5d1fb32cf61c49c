"""Oregon, from referral to release: nobody there prescribes, measures, draws or checks a second time."""

import re
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from clinic.workflow import Refused
from sessions.preparation import actions as preparation
from sessions.preparation import rules
from sessions.rehearsal import walk
from sessions.supervised import actions
from tests.builders.house import DAY, HOUR, MINUTE, NOON, codes, proof, sign_in, trail
from tests.builders.service_centre import TAKEN, a_client, a_dose, a_service_centre, a_session
from tests.clinic.protocols.builders import FORBIDDEN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return a_service_centre()


def test_every_gate_that_stands_before_the_dose_is_one_the_protocol_names(house):
    case = a_client(house)

    asked = {step.code for step in rules.gates(case.cycles.get(), at=NOON)}

    assert asked == {
        "consent", "screening_signed", "exclusions", "washouts", "preparation_visits", "age",
        "licence", "roles_present", "ratio", "way_home", "amount", "hold",
    }  # fmt: skip


def test_a_client_comes_takes_and_goes_with_a_facilitator_alone(house):
    session = a_session(house)

    dose = a_dose(house, session)
    at = TAKEN + 240 * MINUTE
    walk.criteria_met(house, session, at=at)
    walk.released(house, session, at=at)

    session.refresh_from_db()
    assert (session.status, dose.amount, dose.unit) == ("released", Decimal(20), "mg")
    assert (dose.lot_number, dose.second_person) == ("OR-PSI-0042", None)
    assert not session.deviations.exists()
    assert "dose given" in trail()


def test_a_second_amount_lengthens_the_stay(house):
    session = a_session(house)
    a_dose(house, session)

    a_dose(house, session, "15", at=TAKEN + HOUR, is_supplementary=True)
    at = TAKEN + HOUR + 359 * MINUTE
    walk.criteria_met(house, session, at=at)

    with pytest.raises(Refused) as refusal:
        walk.released(house, session, at=at)
    assert codes(refusal) == ["minimum_stay"]
    walk.released(house, session, at=at + MINUTE)


def test_more_than_was_agreed_is_not_given_and_over_fifty_not_agreed(house):
    session = a_session(house)
    facilitator = house.facilitator
    order = actions.order(
        session, by=facilitator, at=TAKEN, amount=Decimal(20), proof=proof(facilitator, TAKEN)
    )

    with pytest.raises(Refused) as more:
        actions.give(order, by=facilitator, at=TAKEN, client_key=uuid4(), amount=Decimal(25))
    with pytest.raises(Refused) as over:
        a_dose(house, session, "50.01")

    assert codes(more) == ["amount_not_prepared"]
    assert codes(over) == ["order_amount", "order_amount"]


def test_without_a_representative_on_the_premises_nothing_is_taken(house):
    session = a_session(house)
    walk.clock(house, TAKEN)
    actions.come(session, by=house.facilitator, at=TAKEN, user=house.representative, where="away")

    with pytest.raises(Refused) as refusal:
        a_dose(house, session)

    assert codes(refusal) == ["roles_present"]


def test_lithium_of_this_month_ends_it(house):
    with pytest.raises(Refused):
        a_client(house, lithium=True, lithium_last_on="2026-10-20")


def test_the_pages_of_the_day_ask_for_neither_readings_nor_stock(house, client):
    session = a_session(house)
    sign_in(client, house.facilitator)

    with time_machine.travel(TAKEN, tick=False):
        sheet = client.get(session.get_absolute_url()).content.decode()
        give = client.get(reverse("supervised:give", args=[session.key])).content.decode()

    for step in ("Today&#x27;s checks", "Vital signs", "Prepare<"):
        assert step not in sheet
    assert "No dose is ordered yet." in give


OF_THE_SESSION = ["supervised:show", "supervised:order", "supervised:give", "supervised:release",
                  "supervised:criteria", "supervised:adverse_event", "supervised:record_dose",
                  "supervised:observe"]  # fmt: skip
OF_THE_CASE = ["preparation:show", "preparation:ready", "preparation:way_home", "casefile:show",
               "documents:index", "aftercare:index", "booking:book"]  # fmt: skip


def test_no_page_of_the_day_speaks_as_a_clinic_does(house, client):
    session = a_session(house)
    sign_in(client, house.facilitator)
    pages = [reverse(name, args=[session.key]) for name in OF_THE_SESSION]
    pages += [reverse(name, args=[session.case.key]) for name in OF_THE_CASE]

    with time_machine.travel(TAKEN, tick=False):
        shown = {page: client.get(page) for page in pages}

    assert {answer.status_code for answer in shown.values()} == {200}
    said = {page: FORBIDDEN.findall(words_of(answer)) for page, answer in shown.items()}
    assert {page: words for page, words in said.items() if words} == {}


def words_of(answer):
    """What a reader of the page meets, without its markup."""
    markup = r"<(script|style)[^>]*>.*?</\1>|<[^>]+>"
    return unescape(re.sub(markup, " ", answer.content.decode(), flags=re.DOTALL))


def test_preparation_began_by_the_facilitator_needs_no_role_of_a_clinic(house):
    case = a_client(house)

    preparation.begin(case, by=house.facilitator, at=NOON - 10 * DAY)

    assert case.status == "preparing"
