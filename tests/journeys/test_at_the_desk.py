"""Small acts of a working day that stand in no longer story: each is found and pressed."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from clinic.booking.models import Stage
from sessions.rehearsal import walk
from tests.builders.booking import a_visit
from tests.builders.preparation import a_preparing_case
from tests.database import as_owner
from tests.journeys import given

pytestmark = pytest.mark.browser
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@transaction.atomic
def somebody_expected_twice(house):
    """Rowan has a talk right now and did not come to an earlier one; the keys of both."""
    case = a_preparing_case(house, at=now() - 10 * DAY, **given.ROWAN)
    first, second = (
        a_visit(
            house, case, at=now() - 5 * DAY, stage=Stage.INTEGRATION, starts_at=now() + wait
        )
        for wait in (5 * MINUTE, -90 * MINUTE)
    )  # fmt: skip
    return first.key, second.key


@transaction.atomic
def somebody_who_reads_dutch(house):
    """Rowan is being prepared and reads Dutch; the key of the case."""
    return a_preparing_case(house, at=now() - 10 * DAY, language="nl", **given.ROWAN).key


def test_one_visit_begins_and_another_is_missed(house, somebody):
    first, second = somebody_expected_twice(house)
    ines = somebody(house.intake)
    ines.opens(f"/diary/visit/{first}/")
    ines.clicks("The person is here", kind="link")
    ines.clicks("The person is here", kind="button")
    ines.sees("Arrived")
    ines.opens(f"/diary/visit/{second}/")
    ines.clicks("Did not come")
    ines.fills("What is known of why?", "Missed the bus.")
    ines.clicks("The person did not come", kind="button")
    ines.sees("Did not come", "Missed the bus.")


def test_who_declared_somebody_ready_takes_it_back(house, somebody):
    given.somebody_ready(house)
    fay = somebody(house.facilitator)
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Everything before the dose", state="ready")
    fay.clicks("Take it back")
    fay.sees("It says that somebody has looked at all of it, and opens nothing.")


def test_a_sign_in_on_another_device_is_ended(house, somebody):
    somebody(house.nurse)
    noor = somebody(house.nurse)
    noor.page.locator(".side-tools summary").click()
    noor.clicks("Where I am signed in")
    noor.clicks("Sign out there")
    assert noor.page.get_by_role("button", name="Sign out there").count() == 0


def test_somebody_leaves_the_clinic(house, somebody):
    mona = somebody(house.manager)
    mona.clicks("Staff", kind="link", exact=True)
    mona.clicks("Sam Second")
    mona.clicks("They leave the clinic")
    mona.types(Why="Moves to another town.")
    mona.clicks("Let them leave")
    mona.sees("leaves: done.")


def test_the_text_of_a_questionnaire_is_loaded(house, somebody):
    mona = somebody(house.manager)
    mona.opens("/questionnaires/who-5/")
    mona.fills("I accept these terms", True)
    mona.clicks("Accept the terms")
    mona.clicks("Load the text", kind="link")
    for field in mona.page.locator("main textarea[name^=text_]").all():
        field.fill("A sentence of the sheet.")
    # The answers of the first question are those of the others.
    answers = mona.page.locator("main textarea[name^=answers_]").first
    lines = int(answers.get_attribute("rows"))
    answers.fill("\n".join(f"Answer {number}" for number in range(lines)))
    mona.clicks("Load the text", kind="button")
    mona.sees("Loaded by")


def test_a_text_in_a_second_language_is_written_and_signed(house, somebody):
    with as_owner() as owner:
        owner.execute("DELETE FROM clinic_text")
    mona = somebody(house.manager)
    mona.clicks("Texts", kind="link", exact=True)
    mona.sees("No text")
    mona.clicks("Take in the examples")
    mona.sees("Taken in, each marked as an example")
    mona.clicks("Consent to treatment with ketamine", kind="link")
    mona.clicks("Dutch", kind="link", exact=True)
    mona.types(Title="Toestemming", Words="U stopt wanneer u wilt.")
    mona.clicks("Put it in force")
    mona.clicks("Version 1", kind="link")
    mona.sees("U stopt wanneer u wilt.")

    fay = somebody(house.facilitator)
    fay.opens(f"/documents/{somebody_who_reads_dutch(house)}/sign/ketamine-consent/")
    fay.sees("U stopt wanneer u wilt.")
    fay.types(The_person_types_their_own_name="Rowan Ashgrove")
    fay.signs("Sign and witness")
    fay.sees("signed.")


def test_a_licence_is_recorded_and_its_proof_seen(house, somebody):
    mona = somebody(house.manager)
    mona.clicks("Staff", kind="link", exact=True)
    mona.clicks("Sam Second")
    mona.clicks("Record a licence")
    mona.types(Number="RN-4711", Jurisdiction="US-NY")
    mona.fills("Valid from", "2020-01-01")
    mona.fills("Valid until", "2031-12-31")
    mona.fills("Prepare", True)
    mona.clicks("Save", exact=True)
    mona.clicks("Verify", kind="link")
    mona.clicks("I have seen the proof")
    mona.sees("RN-4711")
    assert mona.target("Verify", kind="link").count() == 0


@transaction.atomic
def somebody_asked_long_ago(house):
    long_ago = now() - 58 * DAY
    patient = walk.registered(house, at=long_ago, **given.ROWAN)
    walk.answered(house, walk.referred(house, patient, at=long_ago), at=long_ago)


def test_answers_that_grew_too_old_are_asked_anew(house, somebody, clock):
    somebody_asked_long_ago(house)
    clock.goes_on(days=60)
    ines = somebody(house.intake)
    ines.opens_the_case_of("Ashgrove")
    ines.clicks("Go on with the screening", state="too old")
    ines.sees("Answers have grown too old")
    ines.clicks("Ask everything again", state="anew")
    ines.does_not_see("Answers have grown too old")
