"""The differences between two versions in the words a clinician reads, the gates first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from clinic.audit.canonical import canonical
from clinic.checklists.document import Match
from clinic.protocols.changes import Change, Row, changes
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.reading import AUTHORITY, BASIS, NOTHING, label, match_in_words, say
from clinic.protocols.sourced import Sourced

SECTIONS: list[tuple[str, tuple[str, ...]]] = [
    ("Gates to the dose", ("gates",)),
    ("The dose", ("doses", "today")),
    ("Leaving", ("minimum_stay", "ratio", "release")),
    ("Watching over the session", ("parameters", "monitoring", "miss_reasons", "limits",
                                   "baseline_limits", "rescue")),
    ("Screening", ("screening", "official_form", "denial_reasons")),
    ("Before the dose", ("age", "documents", "tests", "enrolments", "washouts", "intervals")),
    ("Visits and people", ("course", "visits", "roles", "on_call", "group")),
    ("Lists", ("checklists",)),
    ("Events", ("events", "adverse_events", "grades")),
    ("After the session", ("touchpoints", "measures", "reports", "messages")),
    ("Left open by the sources", ("open_points",)),
]  # fmt: skip
OVERVIEW = "What it is, and the words people read"

# What a number counts, by the end of its field's name.
COUNTED = {
    "minutes": "minutes",
    "after_supplement": "minutes",
    "then_every": "minutes",
    "days": "days",
    "hours": "hours",
    "percent": "%",
    "clients_per_staff": "clients",
}
AMOUNTS = {
    "DoseRange": ("minimum", "maximum"),
    "DoseStep": ("amounts",),
    "Pieces": ("holds", "at_most"),
    "StayRow": ("below",),
    "RatioRow": ("below",),
}


@dataclass(frozen=True)
class Difference:
    """One line: what it is about, what stood there and what stands there now."""

    kind: str  # added, removed, changed, moved
    about: str
    old: str = ""
    new: str = ""

    @property
    def word(self) -> str:
        return {"moved": "In another order"}.get(self.kind, self.kind.capitalize())


@dataclass(frozen=True)
class Section:
    """The differences in one part of the document."""

    title: str
    differences: tuple[Difference, ...]


def differences(old: ProtocolDocument, new: ProtocolDocument) -> tuple[Section, ...]:
    """Everything in which two versions differ; none at all means the digests are the same."""
    title_of = {name: title for title, names in SECTIONS for name in names}
    found: dict[str, list[Difference]] = {title: [] for title in (*dict(SECTIONS), OVERVIEW)}
    for change in changes(old, new):
        found[title_of.get(str(change.way[0]), OVERVIEW)].append(in_words(change, old, new))
    return tuple(Section(title, tuple(lines)) for title, lines in found.items() if lines)


def in_words(change: Change, old: ProtocolDocument, new: ProtocolDocument) -> Difference:
    """One difference as a line to read."""
    about = _about(change, old)
    if change.kind == "moved":
        return Difference("moved", about, _in_order(change.old), _in_order(change.new))
    before = _value(change.old, change, "old", old)
    after = _value(change.new, change, "new", new)
    if before == after and change.kind == "changed":  # words alike for what is not the same
        before, after = canonical(change.old), canonical(change.new)
    return Difference(change.kind, about, before, after)


def _in_order(rows: list[BaseModel]) -> str:
    return ", ".join(name_of_row(row, None) for row in rows)


def count_of(sections: tuple[Section, ...]) -> int:
    """How many lines the differences are."""
    return sum(len(section.differences) for section in sections)


def _about(change: Change, document: ProtocolDocument) -> str:
    """The way there in words: the list, the row, the field."""
    words: list[str] = []
    names = [step for step in change.way if isinstance(step, str)]
    for step in change.way:
        if isinstance(step, Row):
            words.append(name_of_row(step.old, _unit_above(change, step, document)))
        elif step in (names[0], names[-1]):
            words.append(label(step))
    return ": ".join(word for word in words if word)


def name_of_row(row: BaseModel, unit: str | None) -> str:
    """What a reader calls a row."""
    kind = type(row).__name__
    said: dict[str, Any] = {name: getattr(row, name) for name in type(row).model_fields}
    if kind in ("Band", "StayRow", "RatioRow"):
        return _reach(said, unit or "").strip()
    if kind == "Limit":
        return f"{say(said['parameter'])}, {say(said['phase'])}"
    if kind == "Consequence":
        return f"when {match_in_words(said['when'])}"
    if kind == "Item":
        return f"{said['number']} {said['text']}".strip()
    for name in ("title", "label", "text", "capacity", "instrument", "parameter", "item", "code"):
        if said.get(name):
            return say(said[name])
    if "substances" in said:
        return say(said["substances"]) if said["substances"] else "any other psychedelic"
    return ""


def _reach(said: dict[str, Any], unit: str) -> str:
    low, high = said.get("starts"), said.get("below")
    start = f"from {say(low)}" if low is not None else ""
    end = f"below {say(high)}" if high is not None else "" if start else "any other amount"
    return f"{said.get('name', '')} {start} {end} {unit}".replace("  ", " ")


def _unit_above(change: Change, row: Row, document: ProtocolDocument) -> str:
    """The unit in which a table is written: that of its parameter, else of the amounts."""
    if type(row.old).__name__ in AMOUNTS:
        return document.unit
    for step in change.way:
        if isinstance(step, Row) and type(step.old).__name__ == "Limit":
            return str(step.old.unit)
    return ""


def _value(value: Any, change: Change, side: str, document: ProtocolDocument) -> str:
    if value is None and change.kind in ("added", "removed"):
        return ""
    if isinstance(value, BaseModel):
        return row_in_words(value, document.unit)
    owner = getattr(change.owner, side) if change.owner else None
    unit = unit_of(change.name, owner, document.unit)
    if type(owner).__name__ == "Band" and change.name in ("starts", "below"):
        unit = _unit_above(change, change.owner, document)  # type: ignore[arg-type]
    return with_unit(value, unit)


def row_in_words(row: BaseModel, unit: str) -> str:
    """A whole row: whatever is said in it with its unit, and on whose authority."""
    said = [
        f"{label(name)}: {_inside(getattr(row, name), unit_of(name, row, unit), unit)}"
        for name in type(row).model_fields
        if name not in AUTHORITY and getattr(row, name) not in NOTHING
    ]
    words = "; ".join(said)
    if not isinstance(row, Sourced):
        return words
    to_confirm = ", to be confirmed before use" if row.confirm else ""
    return f"{words} ({BASIS[str(row.basis)]}: {row.source}{to_confirm})"


def _inside(value: Any, own_unit: str, unit: str) -> str:
    if isinstance(value, Match):
        return match_in_words(value)
    if isinstance(value, BaseModel):
        return row_in_words(value, unit)
    if isinstance(value, tuple) and any(isinstance(each, BaseModel) for each in value):
        return " / ".join(row_in_words(each, unit) for each in value)
    return with_unit(value, own_unit)


def unit_of(name: str, owner: Any, unit: str) -> str:
    """What the number in a field counts; nothing where it is no number of anything."""
    kind = type(owner).__name__
    if name in AMOUNTS.get(kind, ()):
        return f"{unit} per kg" if getattr(owner, "per_kg", False) else unit
    if kind == "AgeRule":
        return "years"
    if kind == "Item" and name in ("minimum", "maximum"):
        return str(owner.unit)
    end = name if name in COUNTED else name.rsplit("_", 1)[-1]
    return COUNTED.get(end, "")


def with_unit(value: Any, unit: str) -> str:
    """A value in words with what it counts."""
    words = say(value)
    is_number = value not in NOTHING and not isinstance(value, bool | str)
    return f"{words} {unit}".strip() if is_number else words
