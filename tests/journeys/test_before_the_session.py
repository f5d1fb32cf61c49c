"""From the referral to the day of the session: who meets which page, and what it lets them do."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from clinic.checklists.engine import Answer
from clinic.checklists.files import instrument
from clinic.protocols.queries import document_of
from sessions.rehearsal.answering import harmless, scored

pytestmark = pytest.mark.browser
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
    ines.clicks("Refer to a treatment")
    ines.fills("Protocol", "etamine")
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


def when_the_facilitator_begins_to_prepare(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Begin the preparation")
    fay.clicks("Begin the preparation")
    fay.sees("Preparation begun.")


def when_the_person_signs_what_the_protocol_wants(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Sign documents")
    for title in [
        "Consent to treatment with ketamine",
        "Consent to psychotherapy",
        "Transport agreement",
        "No driving until the next day",
    ]:
        heading = fay.page.get_by_role("heading", name=title)
        row = fay.page.get_by_role("listitem").filter(has=heading)
        fay.clicks("Read and sign", within=row)
        fay.fills("The person types their own name", "Rowan Ashgrove")
        fay.signs("Sign and witness")
        fay.sees("igned")


def when_both_questionnaires_are_answered(fay):
    for code, each in [("phq-9", 2), ("gad-7", 1)]:
        fay.opens_the_case_of("Ashgrove")
        fay.clicks("Prepare", exact=True)
        fay.clicks(f"Fill in {code.upper()}")
        fay.clicks("Begin this form")
        answers = scored(instrument(code), each)
        if code == "phq-9":
            answers["phq9"] = Answer("known", "not-at-all")
        fay.answers(answers)
        fay.clicks("Save and complete")


def when_a_visit_is_booked(person, visit, *, begins, **people):
    person.opens_the_case_of("Ashgrove")
    person.clicks("Book a visit")
    person.clicks(f"Book {visit}")
    person.fills("Day", f"{begins:%Y-%m-%d}")
    person.fills("Begins", f"{begins:%H:%M}")
    person.fills("Room", "Harbour room")
    for capacity, name in people.items():
        person.fills(capacity.replace("_", " "), name)
    person.clicks("Book", exact=True)
    person.sees(f"{visit}: booked.")


def when_the_preparation_visit_is_held(fay, house):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Hold the preparation visit")
    fay.clicks("Begin the visit")
    document = document_of(house.version)
    rule = next(rule for rule in document.visits if rule.stage == "preparation")
    assert not fay.answers(harmless(document.checklist(rule.checklist), localdate()))
    fay.clicks("Save, the visit is done")
    fay.sees("The visit is done.")


def when_the_way_home_is_planned(fay, pickup):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Plan the way home")
    fay.fills("Fetched by an adult", True)
    fay.types(Name="Alder Ashgrove", Telephone="+1 212 555 0143")
    fay.fills("Fetched on", f"{pickup:%Y-%m-%d}")
    fay.fills("At", f"{pickup:%H:%M}")
    fay.fills("The person has promised", True)
    fay.clicks("Save the plan")
    fay.sees("The way home is planned.")


def then_the_case_is_not_ready_and_says_why(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Ready for the session?", state="not ready")
    fay.sees("Not yet:")
    assert fay.target("Declare ready").is_disabled()


def when_the_case_is_declared_ready(fay):
    fay.opens_the_case_of("Ashgrove")
    fay.clicks("Ready for the session?")
    fay.clicks("Declare ready")
    fay.sees("Declared ready.")


def then_the_nurse_sees_the_session_in_the_day(noor):
    noor.sees("Ashgrove, Rowan")
    noor.opens_the_case_of("Ashgrove")
    noor.clicks("Check in")
    noor.sees("Check in", "Harbour room")


def test_a_person_comes_by_referral_and_is_made_ready(house, somebody):
    ines = somebody(house.intake)
    answers = screening_answers(house)
    local = house.site.tz

    when_intake_registers_a_person(ines)
    when_intake_sees_the_identity_document(ines)
    when_intake_records_whom_to_call(ines)
    when_intake_refers_the_person(ines)
    when_intake_fills_half_the_screening_and_goes_home(ines, answers)
    when_intake_goes_on_where_they_stopped(ines, house, answers)
    then_intake_may_not_decide(ines)

    priya = somebody(house.prescriber)
    when_the_prescriber_settles_what_is_open(priya)
    when_the_prescriber_decides_and_signs(priya)

    fay = somebody(house.facilitator)
    when_the_facilitator_begins_to_prepare(fay)
    then_the_case_is_not_ready_and_says_why(fay)
    when_the_person_signs_what_the_protocol_wants(fay)
    when_both_questionnaires_are_answered(fay)
    when_a_visit_is_booked(
        fay, "Preparation visit", begins=now().astimezone(local), Therapist="Fay"
    )
    when_the_preparation_visit_is_held(fay, house)
    when_the_way_home_is_planned(fay, now().astimezone(local) + timedelta(hours=4))
    when_a_visit_is_booked(
        ines,
        "Dosing session",
        begins=now().astimezone(local),
        Therapist="Fay",
        Monitoring_nurse="Noor",
        Prescriber="Priya",
    )
    when_the_case_is_declared_ready(fay)

    then_the_nurse_sees_the_session_in_the_day(somebody(house.nurse))
