"""A checklist as a FHIR R4 Questionnaire: its questions, choices, limits and branching."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from clinic.audit.canonical import decimal_text
from clinic.checklists.document import Checklist, Condition, Item

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
LOINC = "http://loinc.org"
YES = {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "Y", "display": "Yes"}
NO = {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "N", "display": "No"}
NOT_KNOWN = {
    "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "code": "asked-unknown",
    "display": "Asked But Unknown",
}
TYPES = {
    "yes_no": "boolean",
    "one_of": "choice",
    "some_of": "choice",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "duration": "integer",
    "medication": "group",
    "text": "text",
    "attestation": "boolean",
    "instrument": "decimal",
}
COMPARED = {"below": "<", "at_most": "<=", "at_least": ">=", "above": ">"}

Resource = dict[str, Any]


def questionnaire(checklist: Checklist, *, url: str, **heading: Any) -> Resource:
    """One checklist; `heading` is what a version says of all its resources."""
    return said(
        {
            "resourceType": "Questionnaire",
            "url": url,
            "version": checklist.version,
            "name": name_of(checklist.code),
            "title": checklist.title,
            **heading,
            "language": checklist.language,
            "subjectType": ["Patient"],
            "description": checklist.introduction,
            "copyright": " ".join(
                part for part in (checklist.licence, checklist.attribution) if part
            ),
            "purpose": checklist.source,
            "code": [{"system": LOINC, "code": checklist.loinc}] if checklist.loinc else None,
            "item": _in_groups(checklist),
        }
    )


def said(resource: Resource) -> Resource:
    """A resource without what is not said: FHIR knows no empty value."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}


def name_of(code: str) -> str:
    """A code as the name a computer may use: letters, digits and underscores."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", code).strip("_")
    return name[:1].upper() + name[1:] if name[:1].isalpha() else f"P_{name}"


def _in_groups(checklist: Checklist) -> list[Resource]:
    """A heading begins a group and holds until the next one."""
    top: list[Resource] = []
    inside = top
    for item in checklist.items:
        if item.group:
            group: Resource = {
                "linkId": f"group:{item.code}", "text": item.group, "type": "group", "item": [],
            }  # fmt: skip
            top.append(group)
            inside = group["item"]
        inside.append(_asked_when(item, checklist))
    return top


def _asked_when(item: Item, checklist: Checklist) -> Resource:
    """A question with its conditions, all of which must hold.

    FHIR joins the conditions of one item by "and" or by "or": where one may be met in several
    ways, the question stands in a group of its own with those.
    """
    asked = _question(item)
    conditions = [list(_ways(each, checklist)) for each in item.shown_when]
    together = [ways[0] for ways in conditions if len(ways) == 1]
    if together:
        asked["enableWhen"] = together
        if len(together) > 1:
            asked["enableBehavior"] = "all"
    for number, ways in enumerate([ways for ways in conditions if len(ways) > 1], 1):
        asked = {
            "linkId": f"when:{item.code}:{number}",
            "type": "group",
            "enableWhen": ways,
            "enableBehavior": "any",
            "item": [asked],
        }
    return asked


def _ways(condition: Condition, checklist: Checklist) -> Iterator[Resource]:
    """Every way in which a condition is met."""
    other = checklist.item(condition.item)
    question = condition.item
    if other is not None and other.kind.value == "medication":
        yield from _medicines(question, condition)
    else:
        yield from _values(question, condition, other)
    if condition.answered is not None:
        yield {"question": question, "operator": "exists", "answerBoolean": condition.answered}
    if condition.or_not_known and other is not None and other.allow_not_known:
        if _type(other) == "choice":
            yield {"question": question, "operator": "=", "answerCoding": _bare(NOT_KNOWN)}
        else:
            yield {"question": f"{question}:not-known", "operator": "=", "answerBoolean": True}


def _values(question: str, condition: Condition, other: Item | None) -> Iterator[Resource]:
    for value in (condition.equals, *condition.any_of):
        if value is not None:
            yield {"question": question, "operator": "=", **_answer(value, other)}
    for name, operator in COMPARED.items():
        if (value := getattr(condition, name)) is not None:
            yield {"question": question, "operator": operator, **_answer(value, other)}


def _medicines(question: str, condition: Condition) -> Iterator[Resource]:
    """Any medicine at all, none, or one that is called so."""
    for value in (condition.equals, *condition.any_of):
        if isinstance(value, bool):
            yield {"question": f"{question}:name", "operator": "exists", "answerBoolean": value}
        elif value is not None:
            yield {"question": f"{question}:name", "operator": "=", "answerString": str(value)}


def _answer(value: Any, item: Item | None) -> Resource:
    if isinstance(value, bool):
        if item is not None and _type(item) == "choice":
            return {"answerCoding": _bare(YES if value else NO)}
        return {"answerBoolean": value}
    if isinstance(value, str):
        return {"answerCoding": {"code": value}}
    if item is not None and _type(item) == "integer" and value == int(value):
        return {"answerInteger": int(value)}
    return {"answerDecimal": number(value)}


def _bare(coding: Resource) -> Resource:
    return {name: coding[name] for name in ("system", "code")}


def number(value: Decimal | int) -> int | float:
    """A number as JSON writes it."""
    text = decimal_text(Decimal(value))
    return float(text) if "." in text else int(text)


def _type(item: Item) -> str:
    """A yes or no that may be "not known" is a choice of three: FHIR's boolean has no third."""
    if item.kind.value == "yes_no" and item.allow_not_known:
        return "choice"
    return TYPES.get(item.kind.value, "string")


def _question(item: Item) -> Resource:
    kind = _type(item)
    return said(
        {
            "linkId": item.code,
            "prefix": item.number,
            "text": item.text,
            "type": kind,
            "code": [{"system": LOINC, "code": item.loinc}] if item.loinc else None,
            "required": item.required,
            "repeats": True if item.kind.value in ("some_of", "medication") else None,
            "answerOption": [{"valueCoding": each} for each in _options(item)],
            "extension": list(_extensions(item, kind)),
            "item": list(_beside(item, kind)),
        }
    )


def _options(item: Item) -> Iterator[Resource]:
    if item.kind.value == "yes_no" and item.allow_not_known:
        yield from (YES, NO)
    for option in item.options:
        score = (
            [{"url": f"{STRUCTURE}ordinalValue", "valueDecimal": option.value}]
            if option.value is not None
            else None
        )
        yield said({"code": option.code, "display": option.label, "extension": score})
    if _type(item) == "choice" and item.allow_not_known:
        yield NOT_KNOWN


def _extensions(item: Item, kind: str) -> Iterator[Resource]:
    if kind in ("integer", "decimal"):
        value = "valueInteger" if kind == "integer" else "valueDecimal"
        for name, end in (("minValue", item.minimum), ("maxValue", item.maximum)):
            if end is not None:
                whole = int(end) if kind == "integer" else number(end)
                yield {"url": f"{STRUCTURE}{name}", value: whole}
        unit = "minutes" if item.kind.value == "duration" else item.unit
        if unit:
            yield {"url": f"{STRUCTURE}questionnaire-unit", "valueCoding": {"display": unit}}


def _beside(item: Item, kind: str) -> Iterator[Resource]:
    """What stands under a question: its help, and a box for what nobody knows or knows exactly."""
    if item.kind.value == "medication":
        yield {"linkId": f"{item.code}:name", "text": "Medicine", "type": "string"}
        yield {"linkId": f"{item.code}:dose", "text": "Dose", "type": "string"}
        yield {"linkId": f"{item.code}:last-taken", "text": "Last taken", "type": "date"}
    if item.help:
        yield {"linkId": f"{item.code}:help", "text": item.help, "type": "display"}
    if item.allow_not_known and kind not in ("choice", "boolean"):
        yield {"linkId": f"{item.code}:not-known", "text": "Not known", "type": "boolean"}
    if item.allow_approximate:
        yield {"linkId": f"{item.code}:approximate", "text": "Approximate", "type": "boolean"}
