from datetime import timedelta

import pytest

from clinic.attention import queries
from clinic.attention.models import Urgency
from clinic.people.models import DutyShift
from tests.builders.attention import a_matter, a_taken_matter
from tests.builders.house import DAY, HOUR, NOON, a_house

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture
def house(db):
    return a_house()


@pytest.fixture
def no_rota(house):
    DutyShift.objects.all().delete()


def a_shift(house, starts, hours):
    return DutyShift.objects.create(
        site=house.site,
        user=house.nurse,
        duty="charge",
        starts_at=starts,
        ends_at=starts + timedelta(hours=hours),
    )


def test_the_most_urgent_comes_first_then_who_has_waited_longest(house):
    amber = a_matter(house, urgency=Urgency.AMBER, at=NOON - DAY)
    taken = a_taken_matter(house, at=NOON - 3 * HOUR)
    new = a_matter(house, at=NOON)
    old = a_matter(house, at=NOON - HOUR)

    assert list(queries.open_matters(house.nurse)) == [old, new, taken, amber]


def test_mine_is_what_i_took_and_what_i_am_asked(house):
    asked = a_matter(house)
    taken = a_taken_matter(house, at=NOON - HOUR, by=house.facilitator)

    assert list(queries.my_matters(house.nurse)) == [asked]
    assert list(queries.my_matters(house.facilitator)) == [taken]


def test_the_matters_of_another_site_are_not_seen(house):
    a_matter(house)

    assert list(queries.open_matters(house.stranger)) == []


@pytest.mark.usefixtures("no_rota")
def test_shifts_that_follow_each_other_are_one_cover(house):
    a_shift(house, NOON - HOUR, 4)
    a_shift(house, NOON + 3 * HOUR, 5)

    found = queries.cover(house.site, NOON)

    assert (found.is_watched, found.until, found.lasts) == (True, NOON + 8 * HOUR, False)


@pytest.mark.usefixtures("no_rota")
def test_cover_through_the_night_lasts(house):
    a_shift(house, NOON - HOUR, 20)

    assert queries.cover(house.site, NOON).lasts


@pytest.mark.usefixtures("no_rota")
def test_a_gap_ends_the_cover(house):
    a_shift(house, NOON - HOUR, 2)
    a_shift(house, NOON + 3 * HOUR, 5)

    found = queries.cover(house.site, NOON + 2 * HOUR)

    assert (found.is_watched, found.seen_from) == (False, NOON + 3 * HOUR)


@pytest.mark.usefixtures("no_rota")
def test_an_empty_rota_watches_nobody_and_promises_nothing(house):
    found = queries.cover(house.site, NOON)

    assert (found.is_watched, found.seen_from) == (False, None)
