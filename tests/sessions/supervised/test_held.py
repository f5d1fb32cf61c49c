import pytest
import time_machine
from django.urls import reverse

from clinic.attention.models import Matter
from clinic.cases import actions as cases
from clinic.cases.models import Hold
from sessions.supervised.models import Status, SupervisedSession
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house, sign_in
from tests.builders.supervised import (
    a_dosed_session,
    a_planned_session,
    a_prepared_order,
    a_set,
    the_clock,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
AT = NOON + HOUR


@pytest.fixture
def house():
    return a_house()


def place(house, on, target, rule=""):
    return cases.place_hold(
        house.site, by=house.safety_lead, at=AT, on=on, target_key=target.key, words=str(target),
        reason="A letter from the maker.", rule=rule,
    )  # fmt: skip


def told(session):
    return Matter.objects.filter(kind="hold_on_session", about_key=session.key)


@pytest.mark.parametrize("on", [on for on in Hold.On if on != Hold.On.SITE])
def test_a_session_that_goes_on_is_told_of_a_hold_behind_it_and_goes_on(house, on):
    session = a_dosed_session(house)
    targets = {
        "version": house.version, "rule": house.version, "lot": house.lot, "room": house.room,
        "person": house.nurse, "patient": session.case.patient,
    }  # fmt: skip

    place(house, on, targets[on], "doses.single[0]" if on == Hold.On.RULE else "")

    assert told(session).get().case == session.case
    the_clock(house, AT)
    a_set(house, session, at=AT)
    assert SupervisedSession.objects.get(pk=session.pk).status == Status.DOSED


def test_nobody_is_told_of_a_hold_on_something_else(house):
    session = a_dosed_session(house)

    place(house, Hold.On.PERSON, house.manager)

    assert not told(session).exists()


def test_a_session_that_has_not_begun_is_not_told(house):
    session = a_planned_session(house)

    place(house, Hold.On.VERSION, house.version)

    assert not told(session).exists()


def test_the_run_sheet_shows_the_hold(client, house):
    session = a_dosed_session(house)
    place(house, Hold.On.VERSION, house.version)

    with time_machine.travel(AT + MINUTE, tick=False):
        page = sign_in(client, house.nurse).get(reverse("supervised:show", args=[session.key]))

    assert "A letter from the maker." in page.content.decode()


def test_a_hold_on_a_lot_lists_for_whom_it_was_prepared_or_given(house, client):
    dosed = a_dosed_session(
        house, at=NOON - DAY, family_name="Birch", given_name="Hazel", phone="+1 212 555 0199"
    )
    prepared = a_prepared_order(house).session
    placed = cases.place_hold(
        house.site, by=house.medical_lead, at=NOON, on="lot", target_key=house.lot.key,
        words=str(house.lot), reason="The maker asks.",
    )  # fmt: skip
    sign_in(client, house.medical_lead)

    pages = [
        client.get(url).content.decode()
        for url in (
            reverse("cases:hold", args=[placed.key]), reverse("stock:lot", args=[house.lot.key])
        )
    ]  # fmt: skip

    for page in pages:
        assert prepared.get_absolute_url() in page
        assert dosed.get_absolute_url() in page
        assert "not given" in page
        assert "50 mg given 17 Nov 2026" in page


def test_who_keeps_stock_alone_reads_nobody_s_name_on_a_lot(house, client):
    dosed = a_dosed_session(house)
    sign_in(client, house.manager)

    page = client.get(reverse("stock:lot", args=[house.lot.key])).content.decode()

    assert dosed.get_absolute_url() not in page
    assert str(dosed.case.patient) not in page
