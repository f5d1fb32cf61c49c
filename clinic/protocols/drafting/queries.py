"""How far a draft has come: what is written, what is wrong, what is to be confirmed, what is where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from clinic.checklists.files import place_words
from clinic.checklists.mistakes import Place
from clinic.protocols.drafting import words
from clinic.protocols.drafting.parts import Group, Written, get
from clinic.protocols.drafting.sections import SECTIONS, Section, section_of
from clinic.protocols.drafting.told import (
    Told,
    address_of,
    mistakes_of,
    row_in_words,
    told_of,
    what,
)
from clinic.protocols.headings import LABELS
from clinic.protocols.models import PartChange, ProtocolVersion
from clinic.protocols.spoken import Line, Table, say

MOST_FOUND = 50


def to_confirm(part: Any, at: Place = ()) -> Iterator[Place]:
    """The places of everything that the approver will have to tick."""
    if isinstance(part, dict):
        if part.get("confirm") is True:
            yield at
        for name, value in part.items():
            yield from to_confirm(value, (*at, name))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from to_confirm(value, (*at, number))


@dataclass(frozen=True)
class SectionShown:
    """A section as the overview lists it."""

    section: Section
    url: str
    written: tuple[str, ...]
    to_confirm: int
    mistakes: tuple[Told, ...]


def overview(version: ProtocolVersion) -> list[SectionShown]:
    """Every section: what is written in it, what is wrong, how much is to be confirmed."""
    uncertain = [section_of(place) for place in to_confirm(version.document)]
    wrong = [
        (section_of(at), told_of(version, mistake, at)) for mistake, at in mistakes_of(version)
    ]
    return [
        SectionShown(
            section,
            reverse("admin:clinic_protocolversion_section", args=[version.key, section.code]),
            tuple(_written(section, version.document)),
            uncertain.count(section),
            tuple(told for of, told in wrong if of == section),
        )
        for section in SECTIONS
    ]


def _written(section: Section, document: dict) -> Iterator[str]:
    """How much stands in each part of a section, in words."""
    for group in section.groups:
        if group.how == "one":
            if group.shown(document):
                yield words.title_of(group)
        elif rows := len(group.rows(document)):
            yield f"{words.title_of(group)}: {rows}"


# -- Looking for words ------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """Words that were looked for, what they stand in, and where."""

    words: str
    what: str
    url: str


def found(version: ProtocolVersion, query: str) -> list[Found]:
    """Where these words stand in a draft."""
    wanted = query.casefold().strip()
    hits = [
        Found(text, what(version.document, place), address_of(version, place))
        for place, text in _texts(version.document, ())
        if wanted and wanted in text.casefold()
    ]
    return hits[:MOST_FOUND]


def _texts(part: Any, at: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(part, dict):
        for name, value in part.items():
            yield from _texts(value, (*at, name))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from _texts(value, (*at, number))
    elif isinstance(part, str) and len(at) > 1:
        yield at, part


# -- Ways through a draft ----------------------------------------------------------------------


def chain_of(version: ProtocolVersion, place: Place) -> list[tuple[str, str]]:
    """The way from a draft down to a row: every page above it, with its address."""
    section = section_of(place)
    chain = [
        (str(version), reverse("admin:clinic_protocolversion_write", args=[version.key])),
        (
            section.title,
            reverse("admin:clinic_protocolversion_section", args=[version.key, section.code]),
        ),
    ]
    for end in range(2, len(place)):
        above = place[:end]
        is_row = isinstance(above[-1], int) or (len(above) == 2 and above[0] == "checklists")
        if is_row and end < len(place) and get(version.document, above) is not None:
            chain.append((row_in_words(version.document, above), address_of_page(version, above)))
    return chain


def address_of_page(version: ProtocolVersion, place: Place) -> str:
    """The address of a row's own page."""
    return reverse(
        "admin:clinic_protocolversion_part", args=[version.key, ".".join(map(str, place))]
    )


def has_been(version: ProtocolVersion, place: Place) -> bool:
    """Whether the row at a place may have been taken away while somebody wrote in it."""
    return version.changes.filter(place=place_words(place[:-1])).exists()


@dataclass(frozen=True)
class Beside:
    """The page before this one and the page after it."""

    before: tuple[str, str] | None
    after: tuple[str, str] | None


def beside(version: ProtocolVersion, shown: Section) -> Beside:
    """The sections before and after a section."""
    pages = [
        (each.title,
         reverse("admin:clinic_protocolversion_section", args=[version.key, each.code]))
        for each in SECTIONS
    ]  # fmt: skip
    return _beside(pages, SECTIONS.index(shown))


def beside_row(version: ProtocolVersion, place: Place) -> Beside:
    """The rows before and after a row, each with a page of its own."""
    above = get(version.document, place[:-1]) or []
    keys = sorted(above) if isinstance(above, dict) else list(range(len(above)))
    if place[-1] not in keys:
        return Beside(None, None)
    pages = [
        (row_in_words(version.document, row), address_of_page(version, row))
        for row in [(*place[:-1], key) for key in keys]
    ]
    return _beside(pages, keys.index(place[-1]))


def _beside(pages: list[tuple[str, str]], number: int) -> Beside:
    before = pages[number - 1] if number else None
    return Beside(before, pages[number + 1] if number + 1 < len(pages) else None)


# -- After a page was sent --------------------------------------------------------------------


def saved(version: ProtocolVersion, written: Sequence[Written]) -> str:
    """What was saved, and how much is still to be mended in the whole draft."""
    if not written:
        return "Nothing was changed."
    titles = dict.fromkeys(words.title_of(each.group) for each in written)
    left = len(mistakes_of(version))
    still = f" Still to be mended in this draft: {left}." if left else " Nothing is left to mend."
    return f"Saved: {', '.join(titles)}.{still}"


@dataclass(frozen=True)
class Conflict:
    """What stands by now where somebody typed over what stood before."""

    table: Table
    change: PartChange | None


def conflicts(version: ProtocolVersion, written: Sequence[Written]) -> list[Conflict]:
    """The parts that were changed meanwhile, as they stand now and by whom."""
    return [
        Conflict(_as_it_stands(version.document, each.group), _last_change(version, each.group))
        for each in written
        if each.group.digest(version.document) != each.seen
    ]


def _last_change(version: ProtocolVersion, group: Group) -> PartChange | None:
    place = place_words(group.place) or group.code
    return version.changes.filter(place=place).select_related("changed_by").first()


def _as_it_stands(document: dict, group: Group) -> Table:
    shown = group.shown(document)
    rows = [shown] if group.how == "one" else [{**row, "key": key} for key, row in shown]
    named = [("key", LABELS["key"])] if group.how == "named" else []
    columns = [*named, *((each.key, words.label_of(each)) for each in group.typed)]
    used = [(key, label) for key, label in columns if any(row.get(key) for row in rows)]
    return Table(
        words.title_of(group),
        tuple(label for _, label in used),
        tuple(Line(tuple(say(row.get(key)) for key, _ in used)) for row in rows if used),
    )
