"""Every gate of the registry, each met alone, through page and direct POST."""

import importlib
from pathlib import Path

import pytest

from clinic.workflow import GATES
from tests.gates import harness

pytestmark = pytest.mark.usefixtures("in_the_house")

HERE = Path(__file__).parent
for path in sorted(HERE.glob("at_*.py")):
    importlib.import_module(f"tests.gates.{path.stem}")

# Gates no page can be made to meet alone, each with its reason and the test that meets it.
ELSEWHERE: dict[str, tuple[str, str]] = {
    # The pages offer only what can be: these are met by the acts themselves.
    "document_unknown": (
        "the page of a document the protocol does not have is not found",
        "tests/clinic/documents/test_actions.py::"
        "test_a_document_the_protocol_does_not_have_is_not_signed",
    ),
    "visit_unknown": (
        "the page of a visit the protocol does not have is not found",
        "tests/clinic/booking/test_actions.py::test_only_the_protocols_visits_are_booked",
    ),
    "visit_person_not_here": (
        "the form offers only who has a role here",
        "tests/clinic/booking/test_actions.py::test_a_person_without_a_role_here_is_not_booked",
    ),
    "visit_checklist_open": (
        "the page completes the list and the visit in one",
        "tests/sessions/preparation/test_actions.py::test_a_visit_is_done_when_its_list_is",
    ),
    "visit_has_no_checklist": (
        "a visit without a list is offered none",
        "tests/sessions/preparation/test_actions.py::test_a_visit_without_a_list_opens_none",
    ),
    "not_prepared": (
        "the run sheet asks first whether anything of the order is left: prepared_gone",
        "tests/clinic/stock/test_actions.py::test_no_more_is_wasted_of_a_dose_than_was_prepared",
    ),
    "not_staff_here": (
        "the form offers only those who work there, under the same condition",
        "tests/clinic/people/test_actions.py::test_duty_is_refused",
    ),
    "founded_already": (
        "there is no first start's page once the organisation stands",
        "tests/clinic/people/test_actions.py::test_an_organisation_is_set_up_once",
    ),
    # The form complains of these in the same words before the act is asked.
    "protocol_without_reason": (
        "the form asks for a reason",
        "tests/clinic/protocols/test_publishing.py::test_a_version_is_retired_with_a_reason",
    ),
    "reopened_without_reason": (
        "the form asks for a reason",
        "tests/clinic/checklists/test_filling.py::"
        "test_a_form_is_opened_again_by_who_fills_forms_for_a_reason",
    ),
    "incomplete": (
        "the form names every question that has no answer yet",
        "tests/clinic/checklists/test_filling.py::"
        "test_a_form_is_not_completed_while_a_question_is_open",
    ),
    "answer_not_possible": (
        "the form names the question and its fault",
        "tests/clinic/checklists/test_filling.py::"
        "test_an_answer_that_cannot_be_one_is_refused_with_the_rest",
    ),
    # A form or a list of the run sheet keeps these from being sent at all.
    "abandoned_without_reason": (
        "the form asks for a reason",
        "tests/sessions/supervised/test_arrival.py::test_a_session_is_given_up_for_a_reason",
    ),
    "adverse_event_without_term": (
        "the form asks what happened",
        "tests/sessions/supervised/test_events.py::test_an_adverse_event_says_what_happened",
    ),
    "correction_without_reason": (
        "the form asks for a reason",
        "tests/sessions/supervised/test_observations.py::"
        "test_a_set_is_corrected_once_and_with_a_reason",
    ),
    "dose_of_nothing": (
        "the form asks for an amount above nought",
        "tests/sessions/supervised/test_record_dose.py::test_a_dose_of_nothing_is_no_dose",
    ),
    "event_without_words": (
        "the form of a note asks for words",
        "tests/sessions/supervised/test_events.py::"
        "test_a_word_the_version_has_not_is_refused_and_a_note_needs_words",
    ),
    "grade_unknown": (
        "the form offers the grades there are",
        "tests/sessions/supervised/test_events.py::test_severity_lies_between_one_and_five",
    ),
    "seriousness_without_reason": (
        "the form asks what makes it serious",
        "tests/sessions/supervised/test_events.py::"
        "test_a_serious_event_is_told_and_says_what_makes_it_serious",
    ),
    "reading_unreadable": (
        "the form says it beside the value",
        "tests/sessions/supervised/test_observations.py::test_what_is_no_value_is_not_saved",
    ),
    "reading_impossible": (
        "the form says it beside the value",
        "tests/sessions/supervised/test_observations.py::"
        "test_an_impossible_value_is_not_saved_unless_kept_on_purpose",
    ),
    "lot_of_another_substance": (
        "the form offers the lots of this substance alone",
        "tests/sessions/supervised/test_doses.py::test_another_substance_is_not_drawn",
    ),
    "order_superseded": (
        "the page is always about the newest order",
        "tests/sessions/supervised/test_doses.py::test_a_newer_order_supersedes_the_first",
    ),
    "not_prepared_for_order": (
        "the page of what nobody drew is not found, or leads to drawing it",
        "tests/sessions/supervised/test_doses.py::test_what_was_never_drawn_is_not_wasted",
    ),
    "no_order": (
        "an order is used up by its dose, which also moves the session on, so never alone",
        "tests/sessions/supervised/test_races.py::test_two_who_give_the_same_dose_give_one",
    ),
    # The same of what follows a session, of matters and of messages.
    "not_an_integration_visit": (
        "the page of another kind of visit is not found",
        "tests/sessions/integration/test_actions.py::"
        "test_another_kind_of_visit_is_not_finished_here",
    ),
    "note_without_words": (
        "the form asks for words",
        "tests/sessions/integration/test_actions.py::test_an_empty_note_is_none",
    ),
    "commitment_without_outcome": (
        "the form asks for words",
        "tests/sessions/integration/test_actions.py::"
        "test_settling_needs_the_right_person_and_words",
    ),
    "contact_without_words": (
        "the form asks for words",
        "tests/sessions/aftercare/test_actions.py::test_a_contact_needs_the_right_person_and_words",
    ),
    "matter_without_outcome": (
        "the form asks for words",
        "tests/clinic/attention/test_actions.py::test_an_outcome_has_words",
    ),
    "link_to_finished_form": (
        "the page puts a form before the person that is still open",
        "tests/clinic/links/test_actions.py::test_a_finished_form_has_no_link",
    ),
    "message_not_wanted": (
        "nobody presses anything: the sweep drops the message",
        "tests/clinic/messages/test_actions.py::"
        "test_a_message_that_is_no_longer_wanted_is_not_sent",
    ),
    "message_on_its_way": (
        "only while the mail server is being spoken to, on another connection",
        "tests/clinic/messages/test_races.py::"
        "test_nothing_waits_for_a_message_on_the_wire_and_nothing_stops_it",
    ),
    # An edit that opens a finding also takes the ground from the decision, so never alone.
    "exclusions": (
        "an open finding re-opens the signed screening as well",
        "tests/sessions/preparation/test_gates.py::"
        "test_a_gate_closed_alone_is_refused_in_its_own_code",
    ),
    "ratio": (
        "fewer staff than the ratio wants are fewer than the roles want",
        "tests/sessions/preparation/test_gates.py::"
        "test_a_gate_closed_alone_is_refused_in_its_own_code",
    ),
    "amount": (
        "the order is refused before anything could be given",
        "tests/sessions/preparation/test_gates.py::"
        "test_a_gate_closed_alone_is_refused_in_its_own_code",
    ),
    "no_other_live_session": (
        "a second case on the same protocol is refused before it could have a session",
        "tests/sessions/preparation/test_gates.py::"
        "test_a_gate_closed_alone_is_refused_in_its_own_code",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", harness.CLOSED, ids=str)
def test_a_closed_gate_refuses_says_why_and_writes_nothing(case, client):
    harness.meet(case, client)


def test_every_gate_of_the_registry_is_met():
    met = {case.code for case in harness.CLOSED}

    assert sorted(set(GATES) - met - set(ELSEWHERE)) == []


def test_what_is_met_elsewhere_names_a_test_that_is_there():
    for code, (reason, test) in ELSEWHERE.items():
        file, _, name = test.partition("::")
        assert reason, code
        assert code not in {case.code for case in harness.CLOSED}, f"{code} is met here"
        assert f"def {name}(" in (HERE.parent.parent / file).read_text(), code
