"""One tap each, on a phone, where little fits above the foot: events, and doors without gates."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from tests.builders.house import PASSWORD
from tests.builders.supervised import a_prepared_order
from tests.journeys import given

pytestmark = pytest.mark.browser


def test_everything_one_taps_lies_clear_of_the_foot(house, somebody):
    given.somebody_dosed(house, timedelta(minutes=20))
    noor = somebody(house.nurse, on_a_phone=True)

    noor.clicks("Board")
    noor.clicks("Harbour room", state="dosed")
    words = noor.page.locator("form[data-tap] button").all_inner_texts()
    for word in words:
        noor.taps(word, within=noor.page.locator(".rs-taps"))
        noor.page.locator("#log").get_by_text(word).first.wait_for()

    assert len(words) > 5


@pytest.mark.parametrize("door", ["Transferred", "Left against advice", "Left unseen"])
def test_one_tap_opens_a_door(house, somebody, door):
    given.somebody_dosed(house, timedelta(minutes=20))
    noor = somebody(house.nurse, on_a_phone=True)

    noor.clicks("Board")
    noor.clicks("Harbour room", state="dosed")
    noor.clicks(door, state="left")

    noor.page.get_by_label("How the person left").fill("They stood up and went; we ran after.")
    noor.page.locator("main button[type=submit]").first.click()
    noor.sees("They stood up and went; we ran after.")
    if door == "Left against advice":
        signs_on_the_way_out(noor)
    else:
        noor.clicks("Case file")
    noor.sees(door)


def signs_on_the_way_out(noor):
    """The paper asks for a witness besides the nurse, and is marked wherever it is read."""
    noor.clicks("Papers")
    paper = noor.page.get_by_role("listitem").filter(
        has=noor.page.get_by_role("heading", name="Leaving against advice")
    )
    noor.clicks("Read and sign", within=paper)
    noor.types(
        The_person_types_their_own_name="Robin Marlow",
        The_witness_types_their_own_name="Alder Marlow",
        Who_the_witness_is="brother",
    )
    noor.signs("Sign and witness")
    noor.sees("Leaving against advice: signed.", "witness Alder Marlow")
    noor.page.get_by_text("Under effects").first.wait_for()
    noor.page.locator("a.case-name").click()


def test_one_tap_calls_for_help_and_everybody_on_duty_is_asked(house, somebody):
    given.somebody_dosed(house, timedelta(minutes=20))
    noor = somebody(house.nurse, on_a_phone=True)

    noor.clicks("Board")
    noor.clicks("Harbour room", state="dosed")
    noor.clicks("Call for help", state="help called")

    noor.sees("Help called at")
    priya = somebody(house.prescriber)
    priya.clicks("Needs a person")
    priya.sees("Help is needed now: Harbour room")


def test_a_dose_given_on_paper_is_recorded_afterwards_as_a_deviation(house, somebody):
    given.somebody_ready(house)
    noor = somebody(house.nurse)

    noor.opens_the_case_of("Ashgrove")
    noor.clicks("Check in", state="planned")
    noor.clicks("Check in", state="checked in")
    noor.clicks("Dose given already")
    noor.page.locator("[name=amount]").fill("50")
    noor.fills("It was written on paper at the time", True)
    noor.types(Lot_number="HH-0001", What_happened="The network was down.")
    noor.clicks("Record the dose", state="deviation")

    noor.sees(
        "Stood open when a dose was recorded", "Dose recorded: 50 mg", "recorded on paper first"
    )


@transaction.atomic
def a_dose_drawn_for_somebody(house):
    a_prepared_order(house, at=now() - 25 * given.MINUTE, **given.ROWAN)


def test_a_dose_that_was_drawn_is_wasted_before_a_witness(house, somebody):
    a_dose_drawn_for_somebody(house)
    noor = somebody(house.nurse)
    noor.opens_the_case_of("Ashgrove")
    noor.clicks("Run sheet", state="drawn")
    noor.clicks("Give", within=noor.page.get_by_role("main"))
    noor.clicks("Waste what was prepared")
    noor.types(Why_it_is_not_given="It stood open for too long.")
    noor.page.locator("[name=second_email]").fill(house.prescriber.email)
    noor.page.locator("[name=second_password]").fill(PASSWORD)
    noor.clicks("Waste it")
    noor.sees("Prepared and wasted: 50 mg", "It stood open for too long.")
