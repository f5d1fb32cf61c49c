"""Every act of the house, done by two at once on two connections: exactly one wins."""

import ast
import importlib
from pathlib import Path

import pytest

from tests.races import harness

pytestmark = pytest.mark.usefixtures("in_the_house")

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
for path in sorted(HERE.glob("of_*.py")):
    importlib.import_module(f"tests.races.{path.stem}")

# Public functions of an actions module that are no act two people can race for, each with why.
NO_RACE: dict[str, str] = {
    "clinic.audit.actions.record": "writes the trail; its order is tested with the chain",
    "clinic.audit.actions.record_opening": "a page read twice at once is read twice, or once",
    "clinic.people.actions.found": "raced in a house that does not stand yet: test_founding.py",
    "clinic.people.actions.try_mail": "a message to oneself, as often as one likes",
    "clinic.audit.actions.case_of": "reads",
    "clinic.audit.actions.site_of": "reads",
}


def acts():
    """The public functions of every actions module, as module.function."""
    for app in ("clinic", "sessions"):
        for path in sorted((CHECKOUT / app).rglob("actions.py")):
            module = ".".join(path.relative_to(CHECKOUT).with_suffix("").parts)
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield f"{module}.{node.name}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("each", harness.RACES, ids=lambda each: each.act)
def test_two_at_once_and_exactly_one_wins(each):
    harness.run(each)


def test_every_act_is_raced():
    raced = {each.act for each in harness.RACES}

    assert sorted(set(acts()) - raced - set(NO_RACE)) == []


def test_what_is_not_raced_is_still_there():
    assert sorted(set(NO_RACE) - set(acts())) == []
