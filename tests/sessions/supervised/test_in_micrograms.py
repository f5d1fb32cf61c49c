"""LSD on the page of an order: micrograms of base, the salt beside it, milligrams refused."""

import re
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from sessions.rehearsal import walk
from sessions.supervised.models import Order
from tests.builders import trials
from tests.builders.house import DAY, HOUR, MINUTE, NOON, PASSWORD, a_house, sign_in
from tests.builders.protocols import a_shipped_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
AT = NOON + 30 * MINUTE


@pytest.fixture
def session(db):
    """A participant who has come for their dose, two monitors beside them."""
    house = a_house()
    house.version = a_shipped_version(house, "lsd-open-label", at=house.at)
    house.people = house.people | {"lead": house.medical_lead}
    house.pair = [(house.lead, "facilitator"), (house.second_nurse, "second_monitor")]
    chosen = {"age": 41, "weight": "70", "bmi": "23", "qtc_limit": "male"}
    case = trials.a_participant(house, NOON - 30 * DAY, **chosen)
    trials.a_talk(house, case, NOON - 8 * DAY, minutes=60)
    walk.consented(house, case, at=NOON - 8 * DAY)
    found = trials.a_session(
        house, case, NOON, "phq-9", "gad-7", minutes=720, way_home="adult_present"
    )
    walk.declared_ready(house, case, at=NOON - 2 * HOUR)
    trials.checked(house, found, NOON)
    found.house = house
    return found


def ordering(client, session, amount):
    """What the page of the order says about an amount, as it reads."""
    sign_in(client, session.house.prescriber)
    url = reverse("supervised:order", args=[session.key])
    with time_machine.travel(AT, tick=False):
        shown = client.post(url, {"amount": amount, "work_out": "yes"})
    assert shown.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown.content.decode())))


def test_the_page_prints_the_salt_beside_the_base(client, session):
    page = ordering(client, session, "100")

    assert "Amount in ug" in page
    assert "100 ug base (123 ug as hemitartrate (2:1), 146 ug as tartrate (1:1))" in page


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("0.1", "0.1 ug is less than the smallest single dose, 25 ug."),
        ("201", "201 ug is more than the largest single dose, 200 ug."),
    ],
)
def test_what_was_meant_in_milligrams_is_less_than_any_dose(client, session, amount, says):
    assert says in ordering(client, session, amount)


def test_an_order_written_in_milligrams_is_not_taken(client, session):
    sign_in(client, session.house.prescriber)
    url = reverse("supervised:order", args=[session.key])
    with time_machine.travel(AT, tick=False):
        answer = client.post(url, {"amount": "0.1 mg", "password": PASSWORD})

    assert answer.status_code == 422
    assert "0.1 mg" in answer.content.decode()
    assert not Order.objects.exists()
