"""A protocol document as a clinician reads it: sections and tables, each number with its authority."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from clinic.audit.canonical import decimal_text
from clinic.checklists.document import Checklist, Condition, Consequence, Item, Match
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import numbers_to_confirm, places
from clinic.protocols.sourced import Sourced

AUTHORITY = {"basis", "source", "citation", "confirm"}
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


@dataclass(frozen=True)
class Section:
    """One part of the document under its own heading."""

    anchor: str
    title: str
    tables: tuple[Table, ...] = field(default=())

    @property
    def to_confirm(self) -> int:
        return sum(line.confirm for table in self.tables for line in table.lines)


@dataclass(frozen=True)
class Asked:
    """Something the approver ticks: where it stands, what it says, and what is known of its source."""

    place: str
    words: str
    source: str


@dataclass(frozen=True)
class Group:
    """What is to be confirmed in one table of the document."""

    title: str
    asked: tuple[Asked, ...]


def to_confirm(document: ProtocolDocument) -> tuple[Group, ...]:
    """Every uncertain number in the words of its table, and those inside a cell in their own."""
    numbers = {number.place: number for number in numbers_to_confirm(document)}
    place_of = {id(part): place for place, part in places(document)}
    groups: dict[str, list[Asked]] = {}
    for section in sections(document):
        for table in section.tables:
            for line in table.lines:
                place = place_of.get(id(line.part), "")
                if line.confirm and (number := numbers.pop(place, None)):
                    words = " · ".join(
                        f"{column}: {cell}" if column else cell
                        for column, cell in zip(table.columns, line.cells, strict=True)
                        if cell not in {"", "–"}
                    )
                    title = f"{section.title}: {table.title}"
                    groups.setdefault(title, []).append(Asked(place, words, number.source))
    for number in numbers.values():
        asked = Asked(number.place, f"{number.place}: {number.words}", number.source)
        groups.setdefault("Inside other parts", []).append(asked)
    return tuple(Group(title, tuple(asked)) for title, asked in groups.items())


def sections(document: ProtocolDocument) -> tuple[Section, ...]:
    """The whole document in the order of the clinic's work."""
    found = [
        Section("overview", "Overview", (_overview(document), _words(document))),
        Section("screening", "Screening", _of_checklist(document.screening)),
        Section(
            "before",
            "Before the dose",
            _tables(document, "gates", "age", "documents", "tests", "washouts", "intervals"),
        ),
        Section("visits", "Visits and people", _tables(document, "visits", "roles", "on_call")),
        Section("dose", "The dose", (_doses(document), *_tables(document, "today"))),
        Section(
            "watching",
            "Watching over the session",
            (
                *_tables(document, "parameters", "monitoring", "miss_reasons"),
                _limits(document),
                *_tables(document, "baseline_limits", "rescue"),
            ),
        ),
        Section("leaving", "Leaving", (_stay(document), *_tables(document, "ratio", "release"))),
        Section("events", "Events", _tables(document, "events", "adverse_events", "grades")),
        Section(
            "after",
            "After the session",
            (*_tables(document, "touchpoints", "measures", "reports"), _messages(document)),
        ),
        *[
            Section(f"list-{code}", checklist.title, _of_checklist(checklist))
            for code, checklist in document.checklists.items()
        ],
    ]
    return tuple(
        Section(each.anchor, each.title, tuple(t for t in each.tables if t.lines))
        for each in found
        if any(table.lines for table in each.tables)
    )


# -- Any part as a table ---------------------------------------------------------------------


def _tables(document: ProtocolDocument, *names: str) -> tuple[Table, ...]:
    return tuple(_table(label(name), getattr(document, name)) for name in names)


def _table(title: str, value: Any) -> Table:
    parts = value if isinstance(value, tuple) else () if value is None else (value,)
    names = [
        name
        for name in (type(parts[0]).model_fields if parts else ())
        if name not in AUTHORITY and any(getattr(part, name) not in NOTHING for part in parts)
    ]
    return Table(
        title,
        tuple(label(name) for name in names),
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
        f"{name.replace('_', ' ')} {say(getattr(part, name))}"
        for name, model in type(part).model_fields.items()
        if name not in AUTHORITY and getattr(part, name) not in (*NOTHING, model.default)
    ]
    words = ", ".join(said) or "at once"
    if not isinstance(part, Sourced):
        return words
    to_confirm = "; confirm before use" if part.confirm else ""
    return f"{words} ({BASIS[str(part.basis)]}: {part.source}{to_confirm})"


# A bool is an int too and an Enum may be a str, so they are asked about first.
_SPOKEN: list[tuple[Any, Callable[[Any], str]]] = [
    (bool, lambda value: "yes" if value else "no"),
    (Enum, lambda value: str(value.value).replace("_", " ")),
    (Decimal, decimal_text),
    (date | time, lambda value: value.isoformat()),
    (tuple | list, lambda value: ", ".join(say(each) for each in value)),
    (dict, lambda value: "; ".join(f"{say(key)}: {say(each)}" for key, each in value.items())),
    (BaseModel, _say_part),
]


# -- Parts with a shape of their own ---------------------------------------------------------


def _overview(document: ProtocolDocument) -> Table:
    names = [
        "code", "title", "edition", "summary", "substance_label", "substance_form", "route",
        "unit", "jurisdiction", "indication", "made_up",
    ]  # fmt: skip
    lines = tuple(Line((label(name), say(getattr(document, name)))) for name in names)
    return Table("What it is", ("", ""), lines)


def _words(document: ProtocolDocument) -> Table:
    nouns = type(document.nouns).model_fields
    lines = tuple(Line((label(name), getattr(document.nouns, name))) for name in nouns)
    return Table("Words people read", ("For", "This protocol says"), lines)


def _doses(document: ProtocolDocument) -> Table:
    rules, lines = document.doses, []
    for title, ranges in (("One dose", rules.single), ("In one session", rules.total)):
        for each in ranges:
            per = " per kg" if each.per_kg else ""
            amount = _span(each.minimum, each.maximum, f"{document.unit}{per}")
            lines.append(line_of(each, [title, amount]))
    further = rules.supplementary
    if further:
        said = "; ".join(
            f"{name.replace('_', ' ')}: {say(getattr(further, name))}"
            for name in type(further).model_fields
            if name not in AUTHORITY
        )
        lines.append(line_of(further, ["Further dose in the session", said]))
    return Table("Amounts", ("What", "How much"), tuple(lines))


def _span(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    if low is None and high is None:
        return "any amount"
    if low is None:
        return f"at most {say(high)} {unit}"
    return f"at least {say(low)} {unit}" if high is None else f"{say(low)} to {say(high)} {unit}"


def _limits(document: ProtocolDocument) -> Table:
    lines = []
    for limit in document.limits:
        parameter = document.parameter(limit.parameter)
        name = parameter.label if parameter else limit.parameter
        for band in limit.bands:
            reach = _reach(band.starts, band.below, limit.unit)
            cells = [name, limit.phase, reach, band.name, band.words, band.decider]
            lines.append(line_of(band, cells))
    columns = ("Parameter", "Phase", "From – below", "Means", "What is done", "Who decides")
    return Table("Limits", columns, tuple(lines))


def _reach(starts: Decimal | None, below: Decimal | None, unit: str) -> str:
    if starts is None and below is None:
        return "any value"
    if starts is None:
        return f"below {say(below)} {unit}".strip()
    if below is None:
        return f"{say(starts)} {unit} and more".replace("  ", " ")
    return f"{say(starts)} to below {say(below)} {unit}".strip()


def _stay(document: ProtocolDocument) -> Table:
    stay = document.minimum_stay
    if stay is None:
        return Table("Minimum stay", (), ())
    lines = tuple(
        line_of(
            row,
            [
                f"below {say(row.below)} {document.unit}" if row.below else "any more",
                f"{row.minutes} minutes from the {say(stay.counted_from)}",
            ],
        )
        for row in stay.rows
    )
    return Table("Minimum stay", ("Total given", "Stays at least"), lines)


def _messages(document: ProtocolDocument) -> Table:
    lines = tuple(
        Line((code, message.subject, message.body)) for code, message in document.messages.items()
    )
    return Table("Messages", ("Code", "Subject", "Text"), lines)


# -- Checklists ------------------------------------------------------------------------------


def _of_checklist(checklist: Checklist) -> tuple[Table, ...]:
    items = tuple(Line(_cells_of(item)) for item in checklist.items)
    meanings = tuple(
        line
        for item in checklist.items
        for line in (_consequence(item, each) for each in item.consequences)
    )
    note = checklist.introduction
    return (
        Table("Questions", ("No.", "Question", "Answer"), items, note),
        Table("What answers mean", ("No.", "When", "Means", "Says", "Who decides"), meanings),
    )


KINDS = {
    "yes_no": "yes or no",
    "some_of": "any of",
    "integer": "whole number",
    "decimal": "number",
    "attestation": "said to be so",
    "duration": "hours and minutes",
    "medication": "medicines, each with dose, how often and last taken",
}


def _cells_of(item: Item) -> tuple[str, ...]:
    kind = KINDS.get(item.kind.value, say(item.kind))
    if item.options:
        kind += ": " + ", ".join(
            option.label if option.value is None else f"{option.label} ({option.value})"
            for option in item.options
        )
    if item.minimum is not None or item.maximum is not None:
        kind += f", {_span(item.minimum, item.maximum, item.unit)}"
    text = item.text
    if item.shown_when:
        text += f" [asked if {' and '.join(_condition(each) for each in item.shown_when)}]"
    return item.number or item.code, text, kind


def _consequence(item: Item, each: Consequence) -> Line:
    until = f" ({each.days} days)" if each.days else ""
    return line_of(
        each,
        [item.number or item.code, match_in_words(each.when, item), f"{each.meaning.value}{until}",
         each.message, each.decider],
    )  # fmt: skip


def _condition(condition: Condition) -> str:
    doubt = " or not known" if condition.or_not_known else ""
    return f"{say(condition.item)} is {match_in_words(condition)}{doubt}"


def match_in_words(match: Match, item: Item | None = None) -> str:
    """What an answer is asked for, in words: yes; below 18; one of a, b."""
    return " and ".join(_parts_of(match, item)) or "anything"


def _parts_of(match: Match, item: Item | None) -> Iterator[str]:
    def label(value: Any) -> str:
        option = item.option(value) if item else None
        return option.label if option else say(value)

    if match.equals is not None:
        yield label(match.equals)
    if match.any_of:
        yield "one of " + ", ".join(label(value) for value in match.any_of)
    for name in ("below", "at_most", "at_least", "above"):
        if (value := getattr(match, name)) is not None:
            yield f"{name.replace('_', ' ')} {say(value)}"
    if match.answered is not None:
        yield "answered" if match.answered else "not answered"
