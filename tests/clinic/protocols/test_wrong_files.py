"""Every mistake the checker knows, met once at least: refused by its place and line, nothing stored."""

import ast
from pathlib import Path

import pytest
import yaml

from clinic.audit.models import TrailEntry
from clinic.checklists.files import MISFITS
from clinic.protocols import actions
from clinic.protocols.files import FileMistakes, mistakes_in, read
from clinic.protocols.models import Protocol, ProtocolVersion
from clinic.workflow import Refused
from tests.builders.house import NOON, a_house
from tests.clinic.protocols.wrong import UNREADABLE, WHOLE, WRONG, changed, parts, written

ROOT = Path(__file__).resolve().parents[3] / "clinic"
CHECKERS = [
    *(ROOT / "protocols").glob("*checker.py"),
    *(ROOT / "protocols" / f"{name}.py" for name in ("files", "slots")),
    *(
        ROOT / "checklists" / f"{name}.py"
        for name in ("branching", "checker", "files", "written", "mistakes")
    ),
]


def refusal_of(text):
    with pytest.raises(FileMistakes) as refused:
        read(text)
    return refused.value.mistakes


def written_at(text, place):
    """The line on which a place of the file begins, or the nearest part around it."""
    node, line = yaml.compose(text, Loader=yaml.CSafeLoader), 1
    for part in parts(place):
        if isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if pair[0].value == part]
            if not found:
                break
            node, line = found[0][1], found[0][0].start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def test_the_file_they_differ_from_is_right():
    assert read(WHOLE).code == "whole"
    assert read(written({})).digest() == read(WHOLE).digest()


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: f"{each.code} at {each.place}")
def test_a_wrong_file_is_refused_by_its_place_and_line(wrong):
    text = written(wrong.changes)

    found = refusal_of(text)

    assert [(each.place, each.code) for each in found] == [(wrong.place, wrong.code)]
    assert found[0].line == written_at(text, wrong.place)
    assert str(found[0]) == f"{wrong.place}, line {found[0].line}: {found[0].message}"


@pytest.mark.parametrize(
    ("place", "line", "code", "text"), UNREADABLE, ids=lambda each: str(each)[:20]
)
def test_an_unreadable_file_is_refused_by_its_line(place, line, code, text):
    found = refusal_of(text)

    assert [(each.place, each.line, each.code) for each in found] == [(place, line, code)]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: f"{each.code} at {each.place}")
def test_a_draft_with_the_same_mistake_names_the_same_place(wrong):
    found = mistakes_in(changed(wrong.changes))

    assert (wrong.place, wrong.code) in [(each.place, each.code) for each in found]


def test_every_code_of_the_checker_is_met():
    met = {wrong.code for wrong in WRONG} | {code for _, _, code, _ in UNREADABLE}

    assert met == codes_of_the_checker()
    assert len(met) >= 60
    assert len({(wrong.code, wrong.place) for wrong in WRONG}) == len(WRONG)


def test_of_all_the_wrong_files_nothing_is_stored(db):
    house = a_house()
    before = [model.objects.count() for model in (Protocol, ProtocolVersion, TrailEntry)]
    texts = [written(wrong.changes) for wrong in WRONG] + [each[3] for each in UNREADABLE]

    for text in texts:
        with pytest.raises(Refused) as refused:
            actions.load(text, by=house.author, at=NOON)
        assert refused.value.obstacles

    assert [model.objects.count() for model in (Protocol, ProtocolVersion, TrailEntry)] == before


def codes_of_the_checker():
    """What stands in the code as the code of a mistake, and what a value is refused for."""
    found = set(MISFITS)
    for path in CHECKERS:
        for act in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(act, ast.FunctionDef):
                for node in ast.walk(act):
                    found |= said_by(node, act)
    return found


def said_by(node, act):
    if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
        return words_of(node.value.elts[2], act) if len(node.value.elts) == 3 else set()
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Mistake":
        return words_of(node.args[3], act)
    return set()


def words_of(code, act):
    if isinstance(code, ast.Constant):
        return {code.value}
    if isinstance(code, ast.IfExp):
        return words_of(code.body, act) | words_of(code.orelse, act)
    if isinstance(code, ast.Name):
        said = [
            node.value
            for node in ast.walk(act)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id == code.id
        ]
        return set().union(*(words_of(each, act) for each in said))
    return set()
