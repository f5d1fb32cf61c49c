"""A further dose is agreed to by everybody the version names, each with their time."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import TrailEntry
from clinic.workflow import Refused
from sessions.rehearsal import walk
from sessions.supervised import actions
from sessions.supervised.leaving.record import record_of
from sessions.supervised.models import Order
from tests.builders.house import HOUR, MINUTE, PASSWORD, codes, proof, sign_in
from tests.builders.service_centre import TAKEN, a_dose, a_service_centre, a_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
AT = TAKEN + HOUR


@pytest.fixture
def house(db):
    return a_service_centre()


def a_second_order(house, session, **facts):
    by = house.facilitator
    walk.clock(house, AT)
    return actions.order(
        session, by=by, at=AT, amount=Decimal(10), is_supplementary=True, proof=proof(by, AT),
        **facts,
    )  # fmt: skip


def test_each_who_agrees_stands_on_the_order_with_their_time_and_is_signed_with_it(house):
    session = a_session(house)
    a_dose(house, session)

    order = a_second_order(
        house, session, agreed={"client": AT - 2 * MINUTE, "facilitator": AT - MINUTE}
    )

    said = [
        {"who": "client", "at": (AT - 2 * MINUTE).isoformat()},
        {"who": "facilitator", "at": (AT - MINUTE).isoformat()},
    ]
    assert order.agreed == said
    for each in said:
        assert each["at"] in order.signature.content
        assert each["at"] in TrailEntry.objects.filter(act="dose ordered").latest("pk").payload
    assert record_of(session)["orders"][-1]["agreed"] == said


@pytest.mark.parametrize(
    ("agreed", "refused"),
    [
        (None, ["Client has not agreed to a further dose.",
                "Facilitator has not agreed to a further dose."]),
        ({"facilitator": AT}, ["Client has not agreed to a further dose."]),
    ],
)  # fmt: skip
def test_without_one_of_them_nothing_further_is_ordered(house, agreed, refused):
    session = a_session(house)
    a_dose(house, session)

    with pytest.raises(Refused) as refusal:
        a_second_order(house, session, agreed=agreed)

    assert [each.message for each in refusal.value.obstacles] == refused
    assert set(codes(refusal)) == {"supplement_not_agreed"}
    assert {str(each.basis) for each in refusal.value.obstacles} == {"law"}
    assert Order.objects.count() == 1


def test_nobody_has_agreed_in_the_future(house):
    session = a_session(house)
    a_dose(house, session)

    with pytest.raises(Refused) as refusal:
        a_second_order(house, session, agreed={"client": AT + HOUR, "facilitator": AT})

    assert codes(refusal) == ["stated_in_future"]


def test_the_first_dose_asks_nobody_else(house):
    session = a_session(house)

    dose = a_dose(house, session)

    assert dose.order.agreed == []


def test_the_times_are_typed_by_hand_and_stand_in_the_log(house, client):
    session = a_session(house)
    a_dose(house, session)
    walk.clock(house, AT)
    house.facilitator.set_password(PASSWORD)
    house.facilitator.save()
    sign_in(client, house.facilitator)
    address = reverse("supervised:order", args=[session.key])
    clock = [f"{each.astimezone(house.site.tz):%H:%M}" for each in (AT - 3 * MINUTE, AT - MINUTE)]
    typed = {"amount": "10", "seen_amount": "10", "password": PASSWORD}

    with time_machine.travel(AT, tick=False):
        shown = client.get(address)
        worked_out = client.post(address, {"amount": "10", "work_out": "yes", "agreed_0": clock[0]})
        without = client.post(address, typed | {"agreed_1": clock[1]})
        done = client.post(address, typed | {"agreed_0": clock[0], "agreed_1": clock[1]})
        sheet = client.get(session.get_absolute_url()).content.decode()

    labels = [str(field.label) for field in shown.context["form"].agreements]
    assert labels == ["Client agreed at (24 h)", "Facilitator agreed at (24 h)"]
    assert [field.value() for field in shown.context["form"].agreements] == ["", ""]
    assert worked_out.context["form"]["agreed_0"].value() == clock[0]
    assert without.context["form"].errors == {"agreed_0": ["Fill this in."]}
    assert done.status_code == 302, done.context["form"].errors
    assert f"client agreed {clock[0]} · facilitator agreed {clock[1]}" in sheet
