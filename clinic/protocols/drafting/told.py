"""The mistakes of a draft, in the words of its lists and rows, each with where it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import reverse

from clinic.checklists.mistakes import Mistake, Place
from clinic.protocols.drafting import words
from clinic.protocols.drafting.parts import Group, Typed, get
from clinic.protocols.drafting.places import read_place, write_place
from clinic.protocols.drafting.sections import parse_place, where
from clinic.protocols.files import mistakes_in
from clinic.protocols.headings import LABELS, TITLES
from clinic.protocols.models import ProtocolVersion
from clinic.protocols.spoken import say

# By digest, as documents are: a draft is asked again and again between two changes.
_mistakes: dict[str, tuple[tuple[Mistake, Place], ...]] = {}
MOST_KEPT = 64


def mistakes_of(version: ProtocolVersion) -> tuple[tuple[Mistake, Place], ...]:
    """Everything that is missing or wrong in a draft, each with its place in steps."""
    if version.digest not in _mistakes:
        if len(_mistakes) >= MOST_KEPT:
            _mistakes.clear()
        _mistakes[version.digest] = tuple(
            (mistake, parse_place(mistake.place, version.document))
            for mistake in mistakes_in(version.document)
        )
    return _mistakes[version.digest]


@dataclass(frozen=True)
class Told:
    """A mistake in words, what it stands in, and where it is mended."""

    words: str
    what: str
    url: str

    def __str__(self) -> str:
        return f"{self.what}: {self.words}" if self.what else self.words


def told(version: ProtocolVersion) -> Iterator[Told]:
    """Every mistake of a draft as its author is told of it, on whichever page."""
    for mistake, at in mistakes_of(version):
        yield told_of(version, mistake, at)


def told_of(version: ProtocolVersion, mistake: Mistake, at: Place) -> Told:
    """One mistake in words, with the very row or field it is mended in."""
    return Told(mistake.message, what(version.document, at), address_of(version, at))


def what(document: dict, place: Place) -> str:
    """A place in the words of its lists and rows: Questions, 3 Psychosis?, Source."""
    said: list[str] = []
    for end in range(1, len(place) + 1):
        step, part = place[end - 1], get(document, place[:end])
        if isinstance(step, int):
            said.append(row_in_words(document, place[:end]))
        elif step in TITLES:
            said.append(TITLES[step][0])
        elif isinstance(part, dict) and part.get("title"):
            said.append(str(part["title"]))
        else:
            said.append(LABELS.get(step) or words.spoken(step))
    return " › ".join(said)


def row_in_words(document: dict, place: Place) -> str:
    """A row as its list calls it."""
    found = read_place(write_place(place))
    part, number = get(document, place), place[-1]
    if found is None or not isinstance(part, dict):
        return f"number {number + 1}" if isinstance(number, int) else str(number)
    group = Group(place[:-1], "many", found[1])
    return words.summary(group, part, str(number), spoken_as=partial(_named_in, document))


def _named_in(document: dict, each: Typed, value: Any) -> str:
    """What a row names, by its label."""
    if each.name == "parameter":
        for parameter in get(document, ("parameters",)) or []:
            if parameter.get("code") == value and parameter.get("label"):
                return str(parameter["label"])
    return say(value)


def address_of(version: ProtocolVersion, place: Place) -> str:
    """The address of the very row or field at a place."""
    found = where(place)
    if found.row:
        page = reverse("admin:clinic_protocolversion_part", args=[version.key, found.row])
    else:
        page = reverse("admin:clinic_protocolversion_section", args=[version.key, found.section])
    return f"{page}#{found.anchor}" if found.anchor else page
