"""What a field may name of the rest of the draft: parameters, roles, questions, forms, messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from clinic.checklists.document import Kind
from clinic.checklists.files import instruments
from clinic.checklists.mistakes import Place
from clinic.protocols.calculators import product_in_words
from clinic.protocols.drafting.parts import Group, Typed, get

ANSWERS = {"equals", "any_of"}
TRUTHS = {Kind.YES_NO.value, Kind.ATTESTATION.value}
CHOSEN = {Kind.ONE_OF.value, Kind.SOME_OF.value}
YES_OR_NO = {"yes": "Yes", "no": "No"}

# Which other rows of the draft a field names: where they stand, and what each is called there.
NAMES: dict[str, tuple[Place, tuple[str, ...]]] = {
    "parameter": (("parameters",), ("code", "label")),
    "parameters": (("parameters",), ("code", "label")),
    "excuses": (("parameters",), ("code", "label")),
    "vitals": (("parameters",), ("code", "label")),
    "staff": (("roles",), ("capacity", "title")),
    "owner": (("roles",), ("capacity", "title")),
    "next_in_line": (("roles",), ("capacity", "title")),
    "if_another": (("roles",), ("capacity", "title")),
}
ITEMS = {"item", "items", "reversed"}
OF_THE_SCREENING = {
    "taken_item": {Kind.YES_NO.value, *CHOSEN, Kind.MEDICATION.value},
    "last_on_item": {Kind.DATE.value, Kind.MEDICATION.value},
    "half_life_item": {Kind.INTEGER.value, Kind.DECIMAL.value},
    "if_answered": {Kind.YES_NO.value},
    "given_by": {kind.value for kind in Kind},
}


@dataclass(frozen=True)
class Beside:
    """What a field may name: the draft it stands in, its place there, and the part itself."""

    document: dict
    group: Group
    part: dict = field(default_factory=dict)

    @property
    def checklist(self) -> Any:
        """The checklist around this part, if there is one."""
        place = self.group.place
        for end in range(len(place), 0, -1):
            if (found := get(self.document, (*place[:end], "items"))) is not None:
                return found
        form = (get(self.document, place[:-1]) or {}).get("checklist") if len(place) > 1 else None
        return get(self.document, ("checklists", form, "items")) or [] if form else []

    @property
    def item(self) -> Any:
        """The question around this part, if there is one."""
        place = self.group.place
        ends = [end for end in range(len(place)) if place[end] == "items" and end + 1 < len(place)]
        return get(self.document, place[: ends[-1] + 2]) if ends else None

    def question(self, code: Any) -> Any:
        """A question of the checklist around this part, by its code."""
        return next((item for item in self.checklist if item.get("code") == code), None)

    def screened(self, code: Any) -> Any:
        """A question of the screening, by its code."""
        items = get(self.document, ("screening", "items")) or []
        return next((item for item in items if code and item.get("code") == code), None)

    def asked(self, each: Typed) -> Any:
        """The question whose answer a field is about: the one around it, or the one it names."""
        return self.item if each.path[0] == "when" else self.question(self.part.get("item"))


def names(each: Typed, beside: Beside) -> dict[str, str] | None:
    """What a field may name of the rest of the draft."""
    if each.name in NAMES:
        place, (code, label) = NAMES[each.name]
        rows = get(beside.document, place) or []
        return {row[code]: row.get(label) or row[code] for row in rows if row.get(code)}
    if each.name in ITEMS:
        return {i["code"]: _asked(i) for i in beside.checklist if i.get("code")}
    if each.name in OF_THE_SCREENING:
        items = get(beside.document, ("screening", "items")) or []
        wanted = [i for i in items if i.get("kind") in OF_THE_SCREENING[each.name]]
        return {i["code"]: _asked(i) for i in wanted if i.get("code")}
    if each.name in ANSWERS:
        return _answers(beside.asked(each))
    named = CHOSEN_BY.get(f"{each.model.__name__}.{each.name}") or CHOSEN_BY.get(each.name)
    return named(beside) if named else None


def _asked(item: dict) -> str:
    return " ".join(filter(None, [item.get("number"), item.get("text") or item["code"]]))


def _checklists(beside: Beside) -> dict[str, str]:
    screening = get(beside.document, ("screening",)) or {}
    listed = get(beside.document, ("checklists",)) or {}
    all_of_them = {screening.get("code"): screening, **listed}
    return {code: body.get("title") or code for code, body in all_of_them.items() if code}


def _forms(beside: Beside) -> dict[str, str]:
    return {code: form.title for code, form in instruments().items()} | _checklists(beside)


def _messages(beside: Beside) -> dict[str, str]:
    messages = get(beside.document, ("messages",)) or {}
    return {code: body.get("subject") or code for code, body in messages.items()}


def _products(beside: Beside) -> dict[str, str]:
    return {
        code: product_in_words(code) for code in get(beside.document, ("doses", "products")) or []
    }


def _taken(beside: Beside) -> dict[str, str]:
    return _answers(beside.screened(beside.part.get("taken_item"))) or {}


def _answers(item: Any) -> dict[str, str] | None:
    """What a question can be answered with, where that is known."""
    if not item or item.get("kind") not in TRUTHS | CHOSEN:
        return None
    if item["kind"] in TRUTHS:
        return YES_OR_NO
    options = item.get("options") or []
    return {each["code"]: each.get("label") or each["code"] for each in options if each.get("code")}


# What else is chosen, by a field's name, or by its model's and its own.
CHOSEN_BY: dict[str, Callable[[Beside], dict[str, str]]] = {
    "instrument": _forms,
    "instruments": _forms,
    "checklist": _checklists,
    "not_for": _products,
    "taken_options": _taken,
    "FreshTest.code": _forms,
    "Touchpoint.message": _messages,
}
