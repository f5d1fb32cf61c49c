"""Gates of integration, each closed alone."""

from django.urls import reverse

from clinic.booking import actions as booking
from tests.builders.house import DAY, HOUR, NOON
from tests.builders.integration import a_commitment, an_integration_visit
from tests.gates.harness import BY_THE_ADDRESS, BY_THE_FORM, NOT_FOUND, Situation, closed

AT = NOON + 2 * DAY


@closed("visit_without_note")
def nobody_wrote_about_the_visit(house):
    visit = an_integration_visit(house)
    booking.arrive(visit, by=house.facilitator, at=AT)
    post, page = (reverse(f"integration:{name}", args=[visit.key]) for name in ("finish", "visit"))
    says = "Write the note of this visit first."
    return Situation(house.facilitator, post, {}, says, page, at=AT + HOUR)


@closed("process_note_role")
def a_nurse_writes_a_process_note(house):
    url = reverse("integration:process", args=[an_integration_visit(house).key])
    says = "Your roles at this site do not include process notes."
    return Situation(house.nurse, url, {"body": "The dream."}, says, at=AT)


@closed("note_without_words", BY_THE_FORM, "tests/sessions/integration/test_actions.py::"
        "test_an_empty_note_is_none")  # fmt: skip
def the_note_is_empty(house):
    url = reverse("integration:note", args=[an_integration_visit(house).key])
    return Situation(house.facilitator, url, {"body": " "}, "Fill this in.", at=AT)


@closed("commitment_without_outcome", BY_THE_FORM, "tests/sessions/integration/test_actions.py::"
        "test_settling_needs_the_right_person_and_words")  # fmt: skip
def nobody_says_what_came_of_it(house):
    url = reverse("integration:settle", args=[a_commitment(house).key])
    typed = {"kept": "yes", "outcome": " "}
    return Situation(house.facilitator, url, typed, "Fill this in.", at=AT)


@closed("not_an_integration_visit", BY_THE_ADDRESS, "tests/sessions/integration/test_actions.py::"
        "test_nothing_is_written_about_another_kind_of_visit_here")  # fmt: skip
def it_is_another_kind_of_visit(house):
    visit = an_integration_visit(house).case.visits.get(stage="dosing")
    url, page = (reverse(f"integration:{name}", args=[visit.key]) for name in ("note", "visit"))
    return Situation(house.facilitator, url, {"body": "Words."}, NOT_FOUND, page, at=AT)
