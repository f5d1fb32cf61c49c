"""A letter that a finding asks for: entered, read, settled by, taken back; and a medicine."""

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from clinic.screening.queries import screening_of
from sessions.rehearsal import walk
from tests.builders.evidence import a_jpeg
from tests.journeys import given

pytestmark = pytest.mark.browser

SAYS = "Urine of Monday: no blood, no infection."


@transaction.atomic
def somebody_screened(house):
    """Rowan's screening is filled in, and one answer asks for more."""
    from django.utils.timezone import now  # noqa: PLC0415 -- the made-up clock runs by now

    patient = walk.registered(house, at=now(), **given.ROWAN)
    case = walk.referred(house, patient, at=now())
    walk.answered(house, case, at=now(), escort=False)
    assert [each.item for each in screening_of(case, on=localdate()).open] == ["escort"]


def sends(person, name, content, media_type="image/jpeg"):
    file = {"name": name, "mimeType": media_type, "buffer": content}
    person.page.get_by_label("Paper or picture of it").set_input_files(file)


def when_intake_enters_it_and_meets_a_wrong_file(ines):
    ines.opens_the_case_of("Ashgrove")
    ines.clicks("Settle the findings")
    ines.clicks("Enter a result", state="nothing entered")
    ines.clicks("Enter a result")
    ines.types(What_it_says=SAYS, By_whom="Dr Fir, family doctor")
    ines.chooses("As the protocol asks", of="What it shows")
    ines.fills("Day of the result", localdate().isoformat())
    sends(ines, "letter.jpg", b"<html>not a picture</html>")
    ines.is_refused("Enter it")
    ines.sees("This is no PDF, JPEG or PNG by what stands in it")
    sends(ines, "letter.jpg", a_jpeg())
    ines.clicks("Enter it", state="entered")
    ines.sees("Entered.", SAYS, "As asked")


def when_the_prescriber_reads_it_and_settles_by_it(priya):
    priya.opens_the_case_of("Ashgrove")
    priya.clicks("Settle the findings", state="a result")
    priya.clicks("Results", state="to be read")
    with priya.page.expect_download() as download:
        priya.target("Open the JPEG picture").click()
    assert download.value.suggested_filename == f"escort-{localdate()}.jpg"
    priya.clicks("Settle this", state="by a result")
    priya.fills("Cleared by evidence", True)
    priya.fills("Which result shows it", SAYS)
    priya.types(What_this_rests_on="Read the letter.")
    priya.clicks("Settle it", state="settled")
    priya.sees("Settled.", f"Shown by: {SAYS}")


def when_intake_takes_it_back(ines):
    ines.opens_the_case_of("Ashgrove")
    ines.page.get_by_text("More", exact=True).click()
    ines.clicks("Results and evidence", state="settled")
    ines.clicks("Take back")
    ines.types(Why_it_is_taken_back="The letter is about somebody else.")
    ines.clicks("Take it back", kind="button", state="taken back")
    ines.sees("The letter is about somebody else.")


def then_the_finding_is_open_again(priya):
    priya.opens_the_case_of("Ashgrove")
    priya.clicks("Settle the findings", state="taken back")
    priya.sees("Settle this")


def when_intake_lists_a_medicine_and_who_agreed_to_leave_it_off(ines):
    ines.opens_the_case_of("Ashgrove")
    ines.page.get_by_text("More", exact=True).click()
    ines.clicks("Medicines", exact=True, state="none listed")
    ines.clicks("Add a medicine")
    ines.types(Medicine="Ayahuasca tea")
    ines.fills("Another psychedelic: 7 days clear", True)
    ines.clicks("Save the medicine", state="listed")
    ines.sees("Listed.", "still taken")
    ines.clicks("Change Ayahuasca tea", exact=True)
    ines.chooses("No longer taken", of="Is it taken?")
    ines.is_refused("Save the medicine")
    ines.sees("Say when it was last taken, or that this is not known.")
    ines.fills("Last taken", "On the day")
    ines.fills("Day, month or year of the last one", localdate().isoformat())
    ines.fills("Or somebody outside, by name", "Dr Fir")
    ines.fills("How they are reached", "+1 212 555 0177")
    ines.fills("Agreed on", localdate().isoformat())
    ines.clicks("Save the medicine", state="left off")
    ines.sees("What was said before stays readable.", "clear on", "Dr Fir")


def test_a_letter_is_entered_read_and_settled_by(house, somebody):
    somebody_screened(house)
    ines, priya = somebody(house.intake), somebody(house.prescriber)

    when_intake_enters_it_and_meets_a_wrong_file(ines)
    when_the_prescriber_reads_it_and_settles_by_it(priya)
    when_intake_takes_it_back(ines)
    then_the_finding_is_open_again(priya)
    when_intake_lists_a_medicine_and_who_agreed_to_leave_it_off(ines)
