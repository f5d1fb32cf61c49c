from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.checklists.engine import (
    Answer,
    answers_from,
    as_json,
    findings,
    hidden_answers,
    missing,
    problems,
    spoken,
    visible_items,
)
from clinic.protocols.files import library, read
from tests.clinic.checklists.builders import (
    NO,
    NOT_KNOWN,
    YES,
    a_checklist,
    an_item,
    known,
)

TODAY = date(2026, 11, 21)
PILLS = an_item("pills")
WHICH = an_item("which", "text", shown_when=[{"item": "pills", "equals": True}])
SINCE = an_item("since", "date", shown_when=[{"item": "which", "answered": True}])


def asked(checklist, answers):
    return [item.code for item in visible_items(checklist, answers)]


# -- Branching ---------------------------------------------------------------------------------------


def test_a_follow_up_question_waits_for_its_answer():
    checklist = a_checklist(PILLS, WHICH, SINCE)

    assert asked(checklist, {}) == ["pills"]
    assert asked(checklist, {"pills": NO}) == ["pills"]
    assert asked(checklist, {"pills": YES}) == ["pills", "which"]
    assert asked(checklist, known(pills=True, which="aspirin")) == ["pills", "which", "since"]


def test_a_question_behind_a_hidden_question_is_hidden_too():
    checklist = a_checklist(PILLS, WHICH, SINCE)

    assert asked(checklist, known(pills=False, which="aspirin")) == ["pills"]


def test_answers_that_are_no_longer_asked_for_are_named():
    checklist = a_checklist(PILLS, WHICH, SINCE)

    assert hidden_answers(checklist, known(pills=False, which="aspirin")) == ("which",)


def test_not_known_opens_a_follow_up_only_where_the_form_says_so():
    both = {"item": "pills", "equals": True}
    checklist = a_checklist(
        PILLS,
        an_item("a", "text", shown_when=[both | {"or_not_known": True}]),
        an_item("b", "text", shown_when=[both]),
    )

    assert asked(checklist, {"pills": NOT_KNOWN}) == ["pills", "a"]


def test_every_condition_has_to_hold():
    conditions = [{"item": "pills", "equals": True}, {"item": "well", "equals": False}]
    checklist = a_checklist(PILLS, an_item("well"), an_item("why", "text", shown_when=conditions))

    assert "why" not in asked(checklist, {"pills": YES, "well": YES})
    assert "why" in asked(checklist, {"pills": YES, "well": NO})


def test_a_circle_of_conditions_ends():
    checklist = a_checklist(
        an_item("a", shown_when=[{"item": "b", "equals": True}]),
        an_item("b", shown_when=[{"item": "a", "equals": True}]),
    )

    assert asked(checklist, {"a": YES, "b": YES}) == []


# -- What is missing and what is wrong ---------------------------------------------------------------


def test_missing_is_what_is_asked_required_and_empty():
    checklist = a_checklist(PILLS, WHICH, an_item("note", "text", required=False))

    assert [item.code for item in missing(checklist, {})] == ["pills"]
    assert [item.code for item in missing(checklist, known(pills=True, which=""))] == ["which"]
    assert missing(checklist, {"pills": NOT_KNOWN}) == ()


OPTIONS = [
    {"code": "a", "label": "A"},
    {"code": "b", "label": "B"},
    {"code": "none", "label": "None of these", "exclusive": True},
]


@pytest.mark.parametrize(
    ("item", "answer", "said"),
    [
        (an_item(), Answer("known", "yes"), ["Answer yes or no."]),
        (an_item(), Answer("known", 1), ["Answer yes or no."]),
        (an_item(kind="attestation"), YES, []),
        (an_item(kind="one_of", options=OPTIONS), Answer("known", "a"), []),
        (an_item(kind="one_of", options=OPTIONS), Answer("known", "z"),
         ["Choose one of the answers offered."]),
        (an_item(kind="one_of", options=OPTIONS), Answer("known", ["a"]),
         ["Choose one of the answers offered."]),
        (an_item(kind="some_of", options=OPTIONS), Answer("known", ["a", "b"]), []),
        (an_item(kind="some_of", options=OPTIONS), Answer("known", ["a", "a"]),
         ["Choose from the answers offered, each once."]),
        (an_item(kind="some_of", options=OPTIONS), Answer("known", "a"),
         ["Choose from the answers offered."]),
        (an_item(kind="some_of", options=OPTIONS), Answer("known", ["a", "none"]),
         ["“None of these” cannot stand beside another answer."]),
        (an_item(kind="integer"), Answer("known", "12"), []),
        (an_item(kind="integer"), Answer("known", "12.5"), ["Write a whole number."]),
        (an_item(kind="integer"), Answer("known", "twelve"), ["Write a number."]),
        (an_item(kind="integer"), Answer("known", True), ["Write a number."]),
        (an_item(kind="decimal"), Answer("known", "NaN"), ["Write a number."]),
        (an_item(kind="decimal", unit="kg", minimum="20", maximum="350"), Answer("known", "19.9"),
         ["This cannot be less than 20 kg."]),
        (an_item(kind="decimal", unit="kg", minimum="20", maximum="350"), Answer("known", 351),
         ["This cannot be more than 350 kg."]),
        (an_item(kind="date"), Answer("known", "2026-11-21"), []),
        (an_item(kind="date"), Answer("known", TODAY), []),
        (an_item(kind="date"), Answer("known", "21.11.2026"),
         ["Write a day as 2026-11-21, a month as 2026-11 or a year as 2026."]),
        (an_item(kind="date"), Answer("known", "2026-02-30"), ["There is no such day."]),
        (an_item(kind="date"), Answer("known", 5), ["Write a day as 2026-11-21."]),
        (an_item(kind="date"), Answer("known", "2026-11"),
         ["Write the whole day, or mark the answer as approximate."]),
        (an_item(kind="date", allow_approximate=True), Answer("approximate", "2026-11"), []),
        (an_item(kind="time"), Answer("known", "14:30"), []),
        (an_item(kind="time"), Answer("known", "half past two"), ["Write a time as 14:30."]),
        (an_item(kind="text"), Answer("known", 5), ["Write words."]),
        (an_item(allow_not_known=False), NOT_KNOWN,
         ["“Not known” is not an answer to this question."]),
        (an_item(), Answer("approximate", True), ["This answer has to be exact."]),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_in_a_sentence(item, answer, said):
    wrong = problems(a_checklist(item), {"well": answer})

    assert wrong == ({"well": said} if said else {})


def test_an_answer_to_a_question_that_is_not_there_is_wrong():
    assert problems(a_checklist(PILLS), known(colour="red")) == {
        "colour": ["This question is not on the form."]
    }


# -- Words and storage -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "answer", "words"),
    [
        (an_item(), YES, "yes"),
        (an_item(), NO, "no"),
        (an_item(), NOT_KNOWN, "not known"),
        (an_item(), None, "not answered"),
        (an_item(kind="attestation"), YES, "attested"),
        (an_item(kind="attestation"), NO, "not attested"),
        (
            an_item(kind="decimal", unit="mg"),
            Answer("approximate", Decimal("2.50")),
            "about 2.5 mg",
        ),
        (an_item(kind="some_of", options=OPTIONS), Answer("known", ["a", "b"]), "A, B"),
        (an_item(kind="date"), Answer("known", TODAY), "2026-11-21"),
    ],
)
def test_an_answer_is_said_as_a_person_would_read_it(item, answer, words):
    (question,) = a_checklist(item).items

    assert spoken(question, answer) == words


def test_answers_come_back_from_storage_as_they_were():
    answers = {"a": Answer("approximate", "2.5"), "b": NOT_KNOWN, "c": Answer("known", ["x"])}

    assert answers_from(as_json(answers)) == answers
    assert as_json({"d": Answer("known", Decimal("2.50"))})["d"]["value"] == "2.5"


values = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.lists(st.text(max_size=3))
)
states = st.sampled_from(["known", "approximate", "not_known"])
SCREENING = read(library()["ketamine-im"]).screening


@settings(max_examples=80, deadline=None)
@given(
    answers=st.dictionaries(
        st.sampled_from([item.code for item in SCREENING.items]),
        st.builds(Answer, states, values),
    )
)
def test_nothing_a_person_can_answer_breaks_the_form(answers):
    wrong = problems(SCREENING, answers)
    asked_for = set(asked(SCREENING, answers))
    result = findings(SCREENING, answers, TODAY)

    assert set(wrong) <= asked_for
    assert {item.code for item in missing(SCREENING, answers)} <= asked_for
    assert {finding.item for finding in result} <= asked_for
    assert all(isinstance(spoken(item, answers.get(item.code)), str) for item in SCREENING.items)
