"""The post, for real: a mail server that keeps what it accepts, and a Celery worker that sends."""

import email
import os
import select
import socket
import subprocess
import sys
from email.policy import default
from itertools import count
from time import monotonic

from django.db import connections
from kombu import Connection

from clinic.celery import app
from tests.database import CHECKOUT, _with_database

SECONDS = 60
numbers = count()


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
    def letters(self):
        """Every letter it accepted, oldest first."""
        kept = sorted(self.folder.glob("*.eml"))
        return [email.message_from_bytes(each.read_bytes(), policy=default) for each in kept]

    @property
    def ids(self):
        return [letter["Message-ID"] for letter in self.letters]


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
