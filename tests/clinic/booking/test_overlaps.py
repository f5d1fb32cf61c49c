"""An overlap that was allowed: for what, by whom, in which role, whatever becomes of the visit."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.booking import actions
from clinic.booking.models import Visit
from clinic.people.models import RoleAtSite
from tests.builders.booking import a_visit
from tests.builders.house import DAY, HOUR, NOON, a_house, sign_in
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
