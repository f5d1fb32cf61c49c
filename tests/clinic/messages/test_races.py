import pytest
from django.core import mail
from django.db import transaction

from clinic.context import acting_as
from clinic.messages import actions, wire
from clinic.messages.models import Message
from clinic.people.queries import system_user
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, NOON, a_house
from tests.builders.messages import a_message, claimed
from tests.faults.two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(transactional_db):
    with transaction.atomic():
        return a_house()


def in_house(house, build, **facts):
    with acting_as(system_user(), sites=[house.site.pk]):
        return build(house, **facts)


def twice(house, act):
    return at_once((house.facilitator, act), (house.facilitator, act), site=house.site)


def test_two_who_queue_the_same_queue_one(house):
    assert twice(house, lambda: a_message(house)) == ["done", "done"]

    with acting_as(system_user(), sites=[house.site.pk]):
        assert Message.objects.count() == 1


def test_of_two_sweeps_one_claims(house):
    in_house(house, a_message)
    found = []

    twice(house, lambda: found.append(actions.claim_next(by=system_user(), at=NOON)))

    assert sorted(message is None for message in found) == [False, True]


def test_of_two_who_stop_a_message_one_does(house):
    message = in_house(house, a_message, due_at=NOON + DAY)

    endings = twice(
        house,
        lambda: actions.cancel(Message.objects.get(pk=message.pk), by=house.facilitator, at=NOON),
    )

    assert "done" in endings
    assert [["status"], ["message_on_its_way"]].count(next(e for e in endings if e != "done")) == 1


def test_nothing_waits_for_a_message_on_the_wire_and_nothing_stops_it(house, monkeypatch):
    with acting_as(system_user(), sites=[house.site.pk]):
        case = a_referred_case(house)
        message = claimed(house, case=case)
    stopped = []

    def stop_all():
        stopped.append(actions.cancel_all(case, by=house.facilitator, at=NOON))

    def stop_it():
        actions.cancel(Message.objects.get(pk=message.pk), by=house.facilitator, at=NOON)

    def send(**facts):
        for act in (stop_all, stop_it):
            stopped.extend(at_once((house.facilitator, act), site=house.site))

    monkeypatch.setattr(wire, "send", send)
    with acting_as(system_user(), sites=[house.site.pk]):
        actions.deliver(message, by=system_user(), at=NOON)

    assert stopped == [0, "done", ["message_on_its_way"]]
    assert mail.outbox == []
    with acting_as(system_user(), sites=[house.site.pk]):
        assert Message.objects.get(pk=message.pk).status == "sent"
