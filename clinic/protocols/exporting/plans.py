"""A protocol as a FHIR R4 PlanDefinition: every rule an action, in words and with its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from clinic.checklists.document import Checklist, Consequence, Item
from clinic.protocols.differences import SECTIONS, name_of_row, row_in_words
from clinic.protocols.document import Offset, ProtocolDocument
from clinic.protocols.exporting.questionnaires import Resource, name_of, said
from clinic.protocols.reading import BASIS, label, match_in_words

TYPE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/plan-definition-type",
            "code": "clinical-protocol",
            "display": "Clinical Protocol",
        }
    ]
}
PATIENT = {
    "coding": [{"system": "http://hl7.org/fhir/resource-types", "code": "Patient"}],
}
UCUM = "http://unitsofmeasure.org"
UNITS = {"days": ("d", "day"), "hours": ("h", "hour"), "minutes": ("min", "minute")}
SESSION = "session"

Urls = Mapping[str, str]


def plan(document: ProtocolDocument, *, url: str, forms: Urls, **heading: Any) -> Resource:
    """The whole protocol; `forms` are the addresses of its questionnaires by their codes."""
    return said(
        {
            "resourceType": "PlanDefinition",
            "url": url,
            "name": name_of(document.code),
            "title": document.title,
            **heading,
            "type": TYPE,
            "subjectCodeableConcept": PATIENT,
            "description": document.summary,
            "purpose": document.indication,
            "usage": (
                f"{document.substance_label}, {document.substance_form}, {document.route};"
                f" amounts in {document.unit}"
            ),
            "jurisdiction": [{"text": document.jurisdiction}],
            "action": [
                *_sections(document, forms),
                _screening(document, forms),
                {
                    "id": SESSION,
                    "title": document.nouns.session,
                    "textEquivalent": "The supervised session all times are counted from.",
                },
            ],
        }
    )


def _sections(document: ProtocolDocument, forms: Urls) -> Iterator[Resource]:
    for title, names in SECTIONS:
        rows = [
            _action(f"{name}-{number}", name, row, document, forms)
            for name in names
            if name not in ("screening", "checklists", "messages")
            for number, row in enumerate(_rows(getattr(document, name)), 1)
        ]
        if rows:
            yield {"title": title, "action": rows}


def _rows(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _action(
    code: str, name: str, row: BaseModel, document: ProtocolDocument, forms: Urls
) -> Resource:
    """One rule: its words with every number and unit, its authority, and its time where it has one."""
    return said(
        {
            "id": code.replace("_", "-"),
            "title": f"{label(name)}: {name_of_row(row, document.unit)}".removesuffix(": "),
            "textEquivalent": row_in_words(row, document.unit),
            "documentation": list(_authority(row)),
            "participant": [{"type": "practitioner", "role": {"text": who}} for who in _who(row)],
            "relatedAction": _when(row),
            **_filled_in(_forms(row), forms),
        }
    )


def _filled_in(named: list[str], forms: Urls) -> Resource:
    """The form of an action, or one action inside it for each of several."""
    known = [each for each in named if each in forms]
    if len(known) == 1:
        return {"definitionCanonical": forms[known[0]]}
    return {"action": [{"title": each, "definitionCanonical": forms[each]} for each in known]}


def _authority(row: Any) -> Iterator[Resource]:
    source = getattr(row, "source", "") or getattr(row, "citation", "")
    if source:
        basis = BASIS.get(str(getattr(row, "basis", "")), "")
        yield said({"type": "citation", "label": basis, "citation": source})


def _who(row: Any) -> list[str]:
    named = [getattr(row, name, "") for name in ("owner", "decider", "capacity")]
    return [str(each) for each in (*named, *getattr(row, "staff", ())) if each]


def _forms(row: Any) -> list[str]:
    named = [getattr(row, name, None) for name in ("checklist", "instrument")]
    return [each for each in (*named, *getattr(row, "instruments", ())) if each]


def _when(row: Any) -> list[Resource]:
    """How far from the session: a contact, a measure, the first minute of a check."""
    after_end = [getattr(row, "offset", None), *getattr(row, "after_session", ())]
    minutes = [each for each in getattr(row, "at_minutes", ()) if each <= 1000]
    after_start = [Offset.model_validate({"minutes": each}) for each in minutes]
    found = [
        *(_related(each, "after-end") for each in after_end if isinstance(each, Offset)),
        *(_related(each, "after-start") for each in after_start),
    ]
    return [each for each in found if each]


def _related(offset: Offset, relationship: str) -> Resource | None:
    for name, (code, unit) in UNITS.items():
        if value := getattr(offset, name):
            return {
                "actionId": SESSION,
                "relationship": relationship if value > 0 else "before-start",
                "offsetDuration": {
                    "value": abs(value), "unit": unit, "system": UCUM, "code": code,
                },
            }  # fmt: skip
    return None


# -- What answers mean -----------------------------------------------------------------------


def _screening(document: ProtocolDocument, forms: Urls) -> Resource:
    """Every form, and what each of its answers asks for."""
    lists = [document.screening, *document.checklists.values()]
    return {
        "title": "Forms, and what their answers mean",
        "action": [
            said(
                {
                    "title": checklist.title,
                    "definitionCanonical": forms[checklist.code],
                    "action": [*_meanings(checklist), *_asked_inside(checklist, forms)],
                }
            )
            for checklist in lists
        ],
    }


def _asked_inside(checklist: Checklist, forms: Urls) -> Iterator[Resource]:
    """The instruments whose total is an answer of the form."""
    for item in checklist.items:
        if item.instrument is not None and item.instrument in forms:
            yield {"title": item.text, "definitionCanonical": forms[item.instrument]}


def _meanings(checklist: Checklist) -> Iterator[Resource]:
    for item in checklist.items:
        for each in item.consequences:
            yield said(
                {
                    "title": each.message,
                    "description": f"{item.number} {item.text}".strip(),
                    "textEquivalent": _meaning(item, each),
                    "documentation": list(_authority(each)),
                    "condition": [
                        {
                            "kind": "applicability",
                            "expression": {
                                "description": f"{item.code}: {match_in_words(each.when, item)}",
                                "language": "text/fhirpath",
                                "expression": _expression(item, each),
                            },
                        }
                    ],
                    "participant": [{"type": "practitioner", "role": {"text": each.decider}}],
                }
            )


def _meaning(item: Item, each: Consequence) -> str:
    days = f" ({each.days} days)" if each.days else ""
    return f"When {match_in_words(each.when, item)}: {each.meaning.value}{days}. {each.message}"


def _expression(item: Item, each: Consequence) -> str:
    """The condition over the response to the questionnaire, as FHIRPath."""
    answers = f"%resource.descendants().where(linkId = '{item.code}').answer.value"
    asked = {name: getattr(each.when, name) for name in _TESTS}
    tests = [_TESTS[name](value) for name, value in asked.items() if value not in (None, ())]
    return f"{answers}.where({' and '.join(tests) or 'true'}).exists()"


def _same(value: Any) -> str:
    if isinstance(value, bool):
        return f"($this = {str(value).lower()} or code = '{'Y' if value else 'N'}')"
    return f"code = '{value}'" if isinstance(value, str) else f"$this = {value}"


_TESTS: dict[str, Callable[[Any], str]] = {
    "equals": _same,
    "any_of": lambda values: "(" + " or ".join(_same(value) for value in values) + ")",
    "below": lambda value: f"$this < {value}",
    "at_most": lambda value: f"$this <= {value}",
    "at_least": lambda value: f"$this >= {value}",
    "above": lambda value: f"$this > {value}",
    "answered": lambda value: "true" if value else "false",
}
