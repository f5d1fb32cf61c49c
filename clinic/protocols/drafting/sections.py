"""Which section holds which part of a draft, in the order of the clinic's work, and where each is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clinic.checklists.mistakes import Place
from clinic.protocols.document import ProtocolDocument
from clinic.protocols.drafting.parts import BRIEF, Group, get, inside, typed
from clinic.protocols.drafting.places import groups_of, write_place

WORDS = "what"
# A draft is begun with its code and keeps it; nobody types into a protocol that it is made up.
KEPT = ("code", "made_up")


@dataclass(frozen=True)
class Section:
    """Some parts that are written on one page."""

    code: str
    title: str
    lead: str
    holds: tuple[str, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        found = list(_of_the_words()) if self.code == WORDS else []
        within = {each.name: each for each in inside(ProtocolDocument)}
        for name in self.holds:
            found += groups_of((name,), within[name])
        return tuple(found)

    def has(self, place: Place) -> bool:
        """Whether a place lies in this section."""
        parts = {each.name for each in inside(ProtocolDocument)}
        return place[0] in self.holds or (self.code == WORDS and place[0] not in parts)


def _of_the_words() -> Iterator[Group]:
    names = dict.fromkeys(each.path[0] for each in typed(ProtocolDocument))
    own = tuple(name for name in names if name not in (*KEPT, "nouns"))
    yield Group((), "one", ProtocolDocument, own)
    yield Group((), "one", ProtocolDocument, ("nouns",))


def _placed(*sections: Section) -> tuple[Section, ...]:
    """The sections, and one more for kinds of rules that none of them names."""
    named = {name for section in sections for name in section.holds}
    known = [each.name for each in inside(ProtocolDocument)]
    present = [
        Section(each.code, each.title, each.lead, tuple(n for n in each.holds if n in known))
        for each in sections
    ]
    rest = tuple(name for name in known if name not in named)
    more = Section("more", "Further rules", "What none of the sections above holds.", rest)
    return (*present, more) if rest else tuple(present)


SECTIONS = _placed(
    Section(
        WORDS,
        "What it is",
        "The substance, for whom, where, and the words people read on every page.",
        ("age", "open_points"),
    ),
    Section(
        "screening",
        "Screening",
        "The questions before anything else, what each answer means, and why a person is declined.",
        ("screening", "official_form", "denial_reasons"),
    ),
    Section(
        "people",
        "People and visits",
        "Who is needed with what licence, and the visits of each stage.",
        ("roles", "course", "visits", "on_call"),
    ),
    Section(
        "before",
        "Before the dose",
        "What must be true before anything is given. A condition you leave out does not exist.",
        ("gates", "documents", "enrolments", "tests", "washouts", "intervals"),
    ),
    Section(
        "checklists",
        "Checklists",
        "Today's checks, the criteria for leaving, and the contents of visits.",
        ("checklists",),
    ),
    Section(
        "dose",
        "The dose",
        "How much may be given at once and in one session, and what holds on the day.",
        ("doses", "today"),
    ),
    Section(
        "watching",
        "Watching over the session",
        "What is measured, when, and why a check may be missed.",
        ("parameters", "monitoring", "miss_reasons"),
    ),
    Section(
        "limits",
        "Limits and rescue",
        "What a reading means, and what the clinic does about it.",
        ("limits", "baseline_limits", "rescue"),
    ),
    Section(
        "leaving",
        "Leaving",
        "How long a person stays, how many one member of staff may watch, and who may go home how.",
        ("minimum_stay", "ratio", "group", "release"),
    ),
    Section(
        "events",
        "Events",
        "What is recorded with one tap, and the words for adverse events.",
        ("events", "adverse_events", "grades"),
    ),
    Section(
        "after",
        "After the session",
        "Contacts, questionnaires, messages, and the reports that are due.",
        ("touchpoints", "messages", "measures", "reports"),
    ),
)


def section(code: str) -> Section | None:
    """Find a section by its code."""
    return next((each for each in SECTIONS if each.code == code), None)


def section_of(place: Place) -> Section:
    """The section in which a place lies; what is of the whole document is of the first."""
    return next((each for each in SECTIONS if place and each.has(place)), SECTIONS[0])


@dataclass(frozen=True)
class Where:
    """The page on which a place is written, and the element it is on that page."""

    section: str
    row: str  # of a row with a page of its own, as its address writes it
    anchor: str


def where(place: Place) -> Where:
    """Find the page of a place, and on it the very row or field."""
    row, model, how, start = "", ProtocolDocument, "one", 0
    for number, step in enumerate(place):
        if how == "one":
            within = next((each for each in inside(model) if each.name == step), None)
            if within is None:
                return _at_field(place, row, model, start, "part")
            how, model = within.how, within.model
            start = number + 1 if how == "one" else start
        elif _lies_deeper(model, how, place[number + 1 :]):
            row, how, start = write_place(place[: number + 1]), "one", number + 1
        elif how == "many" and number + 1 < len(place):
            return _at_field(place, row, model, number + 1, "row")
        else:
            return _at(place, row, "row", place[: number + 1])
    return _at(place, row, "part", place)


def _lies_deeper(model: Any, how: str, rest: Place) -> bool:
    """Whether what is left of a place is on the row's own page, not in the list."""
    if not rest:
        return False
    brief = BRIEF.get(model.__name__, ())
    named = any(each.name == rest[0] for each in inside(model))
    return named or (bool(brief) and rest[0] not in brief)


def _at_field(place: Place, row: str, model: Any, start: int, kind: str) -> Where:
    """The field of a part that begins at `start`, whichever of its entries is meant."""
    keys = {each.path for each in typed(model)}
    ends = [end for end in range(len(place), start, -1) if place[start:end] in keys]
    if ends:
        return _at(place, row, "id", place[: ends[0]])
    return _at(place, row, kind, place[:start])


def _at(place: Place, row: str, kind: str, to: Place) -> Where:
    name = "-".join(map(str, to))
    return Where(section_of(place).code, row, f"{kind}_{name}" if name else "")


def parse_place(words: str, document: Any) -> Place:
    """A place as a mistake names it (screening.items[3].text) in steps of the draft."""
    place: list[str | int] = []
    for step in re.findall(r"[^.\[\]]+|\[\d+\]", words):
        is_numbered = step.startswith("[") and isinstance(get(document, tuple(place)), list)
        place.append(int(step[1:-1]) if is_numbered else step.strip("[]"))
    return tuple(place)
