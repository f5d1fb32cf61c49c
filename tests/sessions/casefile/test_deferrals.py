"""A deferral whose day has come is on the dashboard of whoever decides, and of nobody else."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.context import every_site, set_context
from clinic.people.queries import system_user
from clinic.screening import actions as screening
from tests.builders.cases import a_referred_case
from tests.builders.house import DAY, NOON, a_house, sign_in
from tests.builders.screening import SCREENED_AT, a_filled_screening, decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
UNTIL = NOON + 10 * DAY


@pytest.fixture
def house():
    return a_house()


def deferred(house, until=UNTIL, **patient):
    case = a_filled_screening(house, case=a_referred_case(house, **patient))
    decide(house, case, outcome="deferred", reason="After the operation.",
           deferred_until=until.date())  # fmt: skip
    return case


def tile_of(client, user, at):
    with time_machine.travel(at, tick=False):
        page = sign_in(client, user).get(reverse("casefile:dashboard"))
    return next((tile for tile in page.context["needs"] if tile.code == "deferrals"), None)


@pytest.mark.parametrize("part", ["prescriber", "medical_lead"])
def test_it_is_there_on_its_day_and_not_before(client, house, part):
    case = deferred(house)

    assert tile_of(client, house.people[part], UNTIL - DAY).rows == []
    rows = tile_of(client, house.people[part], UNTIL).rows

    assert [(row.title, row.url, row.note) for row in rows] == [
        (str(case.patient), reverse("screening:findings", args=[case.key]),
         f"Deferred until {UNTIL:%d %b %Y}"),
    ]  # fmt: skip


@pytest.mark.parametrize("part", ["intake", "facilitator", "nurse", "manager", "safety_lead"])
def test_who_does_not_decide_has_no_such_list(client, house, part):
    deferred(house)

    assert tile_of(client, house.people[part], UNTIL) is None


def test_it_is_gone_once_it_is_looked_at_again(client, house):
    case = deferred(house)

    screening.open_again(case, by=house.prescriber, at=UNTIL, reason="The day has come.")

    assert tile_of(client, house.prescriber, UNTIL).rows == []


def test_the_newest_deferral_counts_and_the_oldest_day_comes_first(client, house):
    later = deferred(house, until=UNTIL + DAY)
    case = deferred(house, until=UNTIL)
    screening.open_again(later, by=house.prescriber, at=SCREENED_AT, reason="They rang.")
    decide(house, later, outcome="deferred", reason="Later still.",
           deferred_until=(UNTIL + 5 * DAY).date())  # fmt: skip

    on_the_day = tile_of(client, house.prescriber, UNTIL + 2 * DAY).rows
    in_the_end = tile_of(client, house.prescriber, UNTIL + 5 * DAY).rows

    assert [row.title for row in on_the_day] == [str(case.patient)]
    assert [row.title for row in in_the_end] == [str(case.patient), str(later.patient)]


def test_its_list_costs_the_same_whoever_many_are_due(client, house):
    def cost():
        with time_machine.travel(UNTIL, tick=False), CaptureQueriesContext(connection) as asked:
            client.get(reverse("casefile:list", args=["deferrals"]))
        return len(asked)

    sign_in(client, house.prescriber)
    deferred(house)
    cost()
    before = cost()
    set_context(user_id=system_user().pk, sites=every_site())
    for number in range(3):
        deferred(house, family_name="Elm" * (number + 1))

    assert cost() == before
