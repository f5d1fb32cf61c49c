"""An amendment of a signed record: proposed, refused with a reason, and readable ever after."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from sessions.rehearsal import walk
from tests.journeys import given
from tests.journeys.chapters import protocol

pytestmark = pytest.mark.browser

WORDS = "The person spoke of the sea before the dose, not after it."
ANSWER = "The log of that hour says it was after the dose."


@transaction.atomic
def somebody_went_home(house):
    """Rowan's session was yesterday, and its record is signed."""
    begun_at = now() - timedelta(hours=28)
    session = walk.ready(house, session_at=begun_at, **given.ROWAN)[1]
    walk.whole_session(house, session, at=begun_at + timedelta(minutes=30))


def when_the_facilitator_proposes_it(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Signatures and amendments", state="signed")
    fay.clicks("What was signed", state="the record")
    fay.sees("As it was signed.")
    fay.clicks("Propose an amendment")
    fay.types(What_is_to_stand_beside_the_record=WORDS, Why="I remember it so.")
    fay.clicks("Propose", kind="button", exact=True, state="proposed")
    fay.sees("Proposed, not answered")


def when_the_prescriber_refuses_it(priya):
    priya.opens("/")
    priya.clicks("Ashgrove", within=priya.page.get_by_label("Amendments to answer"))
    priya.sees(WORDS)
    priya.types(Why_it_is_refused=ANSWER)
    priya.clicks("Refuse", exact=True, state="refused")


def then_both_stand_beside_a_record_that_stayed_as_it_was(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Signatures and amendments", state="refused")
    fay.sees(WORDS, ANSWER, "Refused")
    fay.clicks("What was signed", state="refused")
    fay.sees("As it was signed.", WORDS, ANSWER)
    fay.clicks("Open the record", state="refused")
    fay.sees(WORDS, ANSWER)
    fay.does_not_see("Proposed, not answered")


def then_the_case_file_names_the_erratum(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.sees("Erratum of", protocol.RIGHT)


def then_what_was_signed_says_what_it_said(priya):
    priya.opens_the_case_of("Ashgrove")
    priya.clicks("Signatures and amendments", state="after the erratum")
    decided = priya.page.get_by_role("figure").filter(has_text="eligible")
    priya.clicks("What was signed", within=decided.first, state="after the erratum")
    priya.sees(protocol.SLIP)
    priya.does_not_see(protocol.RIGHT)


def test_an_erratum_is_read_on_the_case_and_what_was_signed_keeps_its_words(house, somebody):
    somebody_went_home(house)
    ada, ari = somebody(house.author), somebody(house.approver)
    fay, priya = somebody(house.facilitator), somebody(house.prescriber)

    protocol.when_the_author_proposes_an_erratum(ada)
    protocol.when_the_approver_reads_and_signs_it(ari)

    then_the_case_file_names_the_erratum(fay)
    then_what_was_signed_says_what_it_said(priya)


def test_an_amendment_is_refused_and_stays_readable(house, somebody):
    somebody_went_home(house)
    fay, priya = somebody(house.facilitator), somebody(house.prescriber)

    when_the_facilitator_proposes_it(fay)
    when_the_prescriber_refuses_it(priya)
    then_both_stand_beside_a_record_that_stayed_as_it_was(fay)


def test_an_erratum_is_refused_and_another_is_taken_back(house, somebody):
    somebody_went_home(house)
    ada, ari = somebody(house.author), somebody(house.approver)
    fay = somebody(house.facilitator)

    protocol.when_the_author_proposes_an_erratum(ada)
    protocol.when_the_approver_refuses_it(ari)
    fay.opens_the_case_of("Ashgrove")
    fay.does_not_see("Erratum of")

    protocol.when_the_author_proposes_an_erratum(ada)
    protocol.when_the_approver_signs(ari, "Erratum 2")
    protocol.when_the_author_proposes_to_take_back(ada, "Erratum 2")
    protocol.when_the_approver_signs(ari, "Erratum 3")

    fay.opens_the_case_of("Ashgrove")
    fay.sees("Erratum of")


def test_a_case_is_moved_to_the_version_in_force(house, somebody):
    given.somebody_ready(house)
    ada, ari = somebody(house.author), somebody(house.approver)
    protocol.when_the_author_copies_the_version_in_force(ada)
    protocol.when_the_author_sends_the_copy_to_review(ada)
    protocol.when_the_approver_opens_what_waits(ari)
    ari.clicks("Publish", kind="link")
    protocol.when_the_approver_ticks_every_number_and_signs(ari)

    priya = somebody(house.prescriber)
    priya.opens_the_case_of("Ashgrove")
    priya.page.locator("main details.menu summary").click()
    priya.clicks("Move to another version")
    priya.sees("In force is version")
    priya.types(Why_this_case_is_moved="The copy says the same.")
    priya.signs("Sign and move", state="moved")
    priya.sees("The copy says the same.")
