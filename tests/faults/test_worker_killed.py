"""The worker is killed with SIGKILL at each point of sending; a real broker, a real mail server."""

import email
import os
import select
import socket
import subprocess
import sys
from datetime import timedelta
from itertools import count
from time import monotonic

import pytest
from django.db import connections, transaction
from django.utils.timezone import now
from kombu import Connection

from clinic.access import acting_as, every_site
from clinic.celery import app
from clinic.embedded.broker import Broker
from clinic.messages.models import Message
from clinic.people.queries import system_user
from tests.builders.house import a_house
from tests.builders.messages import a_message
from tests.database import CHECKOUT, _with_database

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 60
numbers = count()
POINTS = [
    "before the claim",
    "after the claim",
    "after DATA was accepted",
    "before the result's commit",
]


class Sink:
    """The mail server of the demonstration: what it accepts lies in a folder before it says so."""

    def __init__(self, folder):
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = listening.getsockname()[1]
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clinic.embedded.mailsink"]
                + ["--fd", str(listening.fileno()), "--folder", str(folder)],
                cwd=CHECKOUT,
                pass_fds=[listening.fileno()],
            )

    @property
    def ids(self):
        letters = sorted(self.folder.glob("*.eml"))
        return [email.message_from_bytes(letter.read_bytes())["Message-ID"] for letter in letters]


@pytest.fixture
def sink(tmp_path):
    server = Sink(tmp_path / "mail")
    yield server
    server.process.terminate()
    server.process.wait()


@pytest.fixture
def broker(tmp_path):
    server = Broker(tmp_path)
    server.join()
    yield server.url()
    server.leave()


class Worker:
    """One worker process, stopped by SIGKILL and by nothing else."""

    def __init__(self, broker, sink, stop_at=""):
        database = connections.settings["default"]["NAME"]
        self.broker, self.queue = broker, f"queue-{next(numbers)}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            cwd=CHECKOUT,
            env=os.environ
            | {
                "DATABASE_URL": _with_database(os.environ["DATABASE_URL"], database),
                "BROKER_URL": broker,
                "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
                "VIGIL_TEST_QUEUE": self.queue,
                "VIGIL_TEST_STOP_AT": stop_at,
            },
            stdout=subprocess.PIPE,
            bufsize=0,  # so that nothing lies in a buffer where select does not see it
        )

    def sweep(self):
        """Have it sweep, as the scheduler does."""
        with Connection(self.broker) as connection:
            app.send_task("clinic.messages.sweep", connection=connection, queue=self.queue)

    def hear(self, words):
        """Read what it says until it says this."""
        deadline = monotonic() + SECONDS
        while monotonic() < deadline:
            if select.select([self.process.stdout], [], [], deadline - monotonic())[0]:
                said = self.process.stdout.readline().decode()
                assert said, "the worker ended by itself"
                if said.startswith(words):
                    return said
        raise AssertionError(f"the worker did not say '{words}' in {SECONDS} s")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


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
