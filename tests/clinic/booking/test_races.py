"""Many people for one place in the diary."""

import pytest
from django.db import transaction

from clinic.booking.models import Visit
from clinic.context import acting_as
from clinic.people.queries import system_user
from tests.builders.booking import a_visit
from tests.builders.house import HOUR, NOON, a_house
from tests.builders.preparation import many_preparing_cases
from tests.faults.two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_the_house")]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def house():
    with transaction.atomic():
        return a_house()


@pytest.fixture
def people(house):
    with acting_as(system_user(), sites=[house.site.pk]):
        return many_preparing_cases(house, 8)


def test_of_eight_who_want_one_room_one_has_it_and_each_other_is_told(house, people):
    endings = at_once(
        *[(house.intake, lambda c=case: a_visit(house, fresh(c))) for case in people],
        site=house.site,
    )

    assert sorted(endings, key=str)[:-1] == [["room_taken", "person_taken"]] * 7
    assert endings.count("done") == 1
    with acting_as(system_user(), sites=[house.site.pk]):
        assert Visit.objects.count() == 1


def test_bookings_that_share_rooms_and_people_crosswise_never_wait_for_each_other(house, people):
    """Room A with person 1, room B with person 1, room B with person 2 …: nobody deadlocks."""
    rooms = [house.room, house.second_room]
    staff = [house.facilitator, house.prescriber, house.medical_lead]

    def book(number, case):
        return lambda: a_visit(
            house, fresh(case), room=rooms[number % 2], starts_at=NOON + (number % 3) * HOUR,
            people=[(staff[number % 3], "facilitator")],
        )  # fmt: skip

    endings = at_once(
        *[(house.intake, book(number, case)) for number, case in enumerate(people)],
        site=house.site,
    )

    assert None not in endings
    assert endings.count("done") == 3  # three hours, one person each


def test_of_fifty_for_one_room_person_and_patient_one_wins_and_each_other_hears_every_clash(house):
    with acting_as(system_user(), sites=[house.site.pk]):
        case = many_preparing_cases(house, 1)[0]

    endings = at_once(
        *[(house.intake, lambda: a_visit(house, fresh(case))) for _ in range(50)], site=house.site
    )

    others = [ending for ending in endings if ending != "done"]
    assert len(others) == 49
    assert all(each == ["room_taken", "person_taken", "patient_taken"] for each in others)
    with acting_as(system_user(), sites=[house.site.pk]):
        assert Visit.objects.get().room == house.room
