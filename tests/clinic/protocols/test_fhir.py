"""What leaves the house as FHIR is R4: no error of the validator and no code R4 does not know."""

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from clinic.checklists.document import Kind
from clinic.protocols.exporting.bundle import bundle, unknown_codes
from clinic.protocols.files import library, read
from tests.clinic.protocols.builders import SAID, a_checklist, a_protocol

CHECK = Path(__file__).parents[2] / "fhir" / "check.mjs"
VALIDATOR = Path(sys.prefix) / "fhir"


def validated(resources):
    """What the validator says of each of these, by their names."""
    node = shutil.which("node")
    assert node, "These tests need Node.js: make test installs it"
    ended = subprocess.run(
        [node, CHECK, VALIDATOR],
        input=json.dumps(resources),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout)


@cache
def exported(code):
    return json.loads(bundle(read(library()[code]), version="1"))


def resources(whole, kind):
    found = (entry["resource"] for entry in whole["entry"])
    return [each for each in found if each["resourceType"] == kind]


def items(part):
    for item in part.get("item", ()):
        yield item
        yield from items(item)


def actions(part):
    for action in part.get("action", ()):
        yield action
        yield from actions(action)


def form(whole, title):
    return next(each for each in resources(whole, "Questionnaire") if title in each["title"])


def of_bare(**changes):
    return json.loads(bundle(a_protocol(**changes), version="1"))


def asking(*more, **well):
    asked = {"code": "well", "kind": "yes_no", "text": "Are you well?", **well}
    whole = of_bare(screening=a_checklist(items=[asked, *more]))
    return {item["linkId"]: item for item in items(form(whole, "Screening"))}


def test_every_shipped_protocol_is_r4_to_the_validator():
    said = validated({code: exported(code) for code in library()})

    assert said == {code: [] for code in library()}


def test_questions_of_every_kind_are_r4_to_the_validator():
    choices = [{"code": "a", "label": "A", "value": 1}, {"code": "b", "label": "B"}]
    asked = [
        {
            "code": f"of-{kind}", "kind": kind.value, "text": "What?", "help": "So.", "loinc": "1-8",
            "options": choices if kind in (Kind.ONE_OF, Kind.SOME_OF) else [],
            "allow_approximate": kind == Kind.DATE,
            "shown_when": [{"item": f"of-{earlier}", "answered": True} for earlier in
                           list(Kind)[:place]],
        }
        for place, kind in enumerate(Kind)
    ]  # fmt: skip

    assert validated({"kinds": of_bare(screening=a_checklist(items=asked))}) == {"kinds": []}


def test_the_validator_sees_a_wrong_shape_and_an_unknown_code():
    item = {"linkId": "1", "text": "-", "type": "nonsense"}
    wrong = {"resourceType": "Questionnaire", "status": "activ", "colour": "red", "item": [item]}

    said = validated({"wrong": wrong, "lacking": {"resourceType": "PlanDefinition"}})

    assert [word for word in ("activ", "nonsense", "colour") if word in str(said["wrong"])] == [
        "activ", "nonsense", "colour",
    ]  # fmt: skip
    assert "PlanDefinition.status" in str(said["lacking"])


def test_a_code_r4_lacks_never_leaves_the_house():
    whole = exported("ketamine-im")

    assert list(unknown_codes(whole, "Bundle")) == []
    assert list(unknown_codes({"resourceType": "Questionnaire", "status": "activ"}, "")) == [
        "Questionnaire.status: activ"
    ]


@pytest.mark.parametrize("code", library())
def test_every_rule_of_the_protocol_is_an_action_with_its_source(code):
    document, (plan,) = read(library()[code]), resources(exported(code), "PlanDefinition")
    said = {
        (action.get("textEquivalent", ""), cited["citation"])
        for action in actions(plan)
        for cited in action.get("documentation", ())
    }

    rows = [
        *document.gates, *document.washouts, *document.intervals, *document.monitoring,
        *document.visits, *document.roles, *document.touchpoints, *document.reports,
        *document.tests, *document.documents,
    ]  # fmt: skip
    assert {row.source for row in rows} <= {source for _, source in said}
    assert plan["identifier"][0]["value"] == document.digest()


@pytest.mark.parametrize("code", library())
def test_every_question_is_there_once_and_every_form_is_reached_from_the_plan(code):
    document, whole = read(library()[code]), exported(code)
    (plan,) = resources(whole, "PlanDefinition")

    for checklist in (document.screening, *document.checklists.values()):
        asked = [item["linkId"] for item in items(form(whole, checklist.title))]
        assert len(asked) == len(set(asked))
        assert {item.code for item in checklist.items} <= set(asked)
    named = {a["definitionCanonical"] for a in actions(plan) if "definitionCanonical" in a}
    assert named == {each["url"] for each in resources(whole, "Questionnaire")}


def test_a_yes_or_no_that_may_be_unknown_is_a_choice_of_three():
    (asked,) = asking().values()

    codes = [option["valueCoding"]["code"] for option in asked["answerOption"]]
    assert (asked["type"], codes) == ("choice", ["Y", "N", "asked-unknown"])


def test_a_question_asked_after_one_answer_or_none_known_says_both_ways():
    after = {"item": "well", "equals": False, "or_not_known": True}
    more = {"code": "why", "kind": "text", "text": "Why?", "shown_when": [after]}

    around = asking(more)["when:why:1"]

    assert around["enableBehavior"] == "any"
    assert [way["answerCoding"]["code"] for way in around["enableWhen"]] == ["N", "asked-unknown"]
    assert [item["linkId"] for item in around["item"]] == ["why"]


def test_medicines_are_a_group_that_repeats_and_a_length_of_time_is_in_minutes():
    after = {"item": "well", "equals": True}
    more = {"code": "long", "kind": "duration", "text": "How long?", "shown_when": [after]}

    asked = asking(more, kind="medication")

    assert (asked["well"]["type"], asked["well"]["repeats"]) == ("group", True)
    assert asked["long"]["enableWhen"] == [
        {"question": "well:name", "operator": "exists", "answerBoolean": True}
    ]
    assert asked["long"]["extension"][0]["valueCoding"]["display"] == "minutes"


def test_a_number_has_its_ends_and_its_unit():
    asked = asking(kind="decimal", minimum="0.5", maximum=250, unit="kg")["well"]

    said = {each["url"].rsplit("/", 1)[1]: each for each in asked["extension"]}
    assert said["minValue"]["valueDecimal"] == 0.5
    assert said["maxValue"]["valueDecimal"] == 250
    assert said["questionnaire-unit"]["valueCoding"]["display"] == "kg"


def test_a_meaning_of_an_answer_is_a_condition_in_the_plan():
    means = {
        "when": {"equals": True}, "meaning": "exclude", "message": "Not today.",
        "basis": "label", "citation": "Label 4",
    }  # fmt: skip
    item = {"code": "ill", "kind": "yes_no", "text": "Are you ill?", "consequences": [means]}
    (plan,) = resources(of_bare(screening=a_checklist(items=[item])), "PlanDefinition")

    found = next(action for action in actions(plan) if action.get("title") == "Not today.")

    assert found["textEquivalent"] == "When yes: exclude. Not today."
    assert "linkId = 'ill'" in found["condition"][0]["expression"]["expression"]
    assert found["documentation"] == [
        {"type": "citation", "label": "Label", "citation": "Label 4"}
    ]  # fmt: skip


def test_an_amount_is_said_with_its_unit():
    (plan,) = resources(
        of_bare(doses={"single": [{"maximum": "0.5", "per_kg": True, **SAID}]}), "PlanDefinition"
    )

    assert any("0.5 mg per kg" in action.get("textEquivalent", "") for action in actions(plan))
