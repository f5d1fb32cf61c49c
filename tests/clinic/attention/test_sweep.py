import pytest
import time_machine

from clinic.attention import actions
from clinic.attention.models import Matter
from clinic.attention.tasks import sweep
from tests.builders.attention import a_matter, a_taken_matter
from tests.builders.house import HOUR, MINUTE, NOON, a_house

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return a_house()


def rungs():
    return list(Matter.objects.order_by("pk").values_list("rung", flat=True))


def test_the_sweep_climbs_what_nobody_has_taken_in_time(house):
    a_matter(house, occurrence="old", at=NOON - 6 * MINUTE)
    a_matter(house, occurrence="new", at=NOON - 4 * MINUTE)
    a_taken_matter(house, occurrence="taken", at=NOON - 6 * MINUTE)

    with time_machine.travel(NOON, tick=False):
        handled = sweep()

    assert (handled, rungs()) == (1, [1, 0, 0])


def test_two_sweeps_at_one_time_climb_once(house):
    a_matter(house, at=NOON - 6 * MINUTE)

    with time_machine.travel(NOON, tick=False):
        assert [sweep(), sweep()] == [1, 0]


def test_a_scheduler_that_was_away_for_two_hours_goes_on_from_where_it_was(house):
    matter = a_matter(house, at=NOON - 2 * HOUR)

    with time_machine.travel(NOON, tick=False):
        sweep()

    matter.refresh_from_db()
    assert (matter.rung, matter.climbs_at) == (1, NOON + 5 * MINUTE)
    assert actions.queries.TOP == 2
