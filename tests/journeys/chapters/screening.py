"""Registered, referred, screened: what intake staff enter, and what a prescriber decides."""

from datetime import timedelta

from django.utils.timezone import localdate

from clinic.checklists.engine import Answer
from clinic.protocols.queries import document_of
from sessions.rehearsal.answering import harmless

HALF = 12


def screening_answers(house):
    """Harmless answers, but for one that nobody knows."""
    return harmless(
        document_of(house.version).screening, localdate(), breathing=Answer("not_known")
    )


def when_intake_registers_a_person(ines):
    ines.clicks("People", within=ines.page.get_by_role("navigation"), state="empty")
    ines.clicks("Register a person")
    ines.types(Family_name="Ashgrove", Given_name="Rowan", Telephone="+1 212 555 0142")
    ines.fills("Date of birth", (localdate() + timedelta(days=2)).isoformat())
    ines.clicks("Register", exact=True, state="errors")
    ines.fills("Date of birth", "1985-07-14")
    ines.types(Address="7 Orchard Lane", Allergies="Penicillin")
    ines.fills("E-mail", "rowan@patients.example")
    ines.fills("May be written to", True)
    ines.clicks("Register", exact=True)
    ines.sees("Registered.", "Penicillin")


def when_intake_sees_the_identity_document(ines):
    ines.clicks("Record a document seen")
    ines.fills("Document seen", "Passport")
    ines.clicks("I have seen it")
    ines.sees("Identity document seen.")


def when_intake_records_whom_to_call(ines):
    ines.clicks("Change contacts")
    ines.types(Name="Alder Ashgrove", What_they_are="sibling", Telephone="+1 212 555 0143")
    ines.fills("Role", "mergency")
    ines.clicks("Add")


def when_intake_refers_the_person(ines):
    ines.clicks("Ashgrove, Rowan")
    ines.clicks("Refer to a protocol")
    ines.fills("Protocol", "Our ")
    ines.types(Who_referred="Dr Fir, family doctor", For_what="Two medicines did not lift it.")
    ines.clicks("Refer", exact=True)
    ines.sees("The case is open.")


def when_intake_fills_half_the_screening_and_goes_home(ines, answers):
    ines.clicks("Begin the screening")
    ines.answers(dict(list(answers.items())[:HALF]))
    ines.clicks("Save", exact=True)
    ines.sees("Saved.")
    ines.signs_out()


def when_intake_goes_on_where_they_stopped(ines, house, answers):
    ines.signs_in(house.intake)
    ines.opens_the_case_of("Ashgrove")
    ines.clicks("Go on with the screening")
    came_up = ines.answers(answers)
    ines.clicks("Save and see the findings")
    ines.sees("Not answered yet")
    ines.clicks("Go on with the form")
    assert not ines.answers(came_up)
    ines.clicks("Save and see the findings")
    ines.does_not_see("Not answered yet")


def then_intake_may_not_decide(ines):
    ines.clicks("To the decision", state="refused")
    ines.sees(
        "None of your roles at this site decides eligibility.", "You hold no verified licence"
    )
    assert ines.target("Sign the decision").is_disabled()


def when_the_prescriber_settles_what_is_open(priya):
    priya.opens_the_case_of("Ashgrove")
    priya.clicks("Settle the findings")
    priya.clicks("Settle this")
    priya.fills("Accepted after review", True)
    priya.types(What_this_rests_on="The family doctor listened to their lungs in May.")
    priya.clicks("Settle it")
    priya.sees("Settled.")


def when_the_prescriber_decides_and_signs(priya):
    priya.clicks("To the decision")
    priya.fills("Eligible", True)
    priya.signs("Sign the decision", password="not it", state="errors")
    priya.sees("Nothing was signed.")
    priya.fills("Eligible", True)
    priya.signs("Sign the decision")
    priya.sees("Decided and signed.", "I have reviewed this screening and decide: Eligible")
