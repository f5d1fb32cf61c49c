import pytest
import time_machine
from django.core import mail

from clinic.messages import actions
from clinic.messages.models import Message, Status
from clinic.messages.tasks import sweep
from tests.builders.cases import a_patient, a_referred_case
from tests.builders.house import DAY, HOUR, MINUTE, NOON, a_house
from tests.builders.messages import a_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return a_house()


def sweep_at(at):
    with time_machine.travel(at, tick=False):
        return sweep()


def test_swept_twice_a_message_goes_once(house):
    a_message(house)

    assert [sweep_at(NOON), sweep_at(NOON)] == [1, 0]
    assert len(mail.outbox) == 1


def test_a_scheduler_that_was_away_sends_what_was_missed_once(house):
    for number in range(5):
        a_message(house, due_at=NOON - number * HOUR, occurrence=f"n{number}")

    sweep_at(NOON)

    assert len(mail.outbox) == 5


def test_what_is_not_due_stays(house):
    a_message(house, due_at=NOON + MINUTE)

    assert (sweep_at(NOON), mail.outbox) == (0, [])


def test_a_message_that_cannot_be_handled_holds_up_nobody_behind_it(house, monkeypatch):
    broken = a_message(house, due_at=NOON - HOUR, occurrence="broken")
    a_message(house, occurrence="whole")
    prepare = actions.prepare

    def stumble(message, **facts):
        if message.pk == broken.pk:
            raise RuntimeError("nobody thought of this")
        return prepare(message, **facts)

    monkeypatch.setattr(actions, "prepare", stumble)
    sweep_at(NOON)

    broken.refresh_from_db()
    assert len(mail.outbox) == 1
    assert (broken.status, broken.last_error[:21]) == (Status.DUE, "Something unforeseen ")


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Pacific/Chatham"])
def test_through_the_night_nothing_goes_and_in_the_morning_everything_once(house, zone):
    case = a_referred_case(house, patient=a_patient(house, zone=zone))
    message = a_message(house, case=case)

    for hour in range(24):
        sweep_at(NOON + hour * HOUR)

    message.refresh_from_db()
    assert len(mail.outbox) == 1
    assert 8 <= message.sent_at.astimezone(message.zone).hour < 21


def test_what_is_planned_for_two_sites_is_sent_for_both(house):
    a_message(house, occurrence="here")
    a_message(house, occurrence="there", site=house.other_site, user=house.stranger)

    sweep_at(NOON)

    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "nurse@vigil.example",
        "stranger@vigil.example",
    ]


def test_a_day_later_nothing_is_left(house):
    a_message(house)
    sweep_at(NOON)

    assert sweep_at(NOON + DAY) == 0
    assert Message.objects.filter(status=Status.DUE).count() == 0
