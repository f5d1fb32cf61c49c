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
ELSEWHERE: dict[str, tuple[str, str]] = {}


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
        assert f"def {name}(" in (HERE.parent.parent / file).read_text(), code
