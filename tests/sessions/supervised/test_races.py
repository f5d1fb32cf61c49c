"""Two people at one moment, each on their own connection: exactly one dose, one release, one record."""

from uuid import uuid4

import pytest
from django.db import transaction

from clinic.context import acting_as
from sessions.supervised import actions
from sessions.supervised.models import Order, SupervisedSession
from tests.builders import supervised as build
from tests.builders.house import HOUR, a_house, proof
from tests.faults.two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_the_house")]
DOSED_AT, AT = build.DOSED_AT, build.LEAVES_AT


def standing(reach):
    with transaction.atomic():
        house = a_house()
        return house, reach(house).pk


def kept(house, ask):
    with acting_as(house.nurse, sites=[house.site.pk]):
        return ask()


def session_of(pk):
    return SupervisedSession.objects.get(pk=pk)


def test_two_who_give_the_same_dose_give_one():
    house, pk = standing(build.a_prepared_order)

    def give(by):
        order = Order.objects.get(pk=pk)
        return lambda: actions.give(
            order, by=by, at=DOSED_AT, client_key=uuid4(), amount=order.amount
        )

    def act(by):
        return lambda: give(by)()

    endings = at_once(
        (house.nurse, act(house.nurse)), (house.second_nurse, act(house.second_nurse)),
        site=house.site,
    )  # fmt: skip

    assert endings.count("done") == 1
    lost = next(ending for ending in endings if ending != "done")
    assert lost[:2] == ["status", "no_order"]
    assert kept(house, lambda: Order.objects.get(pk=pk).session.doses.count()) == 1


def test_one_entry_sent_by_two_connections_is_one_dose():
    house, pk = standing(build.a_prepared_order)
    key = uuid4()

    def give():
        order = Order.objects.get(pk=pk)
        actions.give(order, by=house.nurse, at=DOSED_AT, client_key=key, amount=order.amount,
                     when="minus 0")  # fmt: skip

    endings = at_once((house.nurse, give), (house.nurse, give), site=house.site)

    assert endings == ["done", "done"]
    assert kept(house, lambda: Order.objects.get(pk=pk).session.doses.count()) == 1


def test_two_who_release_one_person_release_once():
    house, pk = standing(build.a_session_to_release)

    def release(by):
        return lambda: actions.release(session_of(pk), by=by, at=AT, proof=proof(by, AT))

    endings = at_once(
        (house.nurse, release(house.nurse)), (house.prescriber, release(house.prescriber)),
        site=house.site,
    )  # fmt: skip

    assert sorted(endings, key=str) == [["status"], "done"]


def test_a_release_and_a_door_at_once_are_one_ending():
    house, pk = standing(build.a_session_to_release)

    def release():
        actions.release(session_of(pk), by=house.nurse, at=AT, proof=proof(house.nurse, AT))

    def leave():
        actions.leave_unseen(session_of(pk), by=house.facilitator, at=AT)

    endings = at_once((house.nurse, release), (house.facilitator, leave), site=house.site)

    assert sorted(endings, key=str) == [["status"], "done"]


def test_two_who_sign_one_record_sign_once():
    house, pk = standing(build.a_released_session)
    at = AT + HOUR

    def sign(by):
        return lambda: actions.sign(session_of(pk), by=by, at=at, proof=proof(by, at))

    endings = at_once(
        (house.nurse, sign(house.nurse)), (house.prescriber, sign(house.prescriber)),
        site=house.site,
    )  # fmt: skip

    assert sorted(endings, key=str) == [["status"], "done"]
    assert kept(house, lambda: session_of(pk).case.signatures.filter(
        meaning="signed the record of this session").count()) == 1  # fmt: skip


def test_two_who_check_one_person_in_check_in_once():
    house, pk = standing(build.a_planned_session)

    def check_in(by):
        return lambda: actions.check_in(session_of(pk), by=by, at=build.NOON)

    endings = at_once(
        (house.nurse, check_in(house.nurse)), (house.facilitator, check_in(house.facilitator)),
        site=house.site,
    )  # fmt: skip

    assert sorted(endings, key=str)[-1] == "done"
    assert endings.count("done") == 1


def test_two_corrections_of_one_set_are_one():
    house, pk = standing(build.a_dosed_session)
    row = kept(house, lambda: session_of(pk).observation_sets.first())

    def correct(by):
        return lambda: actions.correct(
            row, by=by, at=DOSED_AT + HOUR, client_key=uuid4(), stated_at=row.stated_at,
            readings={"systolic": "121"}, correction_reason="Swapped.",
        )  # fmt: skip

    endings = at_once(
        (house.nurse, correct(house.nurse)), (house.facilitator, correct(house.facilitator)),
        site=house.site,
    )  # fmt: skip

    assert sorted(endings, key=str) == [["changed"], "done"]
