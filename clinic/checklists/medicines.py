"""Medicines a person takes: what, how much, how often, and when last, as surely as it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from clinic.audit.canonical import decimal_text
from clinic.checklists.days import latest_possible, part_of_a_day
from clinic.checklists.exact import WRITTEN, as_written
from clinic.checklists.units import DOSE_UNITS

EXACTLY, APPROXIMATELY, NOT_KNOWN = "exactly", "approximately", "not_known"
LAST_TAKEN = {EXACTLY: "On the day", APPROXIMATELY: "About", NOT_KNOWN: "Not known"}
PARTS = ("name", "dose", "unit", "frequency", "last", "on")
MOST = 40


@dataclass(frozen=True)
class Medicine:
    """One medicine a person takes or took, as they told it."""

    name: str
    dose: Decimal | None
    unit: str
    frequency: str
    last: str
    on: str

    def is_called(self, wanted: str) -> bool:
        """Say whether this is what a rule means: its words stand in the name as it was written."""
        return wanted.casefold() in self.name.casefold()

    @property
    def in_doubt(self) -> str:
        """Say how the last taking is uncertain, in the words of a finding; nothing if it is sure."""
        return {APPROXIMATELY: "approximate", NOT_KNOWN: "not_known"}.get(self.last, "")

    def latest_taken(self, told_on: date) -> date | None:
        """Give the latest day on which it may last have been taken; None if nobody knows."""
        return None if self.last == NOT_KNOWN else latest_possible(self.on, told_on)

    def spoken(self) -> str:
        """Say it as a person would write it on paper."""
        amount = f" {decimal_text(self.dose)} {self.unit}" if self.dose is not None else ""
        often = f", {self.frequency}" if self.frequency else ""
        return f"{self.name}{amount}{often}, last taken {self._when()}"

    def _when(self) -> str:
        if self.last == NOT_KNOWN:
            return "not known"
        return f"{'about ' if self.last == APPROXIMATELY else ''}{self.on}"


def medicines_of(value: Any) -> tuple[Medicine, ...]:
    """Read a list of medicines, or say in a sentence what is wrong with which line of it."""
    lines = value.get("taken") if isinstance(value, Mapping) else None
    if not isinstance(lines, list | tuple) or set(value) != {"taken"}:
        raise ValueError("List the medicines, or say that there are none.")
    if len(lines) > MOST:
        raise ValueError(f"No more than {MOST} medicines have room here.")
    return tuple(_medicine(line, number) for number, line in enumerate(lines, start=1))


def _medicine(line: Any, number: int) -> Medicine:
    if not isinstance(line, Mapping) or not set(line) <= set(PARTS):
        raise ValueError("List the medicines, or say that there are none.")
    said = {part: line.get(part) or "" for part in PARTS}
    if not all(isinstance(each, str | Decimal) for each in said.values()):
        raise ValueError("List the medicines, or say that there are none.")
    said = {
        part: f"{each:f}" if isinstance(each, Decimal) else each.strip()
        for part, each in said.items()
    }
    if not said["name"]:
        raise ValueError(f"Line {number}: name the medicine.")
    which = f"Line {number}, {said['name']}:"
    return Medicine(
        name=said["name"],
        dose=_dose(said, which),
        unit=said["unit"],
        frequency=said["frequency"],
        last=said["last"],
        on=_last(said, which),
    )


def _dose(said: Mapping[str, str], which: str) -> Decimal | None:
    if not said["dose"]:
        if said["unit"]:
            raise ValueError(f"{which} write the dose too, or leave its unit open.")
        return None
    if not WRITTEN.fullmatch(said["dose"]):
        raise ValueError(f"{which} write the dose as a number.")
    try:
        dose = as_written(said["dose"])
    except ValueError as wrong:
        raise ValueError(f"{which} {str(wrong)[0].lower()}{str(wrong)[1:]}") from None
    if dose <= 0:
        raise ValueError(f"{which} write the dose as a number above nought.")
    if said["unit"] not in DOSE_UNITS:
        raise ValueError(f"{which} choose the unit of the dose.")
    return dose


def _last(said: Mapping[str, str], which: str) -> str:
    if said["last"] not in LAST_TAKEN:
        raise ValueError(f"{which} say when it was last taken, or that this is not known.")
    if said["last"] == NOT_KNOWN:
        if said["on"]:
            raise ValueError(f"{which} give a day or say “not known”, not both.")
        return ""
    if not said["on"]:
        raise ValueError(f"{which} write the day on which it was last taken.")
    try:
        is_whole = not part_of_a_day(said["on"])
    except ValueError as wrong:
        raise ValueError(f"{which} {_lower(str(wrong))}") from None
    if said["last"] == EXACTLY and not is_whole:
        raise ValueError(f"{which} write the whole day, or choose “About”.")
    return said["on"]


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
