"""An overlap that was allowed: for what, by whom, in which role, whatever becomes of the visit."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.booking import actions, queries
from clinic.booking.course.calendar import Calendar, Grid
from clinic.booking.models import Visit
from clinic.booking.queries import Asked
from clinic.people.models import RoleAtSite
from clinic.workflow import Refused
from tests.builders.booking import HALF_AN_HOUR, a_visit
from tests.builders.house import DAY, HOUR, NOON, a_house, codes, sign_in
from tests.builders.preparation import a_preparing_case, many_preparing_cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
MOVING = import_module("clinic.migrations.0040_overlap_reasons_leave_the_other_reasons")
WHY = "Two small rooms in one"


@pytest.fixture
def house():
    return a_house()


@pytest.fixture
def over(house):
    """A visit that was allowed to lie over another."""
    case = a_preparing_case(house)
    a_visit(house, case)
    other = many_preparing_cases(house, 1)[0]
    return a_visit(house, other, by=house.prescriber, overlap_reason=WHY)


def test_a_cancellation_leaves_the_reason_of_an_overlap(client, house, over):
    actions.cancel(over, by=house.intake, at=NOON - DAY, reason="The person is ill")

    page = sign_in(client, house.intake).get(reverse("booking:show", args=[over.key]))

    page = page.content.decode()
    by = f'<bdi>{house.prescriber}</bdi> <span class="muted">(Prescriber)</span>: {WHY}'
    assert by in page
    assert ": The person is ill</dd>" in page


def test_an_absence_leaves_the_reason_of_an_overlap(house, over):
    actions.no_show(over, by=house.intake, at=NOON + HOUR, reason="Missed the bus.")

    over.refresh_from_db()
    assert (over.reason, over.overlap_reason) == ("Missed the bus.", WHY)


def test_a_move_to_a_free_time_ends_an_overlap(house, over):
    people = [(person.user, person.capacity) for person in over.people.all()]
    later = {"starts_at": NOON + DAY, "ends_at": NOON + DAY + HOUR}

    actions.reschedule(
        over, by=house.intake, at=NOON - DAY, room=house.room, people=people, **later
    )

    said = (over.overlap_allowed_by, over.overlap_allowed_as, over.overlap_reason)
    assert said == (None, "", "")


def test_the_role_is_the_one_that_allows_it_and_not_the_one_beside_it(house):
    also = RoleAtSite(user=house.manager, site=house.site, role="intake")
    house.manager.roles_now = [also, *house.manager.roles_now]
    a_visit(house, a_preparing_case(house))
    other = many_preparing_cases(house, 1)[0]

    over = a_visit(house, other, by=house.manager, overlap_reason=WHY)

    assert over.overlap_allowed_in == "Clinic manager"


@pytest.fixture
def cases(house):
    return many_preparing_cases(house, 3)


@pytest.fixture
def half_over(house, cases):
    """From noon a visit; from half past, another that was allowed to lie over it."""
    under, case, _ = cases
    a_visit(house, under)
    return a_visit(
        house, case, by=house.prescriber, overlap_reason=WHY, starts_at=NOON + HALF_AN_HOUR
    )


def test_a_third_visit_clashes_with_one_that_was_allowed_and_with_the_one_beneath(
    house, cases, half_over
):
    third = cases[2]

    with pytest.raises(Refused) as over_both:
        a_visit(house, third)
    with pytest.raises(Refused) as over_the_allowed_alone:
        a_visit(house, third, starts_at=NOON + HOUR)

    assert codes(over_both) == ["room_taken"] * 2 + ["person_taken"] * 2
    assert codes(over_the_allowed_alone) == ["room_taken", "person_taken"]
    said = str(over_the_allowed_alone.value.obstacles[0])
    assert str(half_over.patient) in said
    assert "12:30 to 13:30" in said
    assert Visit.objects.count() == 2


def test_whoever_has_a_visit_that_was_allowed_has_no_other_then(house, half_over):
    elsewhere = {"room": house.second_room, "people": [(house.second_facilitator, "facilitator")]}

    with pytest.raises(Refused) as refusal:
        a_visit(house, half_over.case, starts_at=NOON + HOUR, **elsewhere)

    assert codes(refusal) == ["patient_taken"]


def test_nothing_is_moved_onto_a_visit_that_was_allowed(house, cases, half_over):
    later = a_visit(house, cases[2], starts_at=NOON + 3 * HOUR)
    there = {"starts_at": NOON + HOUR, "ends_at": NOON + 2 * HOUR, "room": house.room}

    with pytest.raises(Refused) as refusal:
        actions.reschedule(
            later, by=house.intake, at=NOON - DAY, people=[(house.facilitator, "facilitator")],
            **there,
        )  # fmt: skip

    assert codes(refusal) == ["room_taken", "person_taken"]


def test_free_times_and_courses_keep_clear_of_a_visit_that_was_allowed(house, cases, half_over):
    case = cases[2]
    asked = Asked(case, house.room, (house.facilitator,), NOON, NOON + HOUR)
    grid = Grid(NOON.date(), 1, house.site.tz)
    calendar = Calendar(case, grid, NOON - DAY)
    quarter = grid.floor(NOON + HOUR)  # when the visit beneath is over

    assert queries.free_times(asked)[0] == NOON + 3 * HALF_AN_HOUR
    for taken in (
        calendar.room_taken(house.room),
        calendar.person_taken(house.facilitator, is_with_client=True),
        Calendar(half_over.case, grid, NOON - DAY).patient_taken,
    ):
        assert bytes(taken.cells[quarter : quarter + 3]) == b"\1\1\0"


def test_no_reason_of_an_overlap_without_who_allowed_it(house):
    visit = a_visit(house, a_preparing_case(house))

    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(overlap_reason=WHY)


@pytest.mark.parametrize("what_then", ["nothing", "cancelled"])
def test_reasons_written_before_go_where_they_belong(house, over, what_then):
    Visit.objects.filter(pk=over.pk).update(overlap_reason="", overlap_allowed_as="", reason=WHY)
    over.refresh_from_db()
    if what_then == "cancelled":
        actions.cancel(over, by=house.intake, at=NOON - DAY, reason="The person is ill")

    MOVING.words_of_their_own(apps, None)

    over.refresh_from_db()
    said = "The person is ill" if what_then == "cancelled" else ""
    assert (over.overlap_reason, over.overlap_allowed_in, over.reason) == (WHY, "", said)


def test_the_step_back_keeps_the_words(house, over):
    MOVING.shared_again(apps, None)

    over.refresh_from_db()
    assert (over.overlap_reason, over.reason) == ("", WHY)
