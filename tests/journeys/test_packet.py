"""Forms filled on a telephone, put down, taken up again from the same address, sent, and reviewed."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import localdate, now

from clinic.checklists.files import instrument
from clinic.protocols.queries import document_of
from clinic.screening import actions as screening
from sessions.rehearsal import walk
from sessions.rehearsal.answering import harmless, scored
from tests.builders.cases import a_known_patient, a_referred_case
from tests.journeys import given

pytestmark = pytest.mark.browser
SOME = 5  # answers before the telephone is put down


@transaction.atomic
def a_screening_that_intake_began(house):
    at = now() - timedelta(hours=1)
    walk.clock(house, at)
    case = a_referred_case(house, patient=a_known_patient(house, at=at, **given.ROWAN), at=at)
    screening.start(case, by=house.intake, at=at)
    return case


def when_intake_hands_over_several_forms(ivy, titles):
    ivy.opens_the_case_of("Ashgrove")
    ivy.page.locator("main summary", has_text="More").click()
    ivy.clicks("Links for the", kind="link")
    packet = ivy.page.locator("form").filter(has=ivy.page.locator("[name=packet-codes]"))
    for title in [*titles, "Hand over now"]:
        ivy.fills(title, True, within=packet)
    ivy.clicks("Send them together", state="to be handed over")
    return "/f/" + ivy.page.get_by_label("Address").input_value().split("/f/")[1]


def when_the_person_begins_and_puts_the_telephone_down(rowan, address, title, answers):
    rowan.opens(address)
    rowan.clicks(title, kind="link")
    unasked = rowan.answers(dict(list(answers.items())[:SOME]))
    rowan.clicks("Go on later", state="begun")
    rowan.page.close()
    return unasked | dict(list(answers.items())[SOME:])


def when_the_person_goes_on_where_they_stopped(rowan, address, title, answers, left):
    rowan.opens(address)
    rowan.sees("Being filled", "Not opened yet")
    rowan.clicks(title, kind="link")
    assert rowan.page.locator("[name=q_age]").input_value() == str(answers["age"].value)
    while left := rowan.answers(left):
        rowan.clicks("Go on later")
    rowan.clicks("Send my answers", state="one form is sent")
    rowan.clicks("See the other forms", state="one form is left")


def when_the_person_sends_the_last(rowan, title):
    rowan.clicks(title, kind="link")
    on_its_way = []
    *first, last = scored(instrument("phq-9"), 0).items()
    rowan.answers(dict(first))
    rowan.page.wait_for_load_state("networkidle")
    rowan.page.route("**/save/", lambda route: on_its_way.append(route))
    rowan.answers(dict([last]))
    with rowan.page.expect_navigation():
        rowan.taps("Send my answers")  # before the last answer has been kept by itself
        (answer,) = on_its_way
        answer.continue_()
    rowan.clicks("See the other forms", state="all is sent")
    rowan.sees("Thank you. Your answers have reached us.")
    assert not rowan.page.get_by_role("link", name=title).count()


def then_intake_reviews_what_was_sent(ivy, kept):
    ivy.clicks("People", within=ivy.page.get_by_role("navigation", name="Main"))
    ivy.clicks("answers of the person to review", state="sent back")
    ivy.fills("Age in years", True)
    ivy.clicks("Take over what is ticked", state="taken over")
    ivy.sees("Taken over by")
    boxes = ivy.page.locator("[name=items]")
    for box in boxes.all():
        box.check()
    ivy.clicks("Leave what is ticked", state="all reviewed")
    ivy.sees("Everything the person sent has been reviewed.")
    ivy.opens_the_case_of("Ashgrove")
    ivy.clicks("Go on with the screening")
    assert ivy.page.locator("[name=q_age]").input_value() == str(kept["age"].value)
    assert not ivy.page.locator("[name=q_indication]:checked").count()


def test_a_packet_is_begun_put_down_gone_on_with_sent_and_reviewed(house, somebody):
    a_screening_that_intake_began(house)
    form = document_of(house.version).screening
    questions, answers = instrument("phq-9").title, harmless(form.persons_part(), localdate())
    ivy, rowan = somebody(house.intake), somebody(on_a_phone=True)

    address = when_intake_hands_over_several_forms(ivy, [form.title, questions])
    left = when_the_person_begins_and_puts_the_telephone_down(rowan, address, form.title, answers)
    rowan = somebody(on_a_phone=True)
    when_the_person_goes_on_where_they_stopped(rowan, address, form.title, answers, left)
    when_the_person_sends_the_last(rowan, questions)

    then_intake_reviews_what_was_sent(ivy, answers)
