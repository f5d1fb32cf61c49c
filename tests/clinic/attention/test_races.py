import pytest
from django.db import transaction

from clinic.attention import actions
from clinic.attention.models import Matter, Notice
from clinic.context import acting_as
from clinic.people.queries import system_user
from tests.builders.attention import a_matter, a_taken_matter
from tests.builders.house import MINUTE, NOON, a_house
from tests.faults.two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(transactional_db):
    with transaction.atomic():
        return a_house()


def in_house(house, build):
    with acting_as(system_user(), sites=[house.site.pk]):
        return build(house)


def fresh(matter):
    return Matter.objects.get(pk=matter.pk)


def test_of_two_who_take_it_one_has_it(house):
    matter = in_house(house, a_matter)

    endings = at_once(
        (house.nurse, lambda: actions.take(fresh(matter), by=house.nurse, at=NOON)),
        (house.prescriber, lambda: actions.take(fresh(matter), by=house.prescriber, at=NOON)),
        site=house.site,
    )

    assert sorted(endings, key=str) == [["matter_already_taken"], "done"]


def test_of_two_who_close_it_one_says_what_came_of_it(house):
    matter = in_house(house, a_taken_matter)

    def close(words):
        return lambda: actions.close(fresh(matter), by=house.nurse, at=NOON, outcome=words)

    endings = at_once((house.nurse, close("Safe.")), (house.nurse, close("Well.")), site=house.site)

    assert sorted(endings, key=str) == [["status"], "done"]


def test_of_two_who_raise_the_same_there_is_one_matter(house):
    endings = at_once(*[(house.nurse, lambda: a_matter(house)) for _ in range(2)], site=house.site)

    assert endings == ["done", "done"]
    with acting_as(system_user(), sites=[house.site.pk]):
        assert (Matter.objects.count(), Notice.objects.count()) == (1, 1)


def test_of_two_sweeps_one_climbs(house):
    matter = in_house(house, a_matter)

    def climb():
        return actions.climb(fresh(matter), by=house.nurse, at=NOON + 6 * MINUTE)

    at_once((house.nurse, climb), (house.nurse, climb), site=house.site)

    with acting_as(system_user(), sites=[house.site.pk]):
        assert (fresh(matter).rung, Notice.objects.count()) == (1, 2)
