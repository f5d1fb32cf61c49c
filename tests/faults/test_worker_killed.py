"""The worker is killed with SIGKILL at each point of sending; a real broker, a real mail server."""

from datetime import timedelta
from time import monotonic

import pytest
from django.db import transaction
from django.utils.timezone import now

from clinic.context import acting_as, every_site
from clinic.messages.models import Message
from clinic.people.queries import system_user
from tests.builders.house import a_house
from tests.builders.messages import a_message
from tests.faults.post import SECONDS, Worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_the_house")]

POINTS = [
    "before the claim",
    "after the claim",
    "after DATA was accepted",
    "before the result's commit",
]


def a_letter(**facts):
    """A message due a minute ago, committed."""
    with transaction.atomic():
        return a_message(a_house(), at=now() - timedelta(minutes=1), **facts)


def status_of(message):
    with acting_as(system_user(), sites=every_site()):
        return Message.objects.get(pk=message.pk).status


def kill_and_restart(broker, sink, point, message):
    """Kill a worker at a point, then let another sweep until the message has come to rest."""
    first = Worker(broker, sink, stop_at=point)
    try:
        first.sweep()
        first.hear(f"reached {point}")
    finally:
        first.kill()
    second = Worker(broker, sink)
    try:
        deadline = monotonic() + SECONDS
        while status_of(message) in {"due", "claimed"} and monotonic() < deadline:
            second.sweep()
            second.hear("swept")
    finally:
        second.kill()


@pytest.mark.parametrize("point", POINTS)
def test_a_safety_message_arrives_under_one_name_wherever_the_worker_dies(broker, sink, point):
    message = a_letter(is_safety=True)

    kill_and_restart(broker, sink, point, message)

    assert set(sink.ids) == {message.message_id}
    assert status_of(message) == "sent"


@pytest.mark.parametrize(
    ("point", "letters", "status"),
    [
        ("before the claim", 1, "sent"),
        ("after the claim", 0, "unsure"),
        ("after DATA was accepted", 1, "unsure"),
        ("before the result's commit", 1, "unsure"),
    ],
)
def test_a_courtesy_never_arrives_twice_wherever_the_worker_dies(
    broker, sink, point, letters, status
):
    message = a_letter(is_safety=False)

    kill_and_restart(broker, sink, point, message)

    assert sink.ids == [message.message_id] * letters
    assert status_of(message) == status


def test_two_workers_at_once_send_every_message_once(broker, sink):
    with transaction.atomic():
        house, at = a_house(), now() - timedelta(minutes=1)
        sent = [a_message(house, at=at, occurrence=f"{n}").message_id for n in range(20)]
    workers = [Worker(broker, sink), Worker(broker, sink)]
    try:
        for worker in workers:
            worker.sweep()
        for worker in workers:
            worker.hear("swept")
    finally:
        for worker in workers:
            worker.kill()

    assert sorted(sink.ids) == sorted(sent)
