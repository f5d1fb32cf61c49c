"""A real Celery worker that stops at one point of sending and says so, to be killed there.

VIGIL_TEST_STOP_AT names the point; without it the worker just works. What stops is patched in here,
around the product's own functions: the product knows nothing of it.
"""

import os
import signal
from datetime import timedelta

import django

django.setup()

from clinic.celery import app  # noqa: E402 -- Django is set up first
from clinic.messages import actions, rules, tasks, wire  # noqa: E402
from tests.builders import messages  # noqa: E402, F401 -- registers the kind the test sends

STOP_AT = os.environ.get("VIGIL_TEST_STOP_AT")


def say(words):
    os.write(1, f"{words}\n".encode())


def reach(point):
    if point == STOP_AT:
        say(f"reached {point}")
        signal.pause()


def before(point, function):
    def stop_first(*args, **facts):
        reach(point)
        return function(*args, **facts)

    return stop_first


def after(point, function):
    def stop_then(*args, **facts):
        found = function(*args, **facts)
        reach(point)
        return found

    return stop_then


def told(function):
    def sweep(*args):
        found = function(*args)
        say(f"swept {found}")
        return found

    return sweep


actions.claim_next = before("before the claim", actions.claim_next)
actions.prepare = before("after the claim", actions.prepare)
wire.send = after("after DATA was accepted", wire.send)
actions.deliver = after("before the result's commit", actions.deliver)
tasks.sweep.run = told(tasks.sweep.run)
# The rules stay, their clocks run faster: no test waits five minutes for a lease to run out.
actions.LEASE = timedelta(milliseconds=200)
rules.PAUSES = (timedelta(milliseconds=1),) * len(rules.PAUSES)

if __name__ == "__main__":
    app.worker_main(
        ["worker", "--pool", "solo", "--queues", os.environ["VIGIL_TEST_QUEUE"]]
        + ["--loglevel", "ERROR", "--without-gossip", "--without-mingle"]
    )
