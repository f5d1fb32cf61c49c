"""Every gate of the registry, each met alone, through page and direct POST."""

import importlib
import inspect
from pathlib import Path

import pytest

from clinic.workflow import GATES
from tests.gates import harness

pytestmark = pytest.mark.usefixtures("in_the_house")

HERE = Path(__file__).parent
for path in sorted(HERE.glob("at_*.py")):
    importlib.import_module(f"tests.gates.{path.stem}")

# Gates that stand behind every page: neither a page nor what is sent to one can meet them alone.
# Each with its reason and the test in which the act itself refuses.
ELSEWHERE: dict[str, tuple[str, str]] = {
    "visit_checklist_open": (
        "the page begins the list, and completes the list and the visit in one",
        "tests/sessions/preparation/test_actions.py::test_a_visit_is_done_when_its_list_is",
    ),
    "visit_has_no_checklist": (
        "whatever is sent about a visit without a list completes the visit",
        "tests/sessions/preparation/test_actions.py::test_a_visit_without_a_list_opens_none",
    ),
    "link_pair": (
        "the page of a link finds records of other sites alone",
        "tests/clinic/cases/test_two_sites.py::test_records_of_one_site_are_merged_not_linked",
    ),
    "not_prepared": (
        "the run sheet asks first whether anything of the order is left: prepared_gone",
        "tests/clinic/stock/test_actions.py::test_no_more_is_wasted_of_a_dose_than_was_prepared",
    ),
    "order_superseded": (
        "what is sent names no order, and is about the newest",
        "tests/sessions/supervised/test_doses.py::test_a_newer_order_supersedes_the_first",
    ),
    "link_to_finished_form": (
        "what is sent names no form, and one that is finished is not taken up again",
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
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", harness.CLOSED, ids=str)
def test_a_closed_gate_refuses_says_why_and_writes_nothing(case, client):
    harness.meet(case, client)


def test_every_gate_of_the_registry_is_met():
    met = {case.code for case in harness.CLOSED}

    assert sorted(set(GATES) - met - set(ELSEWHERE)) == []
    assert sorted((met | set(ELSEWHERE)) - set(GATES)) == []


def test_what_is_met_elsewhere_is_met_nowhere_here():
    met = {case.code for case in harness.CLOSED}

    assert sorted(met & set(ELSEWHERE)) == []
    assert all(reason for reason, _ in ELSEWHERE.values())


# -- The tests in which the act itself refuses -----------------------------------------------------


def behind_the_pages():
    """(code, test) of every gate that a page, a form or an address keeps from being met."""
    acts = {case.code for case in harness.CLOSED if case.caught == harness.Caught.BY_THE_ACT}
    named = {case.code: case.behind for case in harness.CLOSED if case.code not in acts}
    return sorted((named | {code: test for code, (_, test) in ELSEWHERE.items()}).items())


@pytest.mark.parametrize(("code", "test"), behind_the_pages(), ids=lambda part: part[-60:])
def test_the_act_behind_refuses_in_the_gates_own_code(code, test):
    """The test there is one that runs, and the code stands in it or in what it is run with."""
    path, _, name = test.partition("::")
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    found = getattr(module, name)
    assert callable(found)
    assert name.startswith("test_")
    marks = getattr(found, "pytestmark", [])
    assert not {mark.name for mark in marks} & {"skip", "skipif", "xfail"}
    run_with = [value for mark in marks if mark.name == "parametrize" for value in mark.args[1]]
    is_run_with = any(value[0] == code for value in run_with if isinstance(value, tuple))
    assert f'"{code}"' in inspect.getsource(found) or is_run_with
