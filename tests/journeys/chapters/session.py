"""The day of the session on the run sheet, from the door to the signed record."""

from django.utils.timezone import localdate

from sessions.rehearsal.answering import harmless
from tests.builders.house import PASSWORD
from tests.journeys import given


def when_the_nurse_checks_the_person_in(noor):
    noor.opens_the_case_of("Ashgrove")
    noor.clicks("Check in", state="planned")
    noor.clicks("Check in", state="checked in")
    noor.sees("Before the dose:")


def when_the_nurse_goes_through_todays_checks(noor, house):
    noor.clicks("Today's checks")
    while noor.page.get_by_role("button", name="The person says it holds").count():
        noor.clicks("The person says it holds")
    today = localdate(timezone=house.site.tz)
    checks = harmless(
        given.checklist(house, "today"), today, weight_kg="70", weighed_on=today.isoformat()
    )
    assert not noor.answers(checks)
    noor.clicks("Finish")


def when_the_prescriber_orders(priya):
    priya.opens_the_case_of("Ashgrove")
    priya.clicks("Open the run sheet")
    priya.clicks("Order")
    priya.fills("Amount in mg", "50")
    priya.page.get_by_label("Your password").fill(PASSWORD)
    priya.taps("Work it out")
    priya.sees("0.71 mg/kg")
    assert "password" not in priya.page.url
    priya.looks("worked out")
    priya.signs("Sign the order")
    priya.sees("Dose ordered: 50 mg")


def when_the_nurse_prepares_and_may_not_check_it_alone(noor, house):
    noor.page.reload()
    noor.clicks("Prepare")
    noor.fills("HH-0001", True)
    noor.fills("Second person's e-mail", house.nurse.email)
    noor.fills("Second person's password", PASSWORD)
    noor.is_refused("Prepared and checked")
    noor.sees("You prepared it: somebody else has to check.")


def when_a_colleague_checks_it_on_the_same_device(noor, house):
    noor.fills("Second person's e-mail", house.second_nurse.email)
    noor.fills("Second person's password", PASSWORD)
    noor.clicks("Prepared and checked")
    noor.sees("checked by Sam Second")


def when_the_nurse_gives_the_dose(noor):
    noor.clicks("Given", exact=True, state="dosed")
    noor.sees("Dose given: 50 mg", "T+")


def when_something_is_tapped_and_taken_back(noor):
    noor.taps("Eyes closed")
    noor.taps("Undo Eyes closed")
    noor.sees("struck out")


def when_the_person_feels_sick(noor):
    noor.clicks("Adverse event", exact=True)
    noor.fills("What happened", "Nausea")
    noor.clicks("Save", exact=True)


def then_nobody_leaves_yet(noor):
    noor.go_to_the_sheet()
    noor.clicks("Release", state="refused")
    noor.sees(
        "Stays until",
        "The criteria for leaving have not been checked.",
        "Nausea has not been assessed.",
    )


def when_the_nurse_assesses_it(noor):
    noor.go_to_the_sheet()
    noor.clicks("Assess Nausea")
    noor.fills("1 · Mild", True)
    noor.chooses("No", of="Is it serious?")
    noor.chooses("Probable", of="Related to the dose")
    noor.chooses("Yes", of="Is it an expected effect?")
    noor.chooses("No", of="Does it prevent release?")
    noor.fills("Outcome", "")
    noor.clicks("Save the assessment")


def when_the_nurse_enters_what_is_due(noor, **readings):
    noor.go_to_the_sheet()
    noor.clicks("Enter observations")
    noor.charts(**readings)


def when_the_nurse_goes_through_the_criteria(noor, house):
    noor.go_to_the_sheet()
    noor.clicks("Criteria for leaving")
    assert not noor.answers(harmless(given.checklist(house, "release"), localdate()))
    noor.clicks("Finish", state="may go home")
    noor.sees("Every gate to the release stands open at this moment.")


def when_the_nurse_releases_and_signs(noor):
    noor.signs("Sign and release", state="released")
    noor.clicks("Sign the record", state="to be signed")
    noor.signs("Sign the record", state="signed")
    noor.sees("Signed")
    noor.clicks("Case file")
    noor.sees("Integrating")
