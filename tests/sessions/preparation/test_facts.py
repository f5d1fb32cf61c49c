"""The facts behind the gates: gathered whole, and in as many queries for fifty as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.cases.queries import current_cycle
from sessions.preparation import asking, rules
from sessions.preparation.queries import facts_of
from tests.builders.house import DAY, NOON, a_house
from tests.builders.preparation import a_prepared_case, facts_about, many_preparing_cases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_house")]
FOR_THE_DAY = {
    "roles_present", "todays_checks", "capacity", "vitals", "ratio", "amount", "lot",
    "second_person",
}  # fmt: skip


def test_a_prepared_case_waits_only_for_its_day():
    case = a_prepared_case(a_house())

    steps = rules.gates(current_cycle(case), at=NOON - DAY)

    assert [str(obstacle) for step in steps for obstacle in step.obstacles] == []
    assert {step.gate.code for step in steps if not step.is_clear} == FOR_THE_DAY


def test_every_gate_of_the_version_is_asked_and_no_other():
    case = a_prepared_case(a_house())

    steps = rules.gates(current_cycle(case), at=NOON - DAY)

    named = {gate.code for gate in facts_about(case).document.gates}
    assert {step.gate.code for step in steps} == named <= set(asking.QUESTIONS)


def test_before_the_day_the_gates_are_asked_for_the_moment_of_the_session():
    case = a_prepared_case(a_house())

    assert facts_about(case, at=NOON - DAY).at == NOON
    assert facts_about(case, at=NOON - DAY, on_the_day=True).at == NOON - DAY


def test_the_facts_of_many_take_as_many_queries_as_of_one():
    cycles = [current_cycle(case) for case in many_preparing_cases(a_house(), 5)]

    with CaptureQueriesContext(connection) as one:
        facts_of(cycles[:1], at=NOON)
    with CaptureQueriesContext(connection) as many:
        facts_of(cycles, at=NOON)

    assert len(many) == len(one)
