"""Any part of a document in words: what a value says, a part as a row, several as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from clinic.audit.canonical import decimal_text
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.headings import heading, title_of_list
from clinic.protocols.sourced import Sourced

AUTHORITY = {"basis", "source", "citation", "confirm"}
LENGTHS = {"minutes", "hours", "days", "weeks", "months", "years"}
MOST_COLUMNS = 8  # basis and source beside them
BASIS = {"law": "Law", "label": "Label", "protocol": "Protocol", "house": "House rule"}


@dataclass(frozen=True)
class Line:
    """One row: its cells, and where what it says was read."""

    cells: tuple[str, ...]
    basis: str = ""
    source: str = ""
    confirm: bool = False
    part: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class Table:
    """One table of a section."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""

    @property
    def has_sources(self) -> bool:
        return any(line.source for line in self.lines)

    @property
    def is_wide(self) -> bool:
        """Whether it has more columns than stand beside each other."""
        return len(self.columns) > MOST_COLUMNS


def tables_of(document: ProtocolDocument, *names: str) -> tuple[Table, ...]:
    return tuple(table_of(title_of_list(name), getattr(document, name)) for name in names)


def table_of(title: str, value: Any) -> Table:
    parts = value if isinstance(value, tuple) else () if value is None else (value,)
    names = [
        name
        for name in (type(parts[0]).model_fields if parts else ())
        if name not in AUTHORITY and any(getattr(part, name) not in NOTHING for part in parts)
    ]
    return Table(
        title,
        tuple(heading(name, type(parts[0]).__name__) for name in names),
        tuple(line_of(part, [getattr(part, name) for name in names]) for part in parts),
    )


NOTHING: tuple[Any, ...] = (None, (), "", {})


def line_of(part: BaseModel, cells: Iterable[Any]) -> Line:
    """A row of these cells with the part's own authority."""
    source = getattr(part, "source", "") or getattr(part, "citation", "")
    basis = getattr(part, "basis", "")
    return Line(
        tuple(say(cell) for cell in cells),
        BASIS.get(str(basis), str(basis)),
        source,
        bool(getattr(part, "confirm", False)),
        part,
    )


def label(name: str) -> str:
    """A field's own name, read out."""
    return name.replace("_", " ").capitalize()


def say(value: Any) -> str:
    """A value in words: nothing is a dash, a list is a list, a code is read out."""
    if value in NOTHING:
        return "–"
    for kind, words in _SPOKEN:
        if isinstance(value, kind):
            return words(value)
    if str(value).startswith("role:"):
        return f"the {str(value).removeprefix('role:').replace('_', ' ')}"
    return value.replace("_", " ") if _is_code(value) else str(value)


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and "_" in value and " " not in value


def _say_part(part: BaseModel) -> str:
    """A part inside a cell: only what was said, its own authority after it."""
    said = [
        _say_field(name, say(getattr(part, name)))
        for name, model in type(part).model_fields.items()
        if name not in AUTHORITY and getattr(part, name) not in (*NOTHING, model.default)
    ]
    words = ", ".join(said) or "at once"
    if not isinstance(part, Sourced):
        return words
    to_confirm = "; confirm before use" if part.confirm else ""
    return f"{words} ({BASIS[str(part.basis)]}: {part.source}{to_confirm})"


def _say_field(name: str, said: str) -> str:
    if name not in LENGTHS:
        return f"{name.replace('_', ' ')} {said}"
    return f"{said} {name.removesuffix('s') if said == '1' else name}"


# A bool is an int too and an Enum may be a str, so they are asked about first.
_SPOKEN: list[tuple[Any, Callable[[Any], str]]] = [
    (bool, lambda value: "yes" if value else "no"),
    (Enum, lambda value: str(value.value).replace("_", " ")),
    (Decimal, decimal_text),
    (date, lambda value: value.isoformat()),
    (time, lambda value: f"{value:%H:%M}"),
    (tuple | list, lambda value: ", ".join(say(each) for each in value)),
    (dict, lambda value: "; ".join(f"{say(key)}: {say(each)}" for key, each in value.items())),
    (BaseModel, _say_part),
]
