"""Questions answered in several boxes: a length of time, a number with its unit, medicines."""

from __future__ import annotations

import re
from typing import Any

from clinic.checklists.document import Item, Kind
from clinic.checklists.medicines import LAST_TAKEN, MOST, PARTS
from clinic.checklists.units import DOSE_UNITS
from clinic.checklists.widgets import AnswerWidget

SPARE, FURTHER = 2, 6  # empty lines that stand ready, and those behind “More lines”


class LengthWidget(AnswerWidget):
    """Hours and minutes."""

    template_name = "clinic/checklists/widgets/length.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        typed = {part: data.get(f"{name}-{part}", "").strip() for part in ("hours", "minutes")}
        value = typed if any(typed.values()) else ""
        return {"value": value, "doubt": data.get(f"{name}-doubt", "")}

    def kept(self, value: Any) -> Any:
        if not isinstance(value, int):
            return ""
        hours, minutes = divmod(value, 60)
        return {"hours": str(hours), "minutes": str(minutes)}


class MeasuredWidget(AnswerWidget):
    """A number, and which of a few units it is in."""

    template_name = "clinic/checklists/widgets/measured.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        number = data.get(name, "").strip()
        unit = data.get(f"{name}-unit", self.item.unit)
        is_other = number and unit != self.item.unit
        value = {"number": number, "unit": unit} if is_other else number
        return {"value": value, "doubt": data.get(f"{name}-doubt", "")}

    def kept(self, value: Any) -> Any:
        return value if isinstance(value, dict) else super().kept(value)

    def parts(self, value: Any, id_: str) -> dict[str, Any]:
        typed = value if isinstance(value, dict) else {"number": value, "unit": self.item.unit}
        offered = [
            (unit, unit, unit == typed["unit"]) for unit in (self.item.unit, *self.item.units)
        ]
        return {"number": typed["number"], "units": offered}


class MedicinesWidget(AnswerWidget):
    """A line for each medicine; empty ones stand ready, so that none needs a script to appear."""

    template_name = "clinic/checklists/widgets/medicines.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        one_of_it = re.compile(rf"{re.escape(name)}-(\d{{1,2}})-(?:{'|'.join(PARTS)})", re.ASCII)
        found = (one_of_it.fullmatch(key) for key in data)
        numbers = sorted({int(match[1]) for match in found if match})
        lines = [
            {part: data.get(f"{name}-{number}-{part}", "").strip() for part in PARTS}
            for number in numbers
        ]
        doubts = [data.get(f"{name}-doubt", "")]
        if hasattr(data, "getlist"):
            doubts = data.getlist(f"{name}-doubt")
        return {"value": [line for line in lines if any(line.values())], "doubt": " ".join(doubts)}

    def kept(self, value: Any) -> Any:
        lines = value.get("taken", []) if isinstance(value, dict) else []
        return [{part: str(line.get(part) or "") for part in PARTS} for line in lines]

    def parts(self, value: Any, id_: str) -> dict[str, Any]:
        typed = list(value or [])
        blank = dict.fromkeys(PARTS, "")
        room = max(0, MOST - len(typed))
        ready, behind = min(SPARE, room), min(FURTHER, max(0, room - SPARE))
        shown = [_line(id_, number, line) for number, line in enumerate(typed + [blank] * ready)]
        further = [_line(id_, len(shown) + number, blank) for number in range(behind)]
        return {"lines": shown, "further": further}


def widget_for(item: Item) -> AnswerWidget:
    """The controls by which an item is answered."""
    if item.kind == Kind.DECIMAL and item.units:
        return MeasuredWidget(item)
    return {Kind.DURATION: LengthWidget, Kind.MEDICATION: MedicinesWidget}.get(
        item.kind, AnswerWidget
    )(item)


def _line(id_: str, number: int, line: dict[str, str]) -> dict[str, Any]:
    return {
        "number": number,
        "title": number + 1,
        "id": f"{id_}_{number}",
        "typed": line,
        "units": [("", "–", not line["unit"])]
        + [(unit, unit, unit == line["unit"]) for unit in DOSE_UNITS],
        "lasts": [("", "–", not line["last"])]
        + [(code, label, code == line["last"]) for code, label in LAST_TAKEN.items()],
    }
