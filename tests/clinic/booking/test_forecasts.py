"""What will keep a booked visit from taking place is said while there is time, and where to mend it."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.booking import actions as booking
from clinic.booking import forecasts
from clinic.booking.forecasts import diary_forecasts, forecasts_of, version_forecasts
from clinic.people import actions as people
from clinic.people.hours import actions as hours
from sessions.casefile.today.tiles import COUNTED_TO
from tests.builders.booking import a_visit, people_for
from tests.builders.house import DAY, HOUR, NOON, a_house, sign_in
from tests.builders.preparation import a_preparing_case, many_preparing_cases
from tests.builders.protocols import a_published_version, a_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
BEFORE = NOON - 10 * DAY


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def visit(house):
    return a_visit(house, a_preparing_case(house))


def told(house, by=None):
    return [each.words for each in diary_forecasts(by or house.intake, at=BEFORE)]


def a_room_closed(house):
    people.close_room(house.room, by=house.manager, at=BEFORE)
    return f"{house.room} is out of use."


def a_day_closed(house):
    day = NOON.astimezone(house.site.tz).date()
    hours.close_day(house.site, by=house.manager, at=BEFORE, day=day, name="Feast of the harbour")
    return f"{house.site} is closed that day: Feast of the harbour."


def somebody_away(house):
    people.record_absence(
        by=house.facilitator, at=BEFORE, user=house.facilitator,
        starts_at=NOON - DAY, ends_at=NOON + DAY,
    )  # fmt: skip
    until = (NOON + DAY).astimezone(house.site.tz)
    return f"{house.facilitator} is away until {until:%d %B %Y, %H:%M}."


@pytest.mark.parametrize("happens", [a_room_closed, a_day_closed, somebody_away])
def test_what_takes_a_booked_visit_its_place_is_told_until_it_is_moved(house, visit, happens):
    assert told(house) == []

    words = happens(house)

    assert told(house) == [words]
    assert [each.words for each in forecasts_of(visit, at=BEFORE)] == [words]
    other = house.second_room
    booking.reschedule(
        visit, by=house.intake, at=BEFORE, room=other, people=people_for(house, visit.stage),
        starts_at=NOON + 5 * DAY, ends_at=NOON + 5 * DAY + HOUR,
    )  # fmt: skip
    assert told(house) == []


def test_a_visit_that_is_called_off_or_over_troubles_nobody(house, visit):
    a_room_closed(house)

    assert diary_forecasts(house.intake, at=NOON + HOUR) == []
    booking.cancel(visit, by=house.intake, at=BEFORE, reason="Moved away.")
    assert told(house) == []


def test_whoever_books_at_another_site_is_not_told(house, visit):
    stranger = house.people["stranger"]
    a_room_closed(house)
    a_published_version(house, a_text(), at=BEFORE)

    assert told(house, by=stranger) == []
    assert version_forecasts(stranger, at=BEFORE) == []


def test_a_version_that_is_replaced_is_told_to_whoever_decides(house, visit):
    assert version_forecasts(house.prescriber, at=BEFORE) == []

    new = a_published_version(house, a_text(), at=BEFORE)

    (told_of,) = version_forecasts(house.prescriber, at=BEFORE)
    number = visit.case.protocol_version.number
    assert (
        told_of.words == f"Version {number} of the protocol was replaced by version {new.number}."
    )
    assert told_of.clears == "cases:move"
    assert version_forecasts(house.intake, at=BEFORE) == []


def test_of_more_than_are_told_the_soonest_are(house, monkeypatch):
    monkeypatch.setattr(forecasts, "MOST", 2)
    cases = many_preparing_cases(house, 3)
    for n, case in enumerate(reversed(cases)):  # whoever was opened last comes first
        a_visit(house, case, starts_at=NOON + n * 2 * DAY)
    a_published_version(house, a_text(), at=BEFORE)

    found = version_forecasts(house.prescriber, at=BEFORE)

    assert [each.visit.case for each in found] == [cases[2], cases[1]]


def test_one_more_is_told_than_a_tile_counts():
    assert forecasts.MOST == COUNTED_TO + 1


def test_many_visits_cost_what_one_costs(house):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            diary_forecasts(house.intake, at=BEFORE)
        return len(asked)

    first, *others = many_preparing_cases(house, 4)
    a_visit(house, first)
    a_room_closed(house)
    a_day_closed(house)
    somebody_away(house)
    one = cost()
    people.open_room(house.room, by=house.manager, at=BEFORE)
    for n, case in enumerate(others, start=1):
        a_visit(house, case, starts_at=NOON + n * 2 * DAY)
    people.close_room(house.room, by=house.manager, at=BEFORE)

    assert len(told(house)) == 6
    assert one == 4
    assert cost() == one


def test_the_page_of_the_visit_and_today_say_so_and_lead_to_where_it_is_moved(house, visit, client):
    words = a_room_closed(house)
    with time_machine.travel(BEFORE, tick=False):
        sign_in(client, house.intake)
        assert words in client.get(visit.get_absolute_url()).content.decode()
        today = client.get("/").content.decode()

    assert words in today
    assert reverse("booking:reschedule", args=[visit.key]) in today
