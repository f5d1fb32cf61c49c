"""One question of a form: what was typed becomes an answer, or a sentence says why it cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import escape

from clinic.checklists.document import Item, Kind
from clinic.checklists.engine import Answer
from clinic.checklists.exact import pointed
from clinic.checklists.lengths import minutes_of
from clinic.checklists.several import widget_for
from clinic.checklists.widgets import APPROXIMATE, NONE_TAKEN, NOT_KNOWN

PART_OF_A_DATE = re.compile(r"\d{4}(-\d{2})?")
WHOLE = re.compile(r"-?\d+", re.ASCII)


class AnswerField(forms.Field):
    """One item of a checklist; cleans to an Answer, empty where nothing was said."""

    def __init__(self, item: Item):
        self.item = item
        super().__init__(
            required=False,
            label=f"{item.number} {item.text}".strip(),
            help_text=escape(item.help),  # form templates print help unescaped
            widget=widget_for(item),
        )

    def clean(self, raw: dict[str, Any]) -> Answer:
        value, doubt = raw["value"], raw["doubt"]
        if isinstance(value, str):
            value = value.strip()
        if " " in doubt:
            raise forms.ValidationError("Say that there is none or that it is not known, not both.")
        if value and doubt in (NOT_KNOWN, NONE_TAKEN):
            either = "that it is not known" if doubt == NOT_KNOWN else "“None”"
            raise forms.ValidationError(f"Give the answer or say {either}, not both.")
        if doubt == NOT_KNOWN:
            return Answer("not_known")
        if doubt == NONE_TAKEN:
            return Answer("known", {"taken": []})
        if not value:
            return Answer()
        if self.item.kind == Kind.DATE and self._is_part_of_a_date(value):
            doubt = APPROXIMATE
        return Answer("approximate" if doubt == APPROXIMATE else "known", self._value(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True  # the act compares with what stands

    def _is_part_of_a_date(self, value: str) -> bool:
        return self.item.allow_approximate and PART_OF_A_DATE.fullmatch(value) is not None

    def _value(self, value: Any) -> Any:
        if _has_null_character(value):  # PostgreSQL keeps none in a text
            raise forms.ValidationError("Null characters are not allowed.")
        reader = _READ.get(self.item.kind)
        try:
            return reader(value) if reader else value
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None


def _has_null_character(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_has_null_character(each) for each in value.values())
    return isinstance(value, list) and any(_has_null_character(each) for each in value)


def _truth(value: str) -> Any:
    return {"yes": True, "no": False}.get(value, value)


def _whole(value: str) -> Any:
    return int(value) if WHOLE.fullmatch(value) and len(value) < 19 else value


def _measured(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {"number": pointed(value["number"]), "unit": value["unit"]}
    return pointed(value)


def _medicines(lines: list[dict[str, str]]) -> dict[str, Any]:
    return {"taken": [line | {"dose": pointed(line["dose"])} for line in lines]}


_READ = {
    Kind.YES_NO: _truth,
    Kind.ATTESTATION: _truth,
    Kind.INTEGER: _whole,
    Kind.INSTRUMENT: lambda value: _whole(pointed(value)),
    Kind.DECIMAL: _measured,
    Kind.DURATION: lambda value: minutes_of(value["hours"], value["minutes"]),
    Kind.MEDICATION: _medicines,
}
