"""A record opened outside care: searched for in vain, opened with a reason, told at once, reviewed."""

import pytest
from django.db import transaction

from tests.journeys import given

pytestmark = pytest.mark.browser
WHY = "She stands at the door and cannot say what she took."


@transaction.atomic
def somebody_in_care(house):
    """Rowan's key, and the day they were born."""
    case = given.somebody_ready(house).case
    return case.key, case.patient.date_of_birth.isoformat()


def test_a_record_is_opened_outside_care_and_the_opening_is_reviewed(house, somebody):
    key, born = somebody_in_care(house)
    nadia = somebody(house.second_nurse)
    nadia.searches("Ashgrove", state="nobody in care")
    nadia.sees("Only people in your care are found here.")
    nadia.clicks("open another record with a reason")
    nadia.types(Family_name="Ashgrove", Why_you_need_this_record_now=WHY)
    nadia.fills("Date of birth", born)
    nadia.signs("Sign and open", state="opened")
    nadia.sees("The record is open to you for an hour.", "Ashgrove, Rowan")
    nadia.clicks("Case ", state="outside care")

    lead = somebody(house.medical_lead)
    lead.clicks("Opened outside care")
    lead.clicks("What was done, and the review")
    lead.sees(WHY, "opened")
    lead.clicks("Close the way to this record", state="closed")
    assert nadia.page.request.get(f"/case/{key}/").status == 404
    lead.clicks("What was done, and the review", state="closed")
    lead.chooses("Justified", of="Was there good reason?")
    lead.fills("What the review found", "She was alone with the person.")
    lead.clicks("Keep the review", state="reviewed")
    lead.sees("The review is kept.")
