"""The diary in the browser: it books, it names every clash, and strangers find nothing."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.booking import actions
from clinic.booking.models import Stage, Status, Visit
from tests.builders.booking import a_dosing_visit, a_visit
from tests.builders.house import DAY, HOUR, NOON, a_house, sign_in
from tests.builders.preparation import a_preparing_case, many_preparing_cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def case(house):
    return a_preparing_case(house)


@pytest.fixture
def intake(client, house):
    return sign_in(client, house.intake)


def book_url(case, visit="preparation:preparation"):
    return reverse("booking:book", args=[case.key]) + f"?visit={visit}"


def typed(house, **changes):
    return {
        "day": "2026-11-20",
        "begins": "12:00",
        "minutes": "60",
        "room": house.room.pk,
        "person_facilitator_0": house.facilitator.pk,
    } | changes


def test_only_the_visits_of_the_protocol_are_offered(intake, case):
    page = intake.get(reverse("booking:book", args=[case.key])).content.decode()

    assert [t in page for t in ("Preparation visit", "Dosing session", "Integration visit")] == [
        True, True, True,
    ]  # fmt: skip
    assert intake.get(book_url(case, "preparation:reiki")).status_code == 404


def test_a_visit_is_booked(intake, house, case):
    answer = intake.post(book_url(case), typed(house))

    visit = Visit.objects.get()
    assert answer.url == reverse("booking:of_case", args=[case.key])
    assert (visit.starts_at, visit.ends_at) == (NOON + 2 * DAY, NOON + 2 * DAY + HOUR)
    assert (visit.room, visit.people.get().user) == (house.room, house.facilitator)


def test_every_clash_is_on_the_page_with_the_next_free_times(intake, house, case):
    a_visit(house, many_preparing_cases(house, 1)[0], starts_at=NOON + 2 * DAY)

    answer = intake.post(book_url(case), typed(house))

    page = answer.content.decode()
    assert (answer.status_code, Visit.objects.count()) == (422, 1)
    assert "Harbour room is taken by Aastrand-0, N0" in page
    assert "Fay Facilitator is with somebody else" in page
    assert "Fri 20 Nov 2026, 13:00" in page


def test_there_is_no_half_past_two_when_the_clocks_go_forward(intake, house, case):
    answer = intake.post(book_url(case), typed(house, day="2027-03-14", begins="02:30"))

    assert answer.status_code == 422
    assert "There is no such time on that day" in answer.content.decode()


def test_a_session_asks_for_everybody_it_needs(intake, house, case):
    answer = intake.post(
        book_url(case, "dosing:dosing"),
        typed(house, minutes="180", person_nurse_0=house.nurse.pk,
              person_prescriber_0=house.prescriber.pk),
    )  # fmt: skip

    assert answer.status_code == 302
    assert {person.capacity for person in Visit.objects.get().people.all()} == {
        "nurse", "facilitator", "prescriber",
    }  # fmt: skip


def test_only_who_could_fill_a_capacity_is_offered_for_it(intake, house, case):
    form = intake.get(book_url(case, "dosing:dosing")).context["form"]

    offered = {name: [str(user) for user in form.fields[name].queryset] for name, _ in form.seats}
    assert "Noor Nurse" in offered["person_nurse_0"]
    assert "Noor Nurse" not in offered["person_facilitator_0"]
    assert offered["person_prescriber_0"] == ["Mats Medical-Lead", "Priya Prescriber"]


def test_the_week_shows_rooms_and_people(intake, house, case):
    a_visit(house, case)

    rooms = intake.get(reverse("booking:week")).content.decode()
    people = intake.get(reverse("booking:week") + "?by=person").content.decode()

    assert ("Harbour room" in rooms, "Marlow, Robin" in rooms) == (True, True)
    assert ("Fay Facilitator" in people, "Marlow, Robin" in people) == (True, True)


def test_the_week_takes_as_many_queries_with_one_visit_as_with_many(intake, house, case):
    a_visit(house, case)
    url = reverse("booking:week")
    for each in (url, url + "?by=person"):
        intake.get(each)
        with CaptureQueriesContext(connection) as one:
            intake.get(each)
        hour = Visit.objects.count() + 1
        for other in many_preparing_cases(house, 3) if hour == 2 else []:
            a_visit(house, other, starts_at=NOON + hour * HOUR)
            hour += 1

        with CaptureQueriesContext(connection) as many:
            intake.get(each)

        assert len(many) == len(one)


def test_a_visit_moves(intake, house, case):
    visit = a_visit(house, case, starts_at=NOON + DAY)

    intake.post(reverse("booking:reschedule", args=[visit.key]), typed(house, begins="15:00"))

    visit.refresh_from_db()
    assert visit.starts_at == NOON + 2 * DAY + 3 * HOUR


def test_a_move_begins_from_how_it_is_booked(intake, house, case):
    visit = a_dosing_visit(house, case, starts_at=NOON + DAY)

    form = intake.get(reverse("booking:reschedule", args=[visit.key])).context["form"]

    assert {name: form.initial[name] for name, _ in form.seats} == {
        "person_nurse_0": house.nurse.pk,
        "person_facilitator_0": house.facilitator.pk,
        "person_prescriber_0": house.prescriber.pk,
    }


def test_a_visit_is_called_off(intake, house, case):
    visit = a_visit(house, case)

    intake.post(reverse("booking:cancel", args=[visit.key]), {"reason": "Ill"})

    visit.refresh_from_db()
    assert (visit.status, visit.reason) == (Status.CANCELLED, "Ill")


def test_who_has_not_missed_it_yet_has_not(intake, house, case):
    visit = a_visit(house, case, starts_at=NOON + HOUR)

    answer = intake.post(reverse("booking:no_show", args=[visit.key]))

    visit.refresh_from_db()
    assert (answer.status_code, visit.status) == (422, Status.PLANNED)
    assert "The visit begins at 18 November 2026, 13:00." in answer.content.decode()


def test_a_person_arrives_and_another_did_not_come(intake, house, case):
    visit = a_visit(house, case)
    missed = a_visit(house, many_preparing_cases(house, 1)[0], starts_at=NOON - HOUR)

    intake.post(reverse("booking:arrive", args=[visit.key]))
    intake.post(reverse("booking:no_show", args=[missed.key]))

    found = dict(Visit.objects.values_list("pk", "status"))
    assert found == {visit.pk: Status.ARRIVED, missed.pk: Status.NO_SHOW}


def test_a_visit_that_is_over_says_so(intake, house, case):
    visit = a_visit(house, case)
    actions.finish(visit, by=house.facilitator, at=NOON)

    answer = intake.post(reverse("booking:cancel", args=[visit.key]), {"reason": "Late"})

    assert (answer.status_code, "This is done." in answer.content.decode()) == (422, True)


NAMES = ["show", "reschedule", "cancel", "no_show", "arrive"]


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_finds_no_visit(client, house, case, name):
    visit = a_visit(house, case)
    stranger = sign_in(client, house.stranger)

    assert stranger.get(reverse(f"booking:{name}", args=[visit.key])).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_who_has_no_part_in_the_diary_does_not_open_it(client, house, case, name):
    visit = a_visit(house, case)
    officer = sign_in(client, house.privacy_officer)

    assert officer.get(reverse(f"booking:{name}", args=[visit.key])).status_code == 403
    assert officer.get(reverse("booking:week")).status_code == 403


def test_a_stranger_books_nothing(client, house, case):
    stranger = sign_in(client, house.stranger)

    assert stranger.post(book_url(case), typed(house)).status_code == 404
    assert stranger.get(reverse("booking:of_case", args=[case.key])).status_code == 404


def test_a_manager_keeps_the_diary_without_opening_the_case(client, house, case):
    visit = a_visit(house, case)
    manager = sign_in(client, house.manager)

    page = manager.get(reverse("booking:show", args=[visit.key])).content.decode()

    assert ("Marlow, Robin" in page, case.get_absolute_url() in page) == (True, False)
    assert Stage(visit.stage).label == "Preparation"


def test_a_day_is_shown_by_room_and_by_person(intake, house, case):
    a_visit(house, case, starts_at=NOON + DAY)
    week = reverse("booking:week")

    by_room = intake.get(week, {"view": "day", "date": "2026-11-19"}).content.decode()
    by_person = intake.get(week, {"view": "day", "date": "2026-11-19", "by": "person"})
    day_before = intake.get(week, {"view": "day", "date": "2026-11-18"}).content.decode()

    assert "<h3>Harbour room</h3>" in by_room
    assert "<table" not in by_room
    assert "<h3>Fay Facilitator</h3>" in by_person.content.decode()
    assert "date=2026-11-18" in by_room
    assert "Nothing on this day" in day_before
