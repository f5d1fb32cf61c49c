"""Prepared and booked: what is signed, answered, held and planned before the day."""

from django.utils.timezone import localdate

from clinic.checklists.engine import Answer
from clinic.checklists.files import instrument
from clinic.protocols.queries import document_of
from sessions.rehearsal.answering import harmless, scored


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
    person.clicks(f"Book {visit}", state="form")
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
    noor.sees("Ashgrove, Rowan", "Harbour room")
