"""After the session: integration, questions by link on a phone, whoever sees to it, the end."""

import re

from django.utils.timezone import now

from clinic.checklists.engine import Answer
from clinic.checklists.files import instrument
from sessions.rehearsal.answering import scored
from tests.faults.post import Worker


def when_the_worker_sends_what_is_due(broker, sink):
    """A real worker takes the sweep from a real broker and talks to a real mail server."""
    worker = Worker(broker, sink)
    try:
        worker.sweep()
        worker.hear("swept")
    finally:
        worker.kill()


def the_link_in_the_mail(sink):
    """What the person reads in the message that came the day after, and where it leads."""
    (letter,) = [each for each in sink.letters if "rowan@" in each["To"]]
    words = letter.get_content()
    assert "etamine" not in letter["Subject"] + words
    return re.search(r"https?://[^/]+(/f/\S+/)", words)[1]


def when_the_person_answers_that_they_are_well(rowan, sink):
    rowan.opens(the_link_in_the_mail(sink))
    rowan.fills("No", True)
    rowan.clicks("Send my answers")


def when_the_facilitator_hands_over_a_questionnaire(fay, title):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Measures over time")
    fay.clicks("Let the person fill one")
    fay.fills("Questions", title)
    fay.fills("Hand over now", True)
    fay.clicks("Make the link", state="made")
    return "/f/" + fay.page.get_by_label("Address").input_value().split("/f/")[1]


def when_the_person_says_that_they_think_of_dying(rowan):
    answers = scored(instrument("phq-9"), 1)
    answers["phq9"] = Answer("known", "several-days")
    assert not rowan.answers(answers)
    rowan.sees("Thank you for telling us")
    rowan.looks("flagged")
    rowan.clicks("Send my answers")
    rowan.sees("Your answers have reached us.")


def then_a_named_person_takes_it_and_says_what_came_of_it(noor):
    noor.clicks("Needs a person", state="waiting")
    noor.clicks("Question 9 was answered")
    noor.clicks("I take this", state="taken")
    noor.types(What_came_of_it="Called them: safe, with their sister, seen on Monday.")
    noor.clicks("Close it", state="empty")
    noor.sees("Nothing needs a person")


def when_the_integration_visit_is_held(fay, house):
    begins = now().astimezone(house.site.tz)
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Book an integration visit")
    fay.clicks("Book Integration visit")
    fay.fills("Day", f"{begins:%Y-%m-%d}")
    fay.fills("Begins", f"{begins:%H:%M}")
    fay.fills("Room", "Talking room")
    fay.fills("Therapist", "Fay")
    fay.clicks("Book", exact=True)
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Hold the integration visit")
    note = fay.page.locator("#note")
    note.get_by_role("textbox").first.fill("Slept well; spoke of the sea and of their mother.")
    fay.clicks("Save the note", within=note)
    promise = fay.page.locator("#commitments")
    fay.page.locator("[name=insight]").fill("I was never alone in it.")
    fay.page.locator("[name=words]").fill("Call my sister on Sunday.")
    fay.clicks("Keep it", within=promise)
    fay.clicks("Finish the visit")


def then_both_scores_are_charted(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Measures over time", state="charted")
    fay.sees("Scores and doses", "The person")


def when_aftercare_begins(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Contacts after the session")
    fay.clicks("Begin aftercare")


def then_the_case_does_not_close_over_a_contact_that_is_near(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Contacts after the session", state="not to be closed")
    assert fay.target("Close the case").is_disabled()


def when_every_contact_that_is_near_was_made(fay):
    while fay.page.get_by_role("link", name="Go and clear it").count():
        fay.clicks("Go and clear it")
        fay.types(What_was_said="They are well, sleep, and eat; the sister was called.")
        fay.clicks("Contact made")
        fay.opens_the_case_of("Ashgrove")
        fay.clicks("Contacts after the session")


def when_the_case_is_closed(fay):
    fay.types(How_it_ended="Treatment complete; well.")
    fay.clicks("Close the case")
