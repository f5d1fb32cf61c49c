"""A visit by video: where the person is now comes first, and whose licence holds there."""

import pytest
from django.db import transaction
from django.utils.timezone import now

from tests.builders.booking import a_visit
from tests.builders.house import DAY, MINUTE
from tests.builders.preparation import a_preparing_case
from tests.journeys import given

pytestmark = pytest.mark.browser


@transaction.atomic
def somebody_expected_by_video(house):
    """Rowan has a talk with Fay in a moment, in no room."""
    case = a_preparing_case(house, at=now() - 10 * DAY, **given.ROWAN)
    a_visit(house, case, at=now() - 5 * DAY, starts_at=now() + 5 * MINUTE, room=None)


def says_where_they_are(fay, place):
    fay.clicks("Ask where they are")
    fay.fills("Country and state", place)
    fay.types(Number_to_ring_back="+1 201 555 0142", Emergency_number_there="911")


def test_a_visit_by_video_begins_with_where_the_person_is_now(house, somebody):
    somebody_expected_by_video(house)
    fay = somebody(house.facilitator)
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Hold the preparation visit")
    fay.sees("Ask first where the person is now.")
    assert fay.target("Begin the visit").is_disabled()

    fay.clicks("The booking")
    says_where_they_are(fay, "New Jersey")
    fay.is_refused("Keep where they are")
    fay.fills("Country and state", "us-nj")
    fay.clicks("Keep where they are")
    fay.sees("US-NJ", "Nobody at this visit has a licence seen and in force where the person is")
    fay.clicks("It took place all the same")
    fay.clicks("Record that it took place")
    fay.sees("Arrived", "Asked")

    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Hold the preparation visit")
    fay.clicks("Begin the visit")
    fay.sees("US-NJ", "+1 201 555 0142")
