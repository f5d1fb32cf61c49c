"""A protocol document as a clinician reads it: sections and tables, each number with its authority."""

from __future__ import annotations

from dataclasses import dataclass, field

from clinic.protocols import shapes
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import numbers_to_confirm, places
from clinic.protocols.questions import match_in_words, of_checklist
from clinic.protocols.spoken import (
    AUTHORITY,
    BASIS,
    NOTHING,
    Line,
    Table,
    label,
    line_of,
    say,
    tables_of,
)

__all__ = [
    "AUTHORITY",
    "BASIS",
    "NOTHING",
    "Asked",
    "Group",
    "Line",
    "Section",
    "Table",
    "label",
    "line_of",
    "match_in_words",
    "say",
    "sections",
    "to_confirm",
]


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
        Section(
            "overview",
            "Overview",
            (
                shapes.overview(document),
                shapes.words(document),
                *tables_of(document, "open_points", "course"),
            ),
        ),
        Section(
            "screening",
            "Screening",
            (
                *of_checklist(document.screening),
                *tables_of(document, "official_form", "denial_reasons"),
            ),
        ),
        Section(
            "before",
            "Before the dose",
            (
                *tables_of(document, "gates", "age"),
                shapes.documents(document),
                *tables_of(document, "enrolments", "tests"),
                shapes.washouts(document),
                *tables_of(document, "intervals"),
            ),
        ),
        Section("visits", "Visits and people", tables_of(document, "visits", "roles", "on_call")),
        Section("dose", "The dose", (shapes.doses(document), *tables_of(document, "today"))),
        Section(
            "watching",
            "Watching over the session",
            (
                *tables_of(document, "parameters", "monitoring", "miss_reasons"),
                shapes.limits(document),
                *tables_of(document, "baseline_limits", "rescue"),
            ),
        ),
        Section(
            "leaving",
            "Leaving",
            (shapes.stay(document), *tables_of(document, "ratio", "group", "release")),
        ),
        Section("events", "Events", tables_of(document, "events", "adverse_events", "grades")),
        Section(
            "after",
            "After the session",
            (
                *tables_of(document, "touchpoints", "measures"),
                shapes.reports(document),
                *[shapes.fields(report) for report in document.reports],
                shapes.messages(document),
            ),
        ),
        *[
            Section(f"list-{code}", checklist.title, of_checklist(checklist))
            for code, checklist in document.checklists.items()
        ],
    ]
    return tuple(
        Section(each.anchor, each.title, tuple(t for t in each.tables if t.lines))
        for each in found
        if any(table.lines for table in each.tables)
    )
