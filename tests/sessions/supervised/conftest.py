"""One house a file: what a test does in it is undone after the test, the house stays."""

import pytest


@pytest.fixture(scope="module")
def standing_house(django_db_setup, django_db_blocker):
    """The made-up clinic with one person who is ready; built once, in a transaction never kept."""
    from django.db import transaction  # noqa: PLC0415 -- Django is not set up before this

    from tests.builders import supervised as build  # noqa: PLC0415 -- the same
    from tests.builders.house import a_house  # noqa: PLC0415 -- the same

    with django_db_blocker.unblock(), transaction.atomic():
        house = a_house()
        build.somebody_is_ready(house)
        yield house
        transaction.set_rollback(True)


@pytest.fixture
def house(standing_house, db):
    """The standing house; what a test changes in it is undone."""
    standing_house.lot.refresh_from_db()
    return standing_house
