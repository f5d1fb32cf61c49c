"""The one world all cells are asked in: a database of its own, made once a worker."""

import logging
from functools import partial
from unittest.mock import patch

import pytest
import time_machine
from django.db import connections, transaction
from django.test import override_settings

from tests.database import TestRun, point_django_at


def tell_at(clock):
    """What tells the database who asks, and that it is noon."""
    from clinic.context import set_context_of  # noqa: PLC0415 -- Django is set up only by now

    return patch("clinic.audit.middleware.set_context_of", partial(set_context_of, clock=clock))


def as_in_a_clinic():
    """The door as a clinic has it: a second factor is asked for, an idle device locks itself."""
    return override_settings(SECOND_FACTOR_REQUIRED=True, IDLE_LOCK=True)


@pytest.fixture(scope="session")
def _made_world(django_db_setup, django_db_blocker):
    from tests.builders.house import NOON  # noqa: PLC0415 -- Django is set up only by now
    from tests.matrix.actors import build  # noqa: PLC0415 -- as above

    shared = connections.settings["default"]["NAME"]
    run = TestRun()
    with django_db_blocker.unblock():
        run.begin()
        try:
            with time_machine.travel(NOON, tick=False), as_in_a_clinic(), transaction.atomic():
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
    with (
        django_db_blocker.unblock(),
        time_machine.travel(noon, tick=False),
        as_in_a_clinic(),
        tell_at(noon),
    ):
        point_django_at(name)
        yield world
        point_django_at(shared)
