"""One question on a page: its control, and the two words that are answers too."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.checklists.document import Item, Kind
from clinic.checklists.engine import Answer

NOT_KNOWN, APPROXIMATE, NONE_TAKEN, NONE_YET = "not_known", "approximate", "none", ""
CHOSEN_ONE = {Kind.YES_NO, Kind.ONE_OF, Kind.ATTESTATION}
NUMBERS = {Kind.INTEGER: "numeric", Kind.INSTRUMENT: "decimal", Kind.DECIMAL: "decimal"}
WORDS_OF_TRUTH = {
    Kind.YES_NO: ("Yes", "No"),
    Kind.ATTESTATION: ("Attested", "Not attested"),
}


class AnswerWidget(forms.Widget):
    """The controls of one item. What was typed comes back as typed, right or wrong."""

    template_name = "clinic/checklists/widgets/answer.html"
    use_fieldset = True

    def __init__(self, item: Item):
        self.item = item
        self.allow_multiple_selected = item.kind == Kind.SOME_OF
        super().__init__()

    def id_for_label(self, id_: str, index: Any = "0") -> str:
        return ""  # a fieldset's legend names the group; crispy would point it at nothing

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        chosen = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        chosen = [chosen] if isinstance(chosen, str) else list(chosen)
        doubt = data.get(f"{name}-doubt", "")
        if self.item.kind == Kind.SOME_OF:
            return {"value": chosen, "doubt": doubt}
        value = (chosen or [""])[0]
        if self.item.kind in CHOSEN_ONE and value == NOT_KNOWN:
            return {"value": "", "doubt": NOT_KNOWN}
        return {"value": value, "doubt": doubt}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # an empty group of choices sends nothing, and means something

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        raw = value if isinstance(value, dict) else self.typed(value)
        item, id_ = self.item, context["widget"]["attrs"].get("id", f"id_{name}")
        controls = context["widget"] | {
            "name": name,
            "id": id_,
            "item": item,
            "value": raw["value"] if item.kind != Kind.SOME_OF else "",
            "doubt": raw["doubt"],
            "is_invalid": "is-invalid" in context["widget"]["attrs"].get("class", ""),
            "question": f"{item.number} {item.text}".strip(),
            "input_type": {Kind.TIME: "time"}.get(item.kind, "text"),
            "input_mode": NUMBERS.get(item.kind, ""),
            "options": _options(item, raw, id_),
            "doubts": _doubts(item, raw, id_),
        }
        if item.kind == Kind.DATE and not item.allow_approximate:
            controls["input_type"] = "date"
        controls["is_text"] = item.kind == Kind.TEXT
        controls["parts"] = self.parts(raw["value"], id_)
        return context | {"widget": controls}

    def typed(self, answer: Answer | None) -> dict[str, Any]:
        """A kept answer as it would have been typed."""
        if answer is None:
            return {"value": self.kept(None), "doubt": NONE_YET}
        doubt = "" if answer.state == "known" else answer.state
        if answer.value == {"taken": []}:
            doubt = NONE_TAKEN
        return {"value": self.kept(answer.value), "doubt": doubt}

    def kept(self, value: Any) -> Any:
        """A kept value in the boxes of this item."""
        if self.item.kind == Kind.SOME_OF:
            return list(value or [])
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "" if value is None else str(value)

    def parts(self, value: Any, id_: str) -> dict[str, Any]:
        """What the boxes of an item with several of them hold."""
        return {}


def _options(item: Item, raw: dict[str, Any], id_: str) -> list[dict[str, Any]]:
    if item.kind in WORDS_OF_TRUTH:
        found = list(zip(("yes", "no"), WORDS_OF_TRUTH[item.kind], strict=True))
    else:
        found = [(option.code, option.label) for option in item.options]
    chosen = raw["value"] if isinstance(raw["value"], list) else [raw["value"]]
    kind = "checkbox" if item.kind == Kind.SOME_OF else "radio"
    options = [
        {"value": value, "label": label, "checked": value in chosen, "type": kind}
        for value, label in found
    ]
    if item.kind in CHOSEN_ONE:
        options += _choices_besides(item, raw)
    return [option | {"id": f"{id_}_{n}"} for n, option in enumerate(options)]


def _choices_besides(item: Item, raw: dict[str, Any]) -> list[dict[str, Any]]:
    """A chosen answer can be left open, or taken back: radio buttons cannot be unpressed."""
    besides = []
    not_known = raw["doubt"] == NOT_KNOWN
    if item.allow_not_known:
        besides.append({"value": NOT_KNOWN, "label": "Not known", "checked": not_known})
    if raw["value"] or not_known:
        besides.append({"value": "", "label": "No answer", "checked": False})
    return [option | {"type": "radio", "is_besides": True} for option in besides]


def _doubts(item: Item, raw: dict[str, Any], id_: str) -> list[dict[str, Any]]:
    if item.kind in CHOSEN_ONE:
        return []
    words = [(NONE_TAKEN, "None")] if item.kind == Kind.MEDICATION else []
    if item.allow_approximate and item.kind != Kind.MEDICATION:
        words.append((APPROXIMATE, "Approximate"))
    if item.allow_not_known:
        words.append((NOT_KNOWN, "Not known"))
    return [
        {
            "value": value,
            "label": label,
            "checked": value in raw["doubt"].split(),
            "id": f"{id_}_{value}",
        }
        for value, label in words
    ]
