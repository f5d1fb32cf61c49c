"""Checklists and answers for these tests."""

from clinic.checklists.document import Checklist
from clinic.checklists.engine import Answer

SAID = {"message": "Look at it.", "basis": "house", "citation": "Made up for a test"}
YES, NO, NOT_KNOWN = Answer("known", True), Answer("known", False), Answer("not_known")


def an_item(code="well", kind="yes_no", **changes):
    return {"code": code, "kind": kind, "text": f"{code}?"} | changes


def a_checklist(*items, **changes):
    content = {"code": "form", "title": "A form", "version": "1", "items": list(items)}
    return Checklist.model_validate(content | changes)


def a_consequence(meaning="review", **when):
    days = {"days": 14} if meaning == "washout" else {}
    return {"when": when, "meaning": meaning, **days, **SAID}


def known(**values):
    return {code: Answer("known", value) for code, value in values.items()}
