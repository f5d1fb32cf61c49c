"""The one world all cells are asked in: a database of its own, made once a worker."""

import logging

import pytest
import time_machine
from django.db import connections, transaction

from tests.database import TestRun, point_django_at


@pytest.fixture(scope="session")
def _made_world(django_db_setup, django_db_blocker):
    from tests.matrix.world import NOON, build  # noqa: PLC0415 -- Django is set up only by now

    shared = connections.settings["default"]["NAME"]
    run = TestRun()
    with django_db_blocker.unblock():
        run.begin()
        try:
            with time_machine.travel(NOON, tick=False), transaction.atomic():
                world = build()
            point_django_at(shared)
            with django_db_blocker.block():
                yield world, run.shared, shared, NOON
        finally:
            run.end()
            point_django_at(shared)


@pytest.fixture
def world(_made_world, django_db_blocker, caplog):
    """The world at noon, in its own database; every question to it is undone."""
    caplog.set_level(logging.CRITICAL, "django.request")  # a refusal is what is asked for here
    world, name, shared, noon = _made_world
    with django_db_blocker.unblock(), time_machine.travel(noon, tick=False):
        point_django_at(name)
        yield world
        point_django_at(shared)
