"""What is told about somebody of the care team: the safety lead reads it, they never do."""

import pytest
from django.db import transaction
from django.utils.timezone import now

from tests.builders.links import a_link
from tests.journeys import given

pytestmark = pytest.mark.browser
TOLD = "She held my hand after I had asked her not to."
NOTED = "He speaks of patients in the kitchen."


@transaction.atomic
def the_link_of_somebody(house):
    return a_link(house, given.somebody_ready(house).case, at=now())[1]


def reports(person, what, words):
    person.chooses(what, of="What is it?")
    person.fills("What happened", words)


def test_a_concern_is_read_by_the_safety_lead_and_is_nowhere_for_whom_it_is_about(house, somebody):
    rowan = somebody(on_a_phone=True)
    rowan.opens(f"/f/{the_link_of_somebody(house)}/")
    rowan.clicks("Tell somebody other than your therapist")
    rowan.sees("Saga Safety")
    rowan.types(What_you_want_to_tell=TOLD)
    rowan.clicks("Tell them")
    rowan.sees("Thank you for telling us")

    noor = somebody(house.nurse)
    noor.clicks("Report", kind="link", exact=True)
    concern = "A concern about how somebody is treated: the safety lead alone reads it"
    reports(noor, concern, NOTED)
    noor.fills("The colleague a concern is about", "Fay Facilitator")
    noor.clicks("Report", kind="button")
    noor.sees("It is written down, and who looks after it is told.")

    saga = somebody(house.safety_lead)
    saga.clicks("Concerns")
    saga.sees(TOLD, NOTED)
    saga.clicks("From a colleague")
    saga.sees(NOTED, "About Fay Facilitator, who does not read it.")
    saga.clicks("I look after it", state="taken")
    saga.fills("What was found out or done", "Spoken with who wrote it.")
    saga.clicks("Keep the note", state="noted")
    saga.sees("Spoken with who wrote it.")
    address = saga.page.url

    fay = somebody(house.facilitator)
    fay.does_not_see("Concerns")
    fay.opens_the_case_of("Ashgrove")
    fay.does_not_see(TOLD, NOTED)
    fay.clicks("Needs a person")
    fay.does_not_see(TOLD, NOTED)
    assert fay.page.request.get(address).status == 403

    saga.fills("What came of it", "They spoke, and it was put right.")
    saga.clicks("Close the concern", state="closed")
    saga.sees("It is closed.")


def test_a_near_miss_from_the_case_file_is_looked_after_and_closed(house, somebody):
    given.somebody_ready(house)
    noor = somebody(house.nurse)
    noor.opens_the_case_of("Ashgrove")
    noor.page.locator("main details.menu summary").click()
    noor.clicks("Report", within=noor.page.get_by_role("main"))
    reports(noor, "A near miss: it nearly went wrong", "Two vials look alike.")
    noor.clicks("Report", kind="button")

    saga = somebody(house.safety_lead)
    saga.clicks("Safety", kind="link", exact=True)
    saga.sees("Two vials look alike.")
    saga.clicks("Near miss")
    saga.fills("Who looks after it", "Noor Nurse")
    saga.clicks("Give it to them", state="given")
    saga.fills("What came of it", "Nobody was hurt.")
    saga.fills("What was learnt", "They stand apart now.")
    saga.clicks("Close the incident")
    saga.sees("The incident is closed.")
