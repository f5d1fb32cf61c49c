"""What differs between two documents, piece by piece: rows added, removed, moved; values changed.

Nothing differs exactly when the digests are the same: values are compared in their one spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from pydantic import BaseModel

from clinic.audit.canonical import canonical

# By what a row is known again in another version, where it has no code of its own.
KNOWN_BY: dict[str, tuple[str, ...]] = {
    "Limit": ("parameter", "phase"),
    "BaselineLimit": ("parameter", "phase", "change", "name"),
    "Band": ("name",),
    "RoleRule": ("capacity",),
    "Measure": ("instrument",),
    "Condition": ("item",),
    "Consequence": ("when",),
    "Grade": ("grade",),
    "StayRow": ("below",),
    "RatioRow": ("below",),
    "DoseRange": ("per_kg",),
    "Interval": ("substances",),
}


@dataclass(frozen=True)
class Row:
    """A row on the way into a document, as each of the two versions has it."""

    old: Any
    new: Any


Way = tuple[str | Row, ...]


@dataclass(frozen=True)
class Change:
    """One difference: on the way there the names of fields and the rows they were found in."""

    kind: Literal["added", "removed", "changed", "moved"]
    way: Way
    old: Any = None
    new: Any = None

    @property
    def owner(self) -> Row | None:
        """The row the last field belongs to; none for a field of the document itself."""
        return next((step for step in reversed(self.way) if isinstance(step, Row)), None)

    @property
    def name(self) -> str:
        """The field that differs, or holds the row that does."""
        return next(step for step in reversed(self.way) if isinstance(step, str))


def changes(old: BaseModel, new: BaseModel) -> Iterator[Change]:
    """Everything in which two documents differ, in the order of their fields."""
    yield from _in_part(old, new, ())


def _in_part(old: BaseModel, new: BaseModel, way: Way) -> Iterator[Change]:
    for name in type(old).model_fields:
        yield from _in_value(getattr(old, name), getattr(new, name), (*way, name))


def _in_value(old: Any, new: Any, way: Way) -> Iterator[Change]:
    if isinstance(old, BaseModel) and type(old) is type(new):
        yield from _in_part(old, new, (*way, Row(old, new)))
    elif _holds_rows(old) or _holds_rows(new):
        yield from _in_rows(_rows(old), _rows(new), way)
    elif canonical(old) != canonical(new):
        is_row = isinstance(old or new, BaseModel)
        kind = "changed" if not is_row else "added" if old is None else "removed"
        yield Change(kind, way, old, new)  # type: ignore[arg-type]


def _holds_rows(value: Any) -> bool:
    members = value.values() if isinstance(value, dict) else value
    return isinstance(value, tuple | dict) and any(isinstance(m, BaseModel) for m in members)


def _rows(value: Any) -> dict[Any, Any]:
    """The rows by what they are known by; the second of two alike is the second."""
    if isinstance(value, dict):
        return {str(key): row for key, row in value.items()}
    found: dict[Any, Any] = {}
    for row in value or ():
        known_by = _known_by(row)
        found[next((known_by, n) for n in count() if (known_by, n) not in found)] = row
    return found


def _known_by(row: BaseModel) -> str:
    names = KNOWN_BY.get(type(row).__name__, ("code",) if hasattr(row, "code") else ())
    return canonical([getattr(row, name) for name in names])


def _in_rows(old: dict[Any, Any], new: dict[Any, Any], way: Way) -> Iterator[Change]:
    both = [key for key in old if key in new]
    for key, row in old.items():
        if key not in new:
            yield Change("removed", way, old=row)
    for key, row in new.items():
        if key not in old:
            yield Change("added", way, new=row)
    # The order of what a code names in a mapping says nothing.
    is_listed = not any(isinstance(key, str) for key in (*old, *new))
    again = [key for key in new if key in old]
    if is_listed and again != both:
        yield Change("moved", way, [old[key] for key in both], [new[key] for key in again])
    for key in both:
        yield from _in_part(old[key], new[key], (*way, Row(old[key], new[key])))
