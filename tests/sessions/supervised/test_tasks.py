"""The sweep on the wall's own clock: nobody looks at a screen, and still a person is asked."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from clinic.attention.models import Matter
from clinic.context import acting_as
from sessions.supervised import actions
from sessions.supervised.tasks import sweep
from tests.builders import supervised as build
from tests.builders.house import MINUTE, a_house

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_the_house_today"),
]


def overdue_matters(house):
    with acting_as(house.nurse, sites=[house.site.pk]):
        return Matter.objects.filter(kind="overdue_check").count()


@pytest.fixture
def dosed():
    with transaction.atomic():
        # Given 21 minutes ago: the checks of nought and of fifteen minutes were never charted.
        house = a_house(at=now() - timedelta(days=60))
        session = build.a_dosed_session(house, at=now() - 51 * MINUTE)
    return house, session


def test_an_overdue_check_reaches_a_person_once(dosed):
    house, _ = dosed

    assert (sweep(), sweep()) == (1, 1)
    assert overdue_matters(house) == 1


def test_after_a_call_for_help_the_sweep_is_silent(dosed):
    house, session = dosed
    with acting_as(house.nurse, sites=[house.site.pk]):
        actions.call_for_help(build.fresh(session), by=house.nurse, at=now())

    assert sweep() == 0
    assert overdue_matters(house) == 0
