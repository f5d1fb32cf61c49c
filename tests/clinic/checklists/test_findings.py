from datetime import date

import pytest

from clinic.checklists.engine import Answer, findings, problems
from tests.clinic.checklists.builders import (
    NOT_KNOWN,
    YES,
    a_checklist,
    a_consequence,
    an_item,
    known,
)

TODAY = date(2026, 11, 21)

AGED = an_item(
    "age",
    "integer",
    allow_approximate=True,
    consequences=[
        a_consequence("info", answered=True),
        a_consequence("review", above=65),
        a_consequence("exclude", below=18),
    ],
)


def found(checklist, answers, on=TODAY):
    return [(each.item, each.meaning, each.because) for each in findings(checklist, answers, on)]


def test_an_answer_has_the_consequences_it_meets():
    assert found(a_checklist(AGED), known(age=40)) == [("age", "info", "answered")]
    assert found(a_checklist(AGED), known(age=17)) == [
        ("age", "exclude", "answered"),
        ("age", "info", "answered"),
    ]


def test_not_known_counts_as_the_gravest_it_could_mean():
    (finding,) = findings(a_checklist(AGED), {"age": NOT_KNOWN}, TODAY)

    assert (finding.meaning, finding.because) == ("exclude", "not_known")
    assert finding.message == "Not known: Look at it."


def test_no_answer_counts_as_the_gravest_it_could_mean():
    assert found(a_checklist(AGED), {}) == [("age", "exclude", "unanswered")]


def test_an_approximate_answer_counts_as_the_gravest_beside_what_it_meets():
    assert found(a_checklist(AGED), {"age": Answer("approximate", 70)}) == [
        ("age", "exclude", "approximate"),
        ("age", "review", "approximate"),
        ("age", "info", "approximate"),
    ]


def test_an_approximate_answer_that_meets_the_gravest_tells_it_once():
    assert found(a_checklist(AGED), {"age": Answer("approximate", 16)}) == [
        ("age", "exclude", "approximate"),
        ("age", "info", "approximate"),
    ]


def test_a_hidden_question_finds_nothing():
    asked_of_some = [{"item": "pills", "equals": True}]
    grave = an_item("which", "text", shown_when=asked_of_some)
    grave["consequences"] = [a_consequence("review", answered=True)]

    assert found(a_checklist(an_item("pills"), grave), known(pills=False, which="aspirin")) == []


def test_a_question_that_may_be_left_out_finds_nothing_when_it_is():
    item = an_item(required=False, consequences=[a_consequence("info", equals=True)])

    assert found(a_checklist(item), {}) == []


def test_an_answer_that_cannot_be_read_is_no_answer_of_its_kind():
    assert found(a_checklist(AGED), known(age="old")) == []
    assert problems(a_checklist(AGED), known(age="old")) == {"age": ["Write a number."]}


def test_a_consequence_holds_only_while_it_is_in_force():
    dated = a_consequence("exclude", equals=True)
    dated |= {"effective_from": "2026-01-01", "effective_to": "2026-11-21"}
    checklist = a_checklist(an_item(consequences=[dated]))

    days = [date(2025, 12, 31), date(2026, 1, 1), TODAY, date(2026, 11, 22)]

    assert [len(found(checklist, {"well": YES}, on)) for on in days] == [0, 1, 1, 0]


def test_a_finding_carries_who_may_decide_and_its_days():
    item = an_item(consequences=[a_consequence("washout", equals=True) | {"decider": "nobody"}])

    (finding,) = findings(a_checklist(item), {"well": YES}, TODAY)

    assert (finding.days, finding.decider, finding.key) == (14, "nobody", "well/0")


def test_yes_is_not_the_number_one():
    item = an_item("count", "integer", consequences=[a_consequence("review", equals=1)])

    assert found(a_checklist(item), known(count=1)) == [("count", "review", "answered")]
    assert found(a_checklist(item), known(count=True)) == []


@pytest.mark.parametrize(
    ("when", "values"),
    [
        ({"below": 5}, [4]),
        ({"at_most": 5}, [4, 5]),
        ({"at_least": 5}, [5, 6]),
        ({"above": 5}, [6]),
        ({"above": 4, "below": 6}, [5]),
        ({"any_of": [4, 6]}, [4, 6]),
    ],
)
def test_a_number_is_compared_on_both_sides_of_the_cut(when, values):
    item = an_item("count", "integer", consequences=[a_consequence("review", **when)])

    assert [n for n in (4, 5, 6) if found(a_checklist(item), known(count=n))] == values
