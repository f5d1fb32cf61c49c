"""A database of its own for figures, made as the tests make theirs: every wall and trigger is up."""

from contextlib import contextmanager

import django

import tests.conftest  # noqa: F401 -- sets the environment up as for the tests

django.setup()

from tests.database import TestRun  # noqa: E402 -- Django is set up only by now


@contextmanager
def standing():
    """A run of databases; Django is pointed at the first, as the application's role."""
    run = TestRun()
    run.begin()
    try:
        yield run
    finally:
        run.end()
